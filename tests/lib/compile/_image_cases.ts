/** Rows of the table of kernels: pooling, normalising and resizing images. */
import { tf } from "../../../lib/tensor/mod.ts";
import type { Case } from "./_kernel_cases.ts";
import { floats, ints, spread } from "./_host.ts";

interface Pooling {
  readonly note: string;
  readonly size?: number | [number, number];
  readonly strides?: number | [number, number];
  readonly padding?: Parameters<typeof tf.maxPool>[3];
  readonly rounding?: "floor" | "round" | "ceil";
}

const POOLINGS: readonly Pooling[] = [
  { note: "tiles, a row over" },
  { note: "tiles [1, 3]", size: [1, 3], strides: [1, 3] },
  { note: "overlapping", size: 3, strides: 2 },
  { note: "same", size: [3, 2], strides: 1, padding: "same" },
  { note: "padded side by side", size: 3, strides: 2, padding: [[0, 0], [1, 0], [2, 1], [0, 0]] },
  { note: "padded, rounded up", size: 3, strides: 2, padding: 1, rounding: "ceil" },
  { note: "windows apart", size: 1, strides: 2 },
  { note: "single elements", size: 1, strides: 1 },
  { note: "the whole image", size: [5, 4], strides: [5, 4] },
];

/** Images whose elements differ by 0.1 at least. */
const DISTINCT = floats(Array.from({ length: 80 }, (_, i) => (i * 37 % 80) / 10 - 4), [2, 5, 4, 2]);

const maxPool = ({ size = 2, strides = 2, padding = "valid", rounding }: Pooling) => (x: tf.Tensor4D) =>
  tf.maxPool(x, size, strides, padding, rounding);
const avgPool = ({ size = 2, strides = 2, padding = "valid", rounding }: Pooling) => (x: tf.Tensor4D) =>
  tf.avgPool(x, size, strides, padding, rounding);

const SPREADS = floats([0.4, 1.7]);

const RESIZINGS: readonly {
  readonly note: string;
  readonly size: [number, number];
  readonly alignCorners?: boolean;
  readonly halfPixelCenters?: boolean;
}[] = [
  { note: "larger", size: [7, 6] },
  { note: "smaller", size: [2, 3] },
  { note: "larger, half-pixel centres", size: [7, 6], halfPixelCenters: true },
  { note: "smaller, half-pixel centres", size: [2, 3], halfPixelCenters: true },
  { note: "larger, corners aligned", size: [5, 9], alignCorners: true },
  { note: "to one row, corners aligned", size: [1, 3], alignCorners: true },
  { note: "as it is", size: [3, 4] },
];

/** One or more rows per kernel. */
export const IMAGE_CASES: readonly Case[] = [
  ...POOLINGS.flatMap((pooling): Case[] => [
    { kernel: "MaxPool", note: pooling.note, f: maxPool(pooling), inputs: [DISTINCT] },
    { kernel: "AvgPool", note: pooling.note, f: avgPool(pooling), inputs: [DISTINCT] },
    {
      kernel: "MaxPoolGrad",
      note: pooling.note,
      f: tf.grad((x) => tf.sum(tf.square(maxPool(pooling)(x as tf.Tensor4D)))),
      inputs: [DISTINCT],
    },
    {
      kernel: "AvgPoolGrad",
      note: pooling.note,
      f: tf.grad((x) => tf.sum(tf.square(avgPool(pooling)(x as tf.Tensor4D)))),
      inputs: [DISTINCT],
    },
  ]),
  {
    kernel: "MaxPoolGrad",
    note: "equal elements: the first gets it all",
    f: tf.grad((x) => tf.sum(tf.mul(tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"), 3))),
    inputs: [floats([0, 0, 1, 2, 0, 0, 2, 2, 3, 1, 0, 0, 3, 3, 0, 4], [1, 4, 4, 1])],
    gradient: false,
  },
  {
    kernel: "MaxPoolWithArgmax",
    f: (x) => {
      const { result, indexes } = tf.maxPoolWithArgmax(x, [3, 2], 2, "same", true);
      return [result, indexes];
    },
    inputs: [DISTINCT],
    gradient: false,
  },
  {
    kernel: "MaxPoolWithArgmax",
    note: "images apart",
    f: (x) => tf.maxPoolWithArgmax(x, 2, 2, "valid").indexes,
    inputs: [DISTINCT],
    gradient: false,
  },

  {
    kernel: "FusedBatchNorm",
    f: (x, mean, variance, offset, scale) => tf.batchNorm(x, mean, variance, offset, scale, 0.01),
    inputs: [spread([2, 2, 2, 2]), spread([2]), SPREADS, spread([2], { phase: 3 }), SPREADS],
  },
  {
    kernel: "FusedBatchNorm",
    note: "four axes",
    f: (x, mean, variance, offset, scale) => tf.batchNorm(x, mean, variance, offset, scale),
    inputs: [
      spread([1, 2, 2, 2]),
      spread([1, 2, 2, 2], { phase: 4 }),
      spread([1, 2, 2, 2], { low: 0.2 }),
      spread([1, 2, 2, 2], { phase: 3 }),
      spread([1, 2, 2, 2], { phase: 5 }),
    ],
  },
  {
    kernel: "FusedBatchNorm",
    note: "without scale and offset",
    f: (x, mean, variance) => tf.batchNorm(x, mean, variance),
    inputs: [spread([2, 2, 2, 2]), spread([2]), SPREADS],
    gradient: false,
  },
  ...RESIZINGS.flatMap(({ note, size, alignCorners = false, halfPixelCenters = false }): Case[] => [
    {
      kernel: "ResizeBilinear",
      note,
      f: (x) => tf.image.resizeBilinear(x, size, alignCorners, halfPixelCenters),
      inputs: [spread([2, 3, 4, 2])],
    },
    {
      kernel: "ResizeNearestNeighbor",
      note,
      f: (x) => tf.image.resizeNearestNeighbor(x, size, alignCorners, halfPixelCenters),
      inputs: [spread([2, 3, 4, 2])],
    },
  ]),
  {
    kernel: "ResizeNearestNeighbor",
    note: "int32",
    f: (x) => tf.image.resizeNearestNeighbor(x, [3, 1]),
    inputs: [ints([1, 2, 3, 4], [1, 2, 2, 1])],
  },
];
