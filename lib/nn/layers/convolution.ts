import { type Tensor, tf } from "../../tensor/mod.ts";
import { type Pair, pairOf, zeros } from "./_window.ts";

export type { Pair };

/** Parameters of a convolution of images. */
export interface Conv2d {
  /** `[height, width, inputs, outputs]` (PyTorch's `weight` with its axes in the order 2, 3, 1, 0). */
  readonly weight: Tensor;
  /** `[outputs]`. Absent: none. */
  readonly bias?: Tensor;
}

/** Options of {@link conv2d} and {@link depthwiseConv2d}. */
export interface Conv2dOptions {
  /** Step between windows, pixels. @default 1 */
  readonly stride?: Pair;
  /**
   * What surrounds the images:
   * - `valid`: nothing;
   * - `same`: so many zeros that a stride of 1 keeps the size (as TensorFlow has it for other strides);
   * - `circular`: the image's opposite side, as many pixels as `same` has for a stride of 1;
   * - a number: so many zeros on each side.
   *
   * @default "valid"
   */
  readonly padding?: "valid" | "same" | "circular" | number;
  /** Distance of the filter's elements. One of stride and dilation must be 1. @default 1 */
  readonly dilation?: Pair;
}

/** Pixels before and after an image. */
export type Margins = readonly [before: number, after: number];

/** Checks the shapes of images and filters. */
function checkImages(action: string, x: Tensor, weight: Tensor, axis: 2 | 3): void {
  if (x.rank === 4 && weight.rank === 4 && x.shape[3] === weight.shape[axis]) return;
  throw new TypeError(
    `Cannot ${action} as images must be of shape [batch, height, width, ${
      weight.shape[axis]
    }] and filters of rank 4: ` +
      `current value is of shape [${x.shape}] and [${weight.shape}]`,
  );
}

/**
 * Continues images periodically.
 *
 * @param x `[batch, height, width, channels]`.
 * @param margins Pixels to add, at most the image's length: `rows` [above, below], `columns` [left, right].
 * @throws {RangeError} If a margin is longer than the image.
 *
 * @example
 * ```ts
 * import { tf } from "@refigure/refigure";
 * import { circularPad } from "@refigure/refigure/nn";
 * import assert from "node:assert/strict";
 *
 * const ring = tf.tensor4d([1, 2, 3], [1, 1, 3, 1]);
 * const padded = circularPad(ring, { rows: [0, 0], columns: [1, 2] });
 * assert.deepEqual(Array.from(padded.dataSync()), [3, 1, 2, 3, 1, 2]);
 * ```
 */
export function circularPad(
  x: Tensor,
  { rows, columns }: { readonly rows: Margins; readonly columns: Margins },
): Tensor {
  return [rows, columns].reduce((image, margins, i) => {
    const axis = i + 1;
    const length = image.shape[axis];
    if (margins.some((count) => count > length)) {
      throw new RangeError(
        `Cannot continue images as a margin must be <= ${length}: current value is ${Math.max(...margins)}`,
      );
    }
    const part = (from: number, count: number) =>
      tf.slice(image, image.shape.map((_, k) => k === axis ? from : 0), image.shape.with(axis, count));
    const parts = [
      ...margins[0] > 0 ? [part(length - margins[0], margins[0])] : [],
      image,
      ...margins[1] > 0 ? [part(0, margins[1])] : [],
    ];
    return parts.length === 1 ? image : tf.concat(parts, axis);
  }, x);
}

/** Images and padding as TensorFlow.js takes them. */
function surround(x: Tensor, weight: Tensor, { padding = "valid", dilation = 1 }: Conv2dOptions) {
  if (padding !== "circular") {
    return { images: x as tf.Tensor4D, pad: typeof padding === "number" ? zeros(padding) : padding };
  }
  const [rows, columns] = pairOf(dilation).map((by, i) => {
    const total = (weight.shape[i] - 1) * by;
    return [Math.floor(total / 2), Math.ceil(total / 2)] as const;
  });
  return { images: circularPad(x, { rows, columns }) as tf.Tensor4D, pad: "valid" as const };
}

const addBias = (y: Tensor, bias: Tensor | undefined): Tensor => bias === undefined ? y : tf.add(y, bias);

