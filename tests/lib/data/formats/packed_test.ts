/** Archives as other people pack them, cut them off or make them into bombs. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync } from "fflate";
import { createTar, type TarFileInput } from "nanotar";
import {
  bunzip,
  gunzip,
  loadDataSet,
  readCifarArchive,
  readGdb9Archive,
  tarFiles,
} from "../../../../lib/data/mod.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

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
