import { readError, readTextOrNull } from "../run/mod.ts";
import { HarnessError, type Places, type ProfileName, PROFILES, PROJECT, UsageError } from "../paper/mod.ts";
import { type Golden, goldenPath, parseGolden } from "./goldens.ts";

/** Results of one paper under one profile, by the name that they were asked for. */
export interface ResultSet {
  readonly name: string;
  readonly golden: Golden;
}

/** What a name of a result set may be; completes "… must be …". */
const FORMS = "<paper>/<profile> (committed results), <commit>:<paper>/<profile> (those of a git commit), " +
  "or a results file or its folder (out/<profile>/<paper>, also from another machine)";

/** The name of the file that {@link openResultSet} reads in an output folder. */
export const RESULTS_FILE = "results.json";

/**
 * Finds results by name: `2305.18593/laptop` (committed), `v0.1:2305.18593/laptop` (committed at a git
 * commit), a file in the form of a golden, or an output folder with a `results.json`.
 *
 * @throws {UsageError} If the name has none of these forms, or there is nothing of that name.
 * @throws {HarnessError} If the file is not one of results.
 */
export async function openResultSet(name: string, where: Places): Promise<ResultSet> {
  const text = await readFileOrFolder(name) ?? await readCommitted(name, where);
  if (text !== null) return { name, golden: parseGolden(text, name) };
  throw new UsageError(`Cannot open the results "${name}" as there are none: the name must be ${FORMS}`);
}

async function readFileOrFolder(path: string): Promise<string | null> {
  try {
    const { isDirectory } = await Deno.stat(path);
    if (!isDirectory) return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw readError(path, error);
  }
  const text = await readTextOrNull(`${path}/${RESULTS_FILE}`);
  if (text !== null) return text;
  throw new HarnessError(`Cannot open the results in ${path} as it must hold ${RESULTS_FILE}: it does not`);
}

async function readCommitted(name: string, where: Places): Promise<string | null> {
  const parts = /^(?:([^:]+):)?([^/:]+)\/([^/:]+)$/.exec(name);
  if (parts === null || !(PROFILES as readonly string[]).includes(parts[3])) return null;
  const [, commit, paper, profile] = parts;
  const path = goldenPath(where, paper, profile as ProfileName);
  if (commit === undefined) return await readTextOrNull(path);
  if (!path.startsWith(PROJECT)) return null;
  try {
    const { Repository } = await import("./_repository.ts");
    const repository = await Repository.open();
    if (!repository) throw new Error("this checkout has no repository of its own (no .git in its folder)");
    return await repository.show(commit, path.slice(PROJECT.length));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot open the results "${name}": ${reason}`);
  }
}
