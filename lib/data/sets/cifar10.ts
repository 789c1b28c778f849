import { decode } from "fast-png";
import { stream } from "../../random/mod.ts";
import { packedHint } from "../_packing.ts";
import { gunzip, type ImageSplit, type LabelledImages, tarFiles } from "../formats/mod.ts";
import type { DataSet } from "../types.ts";

/** The unpacked archive has 184 MB. */
const MOST_BYTES = 2 ** 28;

const SIDE = 32;
const PIXELS = SIDE * SIDE;

/** Normalisation of CIFAR-10 by channel (red, green, blue), of values in [0, 1]. */
export const CIFAR10_MEAN: readonly number[] = [0.4914, 0.4822, 0.4465];
/** See {@link CIFAR10_MEAN}. */
export const CIFAR10_STD: readonly number[] = [0.2023, 0.1994, 0.201];

const images = (count: number, pixels: Uint8Array, labels: Uint8Array): LabelledImages => ({
  count,
  height: SIDE,
  width: SIDE,
  channels: 3,
  pixels,
  labels,
});

/**
 * Reads a file of CIFAR-10's binary version: records of one label byte and 3072 pixel bytes, the red plane
 * first.
 *
 * @throws {SyntaxError} If the file does not consist of whole records, or a label is above 9.
 */
export function readCifarBatch(bytes: Uint8Array): LabelledImages {
  const record = 1 + 3 * PIXELS;
  const count = bytes.length / record;
  if (!Number.isInteger(count) || count === 0) {
    throw new SyntaxError(
      `Cannot read the batch as its length must be a multiple of ${record}: current value is ${bytes.length}`,
    );
  }
  const pixels = new Uint8Array(count * 3 * PIXELS);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = bytes[i * record];
    if (labels[i] > 9) {
      throw new SyntaxError(`Cannot read the batch as labels must be <= 9: label ${i} is ${labels[i]}`);
    }
    const planes = bytes.subarray(i * record + 1, (i + 1) * record);
    for (let p = 0; p < PIXELS; p++) {
      for (let c = 0; c < 3; c++) pixels[(i * PIXELS + p) * 3 + c] = planes[c * PIXELS + p];
    }
  }
  return images(count, pixels, labels);
}

/** One set of images after the other. */
function joined(parts: readonly LabelledImages[]): LabelledImages {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const pixels = new Uint8Array(count * 3 * PIXELS);
  const labels = new Uint8Array(count);
  let at = 0;
  for (const part of parts) {
    pixels.set(part.pixels, at * 3 * PIXELS);
    labels.set(part.labels, at);
    at += part.count;
  }
  return images(count, pixels, labels);
}

/**
 * Reads the archive of CIFAR-10's binary version: `data_batch_1.bin` to `data_batch_5.bin` and
 * `test_batch.bin`, in any folder.
 *
 * @param archive `cifar-10-binary.tar.gz`.
 * @throws {SyntaxError} If it cannot be unpacked, is cut short, or a batch is missing.
 * @throws {RangeError} If it unpacks to more than 256 MiB.
 */
export async function readCifarArchive(archive: Uint8Array): Promise<ImageSplit> {
  const unpacked = await gunzip(archive, { maxBytes: MOST_BYTES });
  if (unpacked === undefined) {
    throw new SyntaxError(`Cannot read the archive as it must be a gzip file${packedHint(archive, "gzip")}`);
  }
  const files = [...tarFiles([unpacked])];
  const batch = (name: string): LabelledImages => {
    const found = files.find((file) => file.name === name || file.name.endsWith(`/${name}`));
    if (found === undefined) throw new SyntaxError(`Cannot read the archive as it must hold ${name}`);
    try {
      return readCifarBatch(found.content);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new SyntaxError(error.message.replace("the batch", name), { cause: error });
    }
  };
  return {
    train: joined([1, 2, 3, 4, 5].map((number) => batch(`data_batch_${number}.bin`))),
    test: batch("test_batch.bin"),
  };
}

/** Reads a sheet of 1024 × n pixels (8-bit RGB) whose rows are images. */
function readSheet(png: Uint8Array, labels: Uint8Array): LabelledImages {
  let decoded: ReturnType<typeof decode>;
  try {
    decoded = decode(png, { checkCrc: true });
  } catch (error) {
    throw new SyntaxError("Cannot read the sheet as it must be a PNG file", { cause: error });
  }
  const { width, height, channels, depth, data } = decoded;
  if (width !== PIXELS || height !== labels.length || channels !== 3 || depth !== 8) {
    throw new SyntaxError(
      `Cannot read the sheet as it must have ${PIXELS} × ${labels.length} pixels, 8-bit RGB: ` +
        `current value is ${width} × ${height}, ${channels} channels of ${depth} bits`,
    );
  }
  return images(height, data as Uint8Array, labels);
}

