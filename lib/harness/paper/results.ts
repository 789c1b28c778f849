import { jobId } from "./jobs.ts";
import type { Artefact, Claim, Experiment, Job, JobRecord, Json, Plan, Results } from "./types.ts";

/**
 * The finished ones among some jobs, in their declared order, as artefacts and claims see them.
 *
 * @param records Finished jobs by {@link jobId}; may hold more than `jobs` names.
 */
export function resultsOf(
  plan: Plan,
  jobs: readonly Job[],
  records: ReadonlyMap<string, JobRecord>,
): Results {
  const finished = jobs.flatMap((job) => records.get(jobId(job)) ?? []);
  const standIns = new Set(
    finished.flatMap(({ sources }) => Object.keys(sources).filter((name) => sources[name] === "stand-in")),
  );
  return {
    plan,
    records: finished,
    standIns: [...standIns].sort(),
    of: <Config extends Json, Result extends Json>({ id }: Experiment<Config, Result>) =>
      finished.filter(({ job }) => job.experiment === id).map(({ job, result, seconds }) => ({
        config: job.config as Config,
        seed: job.seed,
        result: result as Result,
        seconds,
      })),
  };
}

/** The results of the jobs that one artefact or claim declares: what the harness hands to it. */
export function resultsFor(
  item: Artefact | Claim,
  plan: Plan,
  records: ReadonlyMap<string, JobRecord>,
): Results {
  return resultsOf(plan, item.jobs(plan), records);
}
