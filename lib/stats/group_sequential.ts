import type { Interval } from "./bootstrap.ts";
import { normalCdf } from "./distributions.ts";
import { tInterval } from "./paired.ts";

/** Share of the error rate that may be spent up to a share t of the planned pairs; f(0) = 0, f(1) = 1. */
export type Spending = (t: number) => number;

/**
 * Spends at about the same rate throughout: f(t) = ln(1 + (e − 1) t), after which the levels of equally
 * spaced looks are nearly equal, as in Pocock's test.
 *
 * Source: Lan and DeMets 1983, "Discrete sequential boundaries for clinical trials", α*₂.
 */
export const evenSpending: Spending = (t): number => Math.log(1 + (Math.E - 1) * t);

/** Options of {@link nominalLevels}. */
export interface NominalLevelOptions {
  /** Error rate over all looks, two-sided, in (0, 1). @default 0.05 */
  readonly alpha?: number;
  /** How the error rate is spent over the looks. @default evenSpending */
  readonly spending?: Spending;
}

/**
 * Nominal two-sided levels of a group-sequential test: look k may call a difference at the level αₖ, so that
 * over all looks the chance to do so without one is `alpha`. The levels follow from the error that is spent
 * up to each look, α f(nₖ/n_K), by recursive numerical integration of the law of the mean of normal values.
 *
 * Source: Lan and DeMets 1983; Armitage, McPherson and Rowe 1969 (the recursion).
 *
 * @param looks numbers of values at each look, ascending; the last is the planned maximum.
 * @throws {RangeError} If they are not positive integers that ascend, or alpha is not in (0, 1).
 *
 * @example
 * ```ts
 * import { nominalLevels } from "@refigure/refigure/stats";
 * import assert from "node:assert/strict";
 *
 * const [first, second] = nominalLevels([10, 20]);
 * assert.ok(Math.abs(first - 0.031) < 1e-3 && Math.abs(second - 0.0277) < 1e-3);
 * assert.ok(Math.abs(nominalLevels([20])[0] - 0.05) < 1e-9);
 * ```
 */
export function nominalLevels(looks: readonly number[], options: NominalLevelOptions = {}): number[] {
  const { alpha = 0.05, spending = evenSpending } = options;
  if (!looks.every((look, i) => Number.isInteger(look) && look > (looks[i - 1] ?? 0)) || looks.length === 0) {
    throw new RangeError(
      `Cannot plan looks as they must be ascending integers >= 1: current value is ${looks.join(", ")}`,
    );
  }
  if (!(alpha > 0 && alpha < 1)) {
    throw new RangeError(`Cannot plan looks as alpha must be in (0, 1): current value is ${alpha}`);
  }
  const walk = new BoundedWalk();
  let spent = 0;
  return looks.map((look) => {
    const time = look / looks.at(-1)!;
    const due = alpha * spending(time);
    const bound = boundFor((z) => walk.crossing(z, time), due - spent);
    spent = due;
    walk.step(bound, time);
    return 2 * normalCdf(-bound);
  });
}

/**
 * The probability of |Z| ≥ bound for the first time at each look, where Z is the standardised mean of normal
 * values without an effect.
 *
 * @param bounds one per look.
 * @param looks numbers of values at each look, ascending.
 */
export function crossingProbabilities(bounds: readonly number[], looks: readonly number[]): number[] {
  const walk = new BoundedWalk();
  return looks.map((look, i) => {
    const time = look / looks.at(-1)!;
    const probability = walk.crossing(bounds[i], time);
    walk.step(bounds[i], time);
    return probability;
  });
}

