import type { Matrix } from "../../stats/mod.ts";

/** Images with their class labels, as published. */
export interface LabelledImages {
  /** Number of images. */
  readonly count: number;
  /** In pixels. */
  readonly height: number;
  /** In pixels. */
  readonly width: number;
  /** Numbers of a pixel: 1 for grey, 3 for colours. */
  readonly channels: number;
  /** [count, height, width, channels], 0 to 255. */
  readonly pixels: Uint8Array;
  /** [count]; 0 to 9. */
  readonly labels: Uint8Array;
}

/** A data set of images with its published split. */
export interface ImageSplit {
  /** Images to learn from. */
  readonly train: LabelledImages;
  /** Images to judge by. */
  readonly test: LabelledImages;
}

/** Options of {@link imageRows}. */
export interface ImageRowsOptions {
  /** Pixels of a side that are averaged into one; divides height and width. @default 1 */
  readonly pooling?: number;
  /** Mean and standard deviation of each channel, of values in [0, 1]. @default 0 and 1 */
  readonly mean?: readonly number[];
  /** Standard deviation of each channel, of values in [0, 1]. @default 1 */
  readonly std?: readonly number[];
}

/**
 * Images as rows of numbers: mean pooling over squares, scaling to [0, 1], then (x − mean)/std by channel.
 *
 * @returns `[count, height/pooling · width/pooling · channels]`, float32, rows in the order height, width,
 * channel.
 * @throws {RangeError} If `pooling` does not divide the sides.
 */
export function imageRows(images: LabelledImages, options: ImageRowsOptions = {}): Matrix<Float32Array> {
  const { count, height, width, channels, pixels } = images;
  const { pooling = 1, mean = [], std = [] } = options;
  if (!(Number.isInteger(pooling) && pooling > 0) || height % pooling > 0 || width % pooling > 0) {
    throw new RangeError(
      `Cannot pool images as pooling must divide ${height} and ${width}: current value is ${pooling}`,
    );
  }
  const [outHeight, outWidth] = [height / pooling, width / pooling];
  const columns = outHeight * outWidth * channels;
  const sums = new Float64Array(columns);
  const data = new Float32Array(count * columns);
  for (let image = 0, at = 0; image < count; image++) {
    sums.fill(0);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const cell = (Math.floor(y / pooling) * outWidth + Math.floor(x / pooling)) * channels;
        for (let c = 0; c < channels; c++) sums[cell + c] += pixels[at++];
      }
    }
    for (let i = 0; i < columns; i++) {
      const value = sums[i] / (255 * pooling * pooling);
      data[image * columns + i] = (value - (mean[i % channels] ?? 0)) / (std[i % channels] ?? 1);
    }
  }
  return { data, rows: count, columns };
}

/**
 * Keeps the first ⌊fraction · n_class⌋ images of every class, in their order.
 *
 * @throws {RangeError} If `fraction` is not in (0, 1].
 */
export function firstOfEachClass(images: LabelledImages, fraction: number): LabelledImages {
  if (!(fraction > 0 && fraction <= 1)) {
    throw new RangeError(`Cannot keep images as fraction must be in (0, 1]: current value is ${fraction}`);
  }
  const left = new Map<number, number>();
  for (const label of images.labels) left.set(label, (left.get(label) ?? 0) + 1);
  for (const [label, size] of left) left.set(label, Math.floor(fraction * size));
  const kept: number[] = [];
  images.labels.forEach((label, i) => {
    const rest = left.get(label)!;
    if (rest === 0) return;
    left.set(label, rest - 1);
    kept.push(i);
  });
  const size = images.height * images.width * images.channels;
  const pixels = new Uint8Array(kept.length * size);
  kept.forEach((i, k) => pixels.set(images.pixels.subarray(i * size, (i + 1) * size), k * size));
  return {
    ...images,
    count: kept.length,
    pixels,
    labels: Uint8Array.from(kept, (i) => images.labels[i]),
  };
}
