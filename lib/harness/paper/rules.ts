/**
 * The rules by which comparisons are decided. A rule's text is made from the constants that decide, and each keeps its
 * error rate at any number of pairs: at most 5 % of claims without an effect are called supported or contradicted.
 */
import { type MatchedPair, mean, signTest, tInterval } from "../../stats/mod.ts";
import { verdict } from "./claims.ts";
import type { Verdict } from "./types.ts";

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
  decide(pairs: readonly MatchedPair[], words: Words): Verdict;
}

/** Options of the rules about means. */
export interface MeanRuleOptions {
  /** Coverage of the two-sided interval. @default 0.95 */
  readonly level?: number;
  /** At least 2. @default 3 */
  readonly minPairs?: number;
  /**
   * `difference` of the two numbers, or their `ratio`: the mean is then taken of its logarithm, as is right for errors
   * that vary by factors. @default "difference"
   */
  readonly scale?: "difference" | "ratio";
}

/** Options of {@link higher} and {@link lower}. */
export interface OrderRuleOptions extends MeanRuleOptions {
  /**
   * By how much the first must exceed the second ({@link lower}: the second the first) at the least; negative: how much
   * it may fall short. On the scale `ratio` a factor. @default 0, or 1 on the scale `ratio`
   */
  readonly margin?: number;
}

/**
 * The first of each pair is higher on average: Student's interval of the mean paired difference lies above the margin
 * (supported), below it (contradicted), or holds it (inconclusive).
 */
export function higher(options: OrderRuleOptions = {}): Rule {
  const { margin } = options;
  return aboutMean(options, {
    bound: margin,
    text: (zero) => `supported above ${zero}, contradicted below`,
    test: ({ low, high }, zero) => ({ supported: low > zero, contradicted: high < zero }),
  });
}

/** The first of each pair is lower on average; see {@link higher}. */
export function lower(options: OrderRuleOptions = {}): Rule {
  const { margin, scale } = options;
  return aboutMean(options, {
    bound: margin === undefined ? undefined : scale === "ratio" ? 1 / margin : -margin,
    text: (zero) => `supported below ${zero}, contradicted above`,
    test: ({ low, high }, zero) => ({ supported: high < zero, contradicted: low > zero }),
  });
}

/**
 * The two are equal within a margin: the interval lies within ± margin (on the scale `ratio`: within 1/margin … margin);
 * contradicted if it lies outside altogether.
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
      return verdict({
        supported: wins > losses && p <= level,
        contradicted: wins < losses && p <= level,
        numbers: { wins, losses, p, pairs: pairs.length },
        because: `${names[0]} is ${better} than ${names[1]} on ${wins} of ${pairs.length} ${units} ` +
          `(sign test p = ${short(p)}).`,
      });
    },
  };
}

/** Digits of {@link short}. */
const DIGITS = 3;

/** A number in a sentence. */
export function short(value: number, digits = DIGITS): string {
  return Number(value.toPrecision(digits)).toString().replace("-", "−");
}

/** The rules about the mean of paired differences, or of the logarithms of ratios. */
function aboutMean(
  { level = 0.95, minPairs = 3, scale = "difference" }: MeanRuleOptions,
  { bound, text, test }: {
    readonly bound: number | undefined;
    readonly text: (zero: string) => string;
    readonly test: (
      interval: { readonly low: number; readonly high: number },
      bound: number,
    ) => { readonly supported: boolean; readonly contradicted: boolean };
  },
): Rule {
  if (!(minPairs >= 2)) {
    throw new RangeError(`Cannot compare means as minPairs must be >= 2: current value is ${minPairs}`);
  }
  const ratio = scale === "ratio";
  const zero = bound ?? (ratio ? 1 : 0);
  const [into, back] = ratio ? [Math.log, Math.exp] : [identity, identity];
  return {
    minPairs,
    text: `${100 * level} % interval (Student's t) of the mean paired ${
      ratio ? "log ratio of first to second" : "difference, first minus second"
    }: ${text(short(zero))}, else inconclusive; at least ${minPairs} pairs.`,
    decide(pairs, { names, units = "seeds", digits = DIGITS }) {
      const differences = pairs.map(({ first, second }) => into(first) - into(second));
      const interval = tInterval(differences, { level });
      const [estimate, low, high] = [interval.estimate, interval.low, interval.high].map(back);
      const said = (value: number) => short(value, digits);
      return verdict({
        ...test(interval, into(zero)),
        numbers: {
          [ratio ? "ratio" : "difference"]: estimate,
          low,
          high,
          pairs: pairs.length,
          [names[0]]: average(pairs.map(({ first }) => first), ratio),
          [names[1]]: average(pairs.map(({ second }) => second), ratio),
        },
        because: `${names[0]} ${ratio ? "/" : "minus"} ${names[1]} is ${said(estimate)} on average ` +
          `(${100 * level} % interval ${said(low)} to ${said(high)}, ${pairs.length} ${units}).`,
      });
    },
  };
}

const identity = (value: number): number => value;

/** Arithmetic mean, or the geometric one. */
function average(values: readonly number[], geometric: boolean): number {
  return geometric ? Math.exp(mean(values.map(Math.log))) : mean(values);
}
