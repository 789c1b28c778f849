import type { ExecutorName } from "../../compile/mod.ts";
import { collectJobs, experimentOf, type Paper, places, type Plan, select } from "../paper/mod.ts";
import { type Progress, silentProgress } from "./progress.ts";
import { type CacheMode, executeRun, planRun, type RunOutcome } from "./run.ts";

/** Options of {@link recompute}. */
export interface RecomputeOptions {
  /** Number of worker processes. @default the number of cores */
  readonly jobs?: number;
  /** @default "off": everything runs */
  readonly cache?: CacheMode;
  readonly out?: string;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/**
 * Runs all jobs of a paper but those that measure time, for comparison with a golden.
 *
 * @throws {Interrupted} If `signal` was raised.
 */
export async function recompute(
  paper: Paper,
  plan: Plan,
  executor: ExecutorName,
  options: RecomputeOptions = {},
): Promise<RunOutcome> {
  const { jobs: workers = navigator.hardwareConcurrency, cache = "off", progress = silentProgress } = options;
  const jobs = collectJobs(paper, plan, select(paper)).filter((job) => !experimentOf(paper, job).timing);
  const run = { plan, executor, cache, places: places(options) };
  try {
    return await executeRun(paper, await planRun(paper, jobs, run), {
      ...run,
      workers,
      progress,
      signal: options.signal,
    });
  } finally {
    progress.stop();
  }
}
