import { stopGradient, type Tensor, tf } from "../../tensor/mod.ts";

/**
 * Squared distances of all pairs of points, |x_i|² + |x_j|² − 2 x_i·x_j.
 *
 * @param points `[batch, n, d]`.
 * @returns `[batch, n, n]`.
 */
export function squaredDistances(points: Tensor): Tensor {
  const squares = tf.sum(tf.square(points), 2, true);
  const products = tf.matMul(points as tf.Tensor3D, points as tf.Tensor3D, false, true);
  return tf.add(tf.sub(squares, tf.mul(products, 2)), tf.transpose(squares, [0, 2, 1]));
}

/**
 * The k nearest points of each point, itself included (it is the first), as in DGCNN (Wang et al. 2019). No
 * gradient goes through the choice.
 *
 * @param points `[batch, n, d]`.
 * @param count k ≤ n.
 * @returns indices `[batch, n, k]` int32, the nearest first; of equally near ones the lower index comes
 *   first.
 * @throws {RangeError} If k is not an integer in [1, n].
 *
 * @example
 * ```ts
 * import { tf } from "@refigure/refigure";
 * import { nearestNeighbours } from "@refigure/refigure/group";
 * import assert from "node:assert/strict";
 *
 * const line = tf.tensor3d([0, 1, 5], [1, 3, 1]);
 * assert.deepEqual(Array.from(nearestNeighbours(line, 2).dataSync()), [0, 1, 1, 0, 2, 1]);
 * ```
 */
export function nearestNeighbours(points: Tensor, count: number): Tensor {
  const n = points.shape[1]!;
  if (!Number.isInteger(count) || count < 1 || count > n) {
    throw new RangeError(
      `Cannot find neighbours as count must be an integer in [1, ${n}]: current value is ${count}`,
    );
  }
  return tf.topk(tf.neg(stopGradient(squaredDistances(stopGradient(points)))), count).indices;
}

/**
 * Features of each point's neighbours.
 *
 * @param features `[batch, n, …]`.
 * @param indices `[batch, n, k]` int32.
 * @returns `[batch, n, k, …]`.
 */
export function gatherNeighbours(features: Tensor, indices: Tensor): Tensor {
  const [batch, n, ...rest] = features.shape;
  const k = indices.shape[2]!;
  const width = rest.reduce((product, extent) => product * extent, 1);
  const first = tf.tensor3d(Int32Array.from({ length: batch }, (_, b) => b * n), [batch, 1, 1], "int32");
  const rows = tf.reshape(tf.add(indices, first), [batch * n * k]);
  const gathered = tf.gather(tf.reshape(features, [batch * n, width]), rows as tf.Tensor1D);
  return tf.reshape(gathered, [batch, n, k, ...rest]);
}
