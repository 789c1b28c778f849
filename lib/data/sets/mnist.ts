import { stream } from "../../random/mod.ts";
import { packedHint } from "../_packing.ts";
import type { ImageSplit, LabelledImages } from "../formats/mod.ts";
import type { DataFile, DataSet } from "../types.ts";

/** Reads a file in the idx format: magic number 2048 + rank, the extents (big-endian int32), then bytes. */
function readIdx(
  bytes: Uint8Array,
  { rank, what }: { readonly rank: number; readonly what: "images" | "labels" },
): { extents: readonly number[]; data: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const head = 4 + 4 * rank;
  const magic = bytes.length >= 4 ? view.getUint32(0) : undefined;
  if (magic !== 2048 + rank) {
    const other = magic === 2049 || magic === 2051;
    const remedy = other
      ? `; it holds ${magic === 2051 ? "images" : "labels"}: are the files exchanged?`
      : packedHint(bytes);
    throw new SyntaxError(
      `Cannot read the idx file of ${what} as its magic number must be ${2048 + rank}: ` +
        `current value is ${magic ?? `a file of ${bytes.length} bytes`}${remedy}`,
    );
  }
  if (bytes.length < head) {
    throw new SyntaxError(
      `Cannot read the idx file of ${what} as its head must have ${head} bytes: current value is ${bytes.length}`,
    );
  }
  const extents = Array.from({ length: rank }, (_, axis) => view.getInt32(4 + 4 * axis));
  if (extents.some((extent, axis) => extent < (axis === 0 ? 0 : 1))) {
    throw new SyntaxError(
      `Cannot read the idx file of ${what} as its extents must be positive: current values are ${
        extents.join(" × ")
      }`,
    );
  }
  const size = extents.reduce((product, extent) => product * extent, 1);
  if (bytes.length !== head + size) {
    throw new SyntaxError(
      `Cannot read the idx file of ${what} as ${extents.join(" × ")} must have ${head + size} bytes: ` +
        `current value is ${bytes.length}`,
    );
  }
  return { extents, data: bytes.subarray(head) };
}

/**
 * Reads images and labels in the idx format of MNIST (unpacked).
 *
 * @throws {SyntaxError} If a file is not in that format, or their counts differ.
 */
export function readIdxImages(images: Uint8Array, labels: Uint8Array): LabelledImages {
  const { extents: [count, height, width], data: pixels } = readIdx(images, { rank: 3, what: "images" });
  const { extents: [labelled], data } = readIdx(labels, { rank: 1, what: "labels" });
  if (labelled !== count) {
    throw new SyntaxError(
      `Cannot read the idx files as they must have ${count} labels: current value is ${labelled}`,
    );
  }
  return { count, height, width, channels: 1, pixels, labels: data };
}

/**
 * The corners of a seven-segment digit and the segments between them: top, middle, bottom; left and right,
 * upper and lower.
 */
const SEGMENTS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  a: [0, 0, 1, 0],
  b: [1, 0, 1, 1],
  c: [1, 1, 1, 2],
  d: [0, 2, 1, 2],
  e: [0, 1, 0, 2],
  f: [0, 0, 0, 1],
  g: [0, 1, 1, 1],
};
const DIGITS = ["abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abfgcd"];
const SIDE = 28;

/**
 * Distance of a point to the nearest of some line segments, each x1, y1, x2, y2; infinite if none is within
 * `reach`.
 *
 * Few are, and only of these is `Math.hypot` taken, which is slow.
 */
function nearestWithin(
  lines: Float64Array,
  { x, y, reach }: { x: number; y: number; reach: number },
): number {
  let nearest = Infinity;
  for (let at = 0; at < lines.length; at += 4) {
    const x1 = lines[at], y1 = lines[at + 1];
    const dx = lines[at + 2] - x1, dy = lines[at + 3] - y1;
    const along = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy)));
    const right = x - x1 - along * dx, down = y - y1 - along * dy;
    if (right * right + down * down > reach * reach) continue;
    nearest = Math.min(nearest, Math.hypot(right, down));
  }
  return nearest;
}

/**
 * A stand-in for handwritten digits: seven-segment digits, each with its own size, slant, thickness and
 * noise.
 *
 * Results on it say nothing about MNIST.
 *
 * @param count Number of images; the classes take turns.
 * @param name Seeds the generator.
 */
export function segmentDigits(count: number, name: string): LabelledImages {
  const random = stream(0, "stand-in", "digits", name);
  const pixels = new Uint8Array(count * SIDE * SIDE);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  for (let i = 0; i < count; i++) {
    const [a, b, c, d, e] = random.uniform(new Float64Array(5), { low: -1 });
    const [height, width, slant, thickness, left] = [8 + a, 8 + 1.5 * b, 2 * c, 1.3 + 0.4 * d, 10 + e];
    const lines = Float64Array.from([...DIGITS[labels[i]]].flatMap((segment) => {
      const [x1, y1, x2, y2] = SEGMENTS[segment];
      const at = (x: number, y: number) => [left + width * x + slant * (1 - y), 14 + height * (y - 1)];
      return [...at(x1, y1), ...at(x2, y2)];
    }));
    // Beyond it there is no ink, with some room for rounding.
    const reach = thickness + 0.5 + 1e-6;
    const noise = random.normal(new Float64Array(SIDE * SIDE), { std: 12 });
    for (let p = 0; p < SIDE * SIDE; p++) {
      const nearest = nearestWithin(lines, { x: p % SIDE, y: Math.floor(p / SIDE), reach });
      const ink = Math.min(1, Math.max(0, thickness + 0.5 - nearest));
      pixels[i * SIDE * SIDE + p] = Math.min(255, Math.max(0, 235 * ink + (ink > 0 ? noise[p] : 0)));
    }
  }
  return { count, height: SIDE, width: SIDE, channels: 1, pixels, labels };
}

const BY_HAND = "a copy of the four original files, such as github.com/fgnt/mnist at commit ae608a0";

const file = (path: string, [bytes, unpackedBytes]: [number, number], sha256: string): DataFile => ({
  path,
  bytes,
  sha256,
  gzip: true,
  unpackedBytes,
  byHand: BY_HAND,
});

/**
 * MNIST (LeCun, Cortes and Burges): `mnist/digits` ({@link ImageSplit}), 60 000 and 10 000 grey images of 28
 * × 28.
 *
 * The digests are those of the unpacked files, as several packings of them are about. The stand-in has 600
 * and 300 seven-segment digits ({@link segmentDigits}).
 */
export const MNIST: readonly DataSet<ImageSplit>[] = [{
  name: "mnist/digits",
  title: "MNIST handwritten digits",
  licence: "commonly stated to be CC BY-SA 3.0 (Y. LeCun and C. Cortes)",
  module: import.meta.url,
  folder: "mnist",
  files: [
    file(
      "train-images-idx3-ubyte.gz",
      [9912422, 47040016],
      "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    file(
      "train-labels-idx1-ubyte.gz",
      [28881, 60008],
      "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    file(
      "t10k-images-idx3-ubyte.gz",
      [1648877, 7840016],
      "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    file(
      "t10k-labels-idx1-ubyte.gz",
      [4542, 10008],
      "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
  ],
  parse: ([trainImages, trainLabels, testImages, testLabels]) => ({
    train: readIdxImages(trainImages, trainLabels),
    test: readIdxImages(testImages, testLabels),
  }),
  standIn: () => ({ train: segmentDigits(600, "train"), test: segmentDigits(300, "test") }),
}];
