import type { ExecutorName } from "../../compile/types.ts";
import type { Resolved } from "../../data/mod.ts";
import { Cache, type KeyParts, type Lookup } from "./cache.ts";
import {
  collectJobs,
  type Experiment,
  experimentOf,
  HarnessError,
  Interrupted,
  type Job,
  jobId,
  type JobRecord,
  labeller,
  oneLine,
  type Paper,
  type Places,
  type Plan,
  select,
  type Selection,
} from "../paper/mod.ts";
import { contentOf, fetchMissing, resolveData } from "./_run_data.ts";
import { probeFolder } from "./files.ts";
import { mergeGraphs, type ModuleGraph, moduleGraphs } from "./module_graph.ts";
import type { Backend, JobEnd } from "./backend.ts";
import { Estimates } from "./estimates.ts";
import { runLocally } from "./local.ts";
import type { Progress, ProgressJob } from "./progress.ts";

/**
 * How a run uses the cache: `use`; `refresh`: run all jobs, keep the results; `off`: neither read nor
 * written.
 */
export type CacheMode = "use" | "refresh" | "off";

/** How {@link Run.execute} goes on. */
export interface ExecuteOptions {
  /** Shows how far it is. */
  readonly progress: Progress;
  /** Stops the run; finished jobs are kept. */
  readonly signal?: AbortSignal;
  /** Called for each job as soon as its result is there (and kept, if it is). */
  onRecord?(record: JobRecord): void;
  /** Where the jobs run. @default worker processes of this machine */
  readonly backend?: Backend;
}

/** A job with all that is known before it runs. */
export interface PlannedJob extends ProgressJob {
  /** Its `jobId`. */
  readonly id: string;
  /** What is run. */
  readonly job: Job;
  /** The experiment that it runs. */
  readonly experiment: Experiment;
  /** Names of the data sets that it reads. */
  readonly data: readonly string[];
  /** MiB that a process needs for it: as its last run took, else estimated. */
  readonly memory: number;
  /** Why it cannot run, if so. */
  readonly blocked?: string;
  /** What its cache key is made of; absent if it is blocked. */
  readonly parts?: KeyParts;
  /** Whether its result is known, and if not, why. */
  readonly lookup: Lookup;
}

/** What a run would do. */
export interface RunPlan {
  /** Each once. */
  readonly jobs: readonly PlannedJob[];
  /** The data sets that the jobs name and the catalogue has. */
  readonly data: ReadonlyMap<string, Resolved>;
  /** Versions of the executor's engine, if any job depends on the executor. */
  readonly engines: Readonly<Record<string, string>>;
  /**
   * This machine's seconds for one second where results were committed; `undefined` while nothing was run
   * here.
   */
  readonly pace: number | undefined;
}

/** A job without a result. */
export interface JobFailure {
  /** What was to be run. */
  readonly job: Job;
  /** The job in a few words. */
  readonly label: string;
  /** One line. */
  readonly message: string;
  /** Stack or the end of the output; may be empty. */
  readonly detail: string;
}

/** What came out of a run. */
export interface RunOutcome {
  /** Finished jobs by `jobId`. */
  readonly records: ReadonlyMap<string, JobRecord>;
  /** Jobs without a result. */
  readonly failures: readonly JobFailure[];
  /** How many jobs ran. */
  readonly run: number;
  /** How many results were known already. */
  readonly cached: number;
  /** Data sets that jobs read. */
  readonly data: readonly Resolved[];
  /** Versions of the engines that ran compiled programs, by package. */
  readonly engines: Readonly<Record<string, string>>;
}

/** MiB of a job whose experiment gives no estimate. */
const MEMORY = 1024;

/** A paper, what to make of it, and how: checked once, then planned and executed. */
export class Run {
  /** The jobs that are asked for, each once. */
  readonly jobs: readonly Job[];
  /** Folder of its {@link Cache}. */
  readonly cacheFolder: string;
  private previewed?: Promise<RunPlan>;

