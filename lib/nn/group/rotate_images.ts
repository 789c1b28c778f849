import { stopGradient, type Tensor, tf } from "../../tensor/mod.ts";
import { type Outside, sampleAtPixels } from "../mod.ts";

/** Options of {@link rotateImages}. */
export interface RotateOptions {
  /** What lies outside the image. @default "zeros" */
  readonly padding?: Outside;
  /** Centre [x, y] in pixels. @default ((width − 1)/2, (height − 1)/2) */
  readonly centre?: readonly [x: number, y: number];
}

/** Values that miss 0 by rounding become 0; the gradient is that of the identity. */
function snapToZero(x: Tensor): Tensor {
  const snapped = tf.where(tf.less(tf.abs(x), 1e-6), tf.zerosLike(x), x);
  return tf.add(x, stopGradient(tf.sub(snapped, x)));
}

/**
 * Turns images about their centre, counter-clockwise as displayed, with bilinear sampling.
 *
 * The output pixel at (x, y) = centre + (dx, dy) is taken from centre + (c·dx − s·dy, s·dx + c·dy), c = cos
 * θ, s = sin θ (the convention of kornia's `rotate`, corners aligned). At multiples of 90° square images are
 * permuted exactly. With `border` padding it equals padding by edge pixels, turning and cropping.
 * Differentiable twice in image and angle; the derivative in the angle is the right one where a source falls
 * on a pixel.
 *
 * @param images `[batch, height, width, channels]`.
 * @param angles `[batch]`, in degrees.
 * @returns the shape of `images`.
 * @throws {TypeError} If a shape is not of that form.
 *
 * @example
 * ```ts
 * import { tf } from "@refigure/refigure";
 * import { rotateImages } from "@refigure/refigure/group";
 * import assert from "node:assert/strict";
 *
 * const image = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
 * const turned = rotateImages(image, tf.tensor1d([90]));
 * assert.deepEqual(Array.from(turned.dataSync()), [3, 6, 9, 2, 5, 8, 1, 4, 7]);
 * ```
 */
export function rotateImages(images: Tensor, angles: Tensor, options: RotateOptions = {}): Tensor {
  const [batch, height, width] = images.shape;
  if (images.rank !== 4 || angles.rank !== 1 || angles.shape[0] !== batch) {
    throw new TypeError(
      `Cannot turn images of shape [${images.shape}] as angles must be of shape [batch]: ` +
        `current value is of shape [${angles.shape}]`,
    );
  }
  const { padding = "zeros", centre: [cx, cy] = [(width - 1) / 2, (height - 1) / 2] } = options;
  const radians = tf.mul(tf.reshape(angles, [batch, 1, 1]), Math.PI / 180);
  const [c, s] = [snapToZero(tf.cos(radians)), snapToZero(tf.sin(radians))];
  const dx = tf.tensor3d(Float32Array.from({ length: width }, (_, x) => x - cx), [1, 1, width]);
  const dy = tf.tensor3d(Float32Array.from({ length: height }, (_, y) => y - cy), [1, height, 1]);
  return sampleAtPixels(images, {
    x: tf.add(tf.sub(tf.mul(c, dx), tf.mul(s, dy)), cx),
    y: tf.add(tf.add(tf.mul(s, dx), tf.mul(c, dy)), cy),
    padding,
  });
}

/** Mirrors images from left to right. @param images `[batch, height, width, channels]`. */
export function mirrorImages(images: Tensor): Tensor {
  return tf.reverse(images, 2);
}