/** The z with crossing(z) = probability, which falls in z. */
function boundFor(crossing: (z: number) => number, probability: number): number {
  let low = 0, high = 12;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (crossing(middle) > probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Nodes of Simpson's rule between the bounds. */
const NODES = 301;

/** The law of a Brownian motion B(t) = Z √t that has stayed within bounds at the looks so far. */
class BoundedWalk {
  private time = 0;
  /** Positions with the probability that goes with each. */
  private mass: readonly { readonly at: number; readonly weight: number }[] = [{ at: 0, weight: 1 }];

  /** P(within the bounds so far, and |Z| ≥ z at `time`). */
  crossing(z: number, time: number): number {
    const scale = Math.sqrt(time - this.time), bound = z * Math.sqrt(time);
    let sum = 0;
    for (const { at, weight } of this.mass) {
      sum += weight * (normalCdf((at - bound) / scale) + normalCdf((-at - bound) / scale));
    }
    return sum;
  }

  /** Goes on to a look at which |Z| < z. */
  step(z: number, time: number): void {
    const variance = time - this.time, bound = z * Math.sqrt(time), width = 2 * bound / (NODES - 1);
    const norm = width / 3 / Math.sqrt(2 * Math.PI * variance);
    const { mass } = this;
    this.mass = Array.from({ length: NODES }, (_, i) => {
      const at = i * width - bound;
      let density = 0;
      for (const { at: before, weight } of mass) {
        density += weight * Math.exp(-((at - before) ** 2) / (2 * variance));
      }
      const simpson = i === 0 || i === NODES - 1 ? 1 : i % 2 === 1 ? 4 : 2;
      return { at, weight: simpson * norm * density };
    });
    this.time = time;
  }
}

/** One of several looks at growing data. */
export interface Look {
  /** Number of values it looks at, at least 2. */
  readonly count: number;
  /** Its own two-sided level, 1 − αₖ. */
  readonly level: number;
}

/** The interval at a look. */
export interface LookInterval extends Look, Interval {}

/**
 * Share of the error rate that is planned with: Student's quantiles at the levels of normal values spend a
 * little more than is due, at most 1.12 times as much for looks from three values on (by simulation).
 */
const PLANNED = 0.88;

/**
 * Looks with the levels of their {@link repeatedIntervals}, which hold the mean together with probability
 * 1 − alpha. It takes some 10 ms: plan once.
 *
 * @throws As {@link nominalLevels}.
 */
export function planLooks(counts: readonly number[], alpha = 0.05): Look[] {
  const nominal = nominalLevels(counts, { alpha: PLANNED * alpha });
  return counts.map((count, i) => ({ count, level: 1 - nominal[i] }));
}

/**
 * Repeated confidence intervals of a mean: at each look Student's interval at the look's own level. With
 * probability 1 − alpha all of them hold the mean, so that one may stop at any look for any reason, and
 * decide by where the interval lies.
 *
 * Source: Jennison and Turnbull 1989, "Interim analyses: the repeated confidence interval approach". That
 * Student's quantiles may be taken at the levels for normal values of known spread, to a good approximation:
 * Jennison and Turnbull 2000, "Group sequential methods", Sec. 4.4. What it overspends is taken off
 * beforehand, and the tests simulate what is left.
 *
 * @param values in the order in which they came.
 * @param looks planned numbers of values with their levels, as {@link planLooks} gives them; those that are
 * not reached give no interval.
 *
 * @example
 * ```ts
 * import { planLooks, repeatedIntervals, tInterval } from "@refigure/refigure/stats";
 * import assert from "node:assert/strict";
 *
 * const values = [1.2, 0.7, 1.9, 1.1, 0.4];
 * const [first, ...others] = repeatedIntervals(values, planLooks([4, 8]));
 * assert.deepEqual([first.count, others.length], [4, 0]);
 * assert.ok(first.low < tInterval(values.slice(0, 4)).low); // the second look is paid for
 * ```
 */
export function repeatedIntervals(
  values: readonly number[],
  looks: readonly Look[],
): LookInterval[] {
  return looks.filter(({ count }) => count <= values.length)
    .map((look) => ({ ...look, ...tInterval(values.slice(0, look.count), { level: look.level }) }));
}
