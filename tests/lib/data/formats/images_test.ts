import assert from "node:assert/strict";
import { encode } from "fast-png";
import { gzipSync } from "fflate";
import { createTarGzip } from "nanotar";
import {
  augmentImage,
  CIFAR10,
  firstOfEachClass,
  imageRows,
  type ImageSplit,
  type LabelledImages,
  loadDataSet,
  MNIST,
  pixelPermutation,
  readCifarArchive,
  readCifarBatch,
  readIdxImages,
  sha256,
  torusImages,
} from "../../../../lib/data/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { developmentFile } from "../../../_development_data.ts";

/** A test that needs a development data set; ignored, with the reason in its name, where it is missing. */
function testOnData(file: string, name: string, fn: () => Promise<void>): void {
  const found = developmentFile(file) !== undefined;
  Deno.test({ name: found ? name : `${name} (skipped: no data folder has ${file})`, ignore: !found, fn });
}

const small = (pixels: readonly number[], labels: readonly number[], shape = [2, 2, 1]): LabelledImages => ({
  count: labels.length,
  height: shape[0],
  width: shape[1],
  channels: shape[2],
  pixels: Uint8Array.from(pixels),
  labels: Uint8Array.from(labels),
});

Deno.test("imageRows() averages squares by channel, scales and normalises", () => {
  // 2 × 2 pixels of two channels: the first holds 0, 51, 102, 255, the second 10 times as much as its place.
  const image = small([0, 0, 51, 10, 102, 20, 255, 30], [3], [2, 2, 2]);
  const plain = imageRows(image);
  assert.deepEqual([plain.rows, plain.columns], [1, 8]);
  assert.deepEqual([...plain.data], [0, 0, 51, 10, 102, 20, 255, 30].map((v) => Math.fround(v / 255)));
  const pooled = imageRows(image, { pooling: 2, mean: [0.1, 0], std: [0.5, 2] });
  assert.deepEqual([...pooled.data], [(0.4 - 0.1) / 0.5, 15 / 255 / 2].map(Math.fround));
  assert.throws(() => imageRows(image, { pooling: 3 }), /pooling must divide 2 and 2: current value is 3/);
});

Deno.test("firstOfEachClass() keeps the first int(p·n) of every class in order", () => {
  const images = small(Array.from({ length: 40 }, (_, i) => Math.floor(i / 4)), [
    0,
    1,
    0,
    1,
    1,
    0,
    0,
    1,
    1,
    2,
  ]);
  const kept = firstOfEachClass(images, 0.6);
  // Four of class 0 → 2, five of class 1 → 3, one of class 2 → 0.
  assert.deepEqual([...kept.labels], [0, 1, 0, 1, 1]);
  assert.deepEqual([...kept.pixels].filter((_, i) => i % 4 === 0), [0, 1, 2, 3, 4]);
  assert.throws(() => firstOfEachClass(images, 0), /fraction must be in \(0, 1\]/);
});

