import type { Command } from "commander";
import type { ExecutorName } from "../../../compile/mod.ts";
import type { CommandContext } from "./_types.ts";
import type { ProfileName } from "../../paper/mod.ts";
import { executorOption, jobsOption, profileOption, toleranceOption } from "./_options.ts";

interface Options {
  readonly profile: ProfileName;
  readonly executor?: ExecutorName;
  readonly tolerance?: number;
  readonly jobs?: number;
  readonly force?: boolean;
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
    .addHelpText(
      "after",
      `
Jobs without a cached result run first. Every change is printed with its old and new value. Say in the commit why
results changed.

Examples:
  deno task bless 2305.18593
  deno task bless 2305.18593 --profile laptop`,
    )
    .action((papers: string[], options: Options) => run(papers, options, context));
}

async function run(papers: readonly string[], options: Options, context: CommandContext): Promise<void> {
  const {
    DEFAULT_TOLERANCE,
    compareGolden,
    describeDifference,
    goldenPath,
    isComplete,
    makeGolden,
    readGolden,
    reproduce,
    writeGolden,
  } = await import("../../results/mod.ts");
  const { runText } = await import("../texts.ts");
  const { chooseProgress } = await import("../choose_progress.ts");
  const { interruptible } = await import("../interrupt.ts");
  const { listPapers, places } = await import("../../paper/mod.ts");
  const { printError, printOut } = await import("../print.ts");

  const { profile, jobs, executor = profile === "smoke" ? "wasm" : "native" } = options;
  const where = places();
  for (const id of papers.length > 0 ? papers : await listPapers(where)) {
    const cache = options.force ? "refresh" : "use";
    const progress = chooseProgress();
    const run = await interruptible((signal) =>
      reproduce(id, { profile, executor, jobs, cache, progress, signal, arguments: context.args })
    );
    if (!isComplete(run.summary)) {
      printOut(runText(run, context.args));
      printError(`error: Cannot bless ${id} as all its jobs, figures, tables and claims must succeed\n`);
      context.setExitCode(1);
      continue;
    }
    const old = await readGolden(where, id, profile);
    const tolerance = options.tolerance ?? old?.tolerance ?? DEFAULT_TOLERANCE;
    const golden = await makeGolden(run, { executor, tolerance, provenance: run.provenance });
    const differences = old ? await compareGolden(run.paper, old, run.records, 0) : [];
    const path = goldenPath(where, id, profile);
    if (old && differences.length === 0 && old.executor === executor && old.tolerance === tolerance) {
      printOut(`${path}: unchanged\n`);
      continue;
    }
    await writeGolden(where, golden);
    printOut(differences.map((difference) => `${describeDifference(difference)}\n`).join(""));
    printOut(`${path}: ${old ? `${differences.length} changes` : "new"}, ${golden.jobs.length} jobs\n`);
  }
}
