import { stream } from "../../random/mod.ts";
import { pairedBootstrapInterval } from "../../stats/mod.ts";
import type { ClaimStatus, Verdict } from "./types.ts";

/** The verdict on a claim that was not tested, and why. */
export function notAttempted(because: string): Verdict {
  return { status: "not attempted", numbers: {}, because };
}

/** What {@link verdict} is made from. */
export interface VerdictOptions {
  /** Whether the numbers support the claim. */
  readonly supported: boolean;
  /** Whether they contradict it. @default the opposite of `supported` */
  readonly contradicted?: boolean;
  readonly numbers: Verdict["numbers"];
  readonly because: string;
}

/**
 * A verdict from conditions on numbers; inconclusive if neither condition holds.
 *
 * @throws {RangeError} If both conditions hold.
 */
export function verdict(options: VerdictOptions): Verdict {
  const { supported, contradicted = !supported, numbers, because } = options;
  if (supported && contradicted) {
    throw new RangeError(
      `Cannot decide on a claim as it must not be both supported and contradicted: ${because}`,
    );
  }
  const status = supported ? "supported" : contradicted ? "contradicted" : "inconclusive";
  return { status, numbers, because };
}

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

/** The worst first: what the whole is worth if a part has this status. */
const WORST_FIRST: readonly ClaimStatus[] = ["contradicted", "not attempted", "inconclusive", "supported"];

/**
 * The verdict on a claim of several parts: supported only if all are; contradicted if one is.
 *
 * @param parts Verdicts by name; the names go in front of their numbers and sentences.
 */
export function allOf(parts: Readonly<Record<string, Verdict>>): Verdict {
  const verdicts = Object.entries(parts);
  const status = WORST_FIRST.find((status) => verdicts.some(([, part]) => part.status === status));
  return {
    status: status ?? "not attempted",
    numbers: Object.fromEntries(
      verdicts.flatMap(([name, { numbers }]) =>
        Object.entries(numbers).map(([key, value]) => [`${name}: ${key}`, value])
      ),
    ),
    because: verdicts.map(([name, part]) => `${name}: ${part.because}`).join(" ") || "It has no parts.",
  };
}
