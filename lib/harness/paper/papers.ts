import { pathToFileURL } from "node:url";
import { HarnessError, UsageError } from "./errors.ts";
import type { Places } from "./places.ts";
import { suggestion } from "./suggest.ts";
import type { Paper } from "./types.ts";

/**
 * Ids of the papers that can be reproduced: the folders with a `mod.ts`, sorted.
 *
 * @throws {HarnessError} If the folder of papers does not exist.
 */
export async function listPapers(places: Places): Promise<readonly string[]> {
  const found: string[] = [];
  try {
    for await (const { name } of Deno.readDir(places.papers)) {
      // A folder without it is not a paper's.
      const module = await Deno.stat(`${places.papers}/${name}/mod.ts`).catch(() => null);
      if (module?.isFile) found.push(name);
    }
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error; // none of the file system
    const why = error instanceof Deno.errors.NotFound ? "does not exist" : `cannot be read: ${error.message}`;
    throw new HarnessError(`Cannot list the papers as the folder ${places.papers} ${why}`, { cause: error });
  }
  return found.sort();
}

/**
 * Checks that there is a paper, without running its code.
 *
 * @throws {UsageError} If there is none of this id; the message suggests the nearest.
 */
export async function requirePaper(id: string, places: Places): Promise<void> {
  const known = await listPapers(places);
  if (known.includes(id)) return;
  throw new UsageError(`Cannot find the paper "${id}" in ${places.papers}. ${suggestion(id, known)}`);
}

/**
 * Loads a paper.
 *
 * @throws {UsageError} If there is none of this id; the message suggests the nearest.
 * @throws {TypeError} If its `mod.ts` does not export the paper of this id as default, or a claim says not
 *   what its verdict must survive (the type check finds that, too).
 */
export async function loadPaper(id: string, places: Places): Promise<Paper> {
  await requirePaper(id, places);
  const path = `${places.papers}/${id}/mod.ts`;
  const { default: paper } = await import(pathToFileURL(path).href) as { default?: Paper };
  if (paper?.id !== id) {
    throw new TypeError(
      `Cannot load ${path} as its default export must be the paper ${id}: current value is ${
        paper?.id ?? typeof paper
      }`,
    );
  }
  const bare = paper.claims.find(({ safeguards }) => safeguards === undefined);
  if (bare) {
    throw new TypeError(
      `Cannot load ${path} as the claim ${bare.id} must have safeguards, as docs/claims.md says: it has none`,
    );
  }
  return paper;
}
