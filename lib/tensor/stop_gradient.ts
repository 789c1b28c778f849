import { tf } from "./_tf.ts";

/**
 * The value without a gradient: what depends on `x` through it counts as constant.
 *
 * @example
 * ```ts
 * import { stopGradient, tf, valueAndGrad } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * // d/dx of x·stop(x) is stop(x), not 2x.
 * const { grads } = valueAndGrad(({ x }) => tf.mul(x, stopGradient(x)), { x: tf.scalar(3) });
 * assert.equal(grads.x.dataSync()[0], 3);
 * ```
 */
export function stopGradient(x: tf.Tensor): tf.Tensor {
  // `x` is no argument, so that no path leads through here and the backward pass computes nothing for it.
  return tf.customGrad(() => ({ value: tf.clone(x), gradFunc: () => [] }))();
}
