import { type Command, InvalidArgumentError, Option } from "commander";
import type { Backend } from "../../run/mod.ts";
import type { ClusterOptions } from "../../slurm/mod.ts";

/** Where jobs can run but here. */
const PLACES = ["slurm", "files"] as const;

/** The options of {@link addClusterOptions}. */
export interface ClusterFlags {
  readonly on?: typeof PLACES[number];
  readonly slurm?: string;
  readonly slurmSetup?: string;
  readonly detach?: boolean;
  readonly jobs?: number;
}

/** Adds `--on`, `--slurm`, `--slurm-setup` and `--detach` to a command that runs jobs. */
export function addClusterOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--on <where>",
        "where the jobs run: slurm, a cluster, with --jobs elements at once (see docs/cluster.md); " +
          "files: only write batch files, to be run on any engine (default: here)",
      ).argParser((text) => {
        if ((PLACES as readonly string[]).includes(text)) return text;
        throw new InvalidArgumentError(`It must be one of ${PLACES.join(", ")}.`);
      }),
    )
    .option("--slurm <options>", 'more options for sbatch, e.g. "--partition=gpu --time=2:00:00"')
    .option("--slurm-setup <shell>", 'a line that each element runs first, e.g. "module load cuda"')
    .option("--detach", "return as soon as the jobs are submitted; the same command collects the results");
}

/** How the flags want the cluster used; `undefined` if they do not. */
export async function clusterOptions(flags: ClusterFlags): Promise<ClusterOptions | undefined> {
  const { parseSbatchOptions } = await import("../../slurm/mod.ts");
  const { UsageError } = await import("../../paper/mod.ts");
  const { on, slurm, slurmSetup: setup, detach, jobs: atOnce } = flags;
  const refuse = (name: string, where: string): never => {
    throw new UsageError(`Cannot use ${name} without --on ${where}`);
  };
  if (detach && on !== "slurm") refuse("--detach", "slurm");
  if (slurm !== undefined && on !== "slurm") refuse("--slurm", "slurm");
  if (setup !== undefined && on === undefined) refuse("--slurm-setup", "slurm");
  return on && { sbatch: parseSbatchOptions(slurm ?? ""), setup, atOnce, detach };
}

/** Where the flags want jobs to run; `undefined`: here. */
export async function backendOf(flags: ClusterFlags): Promise<Backend | undefined> {
  const options = await clusterOptions(flags);
  if (!options) return undefined;
  const { asFiles, onSlurm } = await import("../../slurm/mod.ts");
  return flags.on === "files" ? asFiles(options) : onSlurm(options);
}

/**
 * Does something that may leave its jobs to the cluster; says so then, and how to collect them.
 *
 * @returns `undefined` if the jobs go on.
 */
export async function unlessDetached<T>(
  action: () => Promise<T>,
  args: readonly string[],
): Promise<T | undefined> {
  const { Detached } = await import("../../paper/mod.ts");
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof Detached)) throw error;
    const { shellWord } = await import("../../start/mod.ts");
    const { printError } = await import("../print.ts");
    printError(
      `${error.message}\nCollect the results with: deno task ${
        withoutLeaving(args).map(shellWord).join(" ")
      }\n`,
    );
    return undefined;
  }
}

/** The command line that collects: without `--detach`, and here if it only wrote files. */
function withoutLeaving(args: readonly string[]): string[] {
  const files = args.some((arg, i) => arg === "--on=files" || arg === "--on" && args[i + 1] === "files");
  const [alone, withValue] = [["--detach"], files ? ["--on", "--slurm-setup"] : []];
  return args.filter((arg, i) =>
    !alone.includes(arg) && !withValue.includes(arg.split("=")[0]) &&
    !(withValue.includes(args[i - 1]) && i > 0)
  );
}
