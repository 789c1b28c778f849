import { writeAtomic, writeError } from "../run/mod.ts";
import { claimsMarkdown, indexMarkdown } from "./_pages.ts";
import type { Summary } from "./summary.ts";

/** A file of the output folder. */
export interface OutputFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/**
 * Writes a run's output folder: figures, tables, `claims.md`, `index.md` and, last, `summary.json`. Each file
 * appears whole or not at all. Two runs that end at once write one after the other, so that the folder holds
 * one run's files. A run of everything removes what an earlier version of the paper left behind.
 *
 * @param files Files of the figures and tables.
 * @throws {WriteError} If the folder cannot be written.
 */
export async function writeOutputs(
  folder: string,
  summary: Summary,
  files: readonly OutputFile[],
): Promise<void> {
  const text = new Map(
    files.flatMap(({ name, content }) => typeof content === "string" ? [[name, content]] : []),
  );
  const all: OutputFile[] = [
    ...files,
    { name: "claims.md", content: claimsMarkdown(summary) },
    { name: "index.md", content: indexMarkdown(summary, text) },
    { name: "summary.json", content: `${JSON.stringify(summary, null, 2)}\n` },
  ];
  using _lock = await lockFolder(folder);
  for (const { name, content } of all) await writeAtomic(`${folder}/${name}`, content);
  if (summary.only.length > 0) return;
  const names = new Set(all.map(({ name }) => name));
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile && !names.has(name) && name !== LOCK) await Deno.remove(`${folder}/${name}`);
  }
}

const LOCK = ".lock";

/**
 * Waits until no other process writes the folder. The operating system frees the lock when the process ends.
 */
async function lockFolder(folder: string): Promise<Disposable> {
  const path = `${folder}/${LOCK}`;
  const file = await Deno.open(path, { write: true, create: true }).catch((error) => {
    // Another user's, whose mask lets nobody else write it: to read it is enough for a lock.
    if (error instanceof Deno.errors.PermissionDenied) return Deno.open(path);
    throw writeError(path, error);
  });
  try {
    await file.lock(true);
  } catch {
    // A file system without locks (some network drives): each file is still written whole.
  }
  return file;
}
