import type { Command } from "commander";
import type { ExecutorName } from "../../../compile/mod.ts";
import type { CommandContext } from "./_types.ts";
import type { RunOptions } from "../../run/mod.ts";
import type { ProfileName } from "../../paper/mod.ts";
import {
  addClusterOptions,
  backendOf,
  type ClusterFlags,
  clusterOptions,
  unlessDetached,
} from "./_cluster.ts";
import {
  executorOption,
  jobsOption,
  onlyOption,
  profileOption,
  seedsOption,
  threadsOption,
} from "./_options.ts";

interface Options extends ClusterFlags {
  readonly profile: ProfileName;
  readonly only?: readonly string[];
  readonly seeds?: number;
  readonly executor?: ExecutorName;
  readonly threads?: number;
  readonly out?: string;
  readonly cache: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `reproduce [paper…]`. */
export function registerReproduce(program: Command, context: CommandContext): void {
  addClusterOptions(
    program.command("reproduce")
      .description("regenerate a paper's figures, tables and claims")
      .argument("[paper...]", "arXiv ids (default: all papers, see `deno task list`)")
      .addOption(profileOption("laptop"))
      .addOption(onlyOption())
      .addOption(seedsOption())
      .addOption(executorOption("native"))
      .addOption(jobsOption())
      .addOption(threadsOption())
      .option("--out <folder>", "output folder (default: out)"),
  )
    .option("--force", "run all jobs, also those with a cached result")
    .option("--no-cache", "neither read nor write cached results")
    .option("--dry-run", "say which jobs would run, and why; run and write nothing")
    .option("--json", "print the summary as one line of JSON per paper, and nothing else, on standard output")
    .addHelpText(
      "after",
      `
The results lie in out/<profile>/<paper>/: index.md shows everything, summary.json is for programs.
Finished jobs are kept: after Ctrl-C, a crash or a change of code only what is missing runs again.

Examples:
  deno task reproduce 2305.18593
  deno task reproduce 2305.18593 --profile smoke --executor wasm
  deno task reproduce 2305.18593 --only "Figure 2" --only "Table 1" --seeds 1
  deno task reproduce 2305.18593 --dry-run
  deno task reproduce 2305.18593 --profile paper --on slurm --slurm "--partition=main" --detach
  deno task reproduce 2305.18593 --json | jq '.claims[] | {id, status}'`,
    )
    .action((papers: string[], options: Options) => run(papers, options, context));
}

async function run(papers: readonly string[], options: Options, context: CommandContext): Promise<void> {
  const { isComplete, reproduce } = await import("../../results/mod.ts");
  const { prepareRun } = await import("../../run/mod.ts");
  const { dryRunText, runText } = await import("../texts.ts");
  const { chooseProgress } = await import("../choose_progress.ts");
  const { interruptible } = await import("../interrupt.ts");
  const { listPapers, places } = await import("../../paper/mod.ts");
  const { printOut } = await import("../print.ts");

  const { profile, only, seeds, executor, jobs, threads, out, json } = options;
  const request: RunOptions = {
    profile,
    only,
    seeds,
    executor,
    jobs,
    threads,
    out,
    cache: !options.cache ? "off" : options.force ? "refresh" : "use",
  };
  const [backend, cluster] = [await backendOf(options), await clusterOptions(options)];
  const ids = papers.length > 0 ? papers : await listPapers(places(request));
  // All names are checked before any work begins.
  for (const prepared of await Promise.all(ids.map((id) => prepareRun(id, request)))) {
    if (options.dryRun) {
      printOut(dryRunText(prepared, await prepared.preview(), { json, cluster }));
      continue;
    }
    const progress = chooseProgress({ plain: json });
    const done = await unlessDetached(
      () =>
        interruptible((signal) =>
          reproduce(prepared, { only, progress, signal, backend, arguments: context.args })
        ),
      context.args,
    );
    if (!done) continue;
    printOut(json ? `${JSON.stringify(done.summary)}\n` : runText(done, context.args));
    if (!isComplete(done.summary)) context.setExitCode(1);
  }
}
