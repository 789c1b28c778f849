import { stopGradient, type Tensor, tf } from "../../tensor/mod.ts";

/** Options of {@link selectStraightThrough}. */
export interface SelectOptions {
  /** Inverse temperature β of the surrogate. @default 1 */
  readonly beta?: number;
}

/**
 * Picks the largest activation with the gradient of a softmax: s = onehot(argmax A) in value, and
 * ∂s/∂A = ∂ softmax(βA)/∂A (Bengio et al. 2013; the released code's onehot + soft − stop(soft)).
 *
 * The value is exactly 0 or 1, as soft − stop(soft) is taken first.
 *
 * @param activations A `[batch, choices]`.
 * @returns s of the same shape. Of equal activations the first is picked.
 *
 * @example
 * ```ts
 * import { tf } from "@refigure/refigure";
 * import { selectStraightThrough } from "@refigure/refigure/group";
 * import assert from "node:assert/strict";
 *
 * const picked = selectStraightThrough(tf.tensor2d([[0.1, 2, 1]]));
 * assert.deepEqual(Array.from(picked.dataSync()), [0, 1, 0]);
 * ```
 */
export function selectStraightThrough(activations: Tensor, { beta = 1 }: SelectOptions = {}): Tensor {
  const choices = activations.shape[1]!;
  const picked = tf.oneHot(tf.argMax(activations, 1) as tf.Tensor1D, choices, 1, 0, "float32");
  const soft = tf.softmax(tf.mul(activations, beta));
  return tf.add(picked, tf.sub(soft, stopGradient(soft)));
}
