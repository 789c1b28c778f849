import { notAttempted, type Results, type Verdict } from "../../../lib/harness/mod.ts";
import { mean, std } from "../../../lib/stats/mod.ts";
import { type NamedRun, runsOf } from "../summaries.ts";

/** Claims about published data: never judged on stand-ins. */
export function onRealData(evaluate: (results: Results) => Verdict): (results: Results) => Verdict {
  return (results) =>
    results.standIns.length > 0 ? notAttempted("the published data were not used") : evaluate(results);
}

/** A difference of two groups' means, in units of its standard error. */
export interface Difference {
  readonly pairs: number;
  readonly difference: number;
  /** Standard error of the mean paired difference. */
  readonly standardError: number;
}

/** The paired difference, by seed, of a value between two networks; `undefined` with fewer than 3 common seeds. */
export function pairedDifference<Config, Result>(
  runs: readonly NamedRun<Config, Result>[],
  names: readonly [string, string],
  value: (result: Result) => number,
): Difference | undefined {
  const [first, second] = names.map((name) =>
    new Map(runsOf(runs, name).map(({ seed, result }) => [seed, value(result)]))
  );
  const differences = [...first].filter(([seed]) => second.has(seed))
    .map(([seed, x]) => x - second.get(seed)!);
  if (differences.length < 3) return undefined;
  return {
    pairs: differences.length,
    difference: mean(differences),
    standardError: std(differences, { ddof: 1 }) / Math.sqrt(differences.length),
  };
}

/** How a difference reads in a sentence. */
export function inWords({ difference, standardError, pairs }: Difference, digits = 2): string {
  return `${difference.toFixed(digits)} (standard error ${standardError.toFixed(digits)}, ${pairs} seeds)`;
}

/** The numbers of a difference. */
export const numbersOf = ({ pairs, difference, standardError }: Difference) => ({
  pairs,
  difference,
  standardError,
});
