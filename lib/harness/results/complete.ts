import { collectJobs, HarnessError, jobId, type Paper, select } from "../paper/mod.ts";
import { Run } from "../run/mod.ts";
import type { RoundOptions } from "./decide.ts";
import { type Golden, goldenRecords, renewGolden } from "./goldens.ts";
import { provenanceOf } from "./provenance.ts";

/**
 * A golden with results of the jobs that its plan has gained. Those that it has are kept as they are, even
 * where code has changed since; those of jobs that the plan has no more are left out. Commit and machine are
 * then those of the new results, as with results that decide claims.
 *
 * @throws {HarnessError} If a job fails.
 * @throws {Interrupted} If `signal` was raised; finished jobs are in the cache.
 */
export async function completeGolden(
  paper: Paper,
  golden: Golden,
  { places, workers, progress, signal, arguments: given, backend }: RoundOptions,
): Promise<Golden> {
  const { plan, executor, provenance: before } = golden;
  const known = goldenRecords(golden);
  const wanted = collectJobs(paper, plan, select(paper));
  const jobs = wanted.filter((job) => !known.has(jobId(job)));
  const keep = (records: ReturnType<typeof goldenRecords>) =>
    wanted.flatMap((job) => records.get(jobId(job)) ?? []);
  if (jobs.length === 0) {
    progress.stop();
    return await renewGolden(paper, { ...golden, jobs: keep(known) });
  }
  const [started, clock] = [new Date(), performance.now()];
  const run = new Run(paper, plan, { executor, cache: "use", workers, places, jobs });
  let outcome;
  try {
    outcome = await run.execute({ progress, signal, backend });
  } finally {
    progress.stop();
  }
  const [failure] = outcome.failures;
  if (failure) {
    throw new HarnessError(
      `Cannot complete the golden of ${paper.id} as all its jobs must succeed: ${failure.label}: ${failure.message}`,
    );
  }
  const seconds = (performance.now() - clock) / 1000;
  const now = await provenanceOf(paper, outcome, { started, seconds, arguments: given });
  return await renewGolden(paper, {
    ...golden,
    jobs: keep(new Map([...known, ...outcome.records])),
    provenance: {
      ...now,
      // The new jobs may have used no engine.
      versions: { ...before.versions, ...now.versions },
      started: before.started,
      seconds: before.seconds + seconds,
      data: [...new Map([...before.data, ...now.data].map((data) => [data.name, data])).values()],
    },
  });
}
