import { access, constants } from "node:fs/promises";
import { HarnessError, WriteError } from "../paper/mod.ts";

/**
 * Writes a file so that a reader sees the old content or the new, never a part: to a temporary name, then
 * renamed.
 *
 * @param options.beside A path of the same disk, beside which the temporary file is made. @default path
 * @throws {WriteError} If it cannot be written, saying why and what to do.
 */
export async function writeAtomic(
  path: string,
  content: string | Uint8Array,
  { beside = path }: { readonly beside?: string } = {},
): Promise<void> {
  const folder = beside.slice(0, beside.lastIndexOf("/"));
  const temporary = `${folder}/.${beside.slice(folder.length + 1)}.${unique()}${TEMPORARY}`;
  try {
    await Deno.mkdir(folder, { recursive: true });
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(temporary, bytes, { createNew: true });
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {}); // the first error is the one to report
    throw writeError(path, error);
  }
}

/**
 * Moves aside what stands where a file or one of its folders must be: nothing that lies in the cache may end
 * a run.
 *
 * @param root A folder that stays as it is; the path lies below it.
 */
export async function makeWay(root: string, path: string): Promise<void> {
  const names = path.slice(root.length + 1).split("/");
  for (const [i] of names.entries()) {
    const at = `${root}/${names.slice(0, i + 1).join("/")}`;
    const found = await Deno.lstat(at).catch(() => null); // most often nothing is there yet
    if (found === null) return;
    const leadsTo = found.isSymlink ? await Deno.stat(at).catch(() => null) : found;
    const fits = i === names.length - 1 ? leadsTo?.isFile : leadsTo?.isDirectory;
    if (!fits) await Deno.rename(at, `${at}.${unique()}.aside`);
  }
}

/** Ending of the temporary files of {@link writeAtomic}. */
export const TEMPORARY = ".tmp";

/** A text for names. A process number would not do: two machines with one file system share them. */
export function unique(): string {
  return crypto.randomUUID().slice(0, 13);
}

/** Why files cannot be written in a folder, by what the system says of it; nothing is written. */
export async function mayWrite(folder: string): Promise<string | null> {
  try {
    let existing = folder;
    while (!(await Deno.stat(existing).catch(() => null)) && existing.includes("/", 1)) {
      existing = existing.slice(0, existing.lastIndexOf("/")); // it would be made here
    }
    // What is no folder shows when it is written, or is moved aside.
    if ((await Deno.stat(existing)).isDirectory) await access(existing, constants.W_OK);
    return null;
  } catch (error) {
    const explained = writeError(folder, error);
    return explained instanceof Error ? explained.message : String(explained);
  }
}

/**
 * Makes a folder and checks that files can be written in it.
 *
 * @throws {WriteError} If not.
 */
export async function probeFolder(folder: string): Promise<void> {
  const probe = `${folder}/.probe.${unique()}${TEMPORARY}`;
  try {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(probe, "probe");
    await Deno.remove(probe);
  } catch (error) {
    throw writeError(folder, error);
  }
}

/** Turns a file-system error into one line that says what to do. */
export function writeError(path: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = (error as { code?: string }).code;
  const why = code === "ENOSPC" || code === "EDQUOT"
    ? "the disk is full: make room, then start again (finished jobs are kept)"
    : error instanceof Deno.errors.NotCapable
    ? "this command may not write there: name the folder with --out or REFIGURE_OUT"
    : error instanceof Deno.errors.NotADirectory || error instanceof Deno.errors.AlreadyExists
    ? "a part of its path is a file, not a folder: move that file away or name another folder with --out"
    : error instanceof Deno.errors.IsADirectory || code === "EISDIR"
    ? "a folder stands in its place: move it away"
    : error instanceof Deno.errors.PermissionDenied || ["EROFS", "EACCES", "EPERM"].includes(code!)
    ? "it is read-only: make it writable or name a folder of yours with --out (or REFIGURE_OUT)"
    : error instanceof Deno.errors.FilesystemLoop || code === "ELOOP"
    ? LOOP
    : code === undefined
    ? undefined
    : error.message;
  if (why === undefined) return error;
  return new WriteError(`Cannot write ${path} as ${why}`, { cause: error });
}

/**
 * The text of a file, or `null` if there is none.
 *
 * @throws {HarnessError} If something is there that cannot be read.
 */
export async function readTextOrNull(path: string): Promise<string | null> {
  const bytes = await readBytesOrNull(path);
  return bytes && new TextDecoder().decode(bytes);
}

/** {@link readTextOrNull} of what is no text. */
export async function readBytesOrNull(path: string): Promise<Uint8Array | null> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw readError(path, error);
  }
}

/** Turns an error of the file system into one line. */
export function readError(path: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = (error as { code?: string }).code;
  const why = error instanceof Deno.errors.IsADirectory || code === "EISDIR"
    ? "it must be a file: it is a folder"
    : error instanceof Deno.errors.FilesystemLoop || code === "ELOOP"
    ? LOOP
    : error instanceof Deno.errors.NotCapable
    ? "this command may read only the checkout, the data folders and what its arguments name"
    : error instanceof Deno.errors.PermissionDenied
    ? "its owner does not let you: ask for the right to read it"
    : code === undefined
    ? undefined
    : error.message;
  return why === undefined ? error : new HarnessError(`Cannot read ${path} as ${why}`, { cause: error });
}

const LOOP = "a link in its path leads back to itself: remove the link";
