import { type Tensor, tf } from "../../tensor/mod.ts";

/** What lies outside an image: zeros, or its border repeated. */
export type Outside = "zeros" | "border";

/** The pixel at or below a coordinate and the one above, each with its share. */
function between(coordinate: Tensor, { length, padding }: { length: number; padding: Outside }) {
  const place = padding === "border" ? tf.clipByValue(coordinate, 0, length - 1) : coordinate;
  const low = tf.floor(place);
  const above = tf.sub(place, low);
  return [[low, tf.sub(1, above)], [tf.add(low, 1), above]].map(([pixel, share]) => {
    const inside = tf.clipByValue(pixel, 0, length - 1);
    return {
      index: tf.cast(inside, "int32"),
      share: padding === "border" ? share : tf.mul(share, tf.cast(tf.equal(inside, pixel), "float32")),
    };
  });
}

/**
 * Samples images bilinearly at pixel coordinates: whole coordinates give the pixels themselves, to the last
 * bit.
 *
 * @param images `[batch, height, width, channels]`.
 * @param at `x` and `y` `[batch, rows, columns]` in pixels, from the centre of the first.
 * @returns `[batch, rows, columns, channels]`.
 */
export function sampleAtPixels(
  images: Tensor,
  { x, y, padding }: { readonly x: Tensor; readonly y: Tensor; readonly padding: Outside },
): Tensor {
  const [batch, height, width, channels] = images.shape;
  const [, rows, columns] = x.shape;
  const across = between(x, { length: width, padding });
  const down = between(y, { length: height, padding });
  const pixels = tf.reshape(images, [batch * height * width, channels]);
  const first = tf.tensor3d(Int32Array.from({ length: batch }, (_, i) => i * height * width), [batch, 1, 1]);
  return tf.addN(down.flatMap((v) =>
    across.map((u) => {
      const index = tf.add(first, tf.add(tf.mul(v.index, tf.scalar(width, "int32")), u.index));
      const share = tf.reshape(tf.mul(v.share, u.share), [batch, rows, columns, 1]);
      return tf.mul(tf.gather(pixels, index as tf.Tensor3D), share);
    })
  ));
}
