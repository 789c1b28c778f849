/**
 * Starts the command line with the least permissions that its command needs (`grants.ts`). Only this process
 * may start any program, so it runs no code of a package or a paper.
 *
 * It lives as long as the command, passes signals on, and says so if the command was killed.
 */
import { resolve } from "node:path";
import { denoFlags, grantsFor, stagesOf } from "./grants.ts";
import { LAUNCHER_VARIABLE, launcherScript, modulesFolder } from "./launcher.ts";
// deno-lint-ignore refigure/through-doors -- the doors load packages
import { ROOT } from "../paper/places.ts";

/** How often it looks whether the task that started it is still there. */
const WATCH_MS = 500;

/** How long a command has to end by itself. */
const GRACE_MS = 1000;

async function main(): Promise<number> {
  const modules = modulesFolder();
  const folder = launcherFolder();
  try {
    const launcher = `${folder}/launch`;
    const repository = gitFolders();
    if (Deno.args[0] === "doctor" && !runs(folder)) print(`warning: ${NO_PROGRAMS}`);
    for (const args of stagesOf(Deno.args, find("jupyter-nbconvert") !== undefined)) {
      const grants = grantsFor({ args, modules, repository, launcher, find });
      if (grants.run.includes(launcher)) {
        if (!runs(folder)) throw new RangeError(NO_PROGRAMS);
        writeProgram(launcher, launcherScript(modules));
      }
      const code = await run(args, denoFlags(grants, modules), { [LAUNCHER_VARIABLE]: launcher });
      if (code !== 0) return code;
    }
    return 0;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const NO_PROGRAMS =
  "Cannot start workers as a program in the temporary folder must be executable, and its disk forbids that " +
  "(noexec): set TMPDIR to a folder on another disk";

/**
 * A folder for the script that starts workers: temporary or, where temporary files may not be executed, in
 * the user's cache. Nobody else may write there, the command itself least of all.
 */
function launcherFolder(): string {
  const temporary = Deno.makeTempDirSync({ prefix: "refigure-" });
  const home = Deno.env.get("HOME");
  const caches = Deno.env.get("XDG_CACHE_HOME") ?? (home && `${home}/.cache`);
  if (runs(temporary) || !caches) return temporary;
  try {
    Deno.mkdirSync(caches, { recursive: true });
    const other = Deno.makeTempDirSync({ dir: caches, prefix: "refigure-" });
    Deno.removeSync(temporary, { recursive: true });
    return other;
  } catch {
    return temporary; // no better one; who needs it is told
  }
}

/** Whether a program in this folder can be executed. */
function runs(folder: string): boolean {
  const program = `${folder}/probe`;
  writeProgram(program, "#!/bin/sh\n");
  try {
    return new Deno.Command(program).outputSync().success;
  } catch {
    return false; // forbidden, or no shell
  }
}

function writeProgram(path: string, text: string): void {
  Deno.writeTextFileSync(path, text, { mode: 0o700 });
}

async function run(
  commandLine: readonly string[],
  flags: readonly string[],
  env: Record<string, string>,
): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--config", `${ROOT}deno.json`, ...flags, `${ROOT}lib/harness/cli/main.ts`, ...commandLine],
    env: { ...env, REFIGURE_PARENT: String(Deno.pid) },
  }).spawn();
  const kill = (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // TypeError: it has ended already
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => kill(signal));
  }
  const parent = Deno.ppid;
  // Of the task alone: who starts this by hand may close the shell behind it.
  const watch = Deno.env.get("INIT_CWD") === undefined ? undefined : setInterval(() => {
    if (Deno.ppid === parent) return;
    clearInterval(watch);
    kill("SIGTERM");
    setTimeout(() => kill("SIGKILL"), GRACE_MS);
  }, WATCH_MS);
  const { code, signal } = await child.status;
  clearInterval(watch);
  if (signal === null) return code;
  const why = signal === "SIGKILL" ? ", most likely for lack of memory: try --jobs 1" : "";
  print(`error: The command was ended by ${signal}${why}. Finished jobs are kept`);
  return code;
}

function print(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Where a program on the PATH is. */
function find(program: string): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  return folders.map((folder) => resolve(folder, program)).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false; // not there, or nobody may look
    }
  });
}

/** Folders of this checkout's repository elsewhere: of a linked work tree or a submodule. */
function gitFolders(): string[] {
  const text = textOf(`${ROOT}.git`);
  if (text === undefined) return []; // `.git` is a folder, or there is none
  const folder = resolve(ROOT, text.replace(/^gitdir:\s*/, "").trim());
  const common = textOf(`${folder}/commondir`)?.trim();
  return common === undefined ? [folder] : [folder, resolve(folder, common)];
}

function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined; // a folder, or not there
  }
}

try {
  Deno.exit(await main());
} catch (error) {
  if (!(error instanceof RangeError)) throw error;
  print(`error: ${error.message}`);
  Deno.exit(1);
}
