import { resolve } from "node:path";
import { denoFlags, VARIABLES, withCompiler, workerGrants } from "./grants.ts";
// deno-lint-ignore refigure/through-doors -- the doors load packages
import { PROJECT } from "../paper/places.ts";
import {
  configuration,
  lazyImports,
  libraryModule,
  NOTHING_REMOTE,
  PROJECT_VARIABLE,
} from "../../project/mod.ts";

/** Names the script that a command may start: `<script> worker` and `<script> graph <module>`. */
export const LAUNCHER_VARIABLE = "REFIGURE_LAUNCHER";

/** Variables of the dynamic loader and of the C library, which only who may run anything can pass on. */
const LOADER_VARIABLES = ["LD_*", "DYLD_*", "GLIBC_TUNABLES"];

/**
 * The text of the one program that a command may start. All is fixed in it: Deno's path, the permissions, the
 * environment. Whoever starts it chooses between two things only: a worker process, and Deno's list of what a
 * module imports.
 *
 * A worker ends with its parent, whatever it computes: the parent holds the pipe at 3, and a shell beside the
 * worker waits until it breaks.
 *
 * @param options.compiler Whether workers may start a C compiler, and keep and load what it builds.
 */
export function launcherScript(
  modules: string,
  { compiler = false }: { readonly compiler?: boolean } = {},
): string {
  const variables = Object.entries(Deno.env.toObject())
    .filter(([name]) => [...VARIABLES, ...LOADER_VARIABLES].some((pattern) => fits(pattern, name)));
  const fixed = { NO_COLOR: "1", [PROJECT_VARIABLE]: PROJECT };
  const environment = Object.entries({ ...Object.fromEntries(variables), ...fixed })
    .map(([name, value]) => shellWord(`${name}=${value}`)).join(" ");
  const deno = `exec /usr/bin/env -i ${environment} ${shellWord(Deno.execPath())}`;
  const config = configFlags().map(shellWord).join(" ");
  const grants = compiler ? withCompiler(workerGrants(modules), { modules, find }) : workerGrants(modules);
  const flags = [...lazyImports(), ...denoFlags(grants, modules)].map(shellWord).join(" ");
  return `#!/bin/sh -p
ulimit -c 0
if [ "$1" = graph ]; then
  ${deno} info --json ${NOTHING_REMOTE} ${config} "$2"
fi
( trap "" INT TERM HUP; read -r _ <&3 || kill -9 $$ ) </dev/null >/dev/null 2>&1 &
exec 3<&-
${deno} run --quiet ${config} ${flags} ${shellWord(libraryModule("lib/harness/run/_worker.ts"))}
`;
}

/** Flags of `deno` for the project's configuration. */
export function configFlags(): readonly string[] {
  const path = configuration();
  return path === undefined ? [] : ["--config", path];
}

/**
 * How to start the launcher from this process.
 *
 * @param options.compiler Whether workers need a C compiler. A command's launcher knows by itself.
 */
export function launcher(args: readonly string[], options: { readonly compiler?: boolean } = {}): {
  readonly program: string;
  readonly args: readonly string[];
} {
  const program = Deno.env.get(LAUNCHER_VARIABLE);
  if (program) return { program, args };
  // A notebook or a test, which may run anything.
  return {
    program: "/bin/sh",
    args: ["-p", "-c", launcherScript(modulesFolder(), options), "refigure", ...args],
  };
}

/** Where a program on the PATH is. */
export function find(program: string): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  return folders.map((folder) => resolve(folder, program)).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false; // not there, or nobody may look
    }
  });
}

/** Where the installed packages really are. */
export function modulesFolder(): string {
  const modules = `${PROJECT}node_modules`;
  try {
    return Deno.realPathSync(modules);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return modules; // Deno is about to install them
    throw error;
  }
}

function fits(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** A word of a shell's command line, in quotes if need be. */
export function shellWord(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
