import { unzipSync } from "fflate";
import { crc32 } from "node:zlib";
import { type NpyArray, readNpy } from "./npy.ts";

/** Deflate cannot shrink by more than this, so a larger claim is a damaged (or hostile) size field. */
const MAX_DEFLATE_RATIO = 1032;

/** Reads the CRC-32 of each member from a ZIP archive's central directory (fflate does not check them). */
function readChecksums(bytes: Uint8Array): Map<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new SyntaxError("Cannot read the archive as it is no zip file or is cut short");
  const checksums = new Map<string, number>();
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) {
      throw new SyntaxError("Cannot read the archive as its directory is damaged (or it is a ZIP64 archive)");
    }
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((o) => view.getUint16(at + o, true));
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    checksums.set(name, view.getUint32(at + 16, true));
    at += 46 + nameLength + extraLength + commentLength;
  }
  return checksums;
}

/**
 * Reads all arrays of a NumPy `.npz` archive (stored or deflated members).
 *
 * @param bytes The whole file.
 * @returns Array by name (without `.npy`).
 * @throws {SyntaxError} If the archive is cut short, a member fails its CRC-32, or an array cannot be read
 *   (see {@link readNpy}); the message names the member.
 *
 * @example
 * ```ts
 * import { readNpz, toMatrix } from "@refigure/refigure/data";
 * import { zipSync } from "fflate";
 * import assert from "node:assert/strict";
 *
 * // What numpy.savez(file, X=numpy.array([[1, 2]], dtype="uint8")) writes.
 * const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2), }\n";
 * const npy = [0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, header.length, 0];
 * const X = Uint8Array.from([...npy, ...new TextEncoder().encode(header), 1, 2]);
 *
 * const arrays = readNpz(zipSync({ "X.npy": X }));
 * assert.deepEqual([...toMatrix(arrays.X).data], [1, 2]);
 * ```
 */
export function readNpz(bytes: Uint8Array): Record<string, NpyArray> {
  const checksums = readChecksums(bytes);
  let members: Record<string, Uint8Array>;
  try {
    members = unzipSync(bytes, {
      filter({ name, size, originalSize }) {
        if (originalSize <= size * MAX_DEFLATE_RATIO) return true;
        throw new SyntaxError(`${name} cannot unpack from ${size} to ${originalSize} bytes`);
      },
    });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new SyntaxError(`Cannot read the archive as it is damaged: ${detail}`, { cause });
  }
  const arrays: Record<string, NpyArray> = {};
  for (const [name, content] of Object.entries(members)) {
    const expected = checksums.get(name);
    const found = crc32(content);
    if (found !== expected) {
      throw new SyntaxError(
        `Cannot read ${name} as its CRC-32 must be ${expected?.toString(16)}: current value is ${
          found.toString(16)
        }`,
      );
    }
    if (!name.endsWith(".npy")) {
      throw new SyntaxError(
        `Cannot read the archive as its members must be .npy files: current value is ${name}`,
      );
    }
    try {
      arrays[name.slice(0, -4)] = readNpy(content);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new SyntaxError(error.message.replace("the array", name), { cause: error });
    }
  }
  return arrays;
}
