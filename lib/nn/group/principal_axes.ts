import { stopGradient, type Tensor, tf } from "../../tensor/mod.ts";

/** Sweeps of Jacobi's method; it converges quadratically, and four leave rounding errors only. */
const SWEEPS = 5;

/**
 * Principal axes of point sets about their mean: eigenvectors of the covariance, by Jacobi's method.
 *
 * @param points `[batch, n, 3]`.
 * @returns rows `[batch, 3, 3]`, the longest axis first; no gradient. The sign of each row is arbitrary.
 */
export function principalAxes(points: Tensor): Tensor {
  const fixed = stopGradient(points);
  const centred = tf.sub(fixed, tf.mean(fixed, 1, true)) as tf.Tensor3D;
  const covariance = tf.div(tf.matMul(centred, centred, true), points.shape[1]!);
  let a = tf.unstack(covariance, 1).map((row) => tf.unstack(row, 1)); // a[i][j] is [batch]
  let v = [0, 1, 2].map((i) => [0, 1, 2].map((j) => tf.fill([points.shape[0]], i === j ? 1 : 0) as Tensor));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const [p, q] of [[0, 1], [0, 2], [1, 2]]) {
      // The rotation in the plane (p, q) that makes a_pq vanish: tan 2φ = 2 a_pq/(a_pp − a_qq).
      const angle = tf.mul(tf.atan2(tf.mul(a[p][q], 2), tf.sub(a[p][p], a[q][q])), 0.5);
      const [c, s] = [tf.cos(angle), tf.sin(angle)];
      const mix = (x: Tensor, y: Tensor): [Tensor, Tensor] => [
        tf.add(tf.mul(c, x), tf.mul(s, y)),
        tf.sub(tf.mul(c, y), tf.mul(s, x)),
      ];
      const rows = a.map((row) => [...row]);
      for (let k = 0; k < 3; k++) [rows[p][k], rows[q][k]] = mix(a[p][k], a[q][k]);
      const both = rows.map((row) => [...row]);
      for (let k = 0; k < 3; k++) [both[k][p], both[k][q]] = mix(rows[k][p], rows[k][q]);
      const turned = v.map((row) => [...row]);
      for (let k = 0; k < 3; k++) [turned[p][k], turned[q][k]] = mix(v[p][k], v[q][k]);
      [a, v] = [both, turned];
    }
  }
  const lengths = tf.stack([a[0][0], a[1][1], a[2][2]], 1);
  const order = tf.oneHot(tf.topk(lengths, 3).indices as tf.Tensor2D, 3, 1, 0, "float32");
  return tf.matMul(order as tf.Tensor3D, tf.stack(v.map((row) => tf.stack(row, 1)), 1) as tf.Tensor3D);
}
