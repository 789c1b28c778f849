import type { Claim, Verdict } from "../../../lib/harness/mod.ts";
import { type Outcome, outcomeJobs, outcomes, type Selector, withSeeds } from "../outcomes.ts";

/** Seeds of networks on the data sets that `decide` adds. */
export const NETWORK_SEEDS = 3;

/** A claim on what methods reached on the published data sets. */
export interface OutcomeClaim
  extends Pick<Claim, "location" | "statement" | "test" | "safeguards">, Required<Selector> {
  readonly judge: (all: readonly Outcome[]) => Verdict;
  /** Seeds of the data sets that `decide` goes on to; each counts once it has all. Absent: it adds none. */
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
  evaluate(results) {
    const all = outcomes(results, { setting, methods });
    return judge(seeds !== undefined && results.plan.profile === "paper" ? withSeeds(all, seeds) : all);
  },
});
