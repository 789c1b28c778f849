import type { Stream } from "../random/mod.ts";

/**
 * Draws a fixed number of units without replacement, heavier ones more often: Poisson sampling, in which unit
 * i is drawn on its own with odds ∝ wᵢ, under the condition that `count` units are drawn. A sample S has the
 * probability ∏_{i∈S} wᵢ / e_count(w), e the elementary symmetric polynomial: of all designs with its
 * inclusion probabilities the one of largest entropy.
 *
 * Source: Hájek 1964, "Asymptotic theory of rejective sampling with varying probabilities from a finite
 * population" (the design); Chen, Dempster and Liu 1994, "Weighted finite population sampling to maximize
 * entropy" (its probabilities, exactly).
 *
 * @example
 * ```ts
 * import { ConditionalPoisson } from "@refigure/refigure/stats";
 * import assert from "node:assert/strict";
 *
 * // Two of three: {0, 1}, {0, 2} and {1, 2} with weights 2 · 1, 2 · 1 and 1 · 1.
 * const design = new ConditionalPoisson([2, 1, 1], 2);
 * assert.ok(Math.abs(design.probabilityOfMissing([0]) - 1 / 5) < 1e-12);
 * ```
 */
export class ConditionalPoisson {
  /**
   * Probability of each unit before the condition, wᵢc / (1 + wᵢc), with c so that they sum to `count`. The
   * condition makes each inclusion probability nearly this (Hájek 1964).
   */
  readonly chances: Float64Array;

  /**
   * A design for units with these weights.
   *
   * @throws {RangeError} If a weight or the count is out of range.
   * @param weights one per unit, > 0.
   * @param count units in a sample, from 1 to the number of units.
   */
  constructor(weights: readonly number[], readonly count: number) {
    if (!weights.every((weight) => weight > 0 && Number.isFinite(weight))) {
      throw new RangeError(
        `Cannot draw a sample as all weights must be finite and > 0: the smallest is ${Math.min(...weights)}`,
      );
    }
    if (!(Number.isInteger(count) && count >= 1 && count <= weights.length)) {
      throw new RangeError(
        `Cannot draw a sample as count must be an integer in 1..${weights.length}: current value is ${count}`,
      );
    }
    this.chances = count === weights.length
      ? new Float64Array(count).fill(1)
      : chancesOf(weights.map(Math.log), count);
  }

  /** Number of units. */
  get units(): number {
    return this.chances.length;
  }

  /**
   * Draws a sample: Poisson samples until one has `count` units.
   *
   * @returns indices, ascending.
   */
  draw(stream: Stream): readonly number[] {
    for (;;) {
      const drawn: number[] = [];
      this.chances.forEach((chance, i) => {
        if (stream.nextUniform() < chance) drawn.push(i);
      });
      if (drawn.length === this.count) return drawn;
    }
  }

  /**
   * The probability that a sample holds none of some units, exactly: e_count(w without them) / e_count(w).
   *
   * @param units their indices.
   */
  probabilityOfMissing(units: Iterable<number>): number {
    const missed = new Set(units);
    if (this.units - missed.size < this.count) return 0;
    let without = 1;
    for (const i of missed) without *= 1 - this.chances[i];
    const others = this.chances.filter((_, i) => !missed.has(i));
    return without * probabilityOfCount(others, this.count) / probabilityOfCount(this.chances, this.count);
  }

  /**
   * The largest {@link probabilityOfMissing} of any `size` units: that of the lightest ones, as fewer heavy
   * units in the rest never raise e_count.
   */
  largestProbabilityOfMissing(size: number): number {
    const byChance = Array.from(this.chances, (chance, i) => ({ chance, i }));
    byChance.sort((a, b) => a.chance - b.chance);
    return this.probabilityOfMissing(byChance.slice(0, size).map(({ i }) => i));
  }
}

/** wᵢc / (1 + wᵢc), summing to `count`: log c by bisection, which the sum rises in. */
function chancesOf(logWeights: readonly number[], count: number): Float64Array {
  const at = (logC: number) => Float64Array.from(logWeights, (log) => 1 / (1 + Math.exp(-log - logC)));
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const share = Math.log(count / (logWeights.length - count));
  let low = share - Math.max(...logWeights), high = share - Math.min(...logWeights);
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (sum(at(middle)) < count) low = middle;
    else high = middle;
  }
  return at((low + high) / 2);
}

/** P(exactly `count` of independent events happen), by adding one event after the other. */
function probabilityOfCount(chances: Float64Array, count: number): number {
  const law = new Float64Array(count + 1);
  law[0] = 1;
  for (const chance of chances) {
    for (let k = count; k > 0; k--) law[k] = law[k] * (1 - chance) + law[k - 1] * chance;
    law[0] *= 1 - chance;
  }
  return law[count];
}

/**
 * The probability that a sample of `drawn` of `units` things holds none of `marked` ones that were marked
 * without regard to the sample: C(units − marked, drawn) / C(units, drawn) (hypergeometric law).
 */
export function probabilityOfMissing(
  { units, marked, drawn }: { readonly units: number; readonly marked: number; readonly drawn: number },
): number {
  let probability = 1;
  for (let i = 0; i < marked; i++) probability *= Math.max(0, units - drawn - i) / (units - i);
  return probability;
}
