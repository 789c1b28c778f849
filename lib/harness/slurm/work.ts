import { HarnessError, jobId, loadPaper, type Places } from "../paper/mod.ts";
import {
  type Backend,
  keyOf,
  machine,
  type Progress,
  type ProgressJob,
  readTextOrNull,
  Run,
  runLocally,
  silentProgress,
} from "../run/mod.ts";
import { EventWriter } from "./events.ts";
import type { Batch } from "./submission.ts";

/** Options of {@link workOn}. */
export interface WorkOptions {
  readonly places: Places;
  readonly signal?: AbortSignal;
}

/** Milliseconds between two events on how far a job is. */
const PROGRESS_MS = 5000;

/** What to do about a job whose process was killed. */
const MORE_MEMORY = 'ask for more, e.g. with --slurm "--mem-per-cpu=8G"';

/**
 * Does the work of an element: plans its jobs anew, so that results are kept by the code and the data that
 * are really there, and runs those that are not in the cache.
 *
 * @param folder The submission's.
 * @returns whether all jobs have results.
 * @throws {HarnessError} If there is no such element.
 * @throws {Interrupted} If `signal` was raised; finished jobs are in the cache.
 */
export async function workOn(folder: string, element: number, options: WorkOptions): Promise<boolean> {
  const { places, signal } = options;
  const batch = await readBatch(folder, element);
  const paper = await loadPaper(batch.paper, places);
  const { threads = 1 } = batch;
  const run = new Run(paper, batch.plan, {
    executor: batch.executor,
    cache: "use",
    workers: Math.max(1, Math.floor((count("SLURM_CPUS_PER_TASK") ?? 1) / threads)),
    threads,
    places,
    jobs: batch.jobs.map(({ job }) => job),
    cacheFolder: batch.cache,
    downloads: false,
  });
  const { jobs } = await run.preview();
  const keys = await Promise.all(jobs.map(({ parts }) => parts ? keyOf(parts) : ""));

  using events = new EventWriter(folder, element, count("SLURM_RESTART_COUNT") ?? 0);
  events.write({ type: "begin", node: Deno.hostname(), keys, memory: memory() });
  for (const [job, { lookup }] of jobs.entries()) {
    if (lookup.hit) events.write({ type: "done", job, seconds: lookup.record.seconds });
  }

  const indices = new Map<ProgressJob, number>(jobs.map((job, i) => [job, i]));
  const indexOf = (job: ProgressJob) => indices.get(job)!;
  const told = new Map<ProgressJob, number>();
  const progress: Progress = {
    ...silentProgress,
    // Into the element's log.
    note: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`)),
    jobStarted: (job) => events.write({ type: "started", job: indexOf(job) }),
    jobProgress(job, fraction) {
      if (performance.now() - (told.get(job) ?? -Infinity) < PROGRESS_MS) return;
      told.set(job, performance.now());
      events.write({ type: "progress", job: indexOf(job), fraction });
    },
  };
  const here = machine();
  const ended = new Set<string>();
  const backend: Backend = (planned, context) =>
    runLocally(planned, {
      ...context,
      ifKilled: MORE_MEMORY,
      async onEnd(planned, end, seconds) {
        const job = indexOf(planned);
        ended.add(planned.id);
        await context.onEnd(planned, { ...end, machine: here }, seconds);
        events.write(
          end.type === "done"
            ? { type: "done", job, seconds }
            : { ...end, job, seconds, killed: end.killed ?? false },
        );
      },
    });
  const { failures } = await run.execute({ progress, signal, backend });
  for (const { job, message, detail } of failures) {
    const id = jobId(job);
    // Jobs that could not begin, e.g. for lack of data.
    if (ended.has(id)) continue;
    const index = jobs.findIndex((planned) => planned.id === id);
    events.write({ type: "failed", job: index, seconds: 0, message, detail, killed: false });
  }
  events.write({ type: "end" });
  return failures.length === 0;
}

async function readBatch(folder: string, element: number): Promise<Batch> {
  const text = await readTextOrNull(`${folder}/batch-${element}.json`);
  if (text !== null) return JSON.parse(text);
  throw new HarnessError(
    `Cannot work on element ${element} as ${folder} must hold batch-${element}.json: is it on a shared disk?`,
  );
}

/** A number that Slurm tells; `undefined` if it does not. */
function count(variable: string): number | undefined {
  const text = Deno.env.get(variable);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** MiB that Slurm gave this element, if it limits them. */
function memory(): number | null {
  const perCpu = count("SLURM_MEM_PER_CPU");
  return count("SLURM_MEM_PER_NODE") || (perCpu ?? 0) * (count("SLURM_CPUS_PER_TASK") ?? 1) || null;
}