/** Four training sheets, the test sheet and the labels of all batches as JSON. */
function parseSubset(files: readonly Uint8Array[]): ImageSplit {
  const all = JSON.parse(new TextDecoder().decode(files[5])) as readonly number[];
  const sheet = (file: number, batch: number) =>
    readSheet(files[file], Uint8Array.from(all.slice(1000 * batch, 1000 * (batch + 1))));
  return { train: joined([0, 1, 2, 3].map((batch) => sheet(batch, batch))), test: sheet(4, 50) };
}

/**
 * A stand-in for photographs: coloured waves, one direction, length and colour per class, with random phase,
 * place and noise.
 *
 * Results on it say nothing about CIFAR-10.
 *
 * @param count Number of images; the classes take turns.
 * @param name Seeds the generator.
 */
export function colouredWaves(count: number, name: string): LabelledImages {
  const classes = stream(0, "stand-in", "waves");
  const kinds = Array.from({ length: 10 }, (_, k) => ({
    angleRad: Math.PI * k / 10,
    length: 6 + 2 * (k % 4),
    colour: classes.uniform(new Float64Array(3), { low: 20, high: 110 }),
  }));
  const random = stream(0, "stand-in", "waves", name);
  const pixels = new Uint8Array(count * 3 * PIXELS);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  for (let i = 0; i < count; i++) {
    const { angleRad, length, colour } = kinds[labels[i]];
    const [phase, x0, y0] = random.uniform(new Float64Array(3));
    const noise = random.normal(new Float64Array(3 * PIXELS), { std: 40 });
    for (let p = 0; p < PIXELS; p++) {
      const [x, y] = [p % SIDE, Math.floor(p / SIDE)];
      const wave = Math.sin(
        2 * Math.PI * ((x * Math.cos(angleRad) + y * Math.sin(angleRad)) / length + phase),
      );
      const spot = Math.exp(-((x - 8 - 16 * x0) ** 2 + (y - 8 - 16 * y0) ** 2) / 200);
      for (let c = 0; c < 3; c++) {
        const value = 120 + spot * wave * colour[c] + noise[3 * p + c];
        pixels[(i * PIXELS + p) * 3 + c] = Math.min(255, Math.max(0, value));
      }
    }
  }
  return images(count, pixels, labels);
}

const LICENCE = "research use with citation (A. Krizhevsky 2009); no formal licence";
const SHEETS = "github.com/karpathy/convnetjs (demo/cifar10; the test batch and the labels from its fork " +
  "larrabeew/covnetJS, the labels as a JSON list)";

const sheet = (batch: number, bytes: number, sha256: string) => ({
  path: `cifar10_batch_${batch}.png`,
  bytes,
  sha256,
  byHand: SHEETS,
});

const standIn = (): ImageSplit => ({ train: colouredWaves(200, "train"), test: colouredWaves(100, "test") });

/**
 * CIFAR-10 (Krizhevsky 2009), colour images of 32 × 32 in ten classes, as {@link ImageSplit}:
 *
 * - `cifar10/full`: 50 000 and 10 000 images, downloaded as the binary version (170 MB). The archive's digest
 *   is the one in the checksum table of TensorFlow Datasets.
 * - `cifar10/subset`: the first 4000 training and the first 1000 test images, as five PNG sheets.
 *
 * The stand-in has 200 and 100 images ({@link colouredWaves}).
 */
export const CIFAR10: readonly DataSet<ImageSplit>[] = [
  {
    name: "cifar10/full",
    title: "CIFAR-10, binary version",
    licence: LICENCE,
    module: import.meta.url,
    folder: "cifar10",
    files: [{
      path: "cifar-10-binary.tar.gz",
      bytes: 170052171,
      sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
      url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    }],
    parse: ([archive]) => readCifarArchive(archive),
    standIn,
  },
  {
    name: "cifar10/subset",
    title: "The first 4000 training and 1000 test images of CIFAR-10",
    licence: LICENCE,
    module: import.meta.url,
    folder: "cifar10-subset-png",
    files: [
      sheet(0, 2318456, "0614720d69293a033786d5fe2924c4e9a9b48874f19ca4627c4662a864ee9f2d"),
      sheet(1, 2326379, "2927e26ea68602e34a7424826b76b7336ce36b8f6bcc2e9fce0c05568ff6b4c1"),
      sheet(2, 2312906, "0b2759e307bb405bb1a6531f8a0f557eaec46d7546050612fdb836f0fa60eae0"),
      sheet(3, 2328590, "a4530ff15c83886058a97c352f53f38be07d191de8f410e998e91786b5900a26"),
      sheet(50, 2315890, "5cea9e8fb7933540a2236a4bb25c1ed3a8447f345c55ae659143a95a5d8dac5e"),
      {
        path: "cifar10_labels.json",
        bytes: 102001,
        sha256: "1b028a396dfca00f894d00b83e3381b8f2f4626eac864cb91f7af6f7aae06aea",
        byHand: SHEETS,
      },
    ],
    parse: parseSubset,
    standIn,
  },
];