/**
 * Convolution (cross-correlation, as everywhere in deep learning) of images:
 * y[b, i, j, o] = bias[o] + Σ x[b, i·stride + k·dilation, j·stride + l·dilation, c] weight[k, l, c, o].
 *
 * @param x `[batch, height, width, inputs]`.
 * @returns `[batch, height′, width′, outputs]`.
 * @throws {TypeError} If the shapes do not fit.
 *
 * @example
 * ```ts
 * import { tf } from "@refigure/refigure";
 * import { conv2d } from "@refigure/refigure/nn";
 * import assert from "node:assert/strict";
 *
 * const x = tf.tensor4d([1, 2, 3, 4], [1, 1, 4, 1]);
 * const difference = { weight: tf.tensor4d([-1, 1], [1, 2, 1, 1]) };
 * assert.deepEqual(Array.from(conv2d(x, difference).dataSync()), [1, 1, 1]);
 * assert.deepEqual(Array.from(conv2d(x, difference, { padding: "circular" }).dataSync()), [1, 1, 1, -3]);
 * ```
 */
export function conv2d(x: Tensor, { weight, bias }: Conv2d, options: Conv2dOptions = {}): Tensor {
  checkImages("convolve", x, weight, 2);
  const { stride = 1, dilation = 1 } = options;
  const { images, pad } = surround(x, weight, options);
  const y = tf.conv2d(images, weight as tf.Tensor4D, pairOf(stride), pad, "NHWC", pairOf(dilation));
  return addBias(y, bias);
}

/** Parameters of a convolution of each channel for itself. */
export interface DepthwiseConv2d {
  /** `[height, width, channels, multiplier]`. */
  readonly weight: Tensor;
  /** `[channels · multiplier]`. Absent: none. */
  readonly bias?: Tensor;
}

/**
 * Depthwise convolution: each channel has its own `multiplier` filters (PyTorch's `groups` = channels).
 *
 * @param x `[batch, height, width, channels]`.
 * @returns `[batch, height′, width′, channels · multiplier]`; channel c's results are next to each other.
 * @throws {TypeError} If the shapes do not fit.
 */
export function depthwiseConv2d(
  x: Tensor,
  { weight, bias }: DepthwiseConv2d,
  options: Conv2dOptions = {},
): Tensor {
  checkImages("convolve", x, weight, 2);
  const { stride = 1, dilation = 1 } = options;
  const { images, pad } = surround(x, weight, options);
  const filter = weight as tf.Tensor4D;
  // Explicit padding is missing from TensorFlow.js's type only.
  const y = tf.depthwiseConv2d(images, filter, pairOf(stride), pad as "same", "NHWC", pairOf(dilation));
  return addBias(y, bias);
}

/** Options of {@link conv2dTranspose}. */
export interface Conv2dTransposeOptions {
  /** Step between windows of the output, pixels. @default 1 */
  readonly stride?: Pair;
  /** Rows and columns to cut from each side. @default 0 */
  readonly padding?: number;
  /** Rows and columns to add at the end, fewer than the stride. @default 0 */
  readonly outputPadding?: number;
}

/**
 * Transposed convolution: the adjoint of {@link conv2d} with the same filter and number as padding, plus a
 * bias. Its output is (height − 1)·stride + size − 2·padding + outputPadding high, as in PyTorch.
 *
 * @param x `[batch, height, width, inputs]`.
 * @param layer `weight` is `[height, width, outputs, inputs]` (PyTorch's with its axes in the order 2, 3, 1,
 * 0).
 * @returns `[batch, height′, width′, outputs]`.
 * @throws {TypeError} If the shapes do not fit.
 */
export function conv2dTranspose(
  x: Tensor,
  { weight, bias }: Conv2d,
  { stride = 1, padding = 0, outputPadding = 0 }: Conv2dTransposeOptions = {},
): Tensor {
  checkImages("convolve back", x, weight, 3);
  const [images, filter, strides] = [x as tf.Tensor4D, weight as tf.Tensor4D, pairOf(stride)];
  const [height, width] = strides.map((by, i) =>
    (x.shape[i + 1] - 1) * by + weight.shape[i] - 2 * padding + outputPadding
  );
  const shape: [number, number, number, number] = [images.shape[0], height, width, filter.shape[2]];
  return addBias(tf.conv2dTranspose(images, filter, shape, strides, zeros(padding)), bias);
}
