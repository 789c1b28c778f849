import type { Machine } from "../paper/mod.ts";
import type { TaskEnd } from "./pool.ts";
import type { Progress } from "./progress.ts";
import type { PlannedJob, Run } from "./run.ts";

/**
 * Where jobs run: calls `start` once, then `onEnd` for each job as it ends. It returns when all have ended,
 * or soon after `signal` was raised; a job of which it never told has no result.
 */
export type Backend = (jobs: readonly PlannedJob[], context: BackendContext) => Promise<void>;

/** What a {@link Backend} works with. */
export interface BackendContext {
  /** What is run. */
  readonly run: Run;
  /** Shows how far it is. */
  readonly progress: Progress;
  /** Stops the run. */
  readonly signal?: AbortSignal;
  /** Tells that jobs begin. @param workers How many jobs will run side by side. */
  start(workers: number): void;
  /** Keeps a job's result or failure. @param seconds How long the job took, with its surroundings. */
  onEnd(planned: PlannedJob, end: JobEnd, seconds: number): Promise<void>;
}

/** How a job ended. */
export type JobEnd = TaskEnd & {
  /** The machine it ran on, if it was another one. */
  readonly machine?: Machine;
  /** Whether its result is in the run's cache already. */
  readonly kept?: boolean;
};
