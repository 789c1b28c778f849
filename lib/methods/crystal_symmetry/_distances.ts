import { type Tensor, tf } from "../../tensor/mod.ts";

/**
 * Gaussians of distances, exp(−((c_k − d)/w)²) with c_k evenly spaced from 0 to `maxDistance` and w = 2
 * maxDistance/count.
 *
 * @param distances `[E]`.
 * @returns `[E, count]`.
 */
export function expandDistances(
  distances: Tensor,
  { count, maxDistance, width = 2 * maxDistance / count }: {
    readonly count: number;
    readonly maxDistance: number;
    readonly width?: number;
  },
): Tensor {
  const centres = Float32Array.from({ length: count }, (_, k) => maxDistance * k / (count - 1));
  const away = tf.div(
    tf.sub(tf.reshape(distances, [-1, 1]), tf.tensor2d(centres, [1, count])),
    tf.scalar(width),
  );
  return tf.exp(tf.neg(tf.square(away)));
}
