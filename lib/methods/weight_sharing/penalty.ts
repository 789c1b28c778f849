import { checkWeights } from "./_check.ts";
import { Sorter } from "./_sorter.ts";
import type { Weights } from "./types.ts";

/** Options of {@link weightSharingPenalty}. */
export interface PenaltyOptions {
  /**
   * Which of the equal expressions is computed:
   * - `pairs`: 1/(d−1) Σ_{i>j} |w_i − w_j|, O(d²), the definition (Eq. 1);
   * - `ranks`: 1/(d−1) Σ_k (2k − d − 1) w_(k) over the sorted weights (k = 1 … d), O(d log d);
   * - `prefix`: 1/(d−1) Σ_k (k w_(k) − S_k), S_k = Σ_{l≤k} w_(l), as the released code has it.
   *
   * @default "ranks"
   */
  readonly form?: "pairs" | "ranks" | "prefix";
}

/**
 * The weight-sharing regularizer R(w) = 1/(d−1) Σ_{i>j} |w_i − w_j| (Shakerinava et al. 2024).
 *
 * Convex, positively homogeneous, unchanged by a permutation or a common shift of the weights, and zero iff
 * all are equal. R = 0 for d ≤ 1.
 *
 * @param weights `[d]` finite; one layer, flattened.
 * @throws {RangeError} If a weight is not finite (the message names its index).
 *
 * @example
 * ```ts
 * import { weightSharingPenalty } from "@refigure/refigure/weight_sharing";
 * import assert from "node:assert/strict";
 *
 * // (|2 + 1| + |2 − 0.5| + |−1 − 0.5|) / 2
 * assert.equal(weightSharingPenalty(Float64Array.of(2, -1, 0.5)), 3);
 * ```
 */
export function weightSharingPenalty(weights: Weights, { form = "ranks" }: PenaltyOptions = {}): number {
  checkWeights("compute the penalty", weights);
  const d = weights.length;
  if (d < 2) return 0;
  if (form === "pairs") return pairwise(weights) / (d - 1);
  const sorter = new Sorter();
  sorter.sort(weights);
  const { sorted } = sorter;
  let sum = 0, prefix = 0;
  for (let k = 1; k <= d; k++) {
    const x = sorted[k - 1];
    prefix += x;
    sum += form === "ranks" ? (2 * k - d - 1) * x : k * x - prefix;
  }
  return sum / (d - 1);
}

function pairwise(weights: Weights): number {
  let sum = 0;
  for (let i = 1; i < weights.length; i++) {
    for (let j = 0; j < i; j++) sum += Math.abs(weights[i] - weights[j]);
  }
  return sum;
}

/**
 * The subgradient of R of least norm: g_i = (#{j: w_j < w_i} − #{j: w_j > w_i})/(d − 1), which lies in [−1,
 * 1].
 *
 * Equal weights get equal entries (any value within ±t_i of it, t_i = #{j ≠ i: w_j = w_i}/(d − 1), would do
 * as long as the cluster's sum stays). Descending along it never makes weights equal; that is what the
 * proximal step is for. The released code's "subgradient" variant has no gradient at all (it reads `.data`),
 * so this is the correct version.
 *
 * @param weights `[d]` finite.
 * @returns `[d]`; zeros for d ≤ 1.
 * @throws {RangeError} If a weight is not finite.
 *
 * @example
 * ```ts
 * import { weightSharingSubgradient } from "@refigure/refigure/weight_sharing";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...weightSharingSubgradient(Float64Array.of(2, -1, 0.5))], [1, -1, 0]);
 * ```
 */
export function weightSharingSubgradient(weights: Weights): Float64Array {
  checkWeights("compute the subgradient", weights);
  const d = weights.length;
  const gradient = new Float64Array(d);
  if (d < 2) return gradient;
  const sorter = new Sorter();
  sorter.sort(weights);
  const { sorted, order } = sorter;
  for (let first = 0; first < d;) {
    let end = first + 1;
    while (end < d && sorted[end] === sorted[first]) end++;
    // #{smaller} = first, #{larger} = d − end.
    for (let k = first; k < end; k++) gradient[order[k]] = (first + end - d) / (d - 1);
    first = end;
  }
  return gradient;
}
