import { type Tensor, tf } from "./_tf.ts";

/** Options of {@link euclideanNorm}. */
export interface NormOptions {
  /** Axes that are summed over. @default all */
  readonly axis?: number | number[];
  /** Whether reduced axes stay, with size 1. @default false */
  readonly keepDims?: boolean;
}

/**
 * ‖x‖ = √Σ x² with a gradient of 0 at x = 0, where `tf.norm` and `tf.sqrt(tf.sum(tf.square(x)))` have NaN
 * (the slope ∞ of the root times 0). Elsewhere the gradient is x/‖x‖.
 *
 * @example
 * ```ts
 * import { euclideanNorm, tf } from "@refigure/refigure/tensor";
 * import assert from "node:assert/strict";
 *
 * const slope = tf.tidy(() => [...tf.grad((x) => euclideanNorm(x))(tf.tensor1d([0, 0])).dataSync()]);
 * assert.deepEqual(slope, [0, 0]);
 * assert.equal(tf.tidy(() => euclideanNorm(tf.tensor1d([3, 4])).dataSync()[0]), 5);
 * ```
 */
export function euclideanNorm(x: Tensor, { axis, keepDims = false }: NormOptions = {}): Tensor {
  const squares = tf.sum(tf.square(x), axis, keepDims);
  const isZero = tf.equal(squares, 0);
  // The root is taken of a number whose slope is finite; where x is 0, the result does not depend on it.
  const root = tf.sqrt(tf.where(isZero, tf.onesLike(squares), squares));
  return tf.where(isZero, tf.zerosLike(squares), root);
}
