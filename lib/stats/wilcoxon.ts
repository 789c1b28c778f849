import { normalCdf } from "./distributions.ts";
import { argsort, ranks } from "./ranks.ts";

/** Options of {@link wilcoxonSignedRank}. */
export interface WilcoxonOptions {
  /** What the test looks for: `greater` means x tends to exceed y. @default "two-sided" */
  readonly alternative?: "two-sided" | "greater" | "less";
}

/** Outcome of {@link wilcoxonSignedRank}. */
export interface WilcoxonResult {
  /** W⁺, the sum of the ranks of |x − y| where x > y. */
  readonly sumPositive: number;
  /** Number of pairs that differ; equal pairs are left out. */
  readonly pairs: number;
  /** Of the alternative that was asked for. */
  readonly pValue: number;
  /** Whether the p-value comes from the exact distribution (at most 50 pairs). */
  readonly exact: boolean;
}

const MOST_EXACT_PAIRS = 50;

/**
 * Wilcoxon's signed-rank test on paired values: is x − y symmetric about 0?
 *
 * Up to 50 pairs the p-value is exact, given the ranks, ties included (each sign equally likely); beyond, W⁺
 * is taken as normal with mean n(n+1)/4 and variance n(n+1)(2n+1)/24 − Σ(t³−t)/48 over ties of size t,
 * without continuity correction.
 *
 * Differences of decimals that are equal on paper differ in the last digits of float64 (0.825 − 0.775 and
 * 0.375 − 0.325): what rounding the values and subtracting can explain, 2⁻⁵⁰ of the larger value, counts as
 * equal.
 *
 * @param x one value per pair.
 * @param y as many.
 * @throws {TypeError} If the lengths differ.
 * @throws {RangeError} If a difference is NaN.
 *
 * @example
 * ```ts
 * import { wilcoxonSignedRank } from "@refigure/refigure/stats";
 * import assert from "node:assert/strict";
 *
 * // All five differences point the same way: p = 2 / 2⁵.
 * assert.equal(wilcoxonSignedRank([2, 4, 6, 8, 10], [1, 2, 3, 4, 5]).pValue, 1 / 16);
 * ```
 */
export function wilcoxonSignedRank(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: WilcoxonOptions = {},
): WilcoxonResult {
  const { alternative = "two-sided" } = options;
  if (x.length !== y.length) {
    throw new TypeError(
      `Cannot compare pairs as both lists must have the same length: current values are ${x.length} and ${y.length}`,
    );
  }
  const noise = (i: number) =>
    Number.isFinite(x[i] - y[i]) ? ROUNDING * Math.max(Math.abs(x[i]), Math.abs(y[i])) : 0;
  const kept = Array.from(x, (_, i) => i).filter((i) => !(Math.abs(x[i] - y[i]) <= noise(i)));
  const differences = Float64Array.from(kept, (i) => x[i] - y[i]);
  const pairs = differences.length;
  const rank = ranks(tied(differences.map(Math.abs), Float64Array.from(kept, noise)));
  let sumPositive = 0;
  for (let i = 0; i < pairs; i++) if (differences[i] > 0) sumPositive += rank[i];
  const exact = pairs <= MOST_EXACT_PAIRS;
  const [below, above] = exact ? exactTails(rank, sumPositive) : normalTails(rank, sumPositive);
  const pValue = alternative === "greater"
    ? above
    : alternative === "less"
    ? below
    : Math.min(1, 2 * Math.min(below, above));
  return { sumPositive, pairs, pValue, exact };
}

/** Relative error of a value that counts as rounding. */
const ROUNDING = 2 ** -50;

/** Sizes in which those that differ by no more than their noise are equal: to the least of their run. */
function tied(sizes: Float64Array, noise: Float64Array): Float64Array {
  const out = sizes.slice(), order = argsort(sizes);
  for (let k = 1, first = 0; k < order.length; k++) {
    const i = order[k], start = order[first];
    if (sizes[i] - sizes[start] <= noise[i] + noise[start]) out[i] = sizes[start];
    else first = k;
  }
  return out;
}

/**
 * [P(W⁺ ≤ w), P(W⁺ ≥ w)] over all sign patterns, by adding one rank at a time. Doubled ranks are integers.
 */
function exactTails(rank: Float64Array, sum: number): [number, number] {
  const pairs = rank.length;
  const probability = new Float64Array(pairs * (pairs + 1) + 1);
  probability[0] = 1;
  for (const r of rank) {
    const doubled = 2 * r;
    for (let total = probability.length - 1; total >= 0; total--) {
      probability[total] = (probability[total] + (total >= doubled ? probability[total - doubled] : 0)) / 2;
    }
  }
  let below = 0, above = 0;
  for (let total = 0; total < probability.length; total++) {
    if (total <= 2 * sum) below += probability[total];
    if (total >= 2 * sum) above += probability[total];
  }
  return [below, above];
}

function normalTails(rank: Float64Array, sum: number): [number, number] {
  const n = rank.length;
  const tieSizes = new Map<number, number>();
  for (const r of rank) tieSizes.set(r, (tieSizes.get(r) ?? 0) + 1);
  let tieTerm = 0;
  for (const size of tieSizes.values()) tieTerm += size ** 3 - size;
  const z = (sum - n * (n + 1) / 4) / Math.sqrt(n * (n + 1) * (2 * n + 1) / 24 - tieTerm / 48);
  return [normalCdf(z), normalCdf(-z)];
}
