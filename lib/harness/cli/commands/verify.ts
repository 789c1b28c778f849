import type { Command } from "commander";
import type { ExecutorName } from "../../../compile/mod.ts";
import type { CommandContext } from "./_types.ts";
import type { Difference, Golden } from "../../results/mod.ts";
import type { ProfileName } from "../../paper/mod.ts";
import { addClusterOptions, backendOf, type ClusterFlags, unlessDetached } from "./_cluster.ts";
import { goldensOf } from "./_goldens.ts";
import { executorOption, jobsOption, profileOption, toleranceOption } from "./_options.ts";

interface Options extends ClusterFlags {
  readonly profile: ProfileName;
  readonly executor?: ExecutorName;
  readonly tolerance?: number;
  readonly cached?: boolean;
  readonly json?: boolean;
}

/** `verify [paper…]`. */
export function registerVerify(program: Command, context: CommandContext): void {
  addClusterOptions(
    program.command("verify")
      .description("recompute the accepted results (goldens) and compare")
      .argument("[paper...]", "arXiv ids (default: all papers with a golden)")
      .addOption(profileOption("smoke"))
      .addOption(executorOption("the golden's"))
      .addOption(
        toleranceOption("largest accepted relative difference (default: the golden's; wasm to wasm: 0)"),
      )
      .addOption(jobsOption()),
  )
    .option("--cached", "accept cached results instead of running everything")
    .option("--json", "print one line of JSON per paper, and nothing else, on standard output")
    .addHelpText(
      "after",
      `
Numbers may differ by tolerance · max(|old|, 0.01). Measurements of time are not compared.

Examples:
  deno task verify                                       all smoke goldens, exactly
  deno task verify 2305.18593 --executor native          another executor, within the golden's tolerance
  deno task verify 2305.18593 --profile laptop`,
    )
    .action((papers: string[], options: Options) => run(papers, options, context));
}

async function run(papers: readonly string[], options: Options, context: CommandContext): Promise<void> {
  const { compareGolden, toleranceFor } = await import("../../results/mod.ts");
  const { recompute } = await import("../../run/mod.ts");
  const { places } = await import("../../paper/mod.ts");
  const { chooseProgress } = await import("../choose_progress.ts");
  const { interruptible } = await import("../interrupt.ts");
  const { printOut } = await import("../print.ts");

  const goldens = await goldensOf(papers, options.profile, { places: places(), verb: "verify" });
  const backend = await backendOf(options);
  if (goldens.length === 0 && !options.json) printOut(`No paper has a golden for ${options.profile}.\n`);
  for (const { paper, golden } of goldens) {
    const { executor = golden.executor, jobs } = options;
    const tolerance = options.tolerance ?? toleranceFor(golden, executor);
    const progress = chooseProgress({ plain: options.json });
    const outcome = await unlessDetached(
      () =>
        interruptible((signal) =>
          recompute(paper, golden.plan, executor, {
            jobs,
            progress,
            signal,
            backend,
            cache: options.cached ? "use" : "off",
          })
        ),
      context.args,
    );
    if (!outcome) continue;
    const { records, failures } = outcome;
    const differences = await compareGolden(paper, golden, records, tolerance);
    if (differences.length > 0 || failures.length > 0) context.setExitCode(1);
    const { id } = paper;
    printOut(
      options.json
        ? `${
          JSON.stringify({ paper: id, profile: options.profile, executor, tolerance, failures, differences })
        }\n`
        : await text(
          golden,
          executor,
          tolerance,
          failures.map(({ label, message }) => `${label}: ${message}`),
          differences,
        ),
    );
  }
}

async function text(
  golden: Golden,
  executor: ExecutorName,
  tolerance: number,
  failures: readonly string[],
  differences: readonly Difference[],
): Promise<string> {
  const { describeDifference } = await import("../../results/mod.ts");
  const name = `${golden.paper} ${golden.plan.profile} on ${executor}`;
  const how = tolerance === 0 ? "exactly" : `within ${tolerance}`;
  if (failures.length + differences.length === 0) {
    return `${name}: equal to the golden ${how} (${golden.jobs.length} jobs)\n`;
  }
  return [
    `${name}: ${differences.length} differences from the golden (compared ${how}), ${failures.length} failed jobs`,
    ...failures.map((line) => `  FAILED ${line}`),
    ...differences.slice(0, SHOWN).map((difference) => `  ${describeDifference(difference)}`),
    ...differences.length > SHOWN ? [`  and ${differences.length - SHOWN} more (all with --json)`] : [],
    `If the change is wanted, accept it with: deno task bless ${golden.paper} --profile ${golden.plan.profile}`,
    "",
  ].join("\n");
}

/** Differences that are printed. */
const SHOWN = 50;
