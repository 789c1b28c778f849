import { type Tensor, tf } from "../../tensor/mod.ts";

/** Options of {@link gridSample}. */
export interface GridSampleOptions {
  /** What lies outside the image: zeros, or its border repeated. @default "zeros" */
  readonly padding?: Outside;
  /** Whether ±1 are the centres of the outermost pixels, or the image's edges. @default false (edges) */
  readonly alignCorners?: boolean;
}

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

/**
 * Warps images: samples them bilinearly at the points of a grid (Jaderberg et al. 2015), as PyTorch's
 * `grid_sample`.
 *
 * y[b, i, j] = Σ x[b, v, u] max(0, 1 − |u − u′|) max(0, 1 − |v − v′|), where (u′, v′) is the pixel that (g₀,
 * g₁) = grid[b, i, j] stands for. Differentiable in image and grid, twice.
 *
 * @param images `[batch, height, width, channels]`.
 * @param grid `[batch, rows, columns, 2]`: for each output pixel where it is taken from, (x, y) with x from
 * left (−1) to
 *   right (1) and y from top to bottom.
 * @returns `[batch, rows, columns, channels]`.
 * @throws {TypeError} If a shape is not of that form.
 *
 * @example
 * ```ts
 * import { tf } from "@refigure/refigure";
 * import { gridSample } from "@refigure/refigure/nn";
 * import assert from "node:assert/strict";
 *
 * // A grid of one point, the middle of the image.
 * const images = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
 * const middle = gridSample(images, tf.zeros([1, 1, 1, 2]));
 * assert.equal(middle.dataSync()[0], 2.5);
 * ```
 */
export function gridSample(
  images: Tensor,
  grid: Tensor,
  { padding = "zeros", alignCorners = false }: GridSampleOptions = {},
): Tensor {
  const [batch, height, width] = images.shape;
  if (images.rank !== 4 || grid.rank !== 4 || grid.shape[0] !== batch || grid.shape[3] !== 2) {
    throw new TypeError(
      `Cannot sample images of shape [${images.shape}] as the grid must be of shape [${batch}, rows, columns, 2]: ` +
        `current value is of shape [${grid.shape}]`,
    );
  }
  // −1 … 1 becomes 0 … length − 1 (centres aligned) or −1/2 … length − 1/2.
  const toPixels = (coordinate: Tensor, length: number) =>
    tf.add(tf.mul(coordinate, (alignCorners ? length - 1 : length) / 2), (length - 1) / 2);
  const [x, y] = tf.unstack(grid, 3);
  return sampleAtPixels(images, { x: toPixels(x, width), y: toPixels(y, height), padding });
}
