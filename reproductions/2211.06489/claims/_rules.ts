/** What the claims share. */
import { type Claim, notAttempted, type Results, type Verdict } from "../../../lib/harness/mod.ts";

/** Pairs at which verdicts are looked at: of most networks, and of those that take several times as long. */
export const LOOKS = [4, 8, 12, 16, 20];
export const SLOW_LOOKS = [3, 6, 9, 12];

/** A claim that is not attempted where one of the networks that it compares has not learned. */
export function whereLearned(
  claim: Claim,
  bar: string,
  laggard: (results: Results) => string | undefined,
): Claim {
  return {
    ...claim,
    test: `${claim.test} Not attempted unless ${bar}.`,
    evaluate(results): Verdict {
      const who = laggard(results);
      return who === undefined ? claim.evaluate(results) : notAttempted(`did not learn: ${who}`);
    },
  };
}
