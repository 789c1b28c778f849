/**
 * Starts the command line with the least permissions that its command needs (`grants.ts`). Only this process
 * may start any program, so it runs no code of a package or a paper.
 *
 * It lives as long as the command, passes signals on, and says so if the command was killed.
 *
 * @module
 */
import { resolve } from "node:path";
import { denoFlags, grantsFor, stagesOf, usesCompiler } from "./grants.ts";
import { configFlags, find, LAUNCHER_VARIABLE, launcherScript, modulesFolder } from "./launcher.ts";
import {
  lazyImports,
  libraryFolder,
  libraryModule,
  PROJECT_VARIABLE,
  projectFolder,
} from "../../project/mod.ts";

/** How often it looks whether the task that started it is still there. */
const WATCH_MS = 500;

/** How long a command has to end by itself. */
const GRACE_MS = 1000;

async function main(): Promise<number> {
  checkSystem();
  if (Deno.args.length === 1 && Deno.args[0] === "init") return await initHere();
  const modules = modulesFolder();
  const checkouts = new Set([projectFolder(), libraryFolder() ?? projectFolder()]);
  const repository = [...[...checkouts].flatMap(gitFolders), ...await libraryCache()];
  const grantsOf = (args: readonly string[], launcher: string) =>
    grantsFor({ args, modules, repository, launcher, find });
  const stages = stagesOf(Deno.args, find("jupyter-nbconvert") !== undefined);
  const starts = stages.some((args) => grantsOf(args, "launch").run.includes("launch"));
  const folder = temporaryFolder({ executable: starts || Deno.args[0] === "doctor" });
  try {
    const launcher = `${folder.path}/launch`;
    if (starts) {
      if (!folder.executable) throw new RangeError(NO_PROGRAMS);
      writeProgram(launcher, launcherScript(modules, { compiler: stages.some(usesCompiler) }));
    } else if (!folder.executable) print(`warning: ${NO_PROGRAMS}`);
    for (const args of stages) {
      const flags = denoFlags(grantsOf(args, launcher), modules);
      const code = await run(args, flags, { [LAUNCHER_VARIABLE]: launcher });
      if (code !== 0) return code;
    }
    return 0;
  } finally {
    Deno.removeSync(folder.path, { recursive: true });
  }
}

/** Says at once what would be hard to understand later. */
function checkSystem(): void {
  const { version: { deno }, build: { os } } = Deno;
  const [major, minor] = deno.split(".").map(Number);
  const advice = "say `npx -y deno@2.9.6 task …`, or install it with `npm i -g deno@2.9.6`";
  if (major < 2 || major === 2 && minor < 8) {
    throw new RangeError(`Cannot start as Deno must be 2.9: current value is ${deno}; ${advice}`);
  }
  if (major > 2 || minor !== 9) print(`warning: Deno should be 2.9: current value is ${deno}; ${advice}`);
  if (os !== "windows") return;
  throw new RangeError(
    "Cannot start on Windows as workers are started by a shell: use its Subsystem for Linux (`wsl --install`)",
  );
}

/** Makes a repository in this folder, then its first paper by its own task, as every later one. */
async function initHere(): Promise<number> {
  const { init } = await import("./init.ts"); // an old Deno cannot read it
  for (const path of init(Deno.cwd())) print(path);
  const args = ["task", "new", "0000.00001", "--title", "A Line Fits a Line"];
  return (await new Deno.Command(Deno.execPath(), { args }).spawn().status).code;
}

const NO_PROGRAMS =
  "Cannot start workers as a program in the temporary folder must be executable, and its disk forbids that " +
  "(noexec): set TMPDIR to a folder on another disk";

/**
 * A folder for the script that starts workers. Nobody else may write there, the command itself least of all.
 * Where there is no place for temporary files, it is made in the user's cache.
 *
 * @param options.executable Whether programs in it must be executable: where that is forbidden for temporary
 * files, the folder is made in the user's cache, too.
 * @returns the folder, and whether they are; `true` if nobody asked.
 * @throws {RangeError} If there is no place for it.
 */
function temporaryFolder(
  { executable }: { readonly executable: boolean },
): { readonly path: string; readonly executable: boolean } {
  const home = Deno.env.get("HOME");
  const caches = Deno.env.get("XDG_CACHE_HOME") ?? (home && `${home}/.cache`);
  let spare: string | undefined;
  for (const dir of [undefined, ...caches ? [caches] : []]) {
    let path: string;
    try {
      if (dir !== undefined) Deno.mkdirSync(dir, { recursive: true });
      path = Deno.makeTempDirSync({ dir, prefix: "refigure-" });
    } catch {
      continue; // there is no such folder, or it may not be written
    }
    const works = !executable || runs(path);
    if (works || spare === undefined) {
      if (spare !== undefined) Deno.removeSync(spare, { recursive: true });
      if (works) return { path, executable: true };
      spare = path;
    } else Deno.removeSync(path, { recursive: true });
  }
  if (spare !== undefined) return { path: spare, executable: false };
  const wanted = Deno.env.get("TMPDIR") ?? "/tmp";
  throw new RangeError(`Cannot start as no folder can be made in ${wanted}: set TMPDIR to a folder of yours`);
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
    args: [
      "run",
      ...configFlags(),
      ...lazyImports(),
      ...flags,
      libraryModule("lib/harness/cli/main.ts"),
      ...commandLine,
    ],
    env: { ...env, REFIGURE_PARENT: String(Deno.pid), [PROJECT_VARIABLE]: projectFolder() },
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

/** Folders of a checkout's repository elsewhere: of a linked work tree or a submodule. */
function gitFolders(checkout: string): string[] {
  const text = textOf(`${checkout}.git`);
  if (text === undefined) return []; // `.git` is a folder, or there is none
  const folder = resolve(checkout, text.replace(/^gitdir:\s*/, "").trim());
  const common = textOf(`${folder}/commondir`)?.trim();
  return common === undefined ? [folder] : [folder, resolve(folder, common)];
}

/** Where Deno keeps a library that comes from a registry: digests are made of its files. */
async function libraryCache(): Promise<string[]> {
  if (libraryFolder() !== undefined) return [];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return [JSON.parse(new TextDecoder().decode(stdout)).modulesCache];
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
