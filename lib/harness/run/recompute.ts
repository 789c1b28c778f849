import type { ExecutorName } from "../../compile/mod.ts";
import type { Backend } from "./backend.ts";
import { type Paper, places, type Plan } from "../paper/mod.ts";
import { type Progress, silentProgress } from "./progress.ts";
import { type CacheMode, Run, type RunOutcome } from "./run.ts";

/** Options of {@link recompute}. */
export interface RecomputeOptions {
  /** Number of worker processes. @default the number of cores */
  readonly jobs?: number;
  /** What is done with results that are known already. @default "off": everything runs */
  readonly cache?: CacheMode;
  /** Where results go. @default `out` of the project */
  readonly out?: string;
  /** Shows how far it is. */
  readonly progress?: Progress;
  /** Aborts it: the promise then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
  /** Where the jobs run. @default worker processes of this machine */
  readonly backend?: Backend;
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
  const run = new Run(paper, plan, { executor, cache, workers, places: places(options), timing: false });
  try {
    return await run.execute({ progress, signal: options.signal, backend: options.backend });
  } finally {
    progress.stop();
  }
}
