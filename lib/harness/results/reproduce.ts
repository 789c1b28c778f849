import { type ExecutorName, EXECUTORS } from "../../compile/types.ts";
import { makeFiles } from "./_artefact_files.ts";
import { evaluate, Evaluation } from "./evaluate.ts";
import {
  collectJobs,
  loadPaper,
  type Paper,
  type Places,
  places,
  type Plan,
  type ProfileName,
  PROFILES,
  select,
  type Selection,
  UsageError,
} from "../paper/mod.ts";
import { DEFAULT_TOLERANCE, goldenText, makeGolden } from "./goldens.ts";
import {
  type CacheMode,
  executeRun,
  isKernel,
  type JobFailure,
  notebookProgress,
  planRun,
  probeFolder,
  type Progress,
  type RunOutcome,
  type RunPlan,
  silentProgress,
} from "../run/mod.ts";
import { writeOutputs } from "./outputs.ts";
import { codeState, machine, type RunProvenance, versions } from "./provenance.ts";
import { RESULTS_FILE } from "./result_sets.ts";
import { summarise, type Summary } from "./summary.ts";

/** Options of {@link reproduce}. */
export interface ReproduceOptions {
  /** @default "laptop" */
  readonly profile?: ProfileName;
  /** Number of seeds, ≥ 1. @default the profile's own */
  readonly seeds?: number;
  /** @default "native" */
  readonly executor?: ExecutorName;
  /** Figures, tables and claims by id or location. @default all */
  readonly only?: readonly string[];
  /** Number of worker processes, ≥ 1. @default the number of cores */
  readonly jobs?: number;
  /** @default "use" */
  readonly cache?: CacheMode;
  /** Output folder. @default `out` in the project's folder */
  readonly out?: string;
  /** Whether to write `<out>/<profile>/<paper>/`. @default true */
  readonly write?: boolean;
  /** @default a line below the cell in a notebook, elsewhere nothing */
  readonly progress?: Progress;
  /** Stops the run; finished jobs are kept. */
  readonly signal?: AbortSignal;
  /** The command line, for the record. */
  readonly arguments?: readonly string[];
}

/** Everything that came out of {@link reproduce}. */
export class Reproduction extends Evaluation {
  constructor(
    evaluation: Evaluation,
    readonly summary: Summary,
    readonly failures: readonly JobFailure[],
    readonly provenance: RunProvenance,
    /** Where the files are; `null` if none were written. */
    readonly folder: string | null,
  ) {
    const { paper, plan, records, artefacts, claims } = evaluation;
    super(paper, plan, records, artefacts, claims);
  }
}

/** A checked request: the paper, and what to make of it. */
export interface Request {
  readonly paper: Paper;
  readonly plan: Plan;
  readonly selection: Selection;
  readonly executor: ExecutorName;
  readonly cache: CacheMode;
  readonly workers: number;
  readonly places: Places;
}

/**
 * Checks the options of {@link reproduce} and loads the paper.
 *
 * @throws {UsageError} If there is no such paper, figure, table or claim, or an option has a wrong value.
 */
export async function prepare(paperId: string, options: ReproduceOptions = {}): Promise<Request> {
  const { profile = "laptop", seeds, executor = "native", jobs = navigator.hardwareConcurrency } = options;
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
  if (!(Number.isInteger(jobs) && jobs >= 1)) refuse("jobs", "an integer >= 1", jobs);
  const where = places(options);
  const paper = await loadPaper(paperId, where);
  return {
    paper,
    plan: seeds === undefined ? { profile } : { profile, seeds },
    selection: select(paper, options.only),
    executor,
    cache: options.cache ?? "use",
    workers: jobs,
    places: where,
  };
}

/** Finds out what {@link reproduce} would do; runs and writes nothing. */
export function planReproduction(request: Request): Promise<RunPlan> {
  const { paper, plan, selection } = request;
  return planRun(paper, collectJobs(paper, plan, selection), request);
}

/**
 * Regenerates a paper's figures, tables and claims: runs the jobs that are not cached, makes everything from
 * their results, and writes it to `<out>/<profile>/<paper>/`.
 *
 * @throws {UsageError} If there is no such paper, figure, table or claim, or an option has a wrong value.
 * @throws {WriteError} If the output folder cannot be written.
 * @throws {Interrupted} If `signal` was raised.
 *
 * @example
 * ```ts ignore
 * import { show } from "@refigure/refigure/figures";
 * import { reproduce } from "@refigure/refigure/harness";
 *
 * const run = await reproduce("2305.18593", { profile: "smoke" });
 * await show(run.artefact("Figure 1")); // in a notebook
 * ```
 */
export async function reproduce(paperId: string, options: ReproduceOptions = {}): Promise<Reproduction> {
  const { signal, write = true, only = [] } = options;
  const { progress = isKernel() ? notebookProgress() : silentProgress } = options;
  const request = await prepare(paperId, options);
  const { paper, plan, selection, executor } = request;
  const folder = write ? `${request.places.out}/${plan.profile}/${paper.id}` : null;
  // Before hours of work, not after.
  if (folder) await probeFolder(folder);
  if (request.cache !== "off") await probeFolder(`${request.places.out}/cache/${paper.id}`);

  const started = new Date();
  const clock = performance.now();
  let outcome: RunOutcome;
  try {
    outcome = await executeRun(paper, await planReproduction(request), { ...request, progress, signal });
  } finally {
    progress.stop();
  }
  const code = await codeState();
  const evaluated = await evaluate(paper, plan, outcome.records, { code, selection });
  const { files, artefacts } = folder ? await makeFiles(evaluated.artefacts) : { files: [], ...evaluated };
  const evaluation = new Evaluation(paper, plan, outcome.records, artefacts, evaluated.claims);
  const provenance: RunProvenance = {
    code,
    machine: machine(),
    versions: await versions(outcome.engines),
    data: outcome.data.map(({ name, source, digest }) => ({ name, source, digest })),
    started: started.toISOString(),
    finished: new Date().toISOString(),
    seconds: (performance.now() - clock) / 1000,
    arguments: options.arguments ?? [],
  };
  const summary = summarise(evaluation, outcome, { plan, executor, only, provenance });
  if (folder) {
    const results = await makeGolden(evaluation, { executor, tolerance: DEFAULT_TOLERANCE, provenance });
    await writeOutputs(folder, summary, [...files, { name: RESULTS_FILE, content: goldenText(results) }]);
  }
  return new Reproduction(evaluation, summary, outcome.failures, provenance, folder);
}
