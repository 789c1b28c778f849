import type { HostTree } from "../../compile/mod.ts";
import {
  crossProduct,
  gramSchmidtFrame,
  initVnLinear,
  Sequence,
  vnLeakyRelu,
  type VnLinear,
  vnLinear,
} from "../../nn/group/mod.ts";
import { hostTensor } from "../../nn/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { inFrame, type MovingPoints } from "./pca_frames.ts";
import type { Canonicalizer, Nothing } from "./types.ts";

/** What makes a {@link movingFrameCanonicalizer}. */
export interface MovingFrameConfig {
  /**
   * Which vectors of a particle are read: p, x − mean x; v, its velocity; a, (x − mean x) × v, a
   * pseudovector, with which the frame is one of SO(3) only.
   *
   * Positions alone (the released default) need `authorsBias`: without a bias every layer makes multiples c
   * (x_i − mean x) with one c for all particles, and their mean, of which the frame is made, is 0.
   *
   * @default "pv"
   */
  readonly features?: "p" | "pv" | "pva";
  /** Channels of vectors. @default 16 */
  readonly hidden?: number;
  /** Number of vector layers. @default 4 */
  readonly layers?: number;
  /** Probability that a vector is left out in training. @default 0.5 */
  readonly dropout?: number;
  /** As in `gramSchmidtFrame`. @default "gs3" */
  readonly frame?: "gs3" | "gs2cross";
  /** The origin of the frame: the mean position, or the mean plus a predicted vector. @default "mean" */
  readonly translation?: "mean" | "predicted";
  /** The released code's biases on vectors, which break equivariance. @default false */
  readonly authorsBias?: boolean;
  /**
   * The released code's Gram–Schmidt on coordinate rows instead of vectors, which breaks it too. @default
   * false
   */
  readonly authorsAxis?: boolean;
}

/** A linear layer of vectors, with the released code's bias `[outputs]` if asked for. */
export interface MaybeBiased extends VnLinear {
  /** `[outputs]`; absent without one. */
  readonly bias?: Tensor;
}

/** Parameters of a {@link movingFrameCanonicalizer}. */
export interface MovingFrameParameters {
  /** Vector layers, each with the direction of its non-linearity. */
  readonly layers: readonly {
    readonly own: MaybeBiased;
    readonly others: MaybeBiased;
    readonly direction: VnLinear;
  }[];
  /** The last layer: the vectors that frames are made of. */
  readonly output: MaybeBiased;
}

/** Three vectors for the frame, one for the translation. */
const VECTORS = 4;

function linear(x: Tensor, layer: MaybeBiased): Tensor {
  const y = vnLinear(x, layer);
  return layer.bias === undefined ? y : tf.add(y, layer.bias);
}

/**
 * Canonicalization of moving particles under rotations and translations (Kaba et al. 2023, Sec. 5.2): vector
 * deep sets, h ← drop(VN-ReLU(W₁ h_i + W₂ mean_{j≠i} h_j)) (+ h from the second layer on), averaged over
 * particles, give three vectors of which Gram–Schmidt makes a frame.
 *
 * Differs from the released code: no bias on vectors and vectors as rows of Gram–Schmidt, so that it is
 * equivariant (flags bring both back); dropout leaves out whole vectors.
 *
 * @param config The vector network.
 * @throws {RangeError} If `features` is `p` without `authorsBias`.
 * @returns a canonicalizer of records with `positions` and `velocities`; its choice is `frame` `[batch, 3,
 *   3]` and `translation` `[batch, 1, 3]`.
 */
export function movingFrameCanonicalizer<X extends MovingPoints>(
  config: MovingFrameConfig = {},
): Canonicalizer<MovingFrameParameters, Nothing, X> {
  const { features = "pv", hidden = 16, layers = 4, dropout: rate = 0.5, frame: kind = "gs3" } = config;
  const { translation: origin = "mean", authorsBias = false, authorsAxis = false } = config;
  if (features === "p" && !authorsBias) {
    throw new RangeError(
      'Cannot make frames as features must be "pv" or "pva" without authorsBias: current value is "p", of which each ' +
        "layer makes multiples of x − mean x alone, whose mean is 0",
    );
  }
  const inputs = features.length;
  return {
    name: "VN",
    init(stream) {
      const layer = (name: string, from: number, to: number) => ({
        ...initVnLinear(stream.split(name), { inputs: from, outputs: to }),
        ...authorsBias && {
          bias: hostTensor(
            stream.split(name, "bias").uniform(new Float32Array(to), {
              low: -1 / Math.sqrt(from),
              high: 1 / Math.sqrt(from),
            }),
          ),
        },
      });
      const parameters = {
        layers: Array.from({ length: layers }, (_, i) => {
          const from = i === 0 ? inputs : hidden;
          return {
            own: layer(`own-${i}`, from, hidden),
            others: layer(`others-${i}`, from, hidden),
            direction: initVnLinear(stream.split(`direction-${i}`), { inputs: hidden, outputs: hidden }),
          };
        }),
        output: layer("output", hidden, VECTORS),
      };
      return { parameters: parameters as HostTree<MovingFrameParameters>, buffers: [] };
    },
    dropouts: ([batch, n]) =>
      rate > 0 ? Array.from({ length: layers }, () => ({ shape: [batch, n, 1, hidden], rate })) : [],
    apply(x, { parameters, buffers, training, keep }) {
      const sequence = new Sequence({ parameters: [], buffers: [], training, keep });
      const n = x.positions.shape[1]!;
      const mean = tf.mean(x.positions, 1, true);
      let h: Tensor = vectorsOf(tf.sub(x.positions, mean), x.velocities, features);
      parameters.layers.forEach(({ own, others, direction }, i) => {
        // mean_{j≠i} h_j = (Σ h − h_i)/(n − 1)
        const rest = tf.div(tf.sub(tf.sum(h, 1, true), h), Math.max(1, n - 1));
        const y = tf.add(linear(h, own), linear(rest, others));
        const active = vnLeakyRelu(y, { direction: vnLinear(y, direction), slope: 0 });
        const kept = rate > 0 ? sequence.drop(active, rate) : active;
        h = i === 0 ? kept : tf.add(kept, h);
      });
      const columns = linear(tf.mean(h, 1), parameters.output); // [batch, 3, vector]
      const vectors = tf.transpose(columns, [0, 2, 1]);
      const three = tf.slice(authorsAxis ? columns : vectors, [0, 0, 0], [-1, 3, 3]);
      const frame = gramSchmidtFrame(three, { kind });
      const shift = origin === "mean" ? mean : tf.add(mean, tf.slice(vectors, [0, 3, 0], [-1, 1, 3]));
      return { canonical: inFrame(x, frame, shift), buffers };
    },
  };
}

/** A particle's vectors as channels, `[batch, n, 3, f]`. */
function vectorsOf(p: Tensor, v: Tensor, features: "p" | "pv" | "pva"): Tensor {
  const parts = features === "p" ? [p] : features === "pv" ? [p, v] : [p, v, crossProduct(p, v)];
  return tf.stack(parts, 3);
}
