import { cpus } from "node:os";
import { ROOT } from "../paper/mod.ts";
import { subprocess } from "../run/mod.ts";

/** How results came about. */
export interface RunProvenance {
  /** Of this project's code. */
  readonly code: CodeState;
  readonly machine: Machine;
  /** Versions of refigure, Deno, V8 and the executor's engine. */
  readonly versions: Readonly<Record<string, string>>;
  /** The data sets that the jobs read. */
  readonly data: readonly { readonly name: string; readonly source: string; readonly digest: string }[];
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly finished: string;
  /** Wall-clock seconds in between (cached jobs take none). */
  readonly seconds: number;
  /** Arguments of the command line. */
  readonly arguments: readonly string[];
}

/** The state of the project's code. */
export interface CodeState {
  /** Git commit; `null` outside a git checkout. */
  readonly commit: string | null;
  /** Whether files that results depend on differ from the commit. */
  readonly dirty: boolean;
}

/** The machine that results were made on. */
export interface Machine {
  readonly os: string;
  readonly arch: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
}

/** What results depend on. */
const CODE = ["lib", "reproductions", "deno.json", "deno.lock"];

/** Asks git for the state of the project's code. */
export async function codeState(): Promise<CodeState> {
  const commit = await git("rev-parse", "HEAD");
  if (commit === null) return { commit: null, dirty: false };
  return { commit, dirty: await git("status", "--porcelain", "--", ...CODE) !== "" };
}

/** Output of a git command, or `null` if it fails (no git, no checkout). */
async function git(...args: string[]): Promise<string | null> {
  try {
    const { success, stdout } = await subprocess("git", { args: ["-C", ROOT, ...args], stderr: "null" })
      .output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Describes this machine. */
export function machine(): Machine {
  return {
    os: Deno.build.os,
    arch: Deno.build.arch,
    cpu: cpus()[0]?.model.trim() || "unknown",
    cores: navigator.hardwareConcurrency,
    memoryGiB: Math.round(Deno.systemMemoryInfo().total / 2 ** 30 * 10) / 10,
  };
}

/** Versions of the runtime and of an executor's engines. */
export async function versions(engines: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const { version } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  return { refigure: version, deno: Deno.version.deno, v8: Deno.version.v8, ...engines };
}