  /** Collects the jobs; `prepareRun` makes and checks the arguments. */
  constructor(
    readonly paper: Paper,
    readonly plan: Plan,
    readonly options: {
      readonly executor: ExecutorName;
      readonly cache: CacheMode;
      readonly workers: number;
      /** Threads of each job's programs, on `native`. @default 1 */
      readonly threads?: number;
      readonly places: Places;
      /** @default everything */
      readonly selection?: Selection;
      /** Exactly these jobs. @default those that the selection needs */
      readonly jobs?: readonly Job[];
      /** Whether jobs that measure time run as well. @default true */
      readonly timing?: boolean;
      /** @default `cache/<paper>` in the output folder */
      readonly cacheFolder?: string;
      /** Whether missing data may be downloaded. @default true */
      readonly downloads?: boolean;
      /** Seconds between two checkpoints of a training. @default 180 */
      readonly checkpointSeconds?: number;
    },
  ) {
    const { timing = true, jobs = collectJobs(paper, plan, this.selection) } = options;
    this.jobs = jobs.filter((job) => timing || !experimentOf(paper, job).timing);
    this.cacheFolder = options.cacheFolder ?? `${options.places.out}/cache/${paper.id}`;
  }

  /** The figures, tables and claims that are asked for. */
  get selection(): Selection {
    return this.options.selection ?? select(this.paper);
  }

  /** Finds out for each job whether its result is known and, if not, why; runs and writes nothing. */
  preview(): Promise<RunPlan> {
    return this.previewed ??= this.#planJobs();
  }

