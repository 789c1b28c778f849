/**
 * All public readers on a thousand damaged inputs: each ends soon, and either reads something or says in one
 * line what is wrong. A seed, `stream(SEED, reader, number)`, gives each input again.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync, zipSync } from "fflate";
import { createTar } from "nanotar";
import {
  bunzip,
  gunzip,
  readAtomReferences,
  readCif,
  readCifarArchive,
  readCifarBatch,
  readCsv,
  readCsvRecords,
  readGalaxyCsv,
  readGdb9,
  readGdb9Archive,
  readIdxImages,
  readNpy,
  readNpz,
  readPoscar,
  readSafetensors,
  readTorchWeights,
  readUncharacterized,
  readXyz,
  recordNumber,
  tarFiles,
} from "../../../../lib/data/mod.ts";
import { type Stream, stream } from "../../../../lib/random/mod.ts";
import { NUMBERS, VERSION_2 } from "./_numpy_files.ts";
import { GDB9_ARCHIVE } from "./_gdb9_archive.ts";
import { safetensors, torchFile } from "./_weight_files.ts";

const SEED = 23;
const PER_READER = 60;
/** A reader that takes longer on some kilobytes does not scale; slow machines are given some room. */
const MOST_MS = 4000;

const ascii = (text: string) => new TextEncoder().encode(text);
const utf8 = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** What makes trouble in texts. */
const TOKENS = [
  ..."-1|0|1e999|NaN|Infinity|0x1A|99999999999999999999|9007199254740993|1e-400|-0|,|;|\t|\r|\n|\r\n|\"|'|#"
    .split("|"),
  ..."(|)|[|]|{|}|_|loop_|data_|\0|\ufeff|é|\ud83d|%|1/0|x,y,z|__proto__|constructor|\\".split("|"),
];
/** What makes trouble in the numbers of headers. */
const WORDS = [0, 1, 0x7fffffff, 0xffffffff, 0x80000000, 0xfffffffe, 0x10000];

/** One to three changes, each at a random place. */
function mutate(sound: Uint8Array, random: Stream): Uint8Array {
  const draw = (high: number) => random.integers(new Int32Array(1), { high: Math.max(1, high) })[0];
  let bytes = sound.slice();
  for (let left = 1 + draw(3); left > 0; left--) {
    const at = draw(bytes.length), length = 1 + draw(40);
    const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
    switch (draw(8)) {
      case 0: // a bit
        if (at < bytes.length) bytes[at] ^= 1 << draw(8);
        break;
      case 1: // the end is lost
        bytes = bytes.slice(0, at);
        break;
      case 2: // something is lost
        bytes = Uint8Array.from([...head, ...tail.subarray(length)]);
        break;
      case 3: // something is there twice
        bytes = Uint8Array.from([...head, ...tail.subarray(0, length), ...tail]);
        break;
      case 4: // a size is absurd, in either byte order
        if (at + 4 <= bytes.length) {
          new DataView(bytes.buffer).setUint32(at, WORDS[draw(WORDS.length)], draw(2) === 0);
        }
        break;
      case 5: // bytes of chance
        for (let i = at; i < Math.min(at + length, bytes.length); i++) bytes[i] = draw(256);
        break;
      case 6: // a token comes in between
        bytes = Uint8Array.from([...head, ...ascii(TOKENS[draw(TOKENS.length)]), ...tail]);
        break;
      default: // a token takes the place of a word
        bytes = ascii(utf8(head) + utf8(tail).replace(/[^\s,;]+/, () => TOKENS[draw(TOKENS.length)]));
    }
  }
  return bytes;
}

interface Reader {
  readonly sound: Uint8Array;
  read(bytes: Uint8Array): unknown;
}
const text = (sound: string, read: (text: string) => unknown): Reader => ({
  sound: ascii(sound),
  read: (bytes) => read(utf8(bytes)),
});

const idx = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, ...new Uint8Array(12).fill(9)]);
const labels = Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 2, 4, 5]);
const record = new Uint8Array(3073).fill(5);
const batches = [1, 2, 3, 4, 5].map((k) => `data_batch_${k}.bin`).concat("test_batch.bin");
const tar = Uint8Array.from([
  ...createTar(batches.map((name) => ({ name, data: record }))),
  ...new Uint8Array(1024),
]);
const XYZ = "3\nwater\nO 0 0 1.2*^-1\nH 0 .76 -.48\nH 0 -.76 -.48\n2\nCO\nC 0 0 0\nO 0 0 1.128\n";
const GDB9 =
  "2\ngdb 3\t1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\nH 0 0 .37 0.1\nF 0 0 -.37 -.1\n4000.1\n[H]F\t[H]F\nInChI=1S\n";
