import { chiSquaredTail, normalRangeCdf } from "./distributions.ts";
import type { Matrix } from "./matrix.ts";
import { ranks } from "./ranks.ts";

/** Outcome of {@link friedmanTest}. */
export interface FriedmanResult {
  /** `[methods]`, mean rank of each method; 1 = highest score everywhere. */
  readonly meanRanks: Float64Array;
  /** χ²_F, corrected for ties; NaN when every data set ties all methods. */
  readonly statistic: number;
  /** Degrees of freedom, methods − 1. */
  readonly degrees: number;
  /** Upper tail of the chi-squared law. */
  readonly pValue: number;
}

/** Options of {@link nemenyiCriticalDifference}. */
export interface NemenyiOptions {
  /** Number of methods compared, k ≥ 2. */
  readonly methods: number;
  /** Number of data sets, N ≥ 1. */
  readonly dataSets: number;
  /** Family-wise error. @default 0.05 */
  readonly alpha?: number;
}

/**
 * Friedman's rank test: do the methods differ, over data sets?
 *
 * χ² = [12 Σ_j R_j² / (N k (k+1)) − 3 N (k+1)] / (1 − Σ(t³−t) / (N k (k²−1))), R_j = rank sums.
 *
 * @param scores `[data sets, methods]`, higher = better.
 * @throws {RangeError} If there are fewer than 2 methods, no data set, or a score is NaN.
 */
export function friedmanTest(scores: Matrix): FriedmanResult {
  const { data, rows: count, columns: methods } = scores;
  if (methods < 2 || count < 1) {
    throw new RangeError(
      `Cannot compare methods as there must be >= 2 methods and >= 1 data set: ` +
        `current values are ${methods} and ${count}`,
    );
  }
  const meanRanks = new Float64Array(methods);
  let tieTerm = 0;
  for (let i = 0; i < count; i++) {
    const row = ranks(data.subarray(i * methods, (i + 1) * methods).map((score) => -score));
    const tieSizes = new Map<number, number>();
    for (let j = 0; j < methods; j++) {
      meanRanks[j] += row[j] / count;
      tieSizes.set(row[j], (tieSizes.get(row[j]) ?? 0) + 1);
    }
    for (const size of tieSizes.values()) tieTerm += size ** 3 - size;
  }
  let squares = 0;
  for (const rank of meanRanks) squares += (rank - (methods + 1) / 2) ** 2;
  const statistic = 12 * count / (methods * (methods + 1)) * squares /
    (1 - tieTerm / (count * methods * (methods * methods - 1)));
  const degrees = methods - 1;
  return { meanRanks, statistic, degrees, pValue: chiSquaredTail(statistic, degrees) };
}

/**
 * Nemenyi's critical difference: mean ranks further apart than q_α √(k(k+1) / 6N) differ significantly, where
 * q_α is the (1 − α) quantile of the range of k standard normal numbers, divided by √2 (Demšar 2006, Sec.
 * 3.2.2).
 *
 * @throws {RangeError} If methods < 2, dataSets < 1, or alpha is not in (0, 1).
 *
 * @example
 * ```ts
 * import { nemenyiCriticalDifference } from "@refigure/refigure/stats";
 * import assert from "node:assert/strict";
 *
 * // Demšar's example: 4 classifiers on 14 data sets.
 * assert.equal(nemenyiCriticalDifference({ methods: 4, dataSets: 14 }).toFixed(2), "1.25");
 * ```
 */
export function nemenyiCriticalDifference(options: NemenyiOptions): number {
  const { methods, dataSets, alpha = 0.05 } = options;
  if (!(Number.isInteger(methods) && methods >= 2 && dataSets >= 1 && alpha > 0 && alpha < 1)) {
    throw new RangeError(
      `Cannot compute a critical difference as methods must be >= 2, dataSets >= 1 and alpha in (0, 1): ` +
        `current values are ${methods}, ${dataSets} and ${alpha}`,
    );
  }
  let low = 0, high = 40;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalRangeCdf(middle, methods) < 1 - alpha) low = middle;
    else high = middle;
  }
  return low / Math.SQRT2 * Math.sqrt(methods * (methods + 1) / (6 * dataSets));
}
