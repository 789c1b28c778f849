import type { Matrix } from "../../stats/mod.ts";

/** The typed arrays that hold the numbers of an {@link NpyArray}. */
export type NpyData =
  | Float64Array
  | Float32Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;

/** A NumPy array as stored in an `.npy` file. */
export interface NpyArray {
  /** NumPy's type string, e.g. `<f8`. */
  readonly dtype: string;
  /** Its sizes, the slowest axis first. */
  readonly shape: readonly number[];
  /** Whether `data` is column-major: for shape [n, d], element (i, j) at `i + j * n`. */
  readonly fortranOrder: boolean;
  /**
   * The numbers in the file's order. 8-byte integers become float64 (exact, or the file is refused), 2-byte
   * floats become float32, booleans become 0 and 1; all others keep their type.
   */
  readonly data: NpyData;
}

interface Dtype {
  readonly bytes: number;
  make(length: number): NpyData;
  read(view: DataView, offset: number, littleEndian: boolean): number;
}

/** An 8-byte integer from its two halves, h·2³² + l, without the cost of a BigInt each. */
const wide = (high: number, low: number): number => {
  const value = high * 4294967296 + low;
  if (!Number.isSafeInteger(value)) {
    throw new OtherContent(
      `Cannot read the array as 8-byte integers must be within ±(2^53 - 1): current value is ${value}; ` +
        `save it again as float64 if the last digits do not matter`,
    );
  }
  return value;
};

const DTYPES: Readonly<Record<string, Dtype>> = {
  f8: { bytes: 8, make: (n) => new Float64Array(n), read: (v, o, le) => v.getFloat64(o, le) },
  f4: { bytes: 4, make: (n) => new Float32Array(n), read: (v, o, le) => v.getFloat32(o, le) },
  f2: { bytes: 2, make: (n) => new Float32Array(n), read: (v, o, le) => v.getFloat16(o, le) },
  i8: {
    bytes: 8,
    make: (n) => new Float64Array(n),
    read: (v, o, le) => wide(v.getInt32(le ? o + 4 : o, le), v.getUint32(le ? o : o + 4, le)),
  },
  i4: { bytes: 4, make: (n) => new Int32Array(n), read: (v, o, le) => v.getInt32(o, le) },
  i2: { bytes: 2, make: (n) => new Int16Array(n), read: (v, o, le) => v.getInt16(o, le) },
  i1: { bytes: 1, make: (n) => new Int8Array(n), read: (v, o) => v.getInt8(o) },
  u8: {
    bytes: 8,
    make: (n) => new Float64Array(n),
    read: (v, o, le) => wide(v.getUint32(le ? o + 4 : o, le), v.getUint32(le ? o : o + 4, le)),
  },
  u4: { bytes: 4, make: (n) => new Uint32Array(n), read: (v, o, le) => v.getUint32(o, le) },
  u2: { bytes: 2, make: (n) => new Uint16Array(n), read: (v, o, le) => v.getUint16(o, le) },
  u1: { bytes: 1, make: (n) => new Uint8Array(n), read: (v, o) => v.getUint8(o) },
  b1: { bytes: 1, make: (n) => new Uint8Array(n), read: (v, o) => (v.getUint8(o) === 0 ? 0 : 1) },
};

/** The first bytes of an `.npy` file, `\x93NUMPY`. */
export const NPY_MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

interface Header {
  readonly dtype: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

/** A well-formed array that holds no numbers, or none that fit. */
export class OtherContent extends SyntaxError {}

/** One `'key': value` pair of the header's Python dictionary; other values are not those of plain arrays. */
const ENTRY = /\s*'(descr|fortran_order|shape)'\s*:\s*('[^']*'|True|False|\([\d,\sL]*\)|\[)/y;
const SEPARATOR = /\s*(,|(?=\}))/y;

/** Where the list that starts at `start` ends, lists within it and brackets in quotes left aside; or −1. */
function endOfList(text: string, start: number): number {
  let depth = 0, quote = "";
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (quote !== "") {
      if (sign === "\\") at++;
      else if (sign === quote) quote = "";
    } else if (sign === "'" || sign === '"') quote = sign;
    else if (sign === "[") depth++;
    else if (sign === "]" && --depth === 0) return at + 1;
  }
  return -1;
}

