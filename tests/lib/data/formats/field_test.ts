/** Files as other people write them: read, or refused with the file, frame, line and the remedy. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync, zipSync } from "fflate";
import { createTar, type TarFileInput } from "nanotar";
import {
  bunzip,
  gunzip,
  loadDataSet,
  readCif,
  readCifarArchive,
  readCsv,
  readCsvRecords,
  readGdb9Archive,
  readIdxImages,
  readNpy,
  readNpz,
  readPoscar,
  readXyz,
  tarFiles,
} from "../../../../lib/data/mod.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

/** An .npy file of version 1. */
function npy(descr: string, shape: string, content: ArrayLike<number>): Uint8Array {
  const header = ascii(`{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`);
  const head = [0x93, ...ascii("NUMPY"), 1, 0, header.length & 255, header.length >> 8];
  return Uint8Array.from([...head, ...header, ...Array.from(content)]);
}
const X = npy("'|u1'", "(2, 1)", [1, 2]);
const OTHERS: Readonly<Record<string, [Uint8Array, RegExp]>> = {
  text: [npy("'<U2'", "(1,)", new Array(8).fill(0)), /type must be plain numbers: current value is <U2/],
  bytes: [npy("'|S3'", "(1,)", [65, 66, 67]), /current value is \|S3/],
  objects: [npy("'|O'", "(1,)", [128, 4, 78, 46]), /pickled Python objects/],
  dates: [npy("'<M8[ns]'", "(1,)", new Array(8).fill(0)), /<M8\[ns\]/],
  complex: [npy("'<c16'", "(1,)", new Array(16).fill(0)), /<c16/],
  pairs: [npy("[('a', '<f8'), ('b', '<i4')]", "(1,)", new Array(12).fill(0)), /structured types/],
  nested: [
    npy("[('a', [('b', '<f8', (2,)), ('c]', '|S1')]), (('t', 'd'), '<i4')]", "()", []),
    /structured types/,
  ],
  hashes: [npy("'<u8'", "(1,)", new Array(8).fill(255)), /8-byte integers must be within/],
};
for (const [what, [bytes, message]] of Object.entries(OTHERS)) {
  Deno.test(`readNpz() reads numbers beside ${what}, and says why it has no ${what}`, () => {
    const arrays = readNpz(zipSync({ "X.npy": X, "other.npy": bytes }));
    assert.deepEqual(Object.keys(arrays), ["X"]);
    assert.deepEqual([...arrays.X.data], [1, 2]);
    const named = {
      name: "SyntaxError",
      message: new RegExp(`^Cannot read other\\.npy .*${message.source}`),
    };
    assert.throws(() => arrays.other, named);
    assert.throws(() => readNpz(zipSync({ "other.npy": bytes })), named, "nothing else is there");
    assert.throws(() => readNpy(bytes), { name: "SyntaxError", message });
  });
}

Deno.test("readNpz() leaves out folders, what macOS adds, and files that are no arrays", () => {
  const clutter = {
    "set/": new Uint8Array(0),
    "__MACOSX/._X.npy": ascii("Mac OS X"),
    "__MACOSX/set/._X.npy": ascii("Mac OS X"),
    "set/._X.npy": ascii("Mac OS X"),
    ".DS_Store": ascii("\0\0\0\x01Bud1"),
    "README.txt": ascii("about"),
  };
  assert.deepEqual(Object.keys(readNpz(zipSync({ ...clutter, "set/X.npy": X }))), ["set/X"]);
  assert.throws(() => readNpz(zipSync(clutter)), /members must be .npy files: current value is set\//);
  assert.throws(
    () => readNpz(zipSync({ "X.npy": X, "y.npy": ascii("no array") })),
    /^SyntaxError: Cannot read y.npy/,
  );
});

/** An archive with the number of the packing changed, in both places that have it. */
function packedAs(method: number): Uint8Array {
  const bytes = zipSync({ "X.npy": X }, { level: 0 });
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 4 <= bytes.length; at++) {
    const sign = view.getUint32(at, true);
    if (sign === 0x04034b50) view.setUint16(at + 8, method, true);
    if (sign === 0x02014b50) view.setUint16(at + 10, method, true);
  }
  return bytes;
}
Deno.test("readNpz() names a packing that it does not know", () => {
  const names: [number, string][] = [[12, "bzip2"], [14, "LZMA"], [93, "Zstandard"], [9, "Deflate64"], [
    77,
    "77",
  ]];
  for (const [method, name] of names) {
    assert.throws(() => readNpz(packedAs(method)), {
      name: "SyntaxError",
      message: new RegExp(`X\\.npy must be packed with Deflate or not at all: current value is ${name};`),
    });
  }
});

