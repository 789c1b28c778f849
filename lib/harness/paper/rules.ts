/**
 * The rules by which comparisons are decided. A rule's text is made from the constants that decide, and each
 * keeps its error rate at any number of pairs: at most 5 % of claims without an effect are called supported
 * or contradicted.
 */
import { type MatchedPair, signTest } from "../../stats/mod.ts";
import { aboutMean, type Ends, type Said } from "./_mean_rule.ts";
import { short } from "./_short.ts";
import { verdict } from "./claims.ts";
import { type Evidence, MOST_OF_A_KIND, type Verdict } from "./types.ts";

export { short };

/** How a verdict's sentence names things. */
export interface Words {
  /** What is compared, e.g. `["DTE-C", "DDPM"]`. */
  readonly names: readonly [string, string];
  /** What the pairs are. @default "seeds" */
  readonly units?: string;
  /** Significant digits. @default 3 */
  readonly digits?: number;
}

/** Decides from pairs of numbers. */
export interface Rule {
  /** In words, to follow a sentence that says what is compared. */
  readonly text: string;
  /** Fewer pairs decide nothing. */
  readonly minPairs: number;
  /** The verdict on these pairs, in the words of the claim. */
  decide(pairs: readonly MatchedPair[], words: Words): Verdict;
  /** What is known with fewer; absent: the rule does not go on to more pairs. */
  begin?(pairs: readonly MatchedPair[], words: Words): Evidence;
}

/** Options of the rules about means. */
export interface MeanRuleOptions {
  /** Coverage of the two-sided interval. @default 0.95 */
  readonly level?: number;
  /** At least 2. @default 3, or the first of `looks` */
  readonly minPairs?: number;
  /**
   * Numbers of pairs at which the results are looked at, ascending; the last is the most that are ever taken.
   * The error rate holds over all looks together, and the first look that decides counts. @default one look,
   * at all pairs there are
   */
  readonly looks?: readonly number[];
  /**
   * `difference` of the two numbers, or their `ratio`: the mean is then taken of its logarithm, as is right
   * for errors that vary by factors. @default "difference"
   */
  readonly scale?: "difference" | "ratio";
}

/** Options of {@link higher} and {@link lower}. */
export interface OrderRuleOptions extends MeanRuleOptions {
  /**
   * By how much the first must exceed the second ({@link lower}: the second the first) at the least;
   * negative: how much it may fall short. On the scale `ratio` a factor. @default 0, or 1 on the scale
   * `ratio`
   */
  readonly margin?: number;
  /**
   * The smallest difference from the margin that matters, > 0; on the scale `ratio` a factor > 1. An interval
   * that lies within it on both sides of the margin says that there is no difference that matters, which
   * contradicts the claim. @default any difference matters
   */
  readonly matters?: number;
}

/**
 * The first of each pair is higher on average: Student's interval of the mean paired difference lies above
 * the margin (supported), below it (contradicted), or holds it (inconclusive).
 */
export function higher(options: OrderRuleOptions = {}): Rule {
  const { margin, matters } = options;
  return aboutMean(options, {
    bound: margin,
    matters,
    text: (zero) => `supported above ${zero}, contradicted below${insideText(options)}`,
    test: orInside(({ low, high }, zero) => ({ supported: low > zero, contradicted: high < zero })),
  });
}

/** The first of each pair is lower on average; see {@link higher}. */
export function lower(options: OrderRuleOptions = {}): Rule {
  const { margin, matters, scale } = options;
  return aboutMean(options, {
    bound: margin === undefined ? undefined : scale === "ratio" ? 1 / margin : -margin,
    matters,
    text: (zero) => `supported below ${zero}, contradicted above${insideText(options)}`,
    test: orInside(({ low, high }, zero) => ({ supported: high < zero, contradicted: low > zero })),
  });
}

/** An interval inside what does not matter contradicts an order, whatever else it says. */
function orInside(test: (ends: Ends, zero: number) => Said) {
  return (ends: Ends, zero: number, matters?: number): Said =>
    matters !== undefined && ends.low > zero - matters && ends.high < zero + matters
      ? { supported: false, contradicted: true }
      : test(ends, zero);
}

function insideText({ matters, scale = "difference" }: OrderRuleOptions): string {
  if (matters === undefined) return "";
  const least = scale === "ratio" ? 1 : 0;
  if (!(matters > least)) {
    throw new RangeError(
      `Cannot compare means as what matters must be > ${least}: current value is ${matters}`,
    );
  }
  return ` or all of it within ${
    scale === "ratio" ? `a factor of ${short(matters)}` : `± ${short(matters)}`
  } of that ` +
    "(no difference that matters)";
}

/**
 * The two are equal within a margin: the interval lies within ± margin (on the scale `ratio`: within 1/margin
 * … margin); contradicted if it lies outside altogether.
 */
export function equalWithin(options: MeanRuleOptions & { readonly margin: number }): Rule {
  const { margin, scale } = options;
  const least = scale === "ratio" ? 1 / margin : -margin;
  return aboutMean(options, {
    bound: margin,
    text: () => `supported within ${short(least)} to ${short(margin)}, contradicted if all of it is outside`,
    test: ({ low, high }, bound) => ({
      supported: low >= -bound && high <= bound,
      contradicted: low > bound || high < -bound,
    }),
  });
}

/** Options of {@link winsOnMost}. */
export interface SignRuleOptions {
  /** Of the two-sided test. @default 0.05 */
  readonly level?: number;
  /** Whether the first wins with the larger or the smaller number. @default "higher" */
  readonly better?: "higher" | "lower";
}

/** The first of each pair is better more often than not, by the exact sign test; ties do not count. */
export function winsOnMost({ level = 0.05, better = "higher" }: SignRuleOptions = {}): Rule {
  let minPairs = 1;
  while (signTest(minPairs, 0) > level) minPairs++;
  return {
    minPairs,
    text:
      `Exact two-sided sign test of how often the first is ${better}: supported if more often than not with ` +
      `p ≤ ${level}, contradicted if less often with p ≤ ${level}, else inconclusive (fewer than ${minPairs} pairs ` +
      "cannot decide).",
    decide(pairs, { names, units = "seeds" }) {
      const sign = better === "higher" ? 1 : -1;
      const wins = pairs.filter(({ first, second }) => sign * (first - second) > 0).length;
      const losses = pairs.filter(({ first, second }) => sign * (first - second) < 0).length;
      const p = signTest(wins, losses);
      return {
        ...verdict({
          supported: wins > losses && p <= level,
          contradicted: wins < losses && p <= level,
          numbers: { wins, losses, p, pairs: pairs.length },
          because: `${names[0]} is ${better} than ${names[1]} on ${wins} of ${pairs.length} ${units} ` +
            `(sign test p = ${short(p)}).`,
        }),
        ...(p <= level && { shares: Math.min(MOST_OF_A_KIND, Math.floor(level / p)) }),
      };
    },
  };
}
