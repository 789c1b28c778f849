import { checkNotNegative, checkWeights } from "./_check.ts";
import { Sorter } from "./_sorter.ts";
import type { Clusters, Weights } from "./types.ts";

/**
 * Groups weights that are equal by value (−0 equals 0).
 *
 * @param weights `[d]` finite.
 * @throws {RangeError} If a weight is not finite.
 *
 * @example
 * ```ts
 * import { clustersByValue } from "@refigure/refigure/weight_sharing";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...clustersByValue(Float32Array.of(2, 1, 2)).clusterOf], [1, 0, 1]);
 * ```
 */
export function clustersByValue(weights: Weights): Clusters {
  checkWeights("group the weights", weights);
  const d = weights.length;
  const sorter = new Sorter();
  sorter.sort(weights);
  const { sorted, order } = sorter;
  const clusterOf = new Int32Array(d), sizes: number[] = [];
  for (let k = 0; k < d; k++) {
    if (k === 0 || sorted[k] !== sorted[k - 1]) sizes.push(0);
    clusterOf[order[k]] = sizes.length - 1;
    sizes[sizes.length - 1]++;
  }
  return { count: sizes.length, clusterOf, sizes: Int32Array.from(sizes) };
}

/** How far a layer shares its weights. */
export interface SharingStatistics {
  /** Number of weights, d. */
  readonly weights: number;
  /** Number of different values. */
  readonly distinct: number;
  /** Number of weights that are not zero (|w| > threshold). */
  readonly nonZero: number;
  /** Share of zeros, in [0, 1]; 0 for no weights. */
  readonly sparsity: number;
  /** Different non-zero values per non-zero weight, in (0, 1]; 0 where all are zero. */
  readonly distinctShare: number;
  /** Size of the largest group of equal non-zero weights. */
  readonly largestCluster: number;
}

/** Options of {@link sharingStatistics}. */
export interface SharingStatisticsOptions {
  /** Weights of at most this magnitude are zeros. @default 1e-8 */
  readonly threshold?: number;
  /** Weights count as equal if they agree after rounding to this many decimals. Absent: if they are equal. */
  readonly decimals?: number;
}

/**
 * Sparsity and number of different values of a layer's weights.
 *
 * The released code rounds to 8 decimals (`decimals: 8`) and divides its sparsity by a count that includes
 * the bias; here the count is that of the weights given.
 *
 * @param weights `[d]` finite.
 * @throws {RangeError} If a weight is not finite.
 */
export function sharingStatistics(
  weights: Weights,
  { threshold = 1e-8, decimals }: SharingStatisticsOptions = {},
): SharingStatistics {
  checkNotNegative("count the weights", { threshold });
  const scale = decimals === undefined ? 1 : 10 ** decimals;
  const values = Float64Array.from(
    weights,
    (w) => Math.abs(w) <= threshold ? 0 : decimals === undefined ? w : Math.round(w * scale) / scale,
  );
  const { count, clusterOf, sizes } = clustersByValue(values);
  const zeros = values.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0);
  const zeroCluster = zeros > 0 ? clusterOf[values.indexOf(0)] : -1;
  const nonZero = values.length - zeros;
  return {
    weights: values.length,
    distinct: count,
    nonZero,
    sparsity: values.length === 0 ? 0 : zeros / values.length,
    distinctShare: nonZero === 0 ? 0 : (count - (zeros > 0 ? 1 : 0)) / nonZero,
    largestCluster: sizes.reduce((most, size, c) => c === zeroCluster ? most : Math.max(most, size), 0),
  };
}

/** A convolution's shape; sizes are `[height, width]`. */
export interface ConvolutionShape {
  /** Channels before. */
  readonly inputChannels: number;
  /** Channels after. */
  readonly outputChannels: number;
  /** Side of the square kernel. */
  readonly kernel: number;
  /** Before the convolution. */
  readonly inputSize: readonly [number, number];
  /** After it. */
  readonly outputSize: readonly [number, number];
}

/**
 * Sparsity of a convolution written as a dense matrix, as the released code counts it:
 * 1 − C_in C_out k²/(C_in H_in W_in · C_out H_out W_out). It counts each of the kernel's weights once, not
 * once per position: the share of numbers that the matrix could have and the convolution has not.
 */
export function convolutionSparsity(shape: ConvolutionShape): number {
  const { inputChannels, outputChannels, kernel, inputSize, outputSize } = shape;
  const free = inputChannels * outputChannels * kernel ** 2;
  const dense = inputChannels * inputSize[0] * inputSize[1] * outputChannels * outputSize[0] * outputSize[1];
  return 1 - free / dense;
}
