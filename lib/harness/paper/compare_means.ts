import { stream } from "../../random/mod.ts";
import { pairedBootstrapInterval } from "../../stats/mod.ts";
import { verdict } from "./claims.ts";
import type { Verdict } from "./types.ts";

/** Options of {@link compareMeans}. */
export interface CompareOptions {
  /** How far the first mean must be above the second; negative: how far it may be below. @default 0 */
  readonly margin?: number;
  /** Coverage of the interval, in (0, 1). @default 0.95 */
  readonly level?: number;
  /** Fewer pairs than this decide nothing. @default 5 */
  readonly leastPairs?: number;
  /** What is compared, for the sentence, e.g. `["DTE-C", "DDPM"]`. @default ["the first", "the second"] */
  readonly names?: readonly [string, string];
  /** Decimals in the sentence. @default 2 */
  readonly digits?: number;
}

/**
 * Tests whether the mean of x − y over pairs (data sets, seeds) is at least a margin, by the percentile bootstrap
 * interval of the mean difference: supported if all of the interval is at or above the margin, contradicted if all of
 * it is below, else inconclusive. The resampling is seeded: the same numbers give the same verdict.
 *
 * @param x one value per pair.
 * @param y as many, in the same order.
 * @returns with the numbers `difference`, `low`, `high` and `pairs`.
 * @throws {RangeError} If the lengths differ.
 *
 * @example
 * ```ts
 * import { compareMeans } from "@refigure/refigure/harness";
 * import assert from "node:assert/strict";
 *
 * const better = compareMeans([84, 91, 77, 80, 93], [80, 88, 76, 79, 90], { names: ["ours", "theirs"] });
 * assert.equal(better.status, "supported");
 * ```
 */
export function compareMeans(
  x: readonly number[],
  y: readonly number[],
  options: CompareOptions = {},
): Verdict {
  const { margin = 0, level = 0.95, leastPairs = 5, names = ["the first", "the second"], digits = 2 } =
    options;
  if (x.length < leastPairs) {
    return {
      status: x.length === 0 ? "not attempted" : "inconclusive",
      numbers: { pairs: x.length },
      because: `${x.length} pairs are too few to tell; at least ${leastPairs} are needed.`,
    };
  }
  const { estimate, low, high } = pairedBootstrapInterval(x, y, { stream: stream(0, "compareMeans"), level });
  const text = (value: number) => value.toFixed(digits);
  return verdict({
    supported: low >= margin,
    contradicted: high < margin,
    numbers: { difference: estimate, low, high, pairs: x.length },
    because: `${names[0]} minus ${names[1]} is ${text(estimate)} on average ` +
      `(${100 * level} % interval ${text(low)} to ${text(high)}, ${x.length} pairs; wanted: at least ${
        text(margin)
      }).`,
  });
}
