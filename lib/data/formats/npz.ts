import { unzipSync } from "fflate";
import { crc32 } from "node:zlib";
import { packedHint } from "../_packing.ts";
import { NPY_MAGIC, type NpyArray, OtherContent, readNpy } from "./npy.ts";

/** Deflate cannot shrink by more than this, so a larger claim is a damaged (or hostile) size field. */
const MAX_DEFLATE_RATIO = 1032;

/** Ways of packing that are not unpacked here, by their number in the archive. */
const PACKINGS: Readonly<Record<number, string>> = {
  9: "Deflate64",
  12: "bzip2",
  14: "LZMA",
  93: "Zstandard",
  95: "xz",
  99: "encryption",
};

/** What the directory says of a member. */
interface Entry {
  readonly checksum: number;
  readonly encrypted: boolean;
}

/** Reads a ZIP archive's central directory (fflate does not check the CRC-32). */
function readDirectory(bytes: Uint8Array): Map<string, Entry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) {
    const array = NPY_MAGIC.every((byte, i) => bytes[i] === byte);
    throw new SyntaxError(
      `Cannot read the archive as it is no zip file or is cut short${
        array ? "; it is a single array: read it with readNpy()" : packedHint(bytes, "zip")
      }`,
    );
  }
  const entries = new Map<string, Entry>();
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) {
      throw new SyntaxError("Cannot read the archive as its directory is damaged (or it is a ZIP64 archive)");
    }
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((o) => view.getUint16(at + o, true));
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    entries.set(name, {
      checksum: view.getUint32(at + 16, true),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
    });
    at += 46 + nameLength + extraLength + commentLength;
  }
  return entries;
}

/** Folders and what macOS and its archivers put beside files. */
const isClutter = (name: string) => name.endsWith("/") || /(^|\/)(__MACOSX\/|\._[^/]*$)/.test(name);

/**
 * Reads the arrays of numbers of a NumPy `.npz` archive (stored or deflated members).
 *
 * Members that hold something else (texts, pickled objects, structures, integers past 2⁵³) do not hinder the
 * others: they are not listed, and asking for one by name gives the error that says why. Folders, what macOS
 * adds and files that are no arrays are left out.
 *
 * @param bytes The whole file.
 * @returns Array by name (without `.npy`).
 * @throws {SyntaxError} If the archive is cut short, a member fails its CRC-32, an array is damaged (see
 *   {@link readNpy}) or packed in an unusual way, or there is none; the message names the member.
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
  const directory = readDirectory(bytes);
  let packed = 0;
  let members: Record<string, Uint8Array>;
  try {
    members = unzipSync(bytes, {
      filter({ name, size, originalSize, compression }) {
        if (isClutter(name)) return false;
        const way = directory.get(name)?.encrypted ? 99 : compression;
        if (way !== 0 && way !== 8) {
          if (!name.endsWith(".npy")) return false;
          throw new SyntaxError(
            `${name} must be packed with Deflate or not at all: current value is ${PACKINGS[way] ?? way}; ` +
              "save it again with numpy.savez_compressed",
          );
        }
        // Members that share their bytes would multiply them.
        packed += size;
        if (packed > bytes.length) throw new SyntaxError(`${name} overlaps another member`);
        if (originalSize <= size * MAX_DEFLATE_RATIO) return true;
        throw new SyntaxError(`${name} cannot unpack from ${size} to ${originalSize} bytes`);
      },
    });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new SyntaxError(`Cannot read the archive as it is damaged or not supported: ${detail}`, { cause });
  }
  const arrays: Record<string, NpyArray> = {};
  const others: SyntaxError[] = [];
  for (const [name, content] of Object.entries(members)) {
    const expected = directory.get(name)?.checksum;
    const found = crc32(content);
    if (found !== expected) {
      throw new SyntaxError(
        `Cannot read ${name} as its CRC-32 must be ${expected?.toString(16)}: current value is ${
          found.toString(16)
        }`,
      );
    }
    const isArray = NPY_MAGIC.every((byte, i) => content[i] === byte);
    if (!name.endsWith(".npy")) {
      if (!isArray) continue;
      throw new SyntaxError(`Cannot read the archive as arrays must be .npy files: current value is ${name}`);
    }
    const key = name.slice(0, -4);
    try {
      // As own properties, whatever the name.
      Object.defineProperty(arrays, key, { value: readNpy(content), ...OWN, writable: true });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const named = new SyntaxError(error.message.replace("the array", name), { cause: error });
      if (!(error instanceof OtherContent)) throw named;
      others.push(named);
      Object.defineProperty(arrays, key, { ...OWN, enumerable: false, get: () => fail(named) });
    }
  }
  if (Object.keys(arrays).length > 0) return arrays;
  throw others[0] ?? new SyntaxError(
    `Cannot read the archive as its members must be .npy files: current value is ${
      [...directory.keys()].slice(0, 3).join(", ") || "an empty archive"
    }`,
  );
}

const OWN = { configurable: true, enumerable: true } as const;

function fail(error: Error): never {
  throw error;
}
