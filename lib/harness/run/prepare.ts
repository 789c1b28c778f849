import { type ExecutorName, EXECUTORS } from "../../compile/types.ts";
import { loadPaper, places, type ProfileName, PROFILES, select, UsageError } from "../paper/mod.ts";
import { type CacheMode, Run } from "./run.ts";

/** What a run is asked for. */
export interface RunOptions {
  /** Scale of the run. @default "laptop" */
  readonly profile?: ProfileName;
  /** Number of seeds of whatever has seeds, ≥ 1. @default the profile's own */
  readonly seeds?: number;
  /** What runs compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** Figures, tables and claims by id or location. @default all */
  readonly only?: readonly string[];
  /** Number of worker processes, ≥ 1. @default the number of cores, by `threads` */
  readonly jobs?: number;
  /** Threads of each job's programs, ≥ 1; more than one on `native` only. @default 1 */
  readonly threads?: number;
  /** What is done with results that are known already. @default "use" */
  readonly cache?: CacheMode;
  /** Output folder. @default `out` in the project's folder */
  readonly out?: string;
}

/**
 * Checks what is asked for and loads the paper.
 *
 * @throws {UsageError} If there is no such paper, figure, table or claim, or an option has a wrong value.
 */
export async function prepareRun(paperId: string, options: RunOptions = {}): Promise<Run> {
  const { profile = "laptop", seeds, executor = "native", threads = 1 } = options;
  const { jobs = Math.max(1, Math.floor(navigator.hardwareConcurrency / threads)) } = options;
  const refuse = (what: string, wanted: string, current: unknown): never => {
    throw new UsageError(
      `Cannot reproduce ${paperId} as ${what} must be ${wanted}: current value is ${current}`,
    );
  };
  if (!PROFILES.includes(profile)) refuse("profile", PROFILES.join(", "), profile);
  if (!EXECUTORS.includes(executor)) refuse("executor", EXECUTORS.join(", "), executor);
  if (seeds !== undefined && !(Number.isInteger(seeds) && seeds >= 1)) {
    refuse("seeds", "an integer >= 1", seeds);
  }
  if (!(Number.isInteger(threads) && threads >= 1)) refuse("threads", "an integer >= 1", threads);
  if (threads > 1 && executor !== "native") refuse("threads", `1 on ${executor}`, threads);
  if (!(Number.isInteger(jobs) && jobs >= 1)) refuse("jobs", "an integer >= 1", jobs);
  const where = places(options);
  const paper = await loadPaper(paperId, where);
  return new Run(paper, seeds === undefined ? { profile } : { profile, seeds }, {
    selection: select(paper, options.only),
    executor,
    cache: options.cache ?? "use",
    workers: jobs,
    threads,
    places: where,
  });
}
