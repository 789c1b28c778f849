import type { ExecutorName } from "../../compile/types.ts";
import type { Paper, Plan } from "../paper/mod.ts";
import type { BackendContext } from "./backend.ts";
import { runTasks, type Task } from "./pool.ts";
import type { PlannedJob } from "./run.ts";

/**
 * Runs jobs in worker processes of this machine: longest first on all workers, then, one at a time, those
 * that measure time.
 */
export async function runLocally(
  planned: readonly PlannedJob[],
  { run, progress, signal, start, onEnd, ifKilled }: LocalContext,
): Promise<void> {
  const { paper, plan, options: { workers, executor } } = run;
  start(workers);
  const batches = [
    { jobs: planned.filter(({ alone }) => !alone), workers },
    { jobs: planned.filter(({ alone }) => alone), workers: 1 },
  ];
  const started = new Map<PlannedJob, number>();
  for (const batch of batches) {
    const jobs = batch.jobs.toSorted((a, b) => b.cost - a.cost);
    if (signal?.aborted) return;
    await runTasks(jobs.map((job) => taskOf(paper, job, { plan, executor })), {
      workers: batch.workers,
      signal,
      onStart(index) {
        started.set(jobs[index], performance.now());
        progress.jobStarted(jobs[index]);
      },
      onProgress: (index, fraction) => progress.jobProgress(jobs[index], fraction),
      onEnd: (index, end) => onEnd(jobs[index], end, (performance.now() - started.get(jobs[index])!) / 1000),
      ifKilled,
    });
  }
}

/** A {@link BackendContext}, and the pool's advice. */
export interface LocalContext extends BackendContext {
  readonly ifKilled?: string;
}

function taskOf(
  paper: Paper,
  { job, experiment, data }: PlannedJob,
  { plan, executor }: { readonly plan: Plan; readonly executor: ExecutorName },
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
