import type { BootstrapOptions, Interval } from "./bootstrap.ts";
import { mean, quantile } from "./summary.ts";

/**
 * Interquartile mean: the mean of what is left without the ⌊n/4⌋ smallest and the ⌊n/4⌋ largest values. It is
 * less moved by outliers than the mean, and varies less than the median (Agarwal et al. 2021, "rliable";
 * SciPy's `trim_mean(x, 0.25)`).
 *
 * @throws {RangeError} If there are no values, or one is NaN.
 */
export function interquartileMean(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  if (Number.isNaN(sorted.at(-1))) {
    throw new RangeError("Cannot take an interquartile mean as values must be numbers: one is NaN");
  }
  const cut = Math.floor(sorted.length / 4);
  return mean(sorted.subarray(cut, sorted.length - cut));
}

/**
 * Optimality gap: by how much scores fall short of a target on average, mean max(0, target − x); what is
 * above it does not make up for what is below (Agarwal et al. 2021).
 *
 * @throws {RangeError} If there are no scores.
 */
export function optimalityGap(
  scores: ArrayLike<number>,
  { target = 1 }: { readonly target?: number } = {},
): number {
  return mean(Float64Array.from(scores, (score) => Math.max(0, target - score)));
}

/**
 * Percentile interval by the stratified bootstrap: the runs of each task are drawn with replacement for
 * themselves, and the statistic is taken of all of them together (Agarwal et al. 2021). With few runs it is
 * too narrow: it describes, and is no test.
 *
 * @param strata The scores, task by task.
 * @param statistic Of all scores, e.g. {@link interquartileMean}.
 * @throws {RangeError} If there is no stratum or an empty one, or an option is out of range.
 *
 * @example
 * ```ts
 * import { stream } from "@refigure/refigure";
 * import { interquartileMean, stratifiedBootstrapInterval } from "@refigure/refigure/stats";
 * import assert from "node:assert/strict";
 *
 * const scores = [[0.8, 0.9, 0.7, 0.9], [0.2, 0.4, 0.3, 0.1]];
 * const { estimate, low, high } = stratifiedBootstrapInterval(scores, interquartileMean, {
 *   stream: stream(0, "interval"), resamples: 2000,
 * });
 * assert.ok(Math.abs(estimate - 0.55) < 1e-12 && low < estimate && estimate < high);
 * ```
 */
export function stratifiedBootstrapInterval(
  strata: readonly ArrayLike<number>[],
  statistic: (values: Float64Array) => number,
  { stream, resamples = 2000, level = 0.95 }: BootstrapOptions,
): Interval {
  if (!(level > 0 && level < 1) || !Number.isInteger(resamples) || resamples < 1) {
    throw new RangeError(
      `Cannot bootstrap as level must be in (0, 1) and resamples an integer >= 1: ` +
        `current values are ${level} and ${resamples}`,
    );
  }
  const empty = strata.findIndex(({ length }) => length === 0);
  if (strata.length === 0 || empty >= 0) {
    throw new RangeError(
      `Cannot bootstrap as every stratum must have values: ${
        strata.length === 0 ? "there is no stratum" : `stratum ${empty} has none`
      }`,
    );
  }
  const all = Float64Array.from(strata.flatMap((values) => Array.from(values)));
  const drawn = new Float64Array(all.length);
  const statistics = Float64Array.from({ length: resamples }, () => {
    let at = 0;
    for (const values of strata) {
      for (let i = 0; i < values.length; i++) drawn[at++] = values[stream.nextInteger(values.length)];
    }
    return statistic(drawn);
  });
  return {
    estimate: statistic(all),
    low: quantile(statistics, (1 - level) / 2),
    high: quantile(statistics, (1 + level) / 2),
  };
}
