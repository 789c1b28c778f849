import { join } from "node:path";
import { dataRoots } from "../../../lib/data/mod.ts";

/** The text of a file in one of the data folders, or `undefined`. */
export function sharedText(path: string): string | undefined {
  for (const root of dataRoots()) {
    try {
      return Deno.readTextFileSync(join(root, path));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Why a test that needs a file is left out, for its name. */
export const needs = (present: unknown) => present === undefined ? " (needs REFIGURE_DATA)" : "";
