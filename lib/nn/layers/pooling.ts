import { type Tensor, tf } from "../../tensor/mod.ts";
import { type Pair, pairOf, zeros } from "./_window.ts";

/** Options of {@link maxPool} and {@link avgPool}. */
export interface PoolOptions {
  /** Height and width of the windows. */
  readonly size: Pair;
  /** Step between windows, pixels. @default size (windows side by side) */
  readonly stride?: Pair;
  /** Rows and columns around the images that no window counts. @default 0 */
  readonly padding?: number;
}

const windows = ({ size, stride = size, padding = 0 }: PoolOptions) =>
  [pairOf(size), pairOf(stride), zeros(padding)] as const;

/**
 * The maximum of each window of each channel. A window that reaches beyond the image at the end is left out.
 *
 * @param x `[batch, height, width, channels]`.
 * @returns `[batch, height′, width′, channels]`.
 */
export function maxPool(x: Tensor, options: PoolOptions): Tensor {
  return tf.maxPool(x as tf.Tensor4D, ...windows(options));
}

/**
 * The mean of each window of each channel. Differs from PyTorch's default: padding does not count (PyTorch's
 * `count_include_pad=False`).
 *
 * @param x `[batch, height, width, channels]`.
 * @returns `[batch, height′, width′, channels]`.
 */
export function avgPool(x: Tensor, options: PoolOptions): Tensor {
  return tf.avgPool(x as tf.Tensor4D, ...windows(options));
}

/**
 * The mean of each channel over the whole image.
 *
 * @param x `[batch, height, width, channels]`.
 * @returns `[batch, channels]`.
 */
export function globalAveragePool(x: Tensor): Tensor {
  return tf.mean(x, [1, 2]);
}
