import { basename, relative } from "node:path";
import { libraryFolder } from "../../project/mod.ts";
import { configurationFor, filled, REPOSITORY } from "../template/mod.ts";

/**
 * Makes a repository of one's own: everything but its first paper, which `new` makes in it.
 *
 * @param folder Where; nothing in it is overwritten.
 * @returns the files, by their paths below the folder.
 * @throws {RangeError} If one of them is there already.
 */
export function init(folder: string): readonly string[] {
  const library = libraryFolder();
  const files = {
    "deno.json": configurationFor(library && relative(folder, library)),
    ...filled(REPOSITORY, { name: basename(folder), deno: Deno.version.deno }),
  };
  const there = (path: string) => {
    try {
      return Deno.lstatSync(`${folder}/${path}`) !== undefined;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  };
  const taken = ["deno.jsonc", ...Object.keys(files)].find(there);
  if (taken !== undefined) {
    throw new RangeError(`Cannot make a repository in ${folder} as ${taken} is there already`);
  }
  for (const [path, text] of Object.entries(files)) {
    Deno.mkdirSync(`${folder}/${path.replace(/[^/]*$/, "")}`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/${path}`, text, { createNew: true });
  }
  return Object.keys(files);
}
