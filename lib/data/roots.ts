/** Where data lies. Nothing here comes from a package: it is read before permissions are granted. */
import { accessSync, constants, existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { projectFolder } from "../project/mod.ts";

/** Where downloads go: `data` in the project's folder, wherever a notebook or command runs. */
export function dataFolder(): string {
  return `${projectFolder()}data`;
}

/**
 * Where data is looked for, in order: the folders of the environment variable `REFIGURE_DATA` (separated as
 * in `PATH`; `~` is the home folder), then {@link dataFolder}. A file lies at `<root>/<folder of its data
 * set>/<path>`.
 *
 * @param listed In place of the variable's value.
 */
export function dataRoots(listed: string = Deno.env.get("REFIGURE_DATA") ?? ""): readonly string[] {
  const roots = listed.split(delimiter).filter((root) => root !== "");
  return [...roots.map((root) => resolve(expandHome(root))), dataFolder()];
}

/** A path with `~` replaced: no shell has done it where a variable holds several paths. */
function expandHome(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}

/**
 * Where downloads go: {@link dataFolder} or, in a checkout that is read-only, the first folder of
 * `REFIGURE_DATA` that may be written.
 */
export function downloadRoot(): string {
  const roots = dataRoots();
  return [dataFolder(), ...roots].find(mayWrite) ?? dataFolder();
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(existsSync(folder) ? folder : dirname(folder), constants.W_OK);
    return true;
  } catch {
    return false; // read-only, or not there
  }
}