  #readEstimates(): Promise<Estimates> {
    const { paper, plan: { profile }, options: { executor, places } } = this;
    return Estimates.read({ paper, profile, executor, places });
  }

  async #planJobs(): Promise<RunPlan> {
    const { paper, plan, jobs } = this;
    const { executor } = this.options;
    const { data: policy } = paper.profiles[plan.profile];
    const { data, problems } = await resolveData(paper, jobs, policy);
    const usesExecutor = jobs.some((job) => experimentOf(paper, job).usesExecutor);
    const engines = usesExecutor ? await enginesOf(executor) : {};
    const cache = new Cache(this.cacheFolder);
    const codeOf = (job: Job) => {
      const experiment = experimentOf(paper, job);
      const names = experiment.data?.(job.config) ?? [];
      return [experiment.module, ...names.flatMap((name) => data.get(name)?.module ?? [])];
    };
    const graphOf = moduleGraphs([...new Set(jobs.flatMap(codeOf))]);

    const label = labeller(paper, plan);
    const estimates = await this.#readEstimates();
    const planned = await Promise.all(jobs.map(async (job): Promise<PlannedJob> => {
      const experiment = experimentOf(paper, job);
      const names = experiment.data?.(job.config) ?? [];
      const base = {
        id: jobId(job),
        job,
        experiment,
        label: label(job),
        cost: estimates.secondsOf({ job }),
        group: job.experiment,
        alone: experiment.timing === true,
        memory: experiment.memory ?? MEMORY,
        data: names,
      };
      const problem = names.map((name) => problems.get(name)).find((text) => text !== undefined);
      if (problem) return { ...base, blocked: problem, lookup: { hit: false, reason: problem } };
      let graph: ModuleGraph;
      try {
        graph = mergeGraphs(await Promise.all([...new Set(codeOf(job))].map(graphOf)));
      } catch (error) {
        const message = oneLine(error instanceof Error ? error.message : String(error));
        return { ...base, blocked: message, lookup: { hit: false, reason: message } };
      }
      const parts: KeyParts = {
        job,
        data: Object.fromEntries(names.map((name) => [name, contentOf(data.get(name)!)])),
        executor: experiment.usesExecutor ? executorInKey(this.options) : null,
        engines: experiment.usesExecutor ? engines : {},
        runtime: `deno ${Deno.version.deno.split(".").slice(0, 2).join(".")}`,
        code: graph.files,
        packages: packageVersions(graph.packages),
      };
      const lookup = this.options.cache === "use"
        ? await cache.lookup(parts)
        : { hit: false as const, reason: "a new run was asked for" };
      if (lookup.hit) return { ...base, parts, lookup };
      const { memory = base.memory, seconds: lastSeconds } = lookup;
      return { ...base, parts, lookup, memory, cost: estimates.secondsOf({ job, lastSeconds }) };
    }));
    return { jobs: planned, data, engines, pace: estimates.pace };
  }

  /**
   * Runs the jobs that are not cached. A failed job does not stop the others.
   *
   * @throws {Interrupted} If `signal` was raised; finished jobs are in the cache.
   * @throws {WriteError} If a result cannot be kept.
   */
  async execute({ progress, signal, onRecord, backend = runLocally }: ExecuteOptions): Promise<RunOutcome> {
    const { paper, options: { cache: mode, downloads = true } } = this;
    // Before hours of work, not after.
    if (mode !== "off") await probeFolder(this.cacheFolder);
    const run = await this.preview();
    const cache = new Cache(this.cacheFolder);
    if (mode !== "off") {
      await cache.requireWritable(run.jobs.filter(({ lookup }) => !lookup.hit).map(({ job }) => job));
    }
    const records = new Map<string, JobRecord>();
    const failures: JobFailure[] = [];
    const ran: JobRecord[] = [];
    for (const { id, lookup } of run.jobs) if (lookup.hit) records.set(id, lookup.record);
    const cached = records.size;
    const missing = run.jobs.filter(({ lookup }) => !lookup.hit);
    const data = await fetchMissing(missing, run.data, { progress, signal, downloads });

    const runnable: PlannedJob[] = [];
    for (const planned of missing) {
      const blocked = planned.blocked ??
        planned.data.map((name) => data.problems.get(name)).find((text) => text);
      if (blocked === undefined) runnable.push(planned);
      else failures.push({ job: planned.job, label: planned.label, message: blocked, detail: "" });
    }

    async function onEnd(planned: PlannedJob, end: JobEnd, took: number): Promise<void> {
      const { job, label, id } = planned;
      if (end.type === "done") {
        const { result, seconds, memory, sources, machine } = end;
        const record: JobRecord = {
          job,
          result,
          seconds,
          sources,
          ...memory && { memory },
          ...machine && { machine },
        };
        records.set(id, record);
        ran.push(record);
        if (mode !== "off" && !end.kept) await cache.store(planned.parts!, record);
        onRecord?.(record);
      } else {
        failures.push({ job, label, message: end.message, detail: end.detail });
      }
      progress.jobEnded(planned, took, end.type === "done" ? undefined : end.message);
    }
    function start(workers: number): void {
      progress.start({ title: paper.id, jobs: runnable, cached, workers });
      for (const { label, message } of failures) progress.note(`${label}: FAILED: ${message}`);
    }
    await backend(runnable, { run: this, progress, signal, start, onEnd });
    if (mode !== "off") await (await this.#readEstimates()).learn(ran);
    if (signal?.aborted) {
      const finished = `${records.size} of ${run.jobs.length} jobs`;
      throw new Interrupted(
        mode === "off"
          ? `Interrupted: ${finished} were finished, and none is kept, as there was to be no cache`
          : `Interrupted: ${finished} are finished and kept`,
      );
    }
    return {
      records,
      failures,
      run: records.size - cached,
      cached,
      data: [...data.resolved.values()],
      engines: run.engines,
    };
  }
}

/** Several threads sum in another order, so that the last digits may differ: such results are others. */
function executorInKey({ executor, threads = 1 }: Run["options"]): string {
  return threads > 1 ? `${executor}, ${threads} threads` : executor;
}

function packageVersions(packages: readonly string[]): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const text of packages) {
    const at = text.lastIndexOf("@");
    const name = text.slice(0, at);
    versions[name] = [versions[name] ?? [], text.slice(at + 1)].flat().join(" and ");
  }
  return versions;
}

async function enginesOf(executor: ExecutorName): Promise<Readonly<Record<string, string>>> {
  const { engineVersions } = await import("../../compile/mod.ts");
  try {
    return await engineVersions(executor);
  } catch (error) {
    throw new HarnessError(
      `Cannot use the executor ${executor} on this machine: ${
        error instanceof Error ? error.message : error
      }. ` +
        "Try another one with --executor (see `deno task doctor`)",
      { cause: error },
    );
  }
}
