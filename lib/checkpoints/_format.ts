/** A checkpoint's bytes: a line, a digest, a length, a description, and arrays as they lie in memory. */
import { createHash } from "node:crypto";
import { deserialize, serialize } from "node:v8";

/** The first bytes of every checkpoint; raised when their meaning changes. */
const MAGIC = new TextEncoder().encode("refigure checkpoint 1\n");
const DIGEST_BYTES = 32;
const START = MAGIC.length + DIGEST_BYTES;

/** Arrays that a checkpoint holds. */
export type StoredArray = Float32Array | Int32Array | Uint8Array;

const KINDS = { Float32Array, Int32Array, Uint8Array } as const;

interface Content {
  readonly about: unknown;
  readonly arrays: readonly { readonly kind: keyof typeof KINDS; readonly length: number }[];
}

/** The bytes for a description, of what `structuredClone` can copy, and arrays. */
export function encodeCheckpoint(about: unknown, arrays: readonly StoredArray[]): Uint8Array {
  const content: Content = {
    about,
    arrays: arrays.map((array) => ({
      kind: array.constructor.name as keyof typeof KINDS,
      length: array.length,
    })),
  };
  const head = serialize(content);
  const size = START + 4 + head.length + arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const bytes = new Uint8Array(size);
  bytes.set(MAGIC);
  let at = START;
  new DataView(bytes.buffer).setUint32(at, head.length, true);
  bytes.set(head, at += 4);
  at += head.length;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  bytes.set(digestOf(bytes), MAGIC.length);
  return bytes;
}

/** What {@link encodeCheckpoint} was given; `undefined` if these bytes are not whole, or something else. */
export function decodeCheckpoint(
  bytes: Uint8Array,
): { readonly about: unknown; readonly arrays: readonly StoredArray[] } | undefined {
  const starts = bytes.length >= START + 4 && MAGIC.every((byte, i) => bytes[i] === byte);
  if (!starts || digestOf(bytes).some((byte, i) => bytes[MAGIC.length + i] !== byte)) return undefined;
  let at = START + 4;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(START, true);
  const { about, arrays } = deserialize(bytes.subarray(at, at += length)) as Content;
  return {
    about,
    arrays: arrays.map(({ kind, length }) => {
      const array = new KINDS[kind](length);
      new Uint8Array(array.buffer).set(bytes.subarray(at, at += array.byteLength));
      return array;
    }),
  };
}

/** Of all that stands behind it. */
function digestOf(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes.subarray(START)).digest();
}
