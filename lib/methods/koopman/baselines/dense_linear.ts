import { scan } from "../../../compile/mod.ts";
import { hostTensor } from "../../../nn/mod.ts";
import { type Tensor, tf } from "../../../tensor/mod.ts";
import type { LatentDynamics } from "../dynamics.ts";

/** Options of {@link denseLinearDynamics}. */
export interface DenseLinearOptions {
  /** Length of a latent state. */
  readonly latent: number;
  /** Standard deviation of what is added to the identity at the start. @default 0.01 */
  readonly spread?: number;
}

/**
 * A dense Koopman matrix: x_{t+1} = K x_t + e_t with a real K, one step after the other, O(τ n²).
 *
 * K starts at the identity with normal noise (the paper's dense variant; its start is not known).
 */
export function denseLinearDynamics(
  { latent, spread = 0.01 }: DenseLinearOptions,
): LatentDynamics<{ matrix: Tensor }> {
  return {
    name: "Dense Koopman",
    latent,
    actionLatent: latent,
    init(stream) {
      const matrix = stream.normal(new Float32Array(latent * latent), { std: spread });
      for (let i = 0; i < latent; i++) matrix[i * latent + i] += 1;
      return { matrix: hostTensor(matrix, [latent, latent]) };
    },
    rollout({ matrix }, { start, actions }) {
      const { outputs } = scan(
        (x: Tensor, e: Tensor, matrix: Tensor) => {
          const carry = tf.add(tf.matMul(x as tf.Tensor2D, matrix as tf.Tensor2D), e);
          return { carry, output: carry };
        },
        { carry: start, inputs: actions, parameters: matrix },
      );
      return outputs;
    },
  };
}
