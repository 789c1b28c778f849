/** What the claims share. */
import {
  type Claim,
  comparison,
  type Json,
  type Name,
  notAttempted,
  type Results,
  type Safeguards,
  type Study,
  type Variants,
  type Verdict,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";

/** Pairs at which verdicts are looked at: of most networks, and of those that take several times as long. */
export const LOOKS = [4, 8, 12, 16, 20];
export const SLOW_LOOKS = [3, 6, 9, 12];

/** What is said of a comparison. */
export interface About extends Pick<Parameters<typeof comparison>[1], "location" | "statement" | "rule"> {
  /** The bar is that of the claim's helper. */
  readonly safeguards: Omit<Safeguards, "bar">;
}

/** Two networks of a study, compared by a number of their runs. */
interface LearnedClaim<C extends Json, R extends Json, V extends Variants<C>>
  extends About, Pick<Parameters<typeof comparison>[1], "data" | "measured"> {
  readonly study: Study<C, R, V>;
  readonly names: readonly [Name<V>, Name<V>];
  readonly value: (result: R) => number;
  /** What a network must be better than on average to have learned. */
  readonly bar: {
    readonly better: "lower" | "higher";
    /** In words, to follow “Not attempted unless”. */
    readonly text: string;
    /** A variant that sets it, or a number. */
    readonly at: Name<V> | number;
  };
}

/** A comparison that is not attempted where one of the networks that it compares has not learned. */
export function learnedClaim<C extends Json, R extends Json, V extends Variants<C>>(
  id: string,
  { study, names, value, bar: { better, text, at }, safeguards, ...rest }: LearnedClaim<C, R, V>,
): Claim {
  const [first, second] = names;
  const bar = `Not attempted unless ${text}.`;
  const claim = comparison(id, {
    ...rest,
    safeguards: { bar, ...safeguards },
    first: study.sample(first, value),
    second: study.sample(second, value),
  });
  const sign = better === "higher" ? 1 : -1;
  const laggard = (results: Results) => {
    const least = typeof at === "number" ? at : value(study.result(results, at));
    return study.groups(results, names).find(({ runs }) =>
      sign * (mean(runs.map(({ result }) => value(result))) - least) <= 0
    )?.label;
  };
  return {
    ...claim,
    test: `${claim.test} ${bar}`,
    jobs: (plan) => [...claim.jobs(plan), ...typeof at === "number" ? [] : study.jobs(plan, [at])],
    evaluate(results): Verdict {
      const who = laggard(results);
      return who === undefined ? claim.evaluate(results) : notAttempted(`did not learn: ${who}`);
    },
  };
}
