import { type Claim, notAttempted, type Results, type Verdict, verdict } from "../../../lib/harness/mod.ts";
import type { TimingConfig, TimingResult } from "../experiments/timing.ts";
import { timingJobs } from "../jobs.ts";

const MOST = 1.3;

function evaluate(results: Results): Verdict {
  const [found] = results.of<TimingConfig, TimingResult>("timing");
  if (!found) return notAttempted("there is no result");
  const at = (channels: number) => found.result.milliseconds[found.config.channels.indexOf(channels)];
  const [one, five] = [at(1), at(5)];
  if (one === undefined || five === undefined) return notAttempted("K = 1 and K = 5 are needed");
  return verdict({
    supported: five / one <= MOST,
    numbers: { "K = 1: ms": one, "K = 5: ms": five, ratio: five / one },
    because: `an update takes ${(five / one).toFixed(2)} times as long with five channels as with one`,
  });
}

/** The claim on run time. */
export const cost: Claim = {
  id: "run-time",
  location: "Abstract",
  statement: "Several channels hardly cost time.",
  test: `A training update with K = 5 takes at most ${MOST} times as long as with K = 1, on this machine.`,
  jobs: timingJobs,
  evaluate,
};
