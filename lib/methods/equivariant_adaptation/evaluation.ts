/** The authors' test under rotations. */

/** An image's or many images' pixels. */
export interface Pixels {
  /** `[count, size, size, channels]` */
  readonly data: Float32Array;
  /** Number of images. */
  readonly count: number;
  /** Height and width, pixels. */
  readonly size: number;
  /** Numbers of a pixel. */
  readonly channels: number;
}

/** The nearest pixel; halves to even, as torch rounds. */
function nearest(value: number): number {
  const floor = Math.floor(value), rest = value - floor;
  if (Math.abs(rest - 0.5) < 1e-9) return floor % 2 === 0 ? floor : floor + 1;
  return Math.round(value);
}

/**
 * Turns test images as the authors do (Mondal et al. 2023, Sec. 4.1): padded by ⌈0.4 · size⌉ pixels of the
 * border, turned counter-clockwise about the centre with the nearest pixel and zeros outside, cropped.
 *
 * Multiples of 90° permute the pixels.
 *
 * @example
 * ```ts
 * import { turnTestImages } from "@refigure/refigure/equivariant_adaptation";
 * import assert from "node:assert/strict";
 *
 * const images = { data: Float32Array.of(1, 2, 3, 4), count: 1, size: 2, channels: 1 };
 * assert.deepEqual([...turnTestImages(images, 90)], [2, 4, 1, 3]);
 * ```
 */
export function turnTestImages({ data, count, size, channels }: Pixels, degrees: number): Float32Array {
  const pad = Math.ceil(0.4 * size), outer = size + 2 * pad, centre = (size - 1) / 2;
  const snap = (value: number) => Math.abs(value - Math.round(value)) < 1e-12 ? Math.round(value) : value;
  const [c, s] = [snap(Math.cos(degrees * Math.PI / 180)), snap(Math.sin(degrees * Math.PI / 180))];
  const clamp = (value: number) => Math.min(size - 1, Math.max(0, value));
  // For each pixel where it comes from: −1 is outside even of the padded image.
  const from = Int32Array.from({ length: size * size }, (_, i) => {
    const [dx, dy] = [i % size - centre, Math.floor(i / size) - centre];
    const [x, y] = [nearest(c * dx - s * dy + centre), nearest(s * dx + c * dy + centre)];
    const outside = Math.min(x, y) < -pad || Math.max(x, y) >= outer - pad;
    return outside ? -1 : clamp(y) * size + clamp(x);
  });
  const out = new Float32Array(data.length), area = size * size;
  for (let image = 0; image < count; image++) {
    for (let i = 0; i < area; i++) {
      if (from[i] < 0) continue;
      const source = (image * area + from[i]) * channels;
      for (let k = 0; k < channels; k++) out[(image * area + i) * channels + k] = data[source + k];
    }
  }
  return out;
}

/** Accuracies in percent under a group of rotations. */
export interface GroupAccuracy {
  /** On images as they are. */
  readonly upright: number;
  /** The mean over the group ("C_n-Avg"). */
  readonly average: number;
  /** For each rotation, the upright one first. */
  readonly byElement: readonly number[];
}

/**
 * Accuracy for each rotation and its mean.
 *
 * @param predictions For each rotation the predicted classes `[count]`.
 * @param labels `[count]`
 */
export function groupAccuracy(
  predictions: readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
): GroupAccuracy {
  const byElement = predictions.map((found) => {
    let right = 0;
    for (let i = 0; i < labels.length; i++) if (found[i] === labels[i]) right++;
    return 100 * right / labels.length;
  });
  const average = byElement.reduce((sum, value) => sum + value, 0) / byElement.length;
  return { upright: byElement[0], average, byElement };
}
