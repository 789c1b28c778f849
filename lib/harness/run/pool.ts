import { oneLine } from "../paper/mod.ts";
import type { JobCheckpoints } from "./checkpoints.ts";
import type { TaskDone, WorkerRequest } from "./_protocol.ts";
import { type Crash, type Outcome, WorkerProcess } from "./_worker_process.ts";

/** A job for the pool. */
export type Task = Omit<WorkerRequest, "id" | "checkpoints"> & {
  /** What keeps what its trainings save, made when it begins. Absent: they save nothing. */
  readonly checkpoints?: () => Promise<JobCheckpoints>;
};

/** Options of {@link runTasks}; `index` is the task's place in the list. */
export interface PoolOptions {
  /** Number of processes, ≥ 1. */
  readonly workers: number;
  onStart?(index: number, pid: number): void;
  onProgress?(index: number, fraction: number): void;
  /** Called as soon as a task has ended. The next task of that process waits for it. */
  onEnd(index: number, end: TaskEnd): Promise<void>;
  /** Stops all processes at once when aborted. */
  readonly signal?: AbortSignal;
  /** What to do when processes are killed for lack of memory. @default "try --jobs 1" */
  readonly ifKilled?: string;
}

/** How a task ended: with a result, or with a message that says why not. */
export type TaskEnd = TaskDone | TaskFailed;

/** A task without a result. */
export interface TaskFailed {
  /** Tells it from a result. */
  readonly type: "failed";
  /** Why, in a line. */
  readonly message: string;
  /** Where, e.g. the stack. */
  readonly detail: string;
  /** Whether its process was killed, most likely for lack of memory. */
  readonly killed?: boolean;
}

/**
 * Runs tasks of one executor in worker processes, first come first served. A process is used for many tasks;
 * one that crashes fails only its task and is replaced. A task whose process was killed by a signal is tried
 * once more.
 *
 * @returns when all tasks have ended or the signal was raised; then the processes have ended, too.
 */
export async function runTasks(tasks: readonly Task[], options: PoolOptions): Promise<void> {
  const { workers, onEnd } = options;
  const failure = new AbortController();
  const signal = AbortSignal.any([failure.signal, ...options.signal ? [options.signal] : []]);
  const alive = new Set<WorkerProcess>();
  let next = 0;

  async function attempt(worker: WorkerProcess, index: number): Promise<Outcome> {
    options.onStart?.(index, worker.pid);
    const { checkpoints: open, ...task } = tasks[index];
    const store = await open?.();
    const checkpoints = await store?.request();
    return await worker.run(
      { id: index, ...task, ...checkpoints && { checkpoints } },
      { onProgress: (fraction) => options.onProgress?.(index, fraction), store },
    );
  }

  function start(): WorkerProcess {
    const worker = new WorkerProcess(tasks[0]);
    alive.add(worker);
    return worker;
  }

  async function lane(): Promise<void> {
    let worker: WorkerProcess | undefined;
    while (next < tasks.length && !signal.aborted) {
      const index = next++;
      let outcome = await attempt(worker ??= start(), index);
      for (let retries = 1; outcome.type === "crashed" && !signal.aborted; retries--) {
        alive.delete(worker);
        worker = undefined;
        const final = outcome.begun && (outcome.signal === null || OUT_OF_MEMORY.test(outcome.output));
        if (retries === 0 || final) break;
        outcome = await attempt(worker = start(), index);
      }
      if (signal.aborted) break;
      await onEnd(index, ended(outcome, options.ifKilled));
    }
    if (worker && !signal.aborted) await worker.close();
  }

  signal.addEventListener("abort", () => alive.forEach((worker) => void worker.kill()));
  const lanes = Array.from({ length: Math.min(workers, tasks.length) }, async () => {
    try {
      await lane();
    } catch (error) {
      failure.abort();
      throw error;
    }
  });
  const failed = (await Promise.allSettled(lanes)).find(({ status }) => status === "rejected");
  await Promise.all([...alive].map((worker) => worker.kill()));
  if (failed?.status === "rejected") throw failed.reason;
}

function ended(outcome: Outcome, ifKilled = "try --jobs 1"): TaskEnd {
  switch (outcome.type) {
    case "done":
      return outcome;
    case "failed":
      return { type: "failed", message: oneLine(outcome.message), detail: outcome.stack };
    case "crashed":
      return {
        type: "failed",
        message: crashMessage(outcome, ifKilled),
        detail: outcome.output,
        killed: outcome.signal === "SIGKILL",
      };
  }
}

/** What V8 and C++ say when memory is used up, before they end the process. */
const OUT_OF_MEMORY = /(?:JavaScript (?:heap )?|process )out of memory|Reached heap limit|std::bad_alloc/i;

function crashMessage({ signal, code, output }: Crash, ifKilled: string): string {
  if (OUT_OF_MEMORY.test(output)) {
    const objects = /bad_alloc/.test(output) ? "" : " (V8's heap is full: keep large data in typed arrays)";
    return `Its process ran out of memory${objects}: ${ifKilled} or a smaller configuration`;
  }
  if (signal === "SIGKILL") {
    return `Its process was killed twice by SIGKILL, most likely for lack of memory: ${ifKilled}`;
  }
  if (signal !== null) return `Its process was ended twice by ${signal}`;
  const last = output.split("\n").findLast((line) => /\S/.test(line) && !/^\s+at /.test(line));
  return `Its process ended with exit code ${code}${last ? `: ${oneLine(last)}` : ""}`;
}
