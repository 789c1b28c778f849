import { notAttempted, type Verdict, verdict } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { Run } from "../summaries.ts";

/** Fewer pairs of seeds than this decide nothing. */
export const LEAST_SEEDS = 3;
/** Level of the one-sided sign test. */
const LEVEL = 0.05;

/** The rule of all comparisons, in words. */
export const RULE =
  `Paired over at least ${LEAST_SEEDS} seeds: supported if the geometric mean of the ratio is below 1 and the one-sided sign test ` +
  `has p ≤ ${LEVEL}, contradicted if it is above 1 and the opposite test has p ≤ ${LEVEL}, else inconclusive (so four seeds ` +
  "or fewer cannot decide).";

/** A quantity of two runs of the same seed. */
export interface Pair {
  readonly seed: number;
  readonly first: number;
  readonly second: number;
}

/** Pairs the runs of common seeds. */
export function pairRuns(
  first: readonly Run[],
  second: readonly Run[],
  quantity: "error" | "residual" = "error",
): Pair[] {
  return first.flatMap(({ seed, final }) => {
    const other = second.find((run) => run.seed === seed);
    return other === undefined ? [] : [{ seed, first: final[quantity], second: other.final[quantity] }];
  });
}

/** P(at least `count` heads in `total` fair coins): the one-sided sign test. */
export function signTest(count: number, total: number): number {
  let term = 0.5 ** total, tail = 0;
  for (let k = 0; k <= total; k++) {
    if (k >= count) tail += term;
    term *= (total - k) / (k + 1);
  }
  return tail;
}

/** Mean over pairs of log(first / second). */
export function meanLogRatio(pairs: readonly Pair[]): number {
  return mean(pairs.map(({ first, second }) => Math.log(first / second)));
}

/** Two or three significant digits for sentences. */
export const text = (value: number): string => Number(value.toPrecision(3)).toString();

/**
 * Tests whether the first of each pair is smaller by {@link RULE}.
 *
 * @param names What the two are, for the sentence.
 */
export function smaller(pairs: readonly Pair[], names: readonly [string, string]): Verdict {
  if (pairs.length < LEAST_SEEDS) {
    return notAttempted(`${pairs.length} of the ${LEAST_SEEDS} seeds that are needed at least`);
  }
  const ratio = Math.exp(meanLogRatio(pairs));
  const wins = pairs.filter(({ first, second }) => first < second).length;
  const losses = pairs.filter(({ first, second }) => first > second).length;
  const p = signTest(wins, wins + losses), opposite = signTest(losses, wins + losses);
  return verdict({
    supported: ratio < 1 && p <= LEVEL,
    contradicted: ratio > 1 && opposite <= LEVEL,
    numbers: { ratio, wins, losses, p, seeds: pairs.length },
    because:
      `${names[0]} / ${names[1]} is ${
        text(ratio)
      } (geometric mean), smaller for ${wins} of ${pairs.length} seeds ` +
      `(sign test p = ${text(p)}).`,
  });
}
