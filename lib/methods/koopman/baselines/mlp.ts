import { scan } from "../../../compile/mod.ts";
import { type Dense, dense, initDense, relu } from "../../../nn/mod.ts";
import { type Tensor, tf } from "../../../tensor/mod.ts";
import type { LatentDynamics } from "../dynamics.ts";

/** Options of {@link mlpDynamics}. */
export interface MlpDynamicsOptions {
  /** Numbers of a latent state. */
  readonly latent: number;
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  /** Adds x_t, so that the layers learn the change. @default false */
  readonly residual?: boolean;
}

/** Layers of an MLP, the last one linear. */
export interface MlpParameters {
  /** In their order. */
  readonly layers: readonly Dense[];
}

/** x_{t+1} = MLP([x_t, e_t]) with ReLU, the usual latent model (TD-MPC's has no residual path). */
export function mlpDynamics(
  { latent, hidden, residual = false }: MlpDynamicsOptions,
): LatentDynamics<MlpParameters> {
  const widths = [2 * latent, ...hidden, latent];
  return {
    name: "MLP",
    latent,
    actionLatent: latent,
    init: (stream) => ({
      layers: widths.slice(1).map((outputs, i) =>
        initDense(stream.split(`layer ${i}`), { inputs: widths[i], outputs })
      ),
    }),
    rollout({ layers }, { start, actions }) {
      const { outputs } = scan(
        (x: Tensor, e: Tensor, layers: readonly Dense[]) => {
          const next = layers.reduce(
            (h, layer, i) => i === layers.length - 1 ? dense(h, layer) : relu(dense(h, layer)),
            tf.concat([x, e], 1) as Tensor,
          );
          const carry = residual ? tf.add(x, next) : next;
          return { carry, output: carry };
        },
        { carry: start, inputs: actions, parameters: layers },
      );
      return outputs;
    },
  };
}
