/** The rules about the mean of paired differences, or of the logarithms of ratios. */
import {
  type Look,
  type LookInterval,
  type MatchedPair,
  mean,
  planLooks,
  repeatedIntervals,
  std,
  studentTQuantile,
  tInterval,
} from "../../stats/mod.ts";
import { short } from "./_short.ts";
import { verdict } from "./claims.ts";
import type { MeanRuleOptions, Rule, Words } from "./rules.ts";
import { type Evidence, MOST_OF_A_KIND } from "./types.ts";

/** Ends of an interval on the scale of differences. */
export interface Ends {
  readonly low: number;
  readonly high: number;
}

/** What an interval says. */
export interface Said {
  readonly supported: boolean;
  readonly contradicted: boolean;
}

/** What a rule about means makes of an interval, and how it says so. */
export interface MeanTest {
  /** Difference or ratio by which the interval is judged. */
  readonly bound: number | undefined;
  /** Half the width of what counts as no difference, in the same way; absent: nothing does. */
  readonly matters?: number;
  readonly text: (zero: string) => string;
  /** @param bound on the scale of differences, as is `matters`. */
  readonly test: (interval: Ends, bound: number, matters?: number) => Said;
}

const DIGITS = 3;
/** With more pairs than this nobody would try. */
const MOST_PAIRS = 100_000;
const identity = (value: number): number => value;

