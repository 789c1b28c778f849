import {
  type Affine,
  type Dense,
  dense,
  gelu,
  hostTensor,
  initAffine,
  initDense,
  layerNorm,
} from "../../../nn/mod.ts";
import { type Tensor, tf } from "../../../tensor/mod.ts";
import { mapParts, toComplex, toReal } from "../complex.ts";
import { type LatentDynamics, overTime } from "../dynamics.ts";
import { rollout } from "../rollout.ts";

/** Options of {@link diagonalSsmDynamics}. */
export interface DiagonalSsmOptions {
  /** Numbers of a latent state. */
  readonly latent: number;
  /** Number of layers. */
  readonly layers: number;
  /** Complex modes of a layer. */
  readonly modes: number;
}

/** One layer: diagonal linear dynamics of complex modes, and what is made of them. */
export interface SsmLayer {
  /** ln(−Re λ) `[modes]`: the real parts stay negative. */
  readonly logDecay: Tensor;
  /** Im λ `[modes]` */
  readonly frequency: Tensor;
  /** ln Δt `[modes]` */
  readonly logTimeStep: Tensor;
  /** B: latent → 2 modes (real and imaginary parts). */
  readonly input: Dense;
  /** C: 2 modes → latent. */
  readonly output: Dense;
  /** D `[latent]`, the direct path. */
  readonly skip: Tensor;
  /** Mixes the channels, after the activation. */
  readonly mix: Dense;
  /** Of the normalisation. */
  readonly norm: Affine;
}

/** Parameters of {@link diagonalSsmDynamics}. */
export interface DiagonalSsmParameters {
  /** State-space layers. */
  readonly layers: readonly SsmLayer[];
  /** From the last layer to the latent state. */
  readonly head: Dense;
}

/**
 * A stack of diagonal state-space layers over the tokens x_t, e_t, …, e_{t+τ−1} (Gu et al. 2022, S4D): in
 * each layer s' = λ s + B u, y = Re(C s) + D u by one convolution, then GELU, a linear map, a residual path
 * and a layer norm.
 *
 * λ starts at −1/2 + iπn and Δt log-uniform in [0.001, 0.1]. Unlike the Koopman model, where one linear
 * recurrence starts from the encoded state, x_t is only the first input here, and every layer is nonlinear.
 */
export function diagonalSsmDynamics(
  { latent, layers, modes }: DiagonalSsmOptions,
): LatentDynamics<DiagonalSsmParameters> {
  return {
    name: "Diagonal SSM",
    latent,
    actionLatent: latent,
    init(stream) {
      const layer = (name: string, inputs: number, outputs: number) =>
        initDense(stream.split(name), { inputs, outputs });
      return {
        layers: Array.from({ length: layers }, (_, i) => ({
          logDecay: hostTensor(new Float32Array(modes).fill(Math.log(0.5))),
          frequency: hostTensor(Float32Array.from({ length: modes }, (_, n) => Math.PI * n)),
          logTimeStep: hostTensor(
            stream.split(`steps ${i}`).uniform(new Float32Array(modes), {
              low: Math.log(1e-3),
              high: Math.log(0.1),
            }),
          ),
          input: layer(`input ${i}`, latent, 2 * modes),
          output: layer(`output ${i}`, 2 * modes, latent),
          skip: hostTensor(new Float32Array(latent).fill(1)),
          mix: layer(`mix ${i}`, latent, latent),
          norm: initAffine(latent),
        })),
        head: layer("head", latent, latent),
      };
    },
    rollout({ layers, head }, { start, actions }) {
      const first = tf.expandDims(start, 0);
      let h = tf.concat([first, tf.add(actions, first)], 0) as Tensor;
      for (const layer of layers) {
        const y = tf.add(stateSpace(layer, h), tf.mul(h, layer.skip));
        h = layerNorm(tf.add(h, overTime(gelu(y), (flat) => dense(flat, layer.mix))), layer.norm);
      }
      return overTime(tf.slice(h, 1), (flat) => dense(flat, head));
    },
  };
}

/** Re(C s) for s' = λ s + B u from zero, over `[tokens, batch, latent]`. */
function stateSpace({ logDecay, frequency, logTimeStep, input, output }: SsmLayer, u: Tensor): Tensor {
  const lambda = { re: tf.neg(tf.exp(logDecay)), im: frequency };
  const exponent = mapParts(lambda, (part) => tf.mul(part, tf.exp(logTimeStep)));
  // √(1 − |λ̄|²) keeps the state at the size of its inputs.
  const size = tf.sqrt(tf.sub(1, tf.exp(tf.mul(exponent.re, 2))));
  const inputs = mapParts(
    toComplex(overTime(u, (flat) => dense(flat, input))),
    (part) => tf.mul(part, size),
  );
  const zero = tf.zeros(inputs.re.shape.slice(1));
  const s = rollout({ exponent, start: { re: zero, im: zero }, inputs });
  return overTime(toReal(s), (flat) => dense(flat, output));
}
