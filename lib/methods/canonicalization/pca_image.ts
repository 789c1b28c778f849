import { rotateImages } from "../../nn/group/mod.ts";
import { stopGradient, type Tensor, tf } from "../../tensor/mod.ts";
import type { Canonicalizer, Nothing } from "./types.ts";

/**
 * The angle in degrees, in (−90°, 90°], of the long axis of an image's ink: the leading eigenvector of the
 * covariance of the coordinates of all pixels above a threshold, ½ atan2(2 s_xy, s_xx − s_yy).
 *
 * An axis has no direction: the half turn stays open. The authors leave it to the sign of a singular vector;
 * here it points to the right.
 *
 * @param x `[batch, height, width, 1]`.
 * @returns `[batch]`; no gradient goes through it. An image without ink, or without a long axis, has 0.
 */
export function principalAngle(x: Tensor, { threshold = 0.5 }: { readonly threshold?: number } = {}): Tensor {
  const [batch, height, width] = x.shape;
  const ink = tf.reshape(tf.cast(tf.greater(stopGradient(x), threshold), "float32"), [batch, height * width]);
  const axis = (of: (i: number) => number) =>
    tf.tensor2d(Float32Array.from({ length: height * width }, (_, i) => of(i)), [1, height * width]);
  const u = axis((i) => i % width - (width - 1) / 2);
  const v = axis((i) => (height - 1) / 2 - Math.floor(i / width)); // upwards
  const count = tf.maximum(tf.sum(ink, 1, true), 1);
  const centred = (along: Tensor) => tf.sub(along, tf.div(tf.sum(tf.mul(ink, along), 1, true), count));
  const [du, dv] = [centred(u), centred(v)];
  const moment = (a: Tensor, b: Tensor) => tf.sum(tf.mul(ink, tf.mul(a, b)), 1);
  const twice = tf.atan2(tf.mul(moment(du, dv), 2), tf.sub(moment(du, du), moment(dv, dv)));
  return tf.mul(twice, 90 / Math.PI);
}

/**
 * Canonicalization by principal components, the paper's fixed heuristic: images are turned so that the long
 * axis of their ink lies flat ({@link principalAngle}). Nothing is learned.
 */
export function pcaCanonicalizer(): Canonicalizer<Nothing, Nothing> {
  return {
    name: "PCA",
    init: () => ({ parameters: [], buffers: [] }),
    apply(x, { buffers }) {
      const angle = principalAngle(x);
      const input = rotateImages(x, tf.neg(angle));
      return { canonical: { input, restore: (y) => rotateImages(y, angle), choice: { angle } }, buffers };
    },
  };
}