/** A rule that decides by the interval of the mean, at one look or at several. */
export function aboutMean(options: MeanRuleOptions, { bound, matters, text, test }: MeanTest): Rule {
  const { level = 0.95, looks = [], scale = "difference" } = options;
  const { minPairs = looks[0] ?? 3 } = options;
  if (!(minPairs >= 2)) {
    throw new RangeError(`Cannot compare means as minPairs must be >= 2: current value is ${minPairs}`);
  }
  const ratio = scale === "ratio";
  const zero = bound ?? (ratio ? 1 : 0);
  const [into, back] = ratio ? [Math.log, Math.exp] : [identity, identity];
  const judge = (ends: Ends): Said =>
    test(ends, into(zero), matters === undefined ? undefined : into(matters));
  const decided = (ends: Ends): boolean => {
    const { supported, contradicted } = judge(ends);
    return supported || contradicted;
  };
  const planned = planAt(looks, 1 - level);

  /** The intervals at the planned looks, up to the one that decides. */
  function intervalsAt(differences: readonly number[], looks: readonly Look[]): readonly LookInterval[] {
    const reached = repeatedIntervals(differences, looks);
    const first = reached.findIndex(decided);
    return first < 0 ? reached : reached.slice(0, first + 1);
  }

  /** The intervals so far: at the planned looks, or after each pair. */
  function intervalsOf(differences: readonly number[]): readonly LookInterval[] {
    if (looks.length > 0) return intervalsAt(differences, planned);
    const counts = Array.from({ length: differences.length - minPairs + 1 }, (_, i) => minPairs + i);
    return repeatedIntervals(differences, counts.map((count) => ({ count, level })));
  }

  /** The look at which the present mean and spread would decide; `null`: none that is planned. */
  function expected(differences: readonly number[], from: number): number | null {
    const [center, spread] = [mean(differences), std(differences, { ddof: 1 })];
    const found = planned.filter(({ count }) => count > from).find(({ count, level }) => {
      // An interval around 0 of values with a spread of 1 gives the factor.
      const unit = Array.from({ length: count }, (_, i) => i - (count - 1) / 2);
      const half = tInterval(unit, { level }).high / std(unit, { ddof: 1 }) * spread;
      return decided({ low: center - half, high: center + half });
    });
    return found?.count ?? null;
  }

  /** {@link Evidence.needed}, at a level. */
  function needed(differences: readonly number[], level: number): number | null {
    const from = differences.length;
    const [center, spread] = [mean(differences), std(differences, { ddof: 1 })];
    const decides = (pairs: number) => {
      const half = studentTQuantile((1 + level) / 2, pairs - 1) * spread / Math.sqrt(pairs);
      return decided({ low: center - half, high: center + half });
    };
    let [low, high] = [from, 2 * from];
    while (!decides(high)) {
      if (high >= MOST_PAIRS) return null;
      [low, high] = [high, 2 * high];
    }
    // `low` does not decide, `high` does.
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (decides(middle)) high = middle;
      else low = middle;
    }
    return high;
  }

  /** {@link Evidence.detectable}: the interval's half width, and as much again as 80 % of means lie above. */
  function detectable(differences: readonly number[], { low, high }: Ends): number {
    const error = std(differences, { ddof: 1 }) / Math.sqrt(differences.length);
    return back((high - low) / 2 + studentTQuantile(0.8, differences.length - 1) * error);
  }

  /** {@link Verdict.shares}: with its part of the error rate it may be a later look that decides. */
  function shares(differences: readonly number[], { supported, contradicted }: Said): number {
    for (let claims = 2; claims <= MOST_OF_A_KIND; claims++) {
      const alpha = (1 - level) / claims;
      const interval = looks.length > 0
        ? intervalsAt(differences, planAt(looks, alpha)).at(-1)!
        : tInterval(differences, { level: 1 - alpha });
      const said = judge(interval);
      if (said.supported !== supported || said.contradicted !== contradicted) return claims - 1;
    }
    return MOST_OF_A_KIND;
  }

  /** {@link Evidence.neededOf} of a decided claim, whose error rate so many can share. */
  function neededOf(differences: readonly number[], shares: number): Evidence["neededOf"] {
    const open = Array.from({ length: MOST_OF_A_KIND - shares }, (_, i) => shares + 1 + i);
    return Object.fromEntries(open.map((claims) => {
      const alpha = (1 - level) / claims;
      const look = planAt(looks, alpha).find(({ count }) => count >= differences.length);
      return [claims, needed(differences, look?.level ?? 1 - alpha)];
    }));
  }

  /** The units without which the same look would say something else. */
  function fragile(pairs: readonly MatchedPair[], differences: readonly number[], level: number) {
    const { supported, contradicted } = judge(tInterval(differences, { level }));
    if (differences.length < 3 || !(supported || contradicted)) return [];
    return pairs.filter((_, i) => {
      const rest = judge(tInterval(differences.filter((_, other) => other !== i), { level }));
      return rest.supported !== supported || rest.contradicted !== contradicted;
    }).map(({ unit }) => unit);
  }

  const evidence = (
    pairs: readonly MatchedPair[],
    { names, units = "seeds" }: Words,
  ): Omit<Evidence, "points" | "decided" | "detectable" | "expected" | "needed"> => ({
    name: names.join(ratio ? " / " : " minus "),
    units,
    scale,
    zero,
    ...(matters !== undefined && {
      matters: ratio ? [zero / matters, zero * matters] : [zero - matters, zero + matters],
    }),
    looks,
    pairs: pairs.length,
  });

  const what = ratio ? "log ratio of first to second" : "difference, first minus second";
  return {
    minPairs,
    text: looks.length === 0
      ? `${100 * level} % interval (Student's t) of the mean paired ${what}: ${
        text(short(zero))
      }, else inconclusive; at least ${minPairs} pairs.`
      : `Interval (Student's t) of the mean paired ${what}, at ${
        looks.join(", ")
      } pairs, at levels by which all hold ` +
        `together in ${100 * level} % of cases (group sequential, Lan and DeMets 1983): ${
          text(short(zero))
        }, else inconclusive. The first look that decides counts.`,
    begin: (pairs, words) => ({
      ...evidence(pairs, words),
      points: [],
      decided: false,
      detectable: Infinity,
      expected: null,
      needed: null,
    }),
    decide(pairs, words) {
      const { names, units = "seeds", digits = DIGITS } = words;
      const differences = pairs.map(({ first, second }) => into(first) - into(second));
      const intervals = intervalsOf(differences);
      const interval = intervals.at(-1)!;
      const used = pairs.slice(0, interval.count);
      const usedDifferences = differences.slice(0, interval.count);
      const [estimate, low, high] = [interval.estimate, interval.low, interval.high].map(back);
      const shown = evidence(pairs, words);
      const said = (value: number) => short(value, digits, [zero, ...shown.matters ?? []]);
      const settled = decided(interval);
      const shared = settled ? shares(differences, judge(interval)) : undefined;
      const own: Evidence = {
        ...shown,
        points: intervals.map(({ count, estimate, low, high }) => ({
          pairs: count,
          estimate: back(estimate),
          low: back(low),
          high: back(high),
        })),
        decided: settled,
        detectable: detectable(usedDifferences, interval),
        expected: settled || looks.length === 0 ? null : expected(differences, interval.count),
        needed: settled ? null : needed(usedDifferences, interval.level),
        ...(shared !== undefined && shared < MOST_OF_A_KIND &&
          { neededOf: neededOf(usedDifferences, shared) }),
      };
      const removed = fragile(used, usedDifferences, interval.level);
      return {
        ...verdict({
          ...judge(interval),
          numbers: {
            [ratio ? "ratio" : "difference"]: estimate,
            low,
            high,
            pairs: interval.count,
            [names[0]]: average(used.map(({ first }) => first), ratio),
            [names[1]]: average(used.map(({ second }) => second), ratio),
          },
          because: `${names[0]} ${ratio ? "/" : "minus"} ${names[1]} is ${said(estimate)} on average ` +
            `(${short(100 * interval.level, 4)} % interval ${said(low)} to ${
              said(high)
            }, ${interval.count} ${units}${looks.length === 0 ? "" : ` of at most ${looks.at(-1)}`}).`,
        }),
        evidence: [own],
        ...(removed.length > 0 && { fragile: removed }),
        ...(shared !== undefined && { shares: shared }),
      };
    },
  };
}

/** Plans by their looks and error rate: making one takes some 10 ms. */
const plans = new Map<string, readonly Look[]>();

function planAt(looks: readonly number[], alpha: number): readonly Look[] {
  if (looks.length === 0) return [];
  const key = `${looks} ${alpha}`;
  const known = plans.get(key) ?? planLooks(looks, alpha);
  plans.set(key, known);
  return known;
}

/** Arithmetic mean, or the geometric one. */
function average(values: readonly number[], geometric: boolean): number {
  return geometric ? Math.exp(mean(values.map(Math.log))) : mean(values);
}
