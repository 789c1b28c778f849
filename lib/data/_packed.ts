import type { DataFile } from "./types.ts";

/** Most bytes that a packing of a file's content has: gzip adds 5 to each 32 KiB that it cannot shrink. */
export function mostPacked({ bytes, unpackedBytes = 1032 * bytes }: DataFile): number {
  return Math.max(bytes, Math.ceil(1.001 * unpackedBytes) + 4096);
}
