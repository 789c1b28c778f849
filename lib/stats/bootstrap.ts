import type { Stream } from "../random/mod.ts";
import { mean, quantile } from "./summary.ts";

/** Options of {@link bootstrapInterval} and {@link pairedBootstrapInterval}. */
export interface BootstrapOptions {
  /** Source of the resamples. */
  readonly stream: Stream;
  /** Number of resamples. @default 10000 */
  readonly resamples?: number;
  /** Coverage, in (0, 1). @default 0.95 */
  readonly level?: number;
}

/** An estimate with its confidence interval. */
export interface Interval {
  /** The statistic of the sample itself. */
  readonly estimate: number;
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}

/**
 * Percentile bootstrap interval of the mean: rows drawn with replacement, the central `level` of the means.
 *
 * @throws {RangeError} If there are no values, or level or resamples is out of range.
 */
export function bootstrapInterval(values: ArrayLike<number>, options: BootstrapOptions): Interval {
  const { stream, resamples = 10000, level = 0.95 } = options;
  if (!(level > 0 && level < 1) || !Number.isInteger(resamples) || resamples < 1) {
    throw new RangeError(
      `Cannot bootstrap as level must be in (0, 1) and resamples an integer >= 1: ` +
        `current values are ${level} and ${resamples}`,
    );
  }
  const estimate = mean(values);
  const count = values.length;
  const means = new Float64Array(resamples);
  const indices = new Int32Array(count);
  for (let r = 0; r < resamples; r++) {
    stream.integers(indices, { high: count });
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[indices[i]];
    means[r] = sum / count;
  }
  return {
    estimate,
    low: quantile(means, (1 - level) / 2),
    high: quantile(means, (1 + level) / 2),
  };
}

/**
 * Percentile bootstrap interval of the mean difference x − y over pairs (resampled as pairs).
 *
 * @throws {TypeError} If the lengths differ.
 * @throws {RangeError} If there are no pairs, or an option is out of range.
 *
 * @example
 * ```ts
 * import { stream } from "@refigure/refigure";
 * import { pairedBootstrapInterval } from "@refigure/refigure/stats";
 * import assert from "node:assert/strict";
 *
 * const gain = pairedBootstrapInterval([84, 91, 77], [80, 88, 76], { stream: stream(0, "interval") });
 * assert(gain.low > 0 && gain.low <= gain.estimate && gain.estimate <= gain.high);
 * ```
 */
export function pairedBootstrapInterval(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: BootstrapOptions,
): Interval {
  if (x.length !== y.length) {
    throw new TypeError(
      `Cannot compare pairs as both lists must have the same length: current values are ${x.length} and ${y.length}`,
    );
  }
  return bootstrapInterval(Float64Array.from(x, (value, i) => value - y[i]), options);
}
