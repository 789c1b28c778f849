import type { BackendContext } from "./backend.ts";
import { runTasks, type Task } from "./pool.ts";
import type { PlannedJob, Run } from "./run.ts";
import { Cache, keyOf } from "./cache.ts";
import { JobCheckpoints } from "./checkpoints.ts";

/**
 * Runs jobs in worker processes of this machine: longest first on all workers, then, one at a time, those
 * that measure time.
 */
export async function runLocally(
  planned: readonly PlannedJob[],
  { run, progress, signal, start, onEnd, ifKilled }: LocalContext,
): Promise<void> {
  const { options: { workers } } = run;
  start(workers);
  const batches = [
    { jobs: planned.filter(({ alone }) => !alone), workers },
    { jobs: planned.filter(({ alone }) => alone), workers: 1 },
  ];
  const started = new Map<PlannedJob, number>();
  for (const batch of batches) {
    const jobs = batch.jobs.toSorted((a, b) => b.cost - a.cost);
    if (signal?.aborted) return;
    const checkpoints = await Promise.all(
      jobs.map((job) => checkpointsOf(run, job, (text) => progress.note(`${job.label}: ${text}`))),
    );
    await runTasks(jobs.map((job, i) => ({ ...taskOf(run, job), checkpoints: checkpoints[i] })), {
      workers: batch.workers,
      signal,
      onStart(index) {
        started.set(jobs[index], performance.now());
        progress.jobStarted(jobs[index]);
      },
      onProgress: (index, fraction) => progress.jobProgress(jobs[index], fraction),
      async onEnd(index, end) {
        await onEnd(jobs[index], end, (performance.now() - started.get(jobs[index])!) / 1000);
        if (end.type === "done") await checkpoints[index]?.remove();
      },
      ifKilled,
    });
  }
}

/** A {@link BackendContext}, and the pool's advice. */
export interface LocalContext extends BackendContext {
  readonly ifKilled?: string;
}

/** Where a job's trainings are saved: not if nothing is kept, nor where their time is measured. */
async function checkpointsOf(
  { cacheFolder, options: { cache, checkpointSeconds: everySeconds } }: Run,
  { parts, alone }: PlannedJob,
  note: (text: string) => void,
): Promise<JobCheckpoints | undefined> {
  if (cache === "off" || alone || parts === undefined) return undefined;
  const folder = await new Cache(cacheFolder).unfinished(parts);
  return new JobCheckpoints(folder, {
    root: cacheFolder,
    owner: await keyOf(parts),
    fresh: cache === "refresh",
    everySeconds,
    note,
  });
}

function taskOf(
  { paper, plan, options: { executor } }: Run,
  { job, experiment, data }: PlannedJob,
): Task {
  return {
    module: experiment.module,
    experiment: experiment.id,
    config: job.config,
    seed: job.seed,
    executor,
    policy: paper.profiles[plan.profile].data,
    data,
  };
}
