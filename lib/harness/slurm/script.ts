import type { ExecutorName } from "../../compile/types.ts";
import { type Places, PROJECT } from "../paper/mod.ts";
import { libraryModule, NOTHING_REMOTE } from "../../project/mod.ts";
import { configFlags, shellWord } from "../start/mod.ts";

/** Executors that need a GPU. */
export const ON_GPU: readonly ExecutorName[] = ["cuda", "webgpu"];

/**
 * The text of `job.sh`: an element, numbered by Slurm or by its argument. It takes nothing from the
 * environment of the login node: the same Deno, by its path, starts the project's command line, which grants
 * `work` what it needs.
 */
export function elementScript(
  folder: string,
  { places, executor, setup = "" }: {
    readonly places: Places;
    readonly executor: ExecutorName;
    readonly setup?: string;
  },
): string {
  const variables = {
    HOME: Deno.env.get("HOME"),
    CC: executor === "c" ? Deno.env.get("CC") : undefined,
    DENO_DIR: Deno.env.get("DENO_DIR"),
    REFIGURE_DATA: Deno.env.get("REFIGURE_DATA"),
    REFIGURE_DEBUG: Deno.env.get("REFIGURE_DEBUG"),
    REFIGURE_PAPERS: places.papers,
    REFIGURE_FIXTURES: places.fixtures,
    REFIGURE_OUT: places.out,
    NO_COLOR: "1",
  };
  const exports = Object.entries(variables).flatMap(([name, value]) =>
    value === undefined ? [] : [`export ${name}=${shellWord(value)}`]
  );
  const deno = [
    ...[Deno.execPath(), "run", "--quiet", "--no-prompt", NOTHING_REMOTE, ...configFlags()],
    ...["--allow-read", "--allow-write", "--allow-env", "--allow-sys=uid,gid,homedir", "--allow-run"],
    ...[libraryModule("lib/harness/start/main.ts"), "work"],
    ...executor === "c" ? ["--executor=c", folder] : [folder],
  ].map(shellWord).join(" ");
  return [
    "#!/bin/sh",
    "# One element of a run. Slurm numbers it; anywhere else, run `sh job.sh 0`, `sh job.sh 1`, …",
    `cd ${shellWord(PROJECT)} || exit`,
    ...exports,
    ...setup === "" ? [] : [setup],
    `exec ${deno} "\${1:-$SLURM_ARRAY_TASK_ID}"`,
    "",
  ].join("\n");
}
