import { join } from "node:path";
import { dataRoots } from "../lib/data/mod.ts";

/**
 * Where a file of the development data lies, `undefined` if no data folder (`REFIGURE_DATA`) has it: the test
 * is then ignored.
 *
 * @param path below a data folder, e.g. `adbench-oracle/oracle.json`.
 */
export function developmentFile(path: string): string | undefined {
  return dataRoots().map((root) => join(root, path)).find((file) => {
    try {
      return Deno.statSync(file).isFile;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
      throw error;
    }
  });
}
