import type { Command } from "commander";
import type { ExecutorName } from "../../../compile/mod.ts";
import type { CommandContext } from "./_types.ts";
import type { ProfileName } from "../../paper/mod.ts";
import type { Difference, Golden } from "../../results/mod.ts";
import { executorOption, jobsOption, profileOption, toleranceOption } from "./_options.ts";

interface Options {
  readonly profile: ProfileName;
  readonly executor?: ExecutorName;
  readonly tolerance?: number;
  readonly jobs?: number;
  readonly force?: boolean;
  readonly stored?: boolean;
  readonly missing?: boolean;
}

/** `bless [paper…]`. */
export function registerBless(program: Command, context: CommandContext): void {
  program.command("bless")
    .description("accept the present results as golden (the only way to change a fixture)")
    .argument("[paper...]", "arXiv ids (default: all papers)")
    .addOption(profileOption("smoke"))
    .addOption(executorOption("wasm for smoke, else native"))
    .addOption(
      toleranceOption(
        "relative difference to accept when not comparing wasm to wasm (default: as before, or 0.01)",
      ),
    )
    .addOption(jobsOption())
    .option("--force", "run all jobs, also those with a cached result")
    .option(
      "--stored",
      "keep the committed results of all jobs; renew what is made of them: figures, verdicts",
    )
    .option("--missing", "keep the committed results, too, but run the jobs that the paper has gained since")
    .addHelpText(
      "after",
      `
Jobs without a cached result run first. Every change is printed with its old and new value. Say in the commit why
results changed.

Examples:
  deno task bless 2305.18593
  deno task bless 2305.18593 --profile laptop
  deno task bless 2305.18593 --profile laptop --stored   after a change of a figure or of a claim's rule
  deno task bless 2305.18593 --profile laptop --missing  after a study was added`,
    )
    .action((papers: string[], options: Options) => run(papers, options, context));
}

async function run(papers: readonly string[], options: Options, context: CommandContext): Promise<void> {
  const { HarnessError, listPapers, places } = await import("../../paper/mod.ts");
  if (options.executor === "c") {
    throw new HarnessError(
      "Cannot accept results of the executor c as golden as they depend on the machine's compiler: use native or wasm",
    );
  }
  for (const id of papers.length > 0 ? papers : await listPapers(places())) {
    if (options.stored || options.missing) await renew(id, options, context);
    else await rerun(id, options, context);
  }
}

/** Accepts what the present code makes of a golden's results and, with `missing`, of jobs that it lacks. */
async function renew(
  id: string,
  { profile, missing, jobs: workers = navigator.hardwareConcurrency }: Options,
  context: CommandContext,
): Promise<void> {
  const { compareGolden, completeGolden, goldenRecords, renewDecided, renewGolden, readGolden } =
    await import(
      "../../results/mod.ts"
    );
  const { chooseProgress } = await import("../choose_progress.ts");
  const { interruptible } = await import("../interrupt.ts");
  const { HarnessError, loadPaper, places } = await import("../../paper/mod.ts");
  const where = places();
  const [paper, golden] = [await loadPaper(id, where), await readGolden(where, id, profile)];
  if (!golden) {
    throw new HarnessError(
      `Cannot renew the golden of ${id} as there is none for ${profile}: leave out --${
        missing ? "missing" : "stored"
      }`,
    );
  }
  const renewed = missing
    ? await interruptible((signal) =>
      completeGolden(paper, golden, {
        places: where,
        workers,
        progress: chooseProgress(),
        signal,
        arguments: context.args,
      })
    )
    : await renewGolden(paper, golden);
  await accept(renewed, await compareGolden(paper, golden, goldenRecords(renewed), 0));
  if (profile === "laptop") await renewDecided(paper, renewed, where);
}

async function rerun(id: string, options: Options, context: CommandContext): Promise<void> {
  const { DEFAULT_TOLERANCE, compareGolden, goldenPath, isComplete, makeGolden, readGolden, reproduce } =
    await import("../../results/mod.ts");
  const { runText } = await import("../texts.ts");
  const { chooseProgress } = await import("../choose_progress.ts");
  const { interruptible } = await import("../interrupt.ts");
  const { places } = await import("../../paper/mod.ts");
  const { probeFolder } = await import("../../run/mod.ts");
  const { printError, printOut } = await import("../print.ts");

  const { profile, jobs, executor = profile === "smoke" ? "wasm" : "native" } = options;
  const where = places();
  await probeFolder(`${where.fixtures}/${id}`); // before hours of work, not after
  const cache = options.force ? "refresh" : "use";
  const progress = chooseProgress();
  const run = await interruptible((signal) =>
    reproduce(id, { profile, executor, jobs, cache, progress, signal, arguments: context.args })
  );
  if (!isComplete(run.summary)) {
    printOut(runText(run, context.args));
    printError(`error: Cannot bless ${id} as all its jobs, figures, tables and claims must succeed\n`);
    context.setExitCode(1);
    return;
  }
  const old = await readGolden(where, id, profile);
  const tolerance = options.tolerance ?? old?.tolerance ?? DEFAULT_TOLERANCE;
  const golden = await makeGolden(run.evaluation, tolerance);
  const differences = old ? await compareGolden(run.paper, old, run.evaluation.records, 0) : [];
  if (old && differences.length === 0 && old.executor === executor && old.tolerance === tolerance) {
    printOut(`${goldenPath(where, id, profile)}: unchanged\n`);
  } else await accept(golden, old && differences);
}

/** Writes a golden and says what changed; `null`: there was none. */
async function accept(golden: Golden, differences: readonly Difference[] | null): Promise<void> {
  const { describeDifference, goldenPath, writeGolden } = await import("../../results/mod.ts");
  const { places } = await import("../../paper/mod.ts");
  const { printOut } = await import("../print.ts");
  const where = places();
  await writeGolden(where, golden);
  printOut((differences ?? []).map((difference) => `${describeDifference(difference)}\n`).join(""));
  printOut(
    `${goldenPath(where, golden.paper, golden.plan.profile)}: ${
      differences ? `${differences.length} changes` : "new"
    }, ${golden.jobs.length} jobs\n`,
  );
}
