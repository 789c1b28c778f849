import { binomialTail, studentTQuantile } from "./distributions.ts";
import type { Interval } from "./bootstrap.ts";
import { mean, std } from "./summary.ts";

/** Two numbers measured on the same unit, a seed or a data set. */
export interface MatchedPair {
  /** The seed or data set. */
  readonly unit: string | number;
  /** The one number. */
  readonly first: number;
  /** The number that it is compared with. */
  readonly second: number;
}

/** Pairs the numbers of the units that both have, in the order of the first. */
export function pairByUnit(
  first: ReadonlyMap<string | number, number>,
  second: ReadonlyMap<string | number, number>,
): MatchedPair[] {
  return [...first].flatMap(([unit, value]) => {
    const other = second.get(unit);
    return other === undefined ? [] : [{ unit, first: value, second: other }];
  });
}

/** Options of {@link tInterval}. */
export interface TIntervalOptions {
  /** Coverage, in (0, 1). @default 0.95 */
  readonly level?: number;
}

/**
 * Student's confidence interval of a mean, x̄ ± t s/√n with n − 1 degrees of freedom: exact for normal
 * values, at any n.
 *
 * @throws {RangeError} If there are fewer than two values or the level is not in (0, 1).
 *
 * @example
 * ```ts
 * import { tInterval } from "@refigure/refigure/stats";
 * import assert from "node:assert/strict";
 *
 * const { low, high } = tInterval([1, 2, 3]); // 2 ± 4.303 / √3
 * assert.ok(Math.abs(low + 0.484) < 1e-3 && Math.abs(high - 4.484) < 1e-3);
 * ```
 */
export function tInterval(values: ArrayLike<number>, { level = 0.95 }: TIntervalOptions = {}): Interval {
  if (values.length < 2 || !(level > 0 && level < 1)) {
    throw new RangeError(
      `Cannot take an interval as there must be >= 2 values and the level be in (0, 1): current values are ` +
        `${values.length} and ${level}`,
    );
  }
  const estimate = mean(values);
  const half = studentTQuantile((1 + level) / 2, values.length - 1) * std(values, { ddof: 1 }) /
    Math.sqrt(values.length);
  return { estimate, low: estimate - half, high: estimate + half };
}

/**
 * The two-sided exact sign test: the probability that a fair coin, tossed `wins + losses` times, is at least
 * as one-sided.
 *
 * @example
 * ```ts
 * import { signTest } from "@refigure/refigure/stats";
 * import assert from "node:assert/strict";
 *
 * assert.equal(signTest(6, 0), 2 / 64);
 * assert.equal(signTest(2, 2), 1);
 * ```
 */
export function signTest(wins: number, losses: number): number {
  return Math.min(1, 2 * binomialTail(Math.max(wins, losses), wins + losses));
}