function parseHeader(text: string): Header {
  const message = (why: string) => {
    const shown = text.trim();
    return `Cannot read the array as ${why}: current value is ${
      JSON.stringify(shown.length > 200 ? `${shown.slice(0, 200)}…` : shown)
    }`;
  };
  const fail = (why: string): never => {
    throw new SyntaxError(message(why));
  };
  const found = new Map<string, string>();
  if (!text.startsWith("{")) fail("its header must be a dictionary");
  ENTRY.lastIndex = 1;
  for (let match = ENTRY.exec(text); match !== null; match = ENTRY.exec(text)) {
    if (found.has(match[1])) fail(`its header must name '${match[1]}' once`);
    const start = ENTRY.lastIndex - match[2].length;
    const end = match[2] === "[" ? endOfList(text, start) : ENTRY.lastIndex;
    SEPARATOR.lastIndex = end;
    if (end < 0 || !SEPARATOR.test(text)) break;
    found.set(match[1], text.slice(start, end));
    ENTRY.lastIndex = SEPARATOR.lastIndex;
    if (found.size === 3) {
      if (!/^\s*\}\s*$/.test(text.slice(ENTRY.lastIndex))) fail("its header must have three entries");
      break;
    }
  }
  // A type that is a tuple, such as ('<f8', (3,)), or has fields ({'names': …}).
  const other = /'descr'\s*:\s*[({]/.test(text) && /'fortran_order'\s*:/.test(text) &&
    /'shape'\s*:/.test(text);
  if (!found.has("descr") && other) {
    throw new OtherContent(message("structured types are not supported (save one array per field)"));
  }
  const negative = /'shape'\s*:\s*\([\d,\s]*-/.test(text);
  if (!found.has("shape") && negative) fail("'shape' must be a tuple of sizes, and none is negative");
  const [descr, order, shape] = ["descr", "fortran_order", "shape"].map((key) => found.get(key));
  if (descr === undefined || order === undefined || shape === undefined) {
    return fail("its header must give 'descr', 'fortran_order' and 'shape'");
  }
  if (descr.startsWith("[")) {
    throw new OtherContent(message("structured types are not supported (save one array per field)"));
  }
  if (!descr.startsWith("'")) fail("'descr' must be text");
  if (order !== "True" && order !== "False") fail("'fortran_order' must be True or False");
  if (!/^\(\s*(\d+L?\s*,\s*)*(\d+L?\s*)?\)$/.test(shape) || /^\(\s*\d+L?\s*\)$/.test(shape)) {
    fail("'shape' must be a tuple of sizes");
  }
  return {
    dtype: descr.slice(1, -1),
    fortranOrder: order === "True",
    shape: (shape.match(/\d+/g) ?? []).map(Number),
  };
}

/**
 * Reads an array from the bytes of a NumPy `.npy` file (format versions 1.0, 2.0 and 3.0).
 *
 * Types: 2-, 4- and 8-byte floats, 1- to 8-byte integers signed and unsigned, booleans; little and big
 * endian; C and Fortran order.
 *
 * @param bytes The whole file.
 * @throws {SyntaxError} If it is no `.npy` file, is cut short or has bytes to spare, holds another type
 *   (pickled objects, structures, text, complex numbers), or an 8-byte integer beyond ±(2^53 - 1).
 */
export function readNpy(bytes: Uint8Array): NpyArray {
  if (NPY_MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new SyntaxError(
      `Cannot read the array as an npy file must start with the bytes ${NPY_MAGIC.join(" ")}: ` +
        `current value is ${bytes.length === 0 ? "an empty file" : bytes.subarray(0, 6).join(" ")}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  if (!(version >= 1 && version <= 3)) {
    throw new SyntaxError(
      `Cannot read the array as its npy version must be 1, 2 or 3: current value is ${version}`,
    );
  }
  const start = version === 1 ? 10 : 12;
  const headerEnd = bytes.length < start
    ? Infinity
    : start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (headerEnd > bytes.length) {
    throw new SyntaxError(
      `Cannot read the array as its header is cut short: current size is ${bytes.length} bytes`,
    );
  }
  const decoder = new TextDecoder(version === 3 ? "utf-8" : "latin1");
  const { dtype, fortranOrder, shape } = parseHeader(decoder.decode(bytes.subarray(start, headerEnd)));

  const kind = /^[<>|=]([fiub]\d)$/.exec(dtype)?.[1];
  const type = kind === undefined ? undefined : DTYPES[kind];
  if (type === undefined || (dtype[0] === "|") !== (type.bytes === 1)) {
    const what = dtype === "|O" ? " (pickled Python objects)" : "";
    throw new OtherContent(
      `Cannot read the array as its type must be plain numbers: current value is ${dtype}${what}; ` +
        `save it again with array.astype(float)`,
    );
  }
  const length = shape.reduce((product, size) => product * size, 1);
  if (!shape.every(Number.isSafeInteger) || !Number.isSafeInteger(length)) {
    throw new SyntaxError(
      `Cannot read the array as its sizes must be whole numbers below 2^53: current shape is (${
        shape.join(", ")
      })`,
    );
  }
  const expected = length * type.bytes;
  if (bytes.length - headerEnd !== expected) {
    throw new SyntaxError(
      `Cannot read the array as shape (${shape.join(", ")}) of type ${dtype} must have ${expected} bytes: ` +
        `current value is ${bytes.length - headerEnd}`,
    );
  }
  const data = type.make(length);
  const littleEndian = dtype[0] !== ">";
  for (let i = 0, offset = headerEnd; i < length; i++, offset += type.bytes) {
    data[i] = type.read(view, offset, littleEndian);
  }
  return { dtype, shape, fortranOrder, data };
}

/**
 * Turns an array of one or two dimensions into a row-major float64 matrix, whatever the order in the file.
 *
 * @param array shape [n, d], or [n] which becomes n × 1.
 * @returns [n, d].
 * @throws {TypeError} If the array has another number of dimensions, or no column.
 */
export function toMatrix(array: NpyArray): Matrix {
  const { data, shape, fortranOrder } = array;
  const [rows, columns = 1] = shape;
  if (shape.length < 1 || shape.length > 2 || columns === 0) {
    throw new TypeError(
      `Cannot make a matrix as the array's shape must be [n] or [n, d] with d >= 1: current value is [${
        shape.join(", ")
      }]`,
    );
  }
  const out = new Float64Array(rows * columns);
  if (!fortranOrder) out.set(data);
  else {
    for (let j = 0; j < columns; j++) {
      for (let i = 0; i < rows; i++) out[i * columns + j] = data[j * rows + i];
    }
  }
  return { data: out, rows, columns };
}
