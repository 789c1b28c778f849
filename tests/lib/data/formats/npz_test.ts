import assert from "node:assert/strict";
import { zipSync } from "fflate";
import { readNpy, readNpz, toMatrix } from "../../../../lib/data/mod.ts";
import { NUMBERS, OBJECTS, STRUCTURED, VERSION_2, VERSION_3 } from "./_numpy_files.ts";

const arrays = readNpz(NUMBERS);

/** What NUMBERS holds for a type. */
function expected(type: string): number[] {
  if (type === "|b1") return [0, 1, 0, 1, 0, 1];
  return [0, 1, 2, 3, 4, 5].map((x) => (type[1] === "i" ? x - 3 : x));
}

for (
  const type of "<f8 >f8 <f4 >f4 <f2 <i8 >i8 <i4 <i2 >i2 |i1 <u8 <u4 <u2 |u1 |b1".split(" ")
) {
  Deno.test(`readNpz() reads type ${type} in C and Fortran order`, () => {
    for (const order of ["C", "F"]) {
      const array = arrays[order + type.replace("|", "=")];
      assert.equal(array.dtype, type);
      assert.deepEqual(array.shape, [2, 3]);
      assert.equal(array.fortranOrder, order === "F");
      assert.deepEqual([...toMatrix(array).data], expected(type));
    }
  });
}

Deno.test("readNpz() keeps the file's order and number type", () => {
  assert.deepEqual([...arrays["F<f4"].data], [0, 3, 1, 4, 2, 5]);
  assert.ok(arrays["F<f4"].data instanceof Float32Array);
  assert.ok(arrays["C<i2"].data instanceof Int16Array);
});

Deno.test("toMatrix() makes a column of a vector and keeps an empty table's width", () => {
  assert.deepEqual(toMatrix(arrays.vector), { data: Float64Array.of(0, 1, 2), rows: 3, columns: 1 });
  assert.deepEqual(toMatrix(arrays.empty), { data: new Float64Array(0), rows: 0, columns: 2 });
  assert.throws(() => toMatrix(arrays.scalar), { name: "TypeError", message: /current value is \[\]$/ });
});

Deno.test("readNpy() reads format versions 2 and 3", () => {
  for (const bytes of [VERSION_2, VERSION_3]) {
    assert.deepEqual([...toMatrix(readNpy(bytes)).data], [1.5, 2.5, 3.5, 4.5]);
  }
});

/** An .npy file with any header. */
function npy(header: string, content: ArrayLike<number>, version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const start = [0x93, ...new TextEncoder().encode("NUMPY"), version, 0, text.length & 255, text.length >> 8];
  return Uint8Array.from([...start, ...(version === 1 ? [] : [0, 0]), ...text, ...Array.from(content)]);
}
const header = (descr: string, shape: string) =>
  `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`;
const int64 = (value: bigint) => new Uint8Array(BigInt64Array.of(value).buffer);

Deno.test("readNpy() reads 8-byte integers exactly up to 2^53 - 1", () => {
  for (const value of [0n, -1n, 2n ** 53n - 1n, -(2n ** 53n) + 1n]) {
    const { data } = readNpy(npy(header("'<i8'", "(1,)"), int64(value)));
    assert.equal(BigInt(data[0]), value);
  }
});

