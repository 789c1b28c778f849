/** Where data lies. Nothing here comes from a package: it is read before permissions are granted. */
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Where downloads go: `data` in the project's folder, wherever a notebook or command runs. */
export const DATA_FOLDER = fileURLToPath(new URL("../../data", import.meta.url));

/**
 * Where data is looked for, in order: the folders of the environment variable `REFIGURE_DATA` (separated as
 * in `PATH`; `~` is the home folder), then {@link DATA_FOLDER}. A file lies at `<root>/<folder of its data
 * set>/<path>`.
 *
 * @param listed In place of the variable's value.
 */
export function dataRoots(listed: string = Deno.env.get("REFIGURE_DATA") ?? ""): readonly string[] {
  const roots = listed.split(delimiter).filter((root) => root !== "");
  return [...roots.map((root) => resolve(expandHome(root))), DATA_FOLDER];
}

/** A path with `~` replaced: no shell has done it where a variable holds several paths. */
function expandHome(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}
