import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzip } from "./formats/mod.ts";
import { mostPacked } from "./_packed.ts";
import type { DataFile } from "./types.ts";

/** What {@link downloadFile} needs besides the file. */
export interface DownloadFileOptions {
  readonly fetch: typeof fetch;
  readonly signal?: AbortSignal;
  /** Called with the bytes on disk so far. */
  onBytes(received: number): void;
  /** Tries per file. */
  readonly attempts: number;
  /** Wait before the second try; it doubles each time. */
  readonly retryDelayMs: number;
  /** Longest silence of the server before a try is given up. */
  readonly silenceMs: number;
}

/** A failure that a later try cannot mend. */
class Final extends Error {}

const sizeOf = (path: string) => Deno.stat(path).then((info) => info.size, () => -1);

/** The digest of a file, of its unpacked content if it is one of {@link DataFile.gzip}. */
async function digestOf({ gzip, unpackedBytes }: DataFile, path: string): Promise<string> {
  if (gzip) {
    const content = await gunzip(await Deno.readFile(path), { maxBytes: unpackedBytes }).catch((error) => {
      if (error instanceof RangeError) return undefined;
      throw error;
    });
    return content === undefined ? "no gzip content" : createHash("sha256").update(content).digest("hex");
  }
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}

/** Whether the finished file is there and is the published one (if packed: has its content). */
const isRight = async (file: DataFile, path: string) => {
  const size = await sizeOf(path);
  return size >= 0 && (file.gzip ? size <= mostPacked(file) : size === file.bytes) &&
    await digestOf(file, path) === file.sha256;
};

/** Leaves no `.part` file behind that holds nothing. */
const removeIfEmpty = async (part: string) => {
  if (await sizeOf(part) === 0) await Deno.remove(part);
};

/** Appends the rest of the file to the open, locked part file, which has `size` bytes so far. */
async function receive(
  file: DataFile,
  output: Deno.FsFile,
  size: number,
  options: DownloadFileOptions,
): Promise<void> {
  const silence = new AbortController();
  const seconds = Math.round(options.silenceMs / 1000);
  const giveUp = () => silence.abort(new Error(`the server sent nothing for ${seconds} s`));
  let timer = setTimeout(giveUp, options.silenceMs);
  try {
    const response = await options.fetch(file.url!, {
      headers: size > 0 ? { range: `bytes=${size}-` } : {},
      signal: AbortSignal.any([silence.signal, ...(options.signal ? [options.signal] : [])]),
    });
    const { status } = response;
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      if (status === 416) await output.truncate(0); // the part file is of no use
      const passing = status >= 500 || status === 408 || status === 416 || status === 429;
      throw new (passing ? Error : Final)(`the server answered ${status} ${response.statusText}`.trimEnd());
    }
    if (status !== 206 && size > 0) await output.truncate(size = 0); // the server ignored the range
    await output.seek(size, Deno.SeekMode.Start);
    options.onBytes(size);
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, options.silenceMs);
      if (size + chunk.length > file.bytes) {
        await output.truncate(0);
        throw new Final(`the server sent more than ${file.bytes} bytes`);
      }
      for (let done = 0; done < chunk.length;) done += await output.write(chunk.subarray(done));
      options.onBytes(size += chunk.length);
    }
  } finally {
    clearTimeout(timer);
  }
  if (size < file.bytes) throw new Error(`the connection ended after ${size} of ${file.bytes} bytes`);
}

/** One try: continues `<path>.part` where it ends, then verifies and renames it. */
async function attempt(file: DataFile, path: string, options: DownloadFileOptions): Promise<void> {
  const part = `${path}.part`;
  await Deno.mkdir(dirname(path), { recursive: true });
  using output = await Deno.open(part, { write: true, create: true });
  await output.lock(true); // a second download of the same file waits here
  if (await isRight(file, path)) return; // and finds it done
  let size = (await output.stat()).size;
  if (size > file.bytes) await output.truncate(size = 0);
  if (size < file.bytes) await receive(file, output, size, options);
  const found = await digestOf(file, part);
  if (found !== file.sha256) {
    await output.truncate(0);
    // What was there before may have been the fault.
    throw new (size > 0 ? Error : Final)(`its SHA-256 must be ${file.sha256}: current value is ${found}`);
  }
  await output.syncData();
  await Deno.rename(part, path);
}

/**
 * Downloads one file to `path`: continues a partial one, retries with growing waits, verifies, and renames at
 * the end, so that `path` is either absent or right.
 *
 * @throws {Error} With the reason and what to do, if it cannot be had.
 */
export async function downloadFile(
  file: DataFile,
  path: string,
  options: DownloadFileOptions,
): Promise<void> {
  const fail = async (cause: unknown, why: string, remedy: string): Promise<never> => {
    await removeIfEmpty(`${path}.part`);
    throw new Error(`Cannot download ${file.url} as ${why}; ${remedy}`, { cause });
  };
  if (await isRight(file, path)) return;
  for (let tries = 1;; tries++) {
    options.signal?.throwIfAborted();
    try {
      await attempt(file, path, options);
      return await removeIfEmpty(`${path}.part`);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      const byHand = `put the file at ${path} by hand`;
      if (error instanceof Final) await fail(error, error.message, byHand);
      if ("code" in error && error.code === "ENOSPC") {
        await fail(error, "the disk is full", "free some space and try again");
      }
      if (error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied) {
        await fail(error, error.message, "grant the access and try again");
      }
      if (tries >= options.attempts) {
        const why = error instanceof TypeError ? `there is no connection (${error.message})` : error.message;
        await fail(error, why, `try again (it continues where it stopped), or ${byHand}`);
      }
    }
    await sleep(options.retryDelayMs * 2 ** (tries - 1), undefined, { signal: options.signal });
  }
}
