import type { BackendContext } from "./backend.ts";
import { runTasks, type Task } from "./pool.ts";
import type { PlannedJob, Run } from "./run.ts";
import { Cache } from "./cache.ts";
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
    // Made when a job begins, and the same for its second try.
    const kept = new Map<PlannedJob, Promise<JobCheckpoints>>();
    const checkpointsOf = (job: PlannedJob) => {
      const made = kept.get(job) ??
        openCheckpoints(run, job, (text) => progress.note(`${job.label}: ${text}`));
      kept.set(job, made);
      return made;
    };
    const tasks = jobs.map((job): Task => ({
      ...taskOf(run, job),
      // Where time is measured nothing is saved.
      ...run.options.cache !== "off" && !job.alone && { checkpoints: () => checkpointsOf(job) },
    }));
    await runTasks(tasks, {
      workers: batch.workers,
      signal,
      onStart(index) {
        started.set(jobs[index], performance.now());
        progress.jobStarted(jobs[index]);
      },
      onProgress: (index, fraction) => progress.jobProgress(jobs[index], fraction),
      async onEnd(index, end) {
        await onEnd(jobs[index], end, (performance.now() - started.get(jobs[index])!) / 1000);
        if (end.type === "done") await (await kept.get(jobs[index]))?.remove();
      },
      ifKilled,
    });
  }
}

/** A {@link BackendContext}, and the pool's advice. */
export interface LocalContext extends BackendContext {
  readonly ifKilled?: string;
}

/** Where a job's trainings are saved. */
async function openCheckpoints(
  { cacheFolder, options: { cache, checkpointSeconds: everySeconds } }: Run,
  { parts }: PlannedJob,
  note: (text: string) => void,
): Promise<JobCheckpoints> {
  const { folder, key: owner } = await new Cache(cacheFolder).unfinished(parts!);
  return new JobCheckpoints(folder, {
    root: cacheFolder,
    owner,
    fresh: cache === "refresh",
    everySeconds,
    note,
  });
}

function taskOf(
  { paper, plan, options: { executor, threads } }: Run,
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
    ...threads !== undefined && threads > 1 && { threads },
  };
}