Deno.test("readNpz() refuses members that share their bytes, as a bomb does", () => {
  const bytes = zipSync({ "a.npy": X, "b.npy": X }, { level: 0 });
  const view = new DataView(bytes.buffer);
  // The directory says that the first member is much larger than the archive's rest.
  for (let at = 0; at + 4 <= bytes.length; at++) {
    if (view.getUint32(at, true) !== 0x02014b50) continue;
    for (const place of [20, 24]) view.setUint32(at + place, bytes.length - 40, true);
  }
  assert.throws(() => readNpz(bytes), { name: "SyntaxError" });
});

Deno.test("readCsv() reads lines that end in any way", () => {
  const wanted = readCsv("x,y\n1,2\n3,4\n5,6\n");
  for (
    const text of [
      "x,y\r\n1,2\n3,4\n5,6\n",
      "x,y\n1,2\r\n3,4\n5,6",
      "x,y\r1,2\r\n3,4\n\n5,6\r",
      "x,y\r1,2\r3,4\r5,6",
    ]
  ) {
    assert.deepEqual(readCsv(text), wanted, JSON.stringify(text));
  }
  assert.deepEqual([...readCsv("1\r\n2\n3\r").rows.data], [1, 2, 3]);
  assert.throws(() => readCsv("1,2\r\n3,4\n5\n"), /each line must have 2 values.* line 3 is 1$/);
  assert.equal(readCsvRecords('id,t\r\n1,"a\r\nb"\n2,c\n', { columns: ["id"] }).length, 2);
});

Deno.test("readCsv() takes titles that are numbers if told so", () => {
  const text = "0,1,2\n10,11,12\n20,21,22\n";
  assert.equal(readCsv(text).rows.rows, 3);
  const { names, rows } = readCsv(text, { header: true });
  assert.deepEqual([names, rows.rows], [["0", "1", "2"], 2]);
  assert.deepEqual(readCsv(",0,1\n5,10,11\n", { header: true }).names, ["column 1", "0", "1"]);
  assert.throws(() => readCsv("a,b\n1,2\n", { header: false }), /line 1, column 1 is "a"/);
});

Deno.test("readCsv() does not take a first row of missing values or other notations for titles", () => {
  for (
    const [text, value] of [["nan,NaN\n1,2", "nan"], ["NA,\n1,2", "NA"], ["inf,-inf\n1,2", "inf"], [
      "?,-\n1,2",
      "?",
    ]]
  ) {
    assert.throws(
      () => readCsv(text),
      (error: Error) => error.message.includes(`line 1, column 1 is "${value}"`),
    );
  }
  assert.deepEqual(readCsv("NaN,x\n1,2\n").names, ["NaN", "x"]);
});