Deno.test("torusImages() gives cyclic shifts of every image, all of them, from 0 to the side inclusive", () => {
  const random = stream(1, "test");
  const pixels = random.integers(new Int32Array(36), { high: 256 });
  const image = small([...pixels], [7], [6, 6, 1]);
  const flat = imageRows(image, { pooling: 2, mean: [0.1307], std: [0.3081] }).data;
  const { rows, labels, side } = torusImages(image, {
    stream: stream(2, "shifts"),
    pooling: 2,
    copies: 2000,
  });
  assert.deepEqual([rows.rows, rows.columns, side], [2000, 9, 3]);
  assert.ok(labels.every((label) => label === 7));
  const counts = new Map<string, number>();
  for (let i = 0; i < 2000; i++) {
    const row = rows.data.subarray(9 * i, 9 * i + 9);
    let found = "";
    for (let down = 0; down < 3; down++) {
      for (let right = 0; right < 3; right++) {
        const same = row.every((value, p) =>
          value === flat[((Math.floor(p / 3) + 3 - down) % 3) * 3 + (p % 3 + 3 - right) % 3]
        );
        if (same) found = `${down} ${right}`;
      }
    }
    assert.notEqual(found, "", `row ${i}`);
    counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  // Shift 0 is drawn as 0 and as 3: probability 1/2 on each axis, the others 1/4.
  const expected = (key: string) =>
    2000 * key.split(" ").reduce((p, s) => p * (s === "0" ? 1 / 2 : 1 / 4), 1);
  assert.equal(counts.size, 9);
  for (const [key, count] of counts) {
    assert.ok(Math.abs(count - expected(key)) < 5 * Math.sqrt(expected(key)), `${key}: ${count}`);
  }
});

Deno.test("torusImages() applies the same permutation of pixels after the shift", () => {
  const image = small(Array.from({ length: 64 }, (_, i) => i), [1, 2, 3, 4], [4, 4, 1]);
  const permutation = pixelPermutation(16, 5);
  assert.deepEqual([...permutation].sort((a, b) => a - b), Array.from({ length: 16 }, (_, i) => i));
  assert.deepEqual(pixelPermutation(16, 5), permutation);
  assert.notDeepEqual(pixelPermutation(16, 6), permutation);
  const options = { pooling: 1, copies: 3 };
  const plain = torusImages(image, { ...options, stream: stream(0, "s") }).rows.data;
  const permuted = torusImages(image, { ...options, stream: stream(0, "s"), permutation }).rows.data;
  permuted.forEach((value, i) => assert.equal(value, plain[i - i % 16 + permutation[i % 16]]));
  assert.throws(
    () => torusImages(image, { ...options, stream: stream(0, "s"), permutation: new Int32Array(3) }),
    /the permutation must have 16 entries: current value is 3/,
  );
  assert.throws(() => torusImages({ ...image, width: 2 }, { stream: stream(0, "s") }), /square and grey/);
});

/** An idx file: rank 1 or 3. */
function idx(extents: readonly number[], data: readonly number[], magic = 2048 + extents.length): Uint8Array {
  const head = new DataView(new ArrayBuffer(4 + 4 * extents.length));
  [magic, ...extents].forEach((value, i) => head.setInt32(4 * i, value));
  return Uint8Array.from([...new Uint8Array(head.buffer), ...data]);
}

Deno.test("readIdxImages() reads images and labels, and refuses what is not idx", () => {
  const images = idx([2, 1, 3], [1, 2, 3, 4, 5, 6]);
  const read = readIdxImages(images, idx([2], [9, 0]));
  assert.deepEqual([read.count, read.height, read.width, read.channels], [2, 1, 3, 1]);
  assert.deepEqual([[...read.pixels], [...read.labels]], [[1, 2, 3, 4, 5, 6], [9, 0]]);
  for (
    const [first, second, message] of [
      [idx([2, 1, 3], [1], 7), idx([2], [9, 0]), /magic number must be 2051: current value is 7/],
      [images.subarray(0, 20), idx([2], [9, 0]), /must have 22 bytes: current value is 20/],
      [images, idx([1], [9]), /must have 2 labels: current value is 1/],
      [new Uint8Array(3), idx([1], [9]), /current value is a file of 3 bytes/],
    ] as const
  ) assert.throws(() => readIdxImages(first, second), { name: "SyntaxError", message });
});

/** A batch of CIFAR's binary version whose pixel p of channel c of record i is (i + 3p + c) mod 251. */
function cifarBatch(labels: readonly number[]): Uint8Array {
  return Uint8Array.from(labels.flatMap((label, i) => [
    label,
    ...Array.from({ length: 3072 }, (_, k) => (i + 3 * (k % 1024) + Math.floor(k / 1024)) % 251),
  ]));
}

Deno.test("readCifarBatch() turns planes into pixels, and refuses partial records and wrong labels", () => {
  const { count, height, width, channels, pixels, labels } = readCifarBatch(cifarBatch([6, 9]));
  assert.deepEqual([count, height, width, channels, [...labels]], [2, 32, 32, 3, [6, 9]]);
  pixels.forEach((value, k) => assert.equal(value, (Math.floor(k / 3072) + k % 3072) % 251));
  assert.throws(() => readCifarBatch(new Uint8Array(3072)), /multiple of 3073: current value is 3072/);
  assert.throws(() => readCifarBatch(cifarBatch([0, 10])), /labels must be <= 9: label 1 is 10/);
});

Deno.test("readCifarArchive() reads five training batches and the test batch from a small archive", async () => {
  const names = [5, 3, 1, 2, 4].map((number) => `cifar-10-batches-bin/data_batch_${number}.bin`);
  const files = [...names, "cifar-10-batches-bin/test_batch.bin"].map((name) => ({
    name,
    data: cifarBatch([Number(/\d/.exec(name.replace(/.*\//, ""))?.[0] ?? 7), 0]),
  }));
  const { train, test } = await readCifarArchive(await createTarGzip(files));
  assert.deepEqual([...train.labels], [1, 0, 2, 0, 3, 0, 4, 0, 5, 0]);
  assert.deepEqual([...test.labels], [7, 0]);
  assert.equal(train.pixels.length, 10 * 3072);
  await assert.rejects(readCifarArchive(await createTarGzip(files.slice(1))), {
    name: "SyntaxError",
    message: /must hold data_batch_5.bin/,
  });
  await assert.rejects(readCifarArchive(new Uint8Array(10)), /must be a gzip file/);
});

Deno.test("the PNG sheets' parser refuses sheets of another form", async () => {
  const labels = new TextEncoder().encode(JSON.stringify(Array.from({ length: 51_000 }, (_, i) => i % 10)));
  const sheet = encode({ width: 4, height: 4, channels: 3, depth: 8, data: new Uint8Array(48) });
  const parse = CIFAR10.find(({ name }) => name === "cifar10/subset")!.parse!;
  const run = async (png: Uint8Array) => await parse([png, png, png, png, png, labels]);
  await assert.rejects(run(sheet), { name: "SyntaxError", message: /1024 × 1000 .* current value is 4 × 4/ });
  await assert.rejects(run(new Uint8Array(9)), { name: "SyntaxError", message: /must be a PNG/ });
});

testOnData(
  "mnist/train-images-idx3-ubyte.gz",
  "mnist/digits has the published images and labels",
  async () => {
    const { value: { train, test }, source } = await loadDataSet<ImageSplit>("mnist/digits", "real");
    assert.equal(source, "file");
    assert.deepEqual([train.count, train.height, train.width, test.count], [60_000, 28, 28, 10_000]);
    assert.deepEqual([...train.labels.subarray(0, 10)], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    assert.deepEqual([...test.labels.subarray(0, 10)], [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    // The released normalisation is the mean and the deviation of the training pixels.
    const mean = train.pixels.reduce((sum, v) => sum + v, 0) / train.pixels.length / 255;
    assert.ok(Math.abs(mean - 0.1307) < 5e-5, `${mean}`);
  },
);

testOnData(
  "cifar10-subset-png/cifar10_batch_50.png",
  "cifar10/subset has the first images of the published set",
  async () => {
    const { value: { train, test } } = await loadDataSet<ImageSplit>("cifar10/subset", "real");
    assert.deepEqual([train.count, test.count, train.channels], [4000, 1000, 3]);
    assert.deepEqual([...train.pixels.subarray(0, 9)], [59, 62, 63, 43, 46, 45, 50, 48, 43]);
    assert.deepEqual([...train.labels.subarray(0, 10)], [6, 9, 9, 4, 1, 1, 2, 7, 8, 3]);
    assert.deepEqual([...test.labels.subarray(0, 10)], [3, 8, 8, 0, 6, 6, 1, 6, 3, 1]);
  },
);

Deno.test("a packed file is known by its content, and the message says where it can be had", async () => {
  const folder = await Deno.makeTempDir();
  const load = () => loadDataSet("mnist/digits", "real", { roots: [folder] });
  const fill = async (bytes: Uint8Array) => {
    for (const { path } of MNIST[0].files) await Deno.writeFile(`${folder}/mnist/${path}`, bytes);
  };
  try {
    await Deno.mkdir(`${folder}/mnist`);
    await assert.rejects(load(), /put it at .*github.com\/fgnt\/mnist/);
    const content = new Uint8Array(1000);
    for (
      const [bytes, found] of [
        [gzipSync(content), sha256(content)],
        [gzipSync(content).subarray(0, 20), "no gzip content"],
        [content, "no gzip content"],
      ] as const
    ) {
      await fill(bytes);
      await assert.rejects(load(), {
        name: "SyntaxError",
        message: new RegExp(
          `must unpack to content with SHA-256 [0-9a-f]{64}: current value is ${bytes.length} bytes with ${found}`,
        ),
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the stand-ins have the published shape, ten classes in turn, and always the same bytes", async () => {
  for (
    const [name, side, channels, digest] of [
      ["mnist/digits", 28, 1, "cbcc4400e321c2a0"],
      ["cifar10/subset", 32, 3, "b0f2c0cb35f36725"],
    ] as const
  ) {
    const { value: { train, test }, source } = await loadDataSet<ImageSplit>(name, "stand-in");
    assert.equal(source, "stand-in");
    assert.deepEqual([train.height, train.width, train.channels], [side, side, channels]);
    assert.deepEqual([...test.labels.subarray(0, 12)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    assert.equal(train.pixels.length, train.count * side * side * channels);
    assert.equal(sha256(train.pixels).slice(0, 16), digest, name);
  }
});

Deno.test("the stand-ins can be learned: the nearest class mean is right far more often than by chance", async () => {
  for (const [name, pooling, least] of [["mnist/digits", 4, 0.6], ["cifar10/subset", 2, 0.15]] as const) {
    const { value: { train, test } } = await loadDataSet<ImageSplit>(name, "stand-in");
    const [x, y] = [imageRows(train, { pooling }), imageRows(test, { pooling })];
    const means = Array.from({ length: 10 }, () => new Float64Array(x.columns));
    train.labels.forEach((label, i) => {
      for (let k = 0; k < x.columns; k++) means[label][k] += 10 * x.data[i * x.columns + k] / train.count;
    });
    const far = (i: number, k: number) =>
      means[k].reduce((sum, value, j) => sum + (value - y.data[i * y.columns + j]) ** 2, 0);
    const right = Array.from(test.labels).filter((label, i) =>
      means.every((_, k) =>
        k === label || far(i, k) > far(i, label)
      )
    ).length;
    assert.ok(right / test.count > least && right < test.count, `${name}: ${right} of ${test.count}`);
  }
});

Deno.test("augmentImage() crops, flips and cuts out, each with its probability", () => {
  const [height, width, channels] = [8, 8, 2];
  const image = Float32Array.from({ length: 128 }, (_, i) => i + 1);
  const out = new Float32Array(128);
  const random = stream(3, "augment");
  const plain = { height, width, channels, stream: random };
  let flips = 0;
  const places = new Set<string>();
  for (let round = 0; round < 600; round++) {
    augmentImage(out, image, { ...plain, pad: 1, padding: [-1, -2], cutout: 0 });
    const centre = (out[(3 * width + 3) * channels] - 1) / 2;
    const flipped = out[(3 * width + 4) * channels] < out[(3 * width + 3) * channels];
    if (flipped) flips++;
    places.add(`${Math.floor(centre / 8) - 3} ${centre % 8 - (flipped ? 4 : 3)}`);
    out.forEach((value, i) => assert.ok(value > 0 || value === -1 - i % 2));
  }
  assert.equal(places.size, 9);
  assert.ok(Math.abs(flips - 300) < 5 * Math.sqrt(150), `${flips}`);
  augmentImage(out, image, { ...plain, pad: 0, cutout: 4 });
  const zeros = [...out].filter((value) => value === 0).length;
  assert.ok(zeros > 0 && zeros <= 4 * 4 * channels && zeros % channels === 0, `${zeros}`);
});
