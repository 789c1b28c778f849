import { join } from "node:path";
import { downloadFile } from "./_download_file.ts";
import { findDataSet } from "./catalogue.ts";
import { downloadRoot } from "./roots.ts";

/** How far a download is. */
export interface DownloadProgress {
  /** The file being fetched, as in the catalogue. */
  readonly path: string;
  /** Bytes on disk and bytes in all, over the files of the data set. */
  readonly receivedBytes: number;
  /** Bytes in all. */
  readonly totalBytes: number;
}

/** Options of {@link downloadDataSet}. */
export interface DownloadOptions {
  /** Where the data set's folder is made. @default downloadRoot() */
  readonly root?: string;
  /** Called often. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Stops the download; what was received stays and is continued next time. */
  readonly signal?: AbortSignal;
  /** Replaces the global `fetch`, e.g. to use a mirror. */
  readonly fetch?: typeof fetch;
  /** Tries per file. @default 4 */
  readonly attempts?: number;
  /** Wait before the second try; it doubles each time. @default 1000 */
  readonly retryDelayMs?: number;
  /** Longest silence of the server before a try is given up. @default 30000 */
  readonly silenceMs?: number;
}

/**
 * Downloads a data set's files into the project's `data` folder, skipping those that are there and right.
 *
 * A partial file (`.part`) is continued with a range request. A file gets its name only when its SHA-256 is
 * the published one; one with another digest is fetched anew. Failed tries are repeated after growing waits.
 * Two downloads of the same file at once do the work once.
 *
 * @param name As in the catalogue, e.g. `adbench/6_cardio`.
 * @returns Paths of the files, in the order of the catalogue.
 * @throws {RangeError} If the name is not in the catalogue, or a file has no address (the message says where
 *   to put it).
 * @throws {Error} If there is no connection, the server refuses, the digest is wrong, or the disk is full.
 */
export async function downloadDataSet(
  name: string,
  options: DownloadOptions = {},
): Promise<readonly string[]> {
  const {
    root = downloadRoot(),
    onProgress = () => {},
    attempts = 4,
    retryDelayMs = 1000,
    silenceMs = 30000,
  } = options;
  const { files, folder, licence } = findDataSet(name);
  const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const paths: string[] = [];
  let before = 0;
  for (const file of files) {
    const path = join(root, folder, file.path);
    if (file.url === undefined) {
      throw new RangeError(
        `Cannot download ${file.path} of ${name} as it must be asked for by hand: put it at ${path}` +
          `${file.byHand ? `, from ${file.byHand}` : ""} (terms: ${licence})`,
      );
    }
    const onBytes = (received: number) =>
      onProgress({ path: file.path, receivedBytes: before + received, totalBytes });
    const { signal, fetch = globalThis.fetch } = options;
    await downloadFile(file, path, { fetch, signal, onBytes, attempts, retryDelayMs, silenceMs });
    before += file.bytes;
    onBytes(0);
    paths.push(path);
  }
  return paths;
}
