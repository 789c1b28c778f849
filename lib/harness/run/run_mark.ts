import { makeWay, unique, writeError } from "./files.ts";

/** A run that has begun; the file is locked as long as its process lives. */
export interface RunMark {
  /** When earlier runs began that neither ended nor live; they are forgotten then. */
  readonly lost: readonly string[];
  /** Says that the run has ended, well or not. */
  end(): Promise<void>;
}

/**
 * Marks the beginning of a run in a folder, and finds the marks of runs that never came to an end: killed
 * from outside, they could not say so. Where the disk has no locks nothing is marked. What stands in the
 * place of the folder, or of those between it and the root, is moved aside.
 *
 * @throws {WriteError} If the folder cannot be made.
 */
export async function markRun(folder: string, { root }: { readonly root: string }): Promise<RunMark> {
  const lost: string[] = [];
  try {
    await makeWay(root, `${folder}/${unique()}`);
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    throw writeError(folder, error);
  }
  for await (const { name } of Deno.readDir(folder)) {
    const began = await abandoned(`${folder}/${name}`);
    if (began !== null) lost.push(began);
  }
  const path = `${folder}/${unique()}`;
  const file = await Deno.open(path, { write: true, createNew: true });
  const locked = await file.tryLock(true).catch(() => false); // some network disks have none
  await file.write(new TextEncoder().encode(new Date().toISOString().slice(0, 16).replace("T", " ")));
  const remove = () => Deno.remove(path).catch(() => {}); // another run took it for lost
  if (!locked) await remove();
  return {
    lost: lost.sort(),
    async end() {
      file.close();
      await remove();
    },
  };
}

/** When a run began whose process is gone; its mark is removed. */
async function abandoned(path: string): Promise<string | null> {
  try {
    using file = await Deno.open(path, { read: true, write: true });
    if (!(await file.tryLock(true))) return null;
    const began = await Deno.readTextFile(path);
    await Deno.remove(path);
    return began;
  } catch {
    return null; // it has just ended, belongs to somebody else, or there are no locks
  }
}
