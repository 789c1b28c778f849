import type { Claim, Verdict } from "../../../lib/harness/mod.ts";
import { type Outcome, outcomeJobs, outcomes, type Selector } from "../outcomes.ts";

/** A claim on what methods reached on the published data sets. */
export interface OutcomeClaim
  extends Pick<Claim, "location" | "statement" | "test" | "safeguards">, Required<Selector> {
  readonly judge: (all: readonly Outcome[]) => Verdict;
  /** Seeds of the data sets that `decide` adds; absent: it adds none. */
  readonly seeds?: number;
}

export const onOutcomes = (
  id: string,
  { setting, methods, judge, seeds, ...texts }: OutcomeClaim,
): Claim => ({
  id,
  ...texts,
  ...(seeds !== undefined && { wider: { profile: "paper", seeds } }),
  data: "published",
  jobs: (plan) => outcomeJobs(plan, { setting, methods }),
  evaluate: (results) => judge(outcomes(results, { setting, methods })),
});
