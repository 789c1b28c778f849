import { elements, isShape, type NamedTensor, type NamedTensors, shownName } from "./named_tensor.ts";

/** Longest header that the format allows. */
const MOST_HEADER_BYTES = 100_000_000;

interface Dtype {
  readonly bytes: number;
  readonly wide?: true;
  read(view: DataView, offset: number): number;
}

/** bfloat16 is the upper half of a float32. */
const UPPER = new DataView(new ArrayBuffer(4));
function bfloat16(bits: number): number {
  UPPER.setUint32(0, bits << 16);
  return UPPER.getFloat32(0);
}

function exact(value: bigint): number {
  if (value >= -(2n ** 53n) && value <= 2n ** 53n) return Number(value);
  throw new SyntaxError(
    `Cannot read the tensors as 8-byte integers must be within ±2^53: current value is ${value}`,
  );
}

const DTYPES: Readonly<Record<string, Dtype>> = {
  F64: { bytes: 8, wide: true, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => view.getFloat16(at, true) },
  BF16: { bytes: 2, read: (view, at) => bfloat16(view.getUint16(at, true)) },
  I64: { bytes: 8, wide: true, read: (view, at) => exact(view.getBigInt64(at, true)) },
  I32: { bytes: 4, wide: true, read: (view, at) => view.getInt32(at, true) },
  I16: { bytes: 2, wide: true, read: (view, at) => view.getInt16(at, true) },
  I8: { bytes: 1, wide: true, read: (view, at) => view.getInt8(at) },
  U8: { bytes: 1, wide: true, read: (view, at) => view.getUint8(at) },
  BOOL: { bytes: 1, wide: true, read: (view, at) => view.getUint8(at) },
};

/** What the header says of a tensor. */
interface Entry {
  readonly dtype?: unknown;
  readonly shape?: unknown;
  readonly data_offsets?: unknown;
}

/** For an error message. */
const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 60);

function fail(wanted: string, current: unknown): never {
  throw new SyntaxError(`Cannot read the tensors as ${wanted}: current value is ${current}`);
}

/**
 * Reads a file of weights in the format safetensors: the header's length (8 bytes), the header (JSON: for
 * each tensor its type, its shape, and where its bytes begin and end), then the bytes, little-endian.
 *
 * Nothing of such a file is executed. Tensors must lie one after the other without a gap, as the format has
 * it, so that none shares its bytes with another.
 *
 * @param bytes The whole file.
 * @returns the tensors by name; F32, F16 and BF16 as float32, F64 and integers as float64.
 * @throws {SyntaxError} If the file is cut short or damaged, or holds a type that is none of these.
 *
 * @example
 * ```ts
 * import { readSafetensors } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const header = JSON.stringify({ w: { dtype: "F32", shape: [2], data_offsets: [0, 8] } });
 * const bytes = new Uint8Array(8 + header.length + 8);
 * const view = new DataView(bytes.buffer);
 * view.setBigUint64(0, BigInt(header.length), true);
 * bytes.set(new TextEncoder().encode(header), 8);
 * view.setFloat32(8 + header.length, 1.5, true);
 * assert.deepEqual([...readSafetensors(bytes).get("w")!.data], [1.5, 0]);
 * ```
 */
export function readSafetensors(bytes: Uint8Array): NamedTensors {
  if (bytes.length < 8) fail("a file must have 8 bytes at least", bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(Math.min(MOST_HEADER_BYTES, bytes.length - 8))) {
    fail(`its header must end within the file of ${bytes.length} bytes`, `${length} bytes`);
  }
  const start = 8 + Number(length);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, start)));
  } catch (cause) {
    throw new SyntaxError("Cannot read the tensors as the header must be JSON", { cause });
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    fail("the header must be an object", shown(header));
  }
  const entries = Object.entries(header as Record<string, Entry>).filter(([name]) => name !== "__metadata__");
  const tensors = new Map<string, NamedTensor>();
  const places: [begin: number, end: number, name: string][] = [];
  for (const [key, entry] of entries) {
    const name = shownName(key);
    const { dtype, shape, data_offsets: offsets } = entry ?? {};
    const type = typeof dtype === "string" && Object.hasOwn(DTYPES, dtype) ? DTYPES[dtype] : undefined;
    if (type === undefined) fail(`the type of ${name} must be one of ${Object.keys(DTYPES)}`, shown(dtype));
    if (!isShape(shape)) fail(`the shape of ${name} must be whole numbers`, shown(shape));
    const count = elements(shape);
    if (!isShape(offsets) || offsets.length !== 2 || offsets[1] - offsets[0] !== count * type.bytes) {
      fail(`${name} must have ${count * type.bytes} bytes`, shown(offsets));
    }
    if (start + offsets[1] > bytes.length) {
      fail(`${name} must end within ${bytes.length} bytes`, start + offsets[1]);
    }
    places.push([offsets[0], offsets[1], name]);
    const data = new (type.wide ? Float64Array : Float32Array)(count);
    for (let i = 0, at = start + offsets[0]; i < count; i++, at += type.bytes) data[i] = type.read(view, at);
    tensors.set(key, { shape, data });
  }
  let end = 0;
  for (const [begin, next, name] of places.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (begin !== end) fail(`${name} must begin where the tensor before it ends, at ${end}`, begin);
    end = next;
  }
  if (start + end !== bytes.length) fail(`the file must have ${start + end} bytes`, bytes.length);
  return tensors;
}
