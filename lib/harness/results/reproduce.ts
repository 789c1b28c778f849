import type { Paper } from "../paper/mod.ts";
import {
  type Backend,
  type JobFailure,
  markRun,
  notebookProgress,
  prepareRun,
  probeFolder,
  type Progress,
  Run,
  type RunOptions,
  type RunOutcome,
  silentProgress,
} from "../run/mod.ts";
// deno-lint-ignore refigure/through-doors -- the door loads packages
import { interruption, isKernel } from "../../compile/interruption.ts";
import { makeFiles } from "./_artefact_files.ts";
import { evaluate, type Evaluation } from "./evaluate.ts";
import { DEFAULT_TOLERANCE, goldenText, makeGolden } from "./goldens.ts";
import { writeOutputs } from "./outputs.ts";
import { codeState, provenanceOf } from "./provenance.ts";
import { RESULTS_FILE } from "./result_sets.ts";
import { summarise, type Summary } from "./summary.ts";

/** Options of {@link reproduce}. */
export interface ReproduceOptions extends RunOptions {
  /** Whether to write `<out>/<profile>/<paper>/`. @default true */
  readonly write?: boolean;
  /** Shows how far it is. @default a line below the cell in a notebook, elsewhere nothing */
  readonly progress?: Progress;
  /** Stops the run; finished jobs are kept. @default ■, if this is a notebook */
  readonly signal?: AbortSignal;
  /** Where the jobs run. @default worker processes of this machine */
  readonly backend?: Backend;
  /** The command line, for the record. */
  readonly arguments?: readonly string[];
}

/** Everything that came out of {@link reproduce}. */
export interface Reproduction {
  /** What was reproduced. */
  readonly paper: Paper;
  /** What was made of the results: figures, tables, verdicts. */
  readonly evaluation: Evaluation;
  /** What `summary.json` holds. */
  readonly summary: Summary;
  /** Jobs without a result. */
  readonly failures: readonly JobFailure[];
  /** Where the files are; `null` if none were written. */
  readonly folder: string | null;
}

/**
 * Regenerates a paper's figures, tables and claims: runs the jobs that are not cached, makes everything from
 * their results, and writes it to `<out>/<profile>/<paper>/`.
 *
 * @param what arXiv id, or a run that was prepared from it; then only the options on what to write and show
 * count.
 * @throws {UsageError} If there is no such paper, figure, table or claim, or an option has a wrong value.
 * @throws {WriteError} If the output folder cannot be written.
 * @throws {Interrupted} If `signal` was raised.
 *
 * @example
 * ```ts ignore
 * import { show } from "@refigure/refigure/figures";
 * import { reproduce } from "@refigure/refigure/harness";
 *
 * const { evaluation } = await reproduce("2305.18593", { profile: "smoke" });
 * await show(evaluation.artefact("Figure 1")); // in a notebook
 * ```
 */
export async function reproduce(what: string | Run, options: ReproduceOptions = {}): Promise<Reproduction> {
  const { signal = interruption(), write = true, only = [] } = options;
  const { progress = isKernel() ? notebookProgress() : silentProgress } = options;
  const run = what instanceof Run ? what : await prepareRun(what, options);
  const { paper, plan, selection, options: { executor, places } } = run;
  const folder = write ? `${places.out}/${plan.profile}/${paper.id}` : null;
  // Before hours of work, not after.
  if (folder) await probeFolder(folder);

  const started = new Date();
  // What runs is the code as it is now.
  const code = codeState();
  const clock = performance.now();
  let outcome: RunOutcome;
  const cache = `${places.out}/cache`;
  const mark = run.options.cache === "off"
    ? null
    : await markRun(`${cache}/${paper.id}/.runs`, { root: cache });
  for (const began of mark?.lost ?? []) {
    progress.note(
      `The run of ${paper.id} that began at ${began} UTC was killed from outside, most likely for lack of memory ` +
        "or time (try --jobs 1). Its finished jobs are kept",
    );
  }
  try {
    outcome = await run.execute({ progress, signal, backend: options.backend });
  } finally {
    progress.stop();
    await mark?.end();
  }
  const seconds = (performance.now() - clock) / 1000;
  const provenance = await provenanceOf(paper, outcome, {
    started,
    seconds,
    code,
    arguments: options.arguments ?? [],
  });
  const evaluated = await evaluate(paper, plan, outcome.records, { executor, provenance, selection });
  const { files, artefacts } = folder ? await makeFiles(evaluated.artefacts) : { files: [], ...evaluated };
  const evaluation = evaluated.with(artefacts);
  const summary = summarise(evaluation, outcome, only);
  if (folder) {
    const results = await makeGolden(evaluation, DEFAULT_TOLERANCE);
    await writeOutputs(folder, summary, [...files, { name: RESULTS_FILE, content: goldenText(results) }]);
  }
  return { paper, evaluation, summary, failures: outcome.failures, folder };
}
