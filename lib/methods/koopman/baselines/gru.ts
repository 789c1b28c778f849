import { scan } from "../../../compile/mod.ts";
import { type Dense, dense, initDense } from "../../../nn/mod.ts";
import { type Tensor, tf } from "../../../tensor/mod.ts";
import { type LatentDynamics, overTime } from "../dynamics.ts";

/** Weights of a gated recurrent unit; gates in the order reset, update, new (as PyTorch's). */
export interface GruParameters {
  /** `[inputs, 3 hidden]` */
  readonly input: Dense;
  /** `[hidden, 3 hidden]` */
  readonly hidden: Dense;
}

/**
 * Gated recurrent unit (Cho et al. 2014, in PyTorch's form): r = σ(i_r + h_r), z = σ(i_z + h_z), n = tanh(i_n
 * + r h_n), h' = (1 − z) n + z h; the latent state is the hidden state, h_0 = x_t, and an encoded action the
 * input.
 */
export function gruDynamics({ latent }: { readonly latent: number }): LatentDynamics<GruParameters> {
  return {
    name: "GRU",
    latent,
    actionLatent: latent,
    init(stream) {
      const layer = (name: string) => initDense(stream.split(name), { inputs: latent, outputs: 3 * latent });
      return { input: layer("input"), hidden: layer("hidden") };
    },
    rollout({ input, hidden }, { start, actions }) {
      // The part of the inputs is one product for all steps.
      const driven = overTime(actions, (flat) => dense(flat, input));
      const { outputs } = scan(
        (h: Tensor, i: Tensor, hidden: Dense) => {
          const [ir, iz, inew] = tf.split(i, 3, 1);
          const [hr, hz, hnew] = tf.split(dense(h, hidden), 3, 1);
          const reset = tf.sigmoid(tf.add(ir, hr));
          const update = tf.sigmoid(tf.add(iz, hz));
          const fresh = tf.tanh(tf.add(inew, tf.mul(reset, hnew)));
          const carry = tf.add(fresh, tf.mul(update, tf.sub(h, fresh)));
          return { carry, output: carry };
        },
        { carry: start, inputs: driven, parameters: hidden },
      );
      return outputs;
    },
  };
}