const CIF = `data_iron
_cell_length_a 2.866(2)
_cell_length_b 2.866
_cell_length_c 2.866
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_chemical_name 'alpha iron' # a comment
loop_ _symmetry_equiv_pos_as_xyz
'x, y, z'
'-x, -y, z+1/2'
loop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z _atom_site_occupancy
Fe1 0 0 0 1
Fe2 0.5 0.5 0.25 1.0
`;
const POSCAR = "CsCl\n1.0\n4 0 0\n0 4 0\n0 0 4\nCs Cl\n1 1\ndirect\n0 0 0\n0.5 0.5 0.5\n";
const GALAXIES = `group,x,y,z,log_mass,a_x,a_y,a_z,b_x,b_y,b_z,q,s
8,1,2,3,11.0,0,0,2,1,0,0,0.8,0.5
8,1,2,4,12.5,1,0,0,0,1,0,0.9,0.7
`;
const ATOMS =
  " H  0.000000 -0.500273 -0.498857 -0.497912 -0.510927 2.981\n C 0.0 -37.8 -37.8 -37.8 -37.8 2.981\n";

const READERS: Readonly<Record<string, Reader>> = {
  readNpy: { sound: VERSION_2, read: readNpy },
  readNpz: { sound: NUMBERS, read: readNpz },
  // The archive is sound, its member is not: checksums do not help.
  "readNpz, member": {
    sound: VERSION_2,
    read: (bytes) => readNpz(zipSync({ "X.npy": bytes, "y.npy": VERSION_2 })),
  },
  readCsv: text("x,y,z\n1,2.5,3\n-3e2,4,5\n6,7,8\n", (csv) => readCsv(csv, { missing: [] })),
  readCsvRecords: text(
    'id,text,v\n1,"two\nlines",5\n2,b,6\n',
    (csv) => readCsvRecords(csv, { columns: ["id", "v"] }).map((row) => recordNumber(row, "v")),
  ),
  readGalaxyCsv: text(GALAXIES, (csv) => readGalaxyCsv(csv, { box: 10 })),
  readXyz: text(XYZ, readXyz),
  readGdb9: text(GDB9, readGdb9),
  readGdb9Archive: { sound: GDB9_ARCHIVE, read: readGdb9Archive },
  readCif: text(CIF, readCif),
  readPoscar: text(POSCAR, readPoscar),
  readAtomReferences: text(ATOMS, readAtomReferences),
  readUncharacterized: text("heading\n".repeat(9) + "  58 N=O A\n  61 CC B\n", readUncharacterized),
  readIdxImages: { sound: idx, read: (bytes) => readIdxImages(bytes, labels) },
  readCifarBatch: { sound: record, read: readCifarBatch },
  readCifarArchive: { sound: gzipSync(tar), read: readCifarArchive },
  "readCifarArchive, tar": { sound: tar, read: (bytes) => readCifarArchive(gzipSync(bytes)) },
  readSafetensors: {
    sound: safetensors({ w: { dtype: "F32", shape: [3], data_offsets: [0, 12] } }, new Uint8Array(12)),
    read: (bytes) => [...readSafetensors(bytes).values()],
  },
  readTorchWeights: { sound: torchFile(), read: (bytes) => [...readTorchWeights(bytes).values()] },
  tarFiles: { sound: tar, read: (bytes) => [...tarFiles([bytes])] },
  bunzip: { sound: GDB9_ARCHIVE, read: (bytes) => [...bunzip(bytes)] },
  gunzip: { sound: gzipSync(ascii(CIF)), read: (bytes) => gunzip(bytes) },
};

/** Numbers of a result, wherever they are. */
function* numbersIn(value: unknown): Generator<number> {
  if (typeof value === "number") yield value;
  else if (ArrayBuffer.isView(value)) yield* value as unknown as Iterable<number>;
  else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) yield* numbersIn(part);
  }
}

/** Readers whose numbers may be NaN or infinite: those of arrays and weights, which keep what is there. */
const ANY_NUMBER = /^readNp|^readSafetensors|^readTorchWeights/;

for (const [name, { sound, read }] of Object.entries(READERS)) {
  Deno.test(`${name} ends, and reads or refuses, on ${PER_READER} damaged inputs`, async () => {
    await read(sound);
    let refused = 0;
    for (let number = 0; number < PER_READER; number++) {
      const bytes = mutate(sound, stream(SEED, name, `${number}`));
      const what = `${name}, input ${number}, ${Buffer.from(bytes.subarray(0, 60)).toString("base64")}`;
      const start = performance.now();
      try {
        const value = await read(bytes);
        if (!ANY_NUMBER.test(name)) {
          for (const found of numbersIn(value)) assert.ok(Number.isFinite(found), `${what}: ${found}`);
        }
      } catch (error) {
        assert.ok(error instanceof SyntaxError || error instanceof RangeError, `${what}: ${error}`);
        assert.match(error.message, /^Cannot /, what);
        assert.ok(!/[\r\n]/.test(error.message) && error.message.length < 1000, `${what}: ${error.message}`);
        refused++;
      }
      const ms = performance.now() - start;
      assert.ok(ms < MOST_MS, `${what}: ${ms} ms`);
    }
    assert.ok(
      refused >= PER_READER / 10 || name === "gunzip" || name === "readUncharacterized",
      `${refused} refused`,
    );
  });
}

Deno.test("the readers see a thousand inputs, the same each time", () => {
  assert.ok(Object.keys(READERS).length * PER_READER >= 1000);
  const draw = () => mutate(idx, stream(SEED, "again", "0"));
  assert.deepEqual(draw(), draw());
});
