/**
 * The only place that tells the project from the library. The project is somebody's repository: papers,
 * accepted results, notebooks, data, installed packages, and the commit that results name. The library is
 * this code: its modules, workers and templates. In a checkout of refigure the two are one folder.
 *
 * Nothing here comes from a package: it is read before permissions are granted.
 */
import { existsSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Where this library's modules are: a folder or, from a registry, a web address; a slash at its end. */
export const LIBRARY: URL = new URL("../../", import.meta.url);

/** The library's folder, with a slash at its end; `undefined` if its modules come from the web. */
export function libraryFolder(): string | undefined {
  return LIBRARY.protocol === "file:" ? fileURLToPath(LIBRARY) : undefined;
}

/** Names the project's folder in processes that a command starts. */
export const PROJECT_VARIABLE = "REFIGURE_PROJECT";

/** Files that make a folder a project, as Deno looks for them. */
const CONFIGURATIONS = ["deno.json", "deno.jsonc"];

let found: string | undefined;

/**
 * The project's folder, with a slash at its end: that of the variable `REFIGURE_PROJECT`, else the nearest at
 * or above the current one with a `deno.json`, else the library's. It stays the same while a process runs.
 */
export function projectFolder(): string {
  return found ??= (Deno.env.get(PROJECT_VARIABLE) || nearest() || libraryFolder() || Deno.cwd())
    .replace(/\/*$/, "/");
}

function nearest(): string | undefined {
  for (let folder = Deno.cwd();; folder = dirname(folder)) {
    if (configurationIn(folder) !== undefined) return isLibrary(folder) ? libraryFolder() : folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** A checkout that is entered by a link has two paths: its modules' counts. */
function isLibrary(folder: string): boolean {
  const library = libraryFolder();
  return library !== undefined && realpathSync(folder) === realpathSync(library);
}

/** The project's `deno.json`, if it has one. */
export function configuration(): string | undefined {
  return configurationIn(projectFolder());
}

/** How `deno run` finds a module of the library, by its path there. */
export function libraryModule(path: string): string {
  const folder = libraryFolder();
  return folder === undefined ? new URL(path, LIBRARY).href : `${folder}${path}`;
}

/** Deno's flag against modules from the web: of a library from the registry, all but the registry's. */
export const NOTHING_REMOTE: string = LIBRARY.protocol === "file:" ? "--no-remote" : "--deny-import";

function configurationIn(folder: string): string | undefined {
  return CONFIGURATIONS.map((name) => resolve(folder, name)).find((path) => existsSync(path));
}

/**
 * A file's path as results name it: below the project's folder or, with `@refigure/refigure/` in front, below
 * the library's; else as it is.
 *
 * @param module A path or a URL.
 */
export function shortName(module: string): string {
  const path = module.startsWith("file:") ? fileURLToPath(module) : module;
  const project = projectFolder(), library = libraryFolder() ?? LIBRARY.href;
  const inProject = path.startsWith(project);
  // One may lie in the other.
  if (path.startsWith(library) && !(inProject && project.length >= library.length)) {
    return `@refigure/refigure/${path.slice(library.length)}`;
  }
  return inProject ? path.slice(project.length) : path;
}

/**
 * Deno's flags to load what is behind `import()` when it is called, and not to look for it at every start:
 * that halves the time of a short command. Only in a checkout of the library: elsewhere packages are found
 * by looking, and what comes from a registry would count as fetched, which is refused.
 */
export function lazyImports(): readonly string[] {
  return projectFolder() === libraryFolder() ? ["--unstable-lazy-dynamic-imports"] : [];
}
