/** Files as other people write them: read, or refused with the file, frame, line and the remedy. */
import assert from "node:assert/strict";
import { gzipSync, zipSync } from "fflate";
import {
  bunzip,
  readCif,
  readCifarArchive,
  readCsv,
  readCsvRecords,
  readGalaxyCsv,
  readIdxImages,
  readNpy,
  readNpz,
  readPoscar,
  readXyz,
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
  subarrays: [npy("('<f8', (3,))", "(1,)", new Array(24).fill(0)), /structured types/],
  fields: [
    npy(
      "{'names': ['a'], 'formats': ['<f8'], 'offsets': [8], 'itemsize': 16}",
      "(1,)",
      new Array(16).fill(0),
    ),
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
Deno.test("readers of packed files say what they were given instead", async () => {
  const bzip2 = ascii("BZh91AY&SY and more"), gzip = gzipSync(X);
  const cases: [() => unknown, RegExp][] = [
    [() => readNpz(gzip), /^Cannot read the archive as it is no zip file .*; it is still packed with gzip/],
    [() => readNpz(bzip2), /packed with bzip2: unpack it with bunzip/],
    [() => readNpz(X), /it is a single array: read it with readNpy\(\)$/],
    [() => readNpz(zipSync({ "X.npy": X }).slice(0, -30)), /no zip file or is cut short$/],
    [() => [...bunzip(gzip)], /starts with "BZh"; it is still packed with gzip/],
    [() => [...bunzip(bzip2.slice(0, 8))], /starts with "BZh"$/],
    [() => readCifarArchive(bzip2), /must be a gzip file; it is still packed with bzip2/],
    [() => readCifarArchive(gzip.slice(0, 20)), /must be a gzip file$/],
  ];
  for (const [read, message] of cases) {
    await assert.rejects(async () => await read(), { name: "SyntaxError", message });
  }
  assert.throws(() => readNpy(npy("'<f8'", "(-1,)", [])), /tuple of sizes, and none is negative/);
});

Deno.test("readGalaxyCsv() asks for a box", () => {
  const text = "group,x,y,z,log_mass,a_x,a_y,a_z,b_x,b_y,b_z,q,s\n8,1,2,3,11,0,0,2,1,0,0,0.8,0.5\n";
  assert.equal(readGalaxyCsv(text, { box: 10 }).catalogue.box, 10);
  for (const box of [NaN, 0, -1, Infinity]) {
    assert.throws(() => readGalaxyCsv(text, { box }), {
      name: "RangeError",
      message: `Cannot read the galaxies as box must be finite and > 0: current value is ${box}`,
    });
  }
});

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
    ["1 2\n3 4\n", /line 1 has spaces; give \{ delimiter: " " \}/],
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
      /frame 0 as line 3 .*symbols must be of elements, H to Og: current value is "6"; write C/,
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
    [gzipSync(images), labels, /idx file of images .*still packed with gzip: unpack it with gunzip/],
    [zipSync({ images }), labels, /current value is 1347093252; it is still packed with zip: unpack it with/],
    [ascii("BZh91AY&SY"), labels, /still packed with bzip2/],
    [images, Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4), /file of labels .*packed with xz/],
    [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0), labels, /packed with Zstandard/],
    [Uint8Array.of(0x89, 0x50, 0x4e, 0x47), labels, /current value is 2303741511$/],
    [new Uint8Array(0), labels, /current value is a file of 0 bytes$/],
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