const good = npy(header("'|u1'", "(2, 2)"), [1, 2, 3, 4]);
const BAD_NPY: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ["is empty", new Uint8Array(0), /must start with the bytes 147 78 .*an empty file/],
  ["is text", new TextEncoder().encode("a,b\n1,2"), /must start with the bytes/],
  ["has version 4", npy(header("'|u1'", "(1,)"), [1], 4), /version must be 1, 2 or 3: current value is 4/],
  ["ends after the magic", good.subarray(0, 7), /header is cut short/],
  ["ends in the header", good.subarray(0, 30), /header is cut short/],
  [
    "ends in the numbers",
    good.subarray(0, -1),
    /\(2, 2\) of type \|u1 must have 4 bytes: current value is 3/,
  ],
  ["has a byte to spare", npy(header("'|u1'", "(1,)"), [1, 2]), /must have 1 bytes: current value is 2/],
  ["has an integer of 2^53", npy(header("'<i8'", "(1,)"), int64(2n ** 53n)), /within ±\(2\^53 - 1\)/],
  ["has complex numbers", npy(header("'<c8'", "(1,)"), new Array(8).fill(0)), /current value is <c8/],
  ["has text", npy(header("'<U1'", "(1,)"), new Array(4).fill(0)), /current value is <U1; save it again/],
  ["has a prototype's name as type", npy(header("'<toString'", "(1,)"), []), /must be plain numbers/],
  ["runs code in the header", npy("{'descr': __import__('os')}", []), /must give 'descr'/],
  ["has no shape", npy("{'descr': '<f8', 'fortran_order': False}", []), /must give 'descr'/],
  ["names a key twice", npy("{'descr': '<f8', 'descr': '<f4', 'shape': (1,)}", []), /name 'descr' once/],
  ["has a fourth key", npy(header("'|u1'", "(1,), 'more': 1"), [1]), /three entries/],
  ["has a negative size", npy(header("'|u1'", "(-1,)"), []), /none is negative/],
  ["has a number as shape", npy(header("'|u1'", "(1)"), [1]), /tuple of sizes/],
];
for (const [what, bytes, message] of BAD_NPY) {
  Deno.test(`readNpy() refuses a file that ${what}`, () => {
    assert.throws(() => readNpy(bytes), { name: "SyntaxError", message });
  });
}

const archive = zipSync({ "X.npy": npy(header("'|u1'", "(64,)"), new Array(64).fill(7)), "y.npy": good });
const stored = zipSync({ "X.npy": good }, { level: 0 });

/** A copy with one byte changed. */
function flip(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at < 0 ? copy.length + at : at] ^= 0x10;
  return copy;
}

const BAD_NPZ: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ["is empty", new Uint8Array(0), /no zip file or is cut short/],
  ["is no zip", new TextEncoder().encode("x".repeat(100)), /no zip file or is cut short/],
  ["is cut in half", NUMBERS.subarray(0, NUMBERS.length >> 1), /no zip file or is cut short/],
  ["lacks its last byte", archive.subarray(0, -1), /no zip file or is cut short/],
  ["has a flipped bit in a stored member", flip(stored, stored.indexOf(0x93) + 12), /CRC-32 must be/],
  ["has a damaged directory", flip(archive, archive.length - 22 - 50), /directory is damaged/],
  ["has a member that is no array", zipSync({ "a.txt": good }), /must be .npy files: current value is a.txt/],
  ["has pickled objects", OBJECTS, /^Cannot read X\.npy .*\|O \(pickled Python objects\).*astype\(float\)$/],
  ["has a structured array", STRUCTURED, /^Cannot read X\.npy as structured types are not supported/],
];
for (const [what, bytes, message] of BAD_NPZ) {
  Deno.test(`readNpz() refuses an archive that ${what}`, () => {
    assert.throws(() => readNpz(bytes), (error: Error) => {
      assert.equal(error.name, "SyntaxError");
      assert.match(error.message, message);
      assert.ok(!error.message.includes("\n"), "one line");
      return true;
    });
  });
}

Deno.test("readNpz() never takes a changed byte for data", () => {
  const wanted = JSON.stringify(readNpz(archive));
  for (let at = 0; at < archive.length; at++) {
    let found: string | undefined;
    try {
      found = JSON.stringify(readNpz(flip(archive, at)));
    } catch (error) {
      assert.ok(error instanceof SyntaxError, `byte ${at}: ${error}`);
    }
    // A few bytes carry nothing that is read (dates, versions, attributes); a member's name is not its data.
    const same = found === undefined || found === wanted;
    const values = found && JSON.stringify(Object.values(JSON.parse(found)));
    assert.ok(same || values === JSON.stringify(Object.values(JSON.parse(wanted))), `byte ${at}`);
  }
});

Deno.test("readNpz() refuses an archive cut at any byte", () => {
  for (let length = 0; length < archive.length; length++) {
    assert.throws(() => readNpz(archive.subarray(0, length)), { name: "SyntaxError" }, `${length} bytes`);
  }
});