Deno.test("readCsv() hints at separators, decimal commas and other digits", () => {
  const cases: [string, RegExp][] = [
    [
      '"acidity";"sugar"\n7.4;1.9\n',
      /commas must separate.* line 1 has semicolons; give \{ delimiter: ";" \}/,
    ],
    ["a;b\n7,4;1,9\n", /line 1 has semicolons/],
    ["a\tb\n1\t2\n", /line 1 has tabs; give \{ delimiter: "\\t" \}/],
    ["7,4;1,9\n7,8;2,6\n", /line 1, column 2 is "4;1"; .*delimiter: ";"/],
    ["id,v\n0x1A,1\n", /line 2, column 1 is "0x1A"; write it in decimal digits, 26/],
    ["id,v\n-0b11,1\n", /write it in decimal digits, -3/],
    ["id,v\n1_000,1\n", /"1_000"/],
    ['id,v\n"7,4",1\n', /write decimal commas as points, 7.4/],
    ["id,v\n1D+3,1\n", /write Fortran's exponents with e/],
    ["id,v\n1e999,1\n", /finite numbers.*"1e999"/],
    ["id,v\n0x1A\n", /line 2 is 1/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => readCsv(text), (error: Error) => {
      assert.equal(error.name, "SyntaxError");
      assert.match(error.message, message);
      assert.ok(!error.message.includes("\n"));
      return true;
    }, text);
  }
  assert.deepEqual([...readCsv("a;b\n7.4;1.9\n", { delimiter: ";" }).rows.data], [7.4, 1.9]);
  assert.throws(() => readCsv("a;b\n7,4;1,9\n", { delimiter: ";" }), /write decimal commas as points, 7.4/);
  assert.throws(() => readCsv("1,x\n", { file: "cars.csv" }), /^SyntaxError: Cannot read cars.csv as/);
});

Deno.test("readXyz() names file, frame and line, and what may have been meant", () => {
  const cases: [string, RegExp][] = [
    [
      "2\nCO\n6 0 0 0\n8 0 0 1.13\n",
      /frame 0 as line 3 .*symbols must be of the elements up to Ar: current value is "6"; write C/,
    ],
    ["2\nHCl\nH 0 0 0\nCL 0 0 1\n", /frame 0 as line 4 .*"CL"; write Cl/],
    ["1\na\nHe 0 0 0\n1\nb\nC1 0 0 0\n", /frame 1 as line 6 .*"C1"; write C/],
    [
      "1\na\nHe 0 0 0\n3\nwater\nO 0 0 0\nH 0 0 1\n",
      /frame 1 as line 4 must be the number .*"3", and 2 lines are left/,
    ],
    [
      "2\na\nH 0 0 0\n\n",
      /frame 0 as line 4 must hold a symbol and three decimal numbers: current value is ""/,
    ],
    ["1\na\nH 0 0x1A 0\n", /frame 0 as line 3 .*decimal: current value is "0x1A"/],
    ["0x2\na\nH 0 0 0\nH 0 0 1\n", /line 1 must be the number/],
    ["-1\na\n", /line 1 must be the number/],
    ["99999999999\na\nH 0 0 0\n", /line 1 must be the number/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => readXyz(text), { name: "SyntaxError", message }, text);
  }
  assert.throws(() => readXyz("x\n", { file: "a.xyz" }), /frame 0 of a.xyz as line 1/);
  assert.deepEqual(readXyz("1\r\na\rHe 0 0 0\n"), readXyz("1\na\nHe 0 0 0\n"));
});

/** An idx file. */
const idx = (extents: readonly number[], data: ArrayLike<number>) => {
  const bytes = new Uint8Array(4 + 4 * extents.length + data.length), view = new DataView(bytes.buffer);
  [2048 + extents.length, ...extents].forEach((value, i) => view.setInt32(4 * i, value));
  bytes.set(Array.from(data), 4 + 4 * extents.length);
  return bytes;
};
Deno.test("readIdxImages() names the file, and says what is wrong with it", () => {
  const images = idx([1, 2, 2], [1, 2, 3, 4]), labels = idx([1], [7]);
  assert.equal(readIdxImages(images, labels).labels[0], 7);
  const cases: [Uint8Array, Uint8Array, RegExp][] = [
    [gzipSync(images), labels, /idx file of images .*still packed with gzip/],
    [images, gzipSync(labels), /idx file of labels .*still packed with gzip/],
    [labels, images, /file of images .*current value is 2049; it holds labels: are the files exchanged/],
    [idx([1, -2, -2], [1, 2, 3, 4]), labels, /extents must be positive: current values are 1 × -2 × -2/],
    [idx([-1, -2, 2], [1, 2, 3, 4]), labels, /extents must be positive/],
    [idx([1, 0, 2], []), labels, /extents must be positive/],
    [idx([1, 2, 2], [1, 2, 3]), labels, /1 × 2 × 2 must have 20 bytes: current value is 19/],
  ];
  for (const [first, second, message] of cases) {
    assert.throws(() => readIdxImages(first, second), { name: "SyntaxError", message });
  }
});

Deno.test("readCif() and readPoscar() take decimal numbers only, and name elements and operations", () => {
  const cif = (cell: string, more = "") =>
    `data_x\n_cell_length_a ${cell}\n_cell_length_b 4\n_cell_length_c 4\n_cell_angle_alpha 90\n` +
    `_cell_angle_beta 90\n_cell_angle_gamma 90\n${more}` +
    "loop_ _atom_site_type_symbol _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z\nFe 0 0 0\n";
  assert.equal(readCif(cif("4.0(2)")).atomicNumbers[0], 26);
  assert.throws(() => readCif(cif("0x4")), /_cell_length_a must be a number: current value is "0x4"/);
  const operations = (list: readonly string[]) => `loop_ _symmetry_equiv_pos_as_xyz\n${list.join("\n")}\n`;
  assert.throws(() => readCif(cif("4", operations(["x,y,z+1/0"]))), /shift .* must be a finite number/);
  assert.throws(() => readCif(cif("4", operations(["x,y,z+1.2.3"]))), /shift .* must be a finite number/);
  assert.throws(
    () => readCif(cif("4", operations(Array(193).fill("x,y,z")))),
    /at most 192 symmetry operations: current value is 193/,
  );
  // Quotes that nothing ends, in one line of a megabyte: in time that grows with its length.
  const start = performance.now();
  assert.throws(() => readCif(`data_x\n${"'a ".repeat(350000)}`), { name: "SyntaxError" });
  assert.ok(performance.now() - start < 5000);
  const lines = ["CsCl", "1.0", "4 0 0", "0 4 0", "0 0 4", "Cs Xx", "1 1", "direct", "0 0 0", "0.5 0.5 0.5"];
  assert.throws(() => readPoscar(lines.join("\n")), /line 6 must name elements from H to Lr/);
  assert.throws(() => readPoscar(lines.with(1, "0x1").join("\n")), /line 2 must start with 1 numbers/);
});

/** Written by Python's bz2 at level 1, so two blocks: the bytes `wanted` below, and 100 000 zeros. */
const PACKED =
  "QlpoMTFBWSZTWWAS0VIAAlb////////////////////////////////////////////4YA5cAHAAOwCAAAAAQAAAAAAAEAAAAAAA" +
  "AAAaAAAAAAAAAA0AAAAAAAAAAAAAAAAAAAAAAIqpUEwEwAAJgAAAAmNTAAAAAAAAABMCYAAAAAANAAAAAAAAAAmAB//6qqgRVVAA" +
  "AAAAAGgAADQGgAAAAAAABoAAAAAAAAAAAAAAAAAAAAAIVVJAAAAAAAAAADQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAA" +
  "aAAAAAAAAAA0AAAAAAAAAAAAAAAAAAAAAAgAAAAAAAAADQAAAAAAAAAGgAAAAAAAAAAAAAAAAAAAAAP+AQHB4CggMODGTK8EAgOA" +
  "DgkgZIGSBkgZIGSBhlIZSGUhlIZSGUhgYYGGUhlIZSGUhlIZSGBkgZIGSBkgZIGSBhlIZSGUhlIZSGUhgYYcCHAGUhlIZSGUhlIZ" +
  "SGBkgZIGSBkgZIGSBhlIZSGUhlIZSGUhgYYGGUhlIZSGUhlIZSGBkhVVJIUFA/hP5H+h/sf8H/R/4cNHEBxEcSHExi4xgYyMaSNp" +
  "HEjqR5I+kgGQjIhkYyQZKMmGTjKBlIyoZWMsGWjLhl6TBJikySZpAJNBgBmozYZuM4GcjOhnYzwZ6M+GfjQBoI0JKGlESipRko6Q" +
  "I0gaSMCIFKGljTBpowQ04YIYcNPGoDURqQ1NKolVSrJV0rCVka0NbGuDXRrw18bANhGxDYxsg2UbMNnG0JaUtSWtLYltS3DbxuA3" +
  "EbkNzG6DdRuw3cbwN5G9Dexvg31L8l/TAJBpgUwQ4McIOFHDDhxxA4kcUOLHGDjRxw48cgmRTJJk0yiZVMsmXHMDmRzQ5sc4OdHP" +
  "Dnx0A6EdEOjHSDpU0yadNQmpTVJq01g60dcOvHYDsR2Q7MdoO1HbDtx3A7kd0m7TeJvU3yb9OAnBHhDwx4g8UeMPHHkDyR5Q8seY" +
  "PNHnDz06CdFOknTTqJ1U6w9cewPZHtD2x7g90e8PfHwD4R8Q+MfInlTzJ509CelPUnrH2D7R9w+8fgPxH5D8x+g/UfsP3H9R/ZP3" +
  "T+E/lJP6TCoigH5DgQVAA7YZIYGGGGGGGGGGGGGSGSGSGSGSGSGGGGSGSGSGSGSGSGGGGGGGGGGGGGGGGSGSGSGSGSGSGGGGSGSG" +
  "SGSGSGSGGGGGGGGGGGGGGGGSGSGSGSGSGSGGGGSGSGSGSGSGSGGGFVSHAIqm+YFEVIYYYYYYYcUSSSSSSGGGGGGGGGGGGGGGSSSS" +
  "SSGGGGGGGGGGGGGGGSSSSSSGGGGGGGGGGHCCBDDDDJpyf4SSSSGGGGGGGGGGGGGGGSSSSSSGGGGGGGGGGGGGGGSSSSSSGGGGGGGG" +
  "GGGGGHiEkkkkkkhhhhhhhhhhhhhhkkkkkkkhhhhhhhhhhhhhhkkkkkkkhhhhhhhhhhhhhhkkkkkkkhhhhhhhhhhhhhhkkkkkkkhh" +
  "hhhhhhhhhhhhkkkkkkkhhhhhhwqCiAHZjgHAoIqQySSSSSQwwwwwwwwwwwwwwySSSSSQwwwwwwwwwwwwwwySSSSSQwwwwwwwwwww" +
  "wwwySSYQQJJJIYcPGGGGGGGGGGGGSSSSSSGGGGGGGGGGGGGGGSSSSSSGGGGGGGGGGGGGGGSSSSSSGGGGGGGGGGGGGGSSSSSSSGGG" +
  "GGGGGGGGGGGSSSSSSSGGGGGGGGGGGGGGSSSSSSSGGGGGGGGGGGGGGSSSSSSSGGGGGGGGGGGGGGSSSSSSSGGGGGGGGGGGGHCqgIDD" +
  "gQBAMA4BwDDDDDJDJDJDJDJDJDDDDJDJDJDJDJDJDDDDDDDDDDDDDDDDJDJDJDJDJDJDDDDJDJDJDJDJDJDDDDDDDDDDDDDDDDJD" +
  "JDJDJDJDJDDDDJDJDJDJDJDJDDDDDDDDDDDDDDJDJDJDJDJDJDJDDJDJDJDJDJDJDJDDDDDDDDDDDDDDJDJDJDJDJDJDJDDJDJDJ" +
  "DJDJDJDJDDDDDDDDDDDDDDJDJDJDJDJDJDJDDJDJDJDJDJDJDJDDDDDDDDDDDDDDJDJDJDJDJDJDJDDJDJDJDJDJDJDJDDDDDDDD" +
  "DDDDDDJDJDJDJDJDJDJDDJDJDJDJDJDJDJDDDDDDDDDDDDDDJDJDJDJDJDJDJDDJDJDJDJDJDKSQMkDJAwykMpDKQykMpDKQwMMD" +
  "DKQykMpDKQykMpDAyQMkDJAyQMkDJAwykMpDKQykMpDKQwMMDDKQykMpDKQykMpDAyQMkDJAyQMkDJAwykMpDKQykMpDKQwMMDDK" +
  "QykMpDKQykMpDAyQMkDJAyQMkDJKQykMpDKQykMpDKQwMMpDKQykMpDKQykMpJAyQMkDJAyQMkDJKQykMpDKQykMpDKQwMMpDKQy" +
  "kMpDKQykMpJAyQMkDJAyQMkDJKQykMpDKQykMpDKQwMMpDKQykMpDKQykMpJAyQMkDJAyQMkDJKQykMpDKQykMpDKQwMMpDKQykM" +
  "pDKQykMpJAyQMkDJAyQMkDJKQykMpDKQykMpDKQwMMpDKQykMpDKQykMpJAyQMkDJAyQMkDJKQykMpDKQykMpDKQwMMpDKQykMpD" +
  "KQyfsAgP/i7kinChIMAloqQ=";
Deno.test("bunzip() unpacks what Python packs, and checks the checksums", () => {
  const packed = new Uint8Array(Buffer.from(PACKED, "base64"));
  const join = (bytes: Uint8Array) => Buffer.concat([...bunzip(bytes)]);
  const content = join(packed);
  const wanted = Buffer.from(
    Array.from({ length: 30000 }, (_, i) => i % 7 === 0 ? i % 251 : i % 3 === 0 ? 65 : 66),
  );
  assert.ok(content.equals(Buffer.concat([wanted, Buffer.alloc(100000)])));
  // Several streams in one file, as pbzip2 writes them.
  assert.equal(join(Uint8Array.from([...packed, ...packed])).length, 2 * content.length);
  for (let at = 0; at < packed.length; at += 5) {
    try { // a bit of a code that no symbol uses carries nothing
      assert.ok(join(packed.with(at, packed[at] ^ 4)).equals(content), `byte ${at}`);
    } catch (error) {
      assert.equal((error as Error).name, "SyntaxError", `byte ${at}: ${error}`);
    }
    assert.throws(() => join(packed.subarray(0, at)), { name: "SyntaxError" }, `${at} bytes`);
  }
  assert.throws(() => join(ascii("PK no bzip2 at all")), /must be bzip2/);
  assert.throws(() => [...bunzip(packed, { maxBytes: 1000 })], /at most 1000 bytes/);
});

/** 64 MB of zeros, by Python's bz2. */
const BOMB =
  "QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZFwkgoACKo8EAwABAAAAIIAAwzAUppqhJIbAiSQ8XckU4" +
  "UJALGuUe";
Deno.test("bunzip() stops at its limit, and needs little memory, on a bomb", () => {
  const bomb = new Uint8Array(Buffer.from(BOMB, "base64"));
  let pieces = 0;
  for (const piece of bunzip(bomb)) {
    pieces++;
    assert.ok(piece.length <= 1 << 18);
    if (pieces === 8) break;
  }
  assert.equal(pieces, 8);
  assert.deepEqual(readGdb9Archive(bomb), [], "zeros are the end mark of an empty archive");
  assert.throws(() => {
    for (const _ of bunzip(bomb, { maxBytes: 1 << 20 }));
  }, /at most 1048576 bytes/);
});

const tar = createTar([{ name: "a/one.txt", data: "one" }, {
  name: "two.bin",
  data: new Uint8Array(1500).fill(7),
}]);
const names = (bytes: Uint8Array) =>
  [...tarFiles([bytes])].map(({ name, content }) => [name, content.length]);

/** A tar archive with a header's field overwritten, and its checksum made right. */
function withField(at: number, text: string): Uint8Array {
  const bytes = tar.slice();
  bytes.set(ascii(text), at);
  bytes.set(ascii("        "), 148);
  const sum = bytes.subarray(0, 512).reduce((a, b) => a + b, 0);
  bytes.set(ascii(sum.toString(8).padStart(6, "0") + "\0 "), 148);
  return bytes;
}

Deno.test("tarFiles() reads files, and refuses sizes and ends that cannot be", () => {
  const whole = Uint8Array.from([...tar, ...new Uint8Array(1024)]);
  assert.deepEqual(names(whole), [["a/one.txt", 3], ["two.bin", 1500]]);
  // In pieces of any length.
  const pieces = Array.from(
    { length: Math.ceil(whole.length / 77) },
    (_, i) => whole.subarray(77 * i, 77 * i + 77),
  );
  assert.deepEqual([...tarFiles(pieces)].map(({ name }) => name), ["a/one.txt", "two.bin"]);
  for (
    const size of [
      "-0000000512\0",
      "            ",
      "9999999999 \0",
      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    ]
  ) {
    assert.throws(() => names(withField(124, size)), /bad header at byte 0/, size);
  }
  assert.throws(() => names(withField(124, "77777777777\0")), /"a\/one.txt" at byte 512 is cut short/);
  assert.throws(() => names(whole.with(0, 98)), /bad header at byte 0/, "the checksum");
  for (const length of [0, 100, 512, 600, 1024, 1500, 2048]) {
    assert.throws(
      () => names(whole.subarray(0, length)),
      { name: "SyntaxError", message: /cut short/ },
      `${length}`,
    );
  }
});

Deno.test("readCifarArchive() says what its archive lacks, in one line", async () => {
  const batch = new Uint8Array(3073);
  const files = ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"]
    .map((name) => ({ name: `cifar-10-batches-bin/${name}.bin`, data: batch }));
  // nanotar leaves out the end mark where the archive happens to fill its last record.
  const tarGzip = (files: TarFileInput[]) =>
    gzipSync(Uint8Array.from([...createTar(files), ...new Uint8Array(1024)]));
  assert.equal((await readCifarArchive(tarGzip(files))).train.count, 5);
  const bad = async (bytes: Uint8Array, message: RegExp) => {
    await assert.rejects(readCifarArchive(bytes), { name: "SyntaxError", message });
  };
  await bad(ascii("no gzip"), /must be a gzip file/);
  await bad(gzipSync(ascii("no tar")), /cut short/);
  await bad(gzipSync(new Uint8Array(1024).fill(1)), /bad header at byte 0/);
  await bad(tarGzip(files.slice(1)), /must hold data_batch_1.bin/);
  await bad(
    tarGzip(files.map((file, i) => i === 2 ? { ...file, data: batch.subarray(1) } : file)),
    /Cannot read data_batch_3.bin as its length must be a multiple of 3073: current value is 3072/,
  );
});

Deno.test("gunzip() checks checksums, reads several members, and stops at its limit", async () => {
  const content = ascii("some text ".repeat(1000)), packed = gzipSync(content);
  assert.deepEqual(await gunzip(packed), content);
  assert.equal((await gunzip(Uint8Array.from([...packed, ...packed])))!.length, 2 * content.length);
  for (const at of [-8, -1, 12]) {
    const index = (at + packed.length) % packed.length;
    assert.equal(await gunzip(packed.with(index, packed[index] ^ 1)), undefined, `${at}`);
  }
  assert.equal(await gunzip(packed.subarray(0, -1)), undefined);
  await assert.rejects(gunzip(packed, { maxBytes: 999 }), {
    name: "RangeError",
    message: /at most 999 bytes/,
  });
});

Deno.test("loadDataSet() looks at a file's size before it reads it", async () => {
  const root = await Deno.makeTempDir();
  try {
    for (
      const [name, place] of [
        ["adbench/6_cardio", "adbench/Classical/6_cardio.npz"],
        ["mp-phonons/phonons", "mp-phonons/phonon_dielectric_mp.csv.gz"],
      ]
    ) {
      await Deno.mkdir(`${root}/${place.slice(0, place.lastIndexOf("/"))}`, { recursive: true });
      using file = await Deno.open(`${root}/${place}`, { write: true, create: true });
      await file.truncate(2 ** 40); // a sparse terabyte: reading it would not end
      await assert.rejects(loadDataSet(name, "real", { roots: [root] }), {
        name: "SyntaxError",
        message: /current value is 1099511627776 bytes/,
      });
    }
    // A small file that unpacks to more than the published content.
    const bomb = gzipSync(new Uint8Array(3_000_000));
    await Deno.writeFile(`${root}/mp-phonons/phonon_dielectric_mp.csv.gz`, bomb);
    await assert.rejects(
      loadDataSet("mp-phonons/phonons", "real", { roots: [root] }),
      /content of more than 2578198 bytes/,
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
