import { type Stream, stream } from "../../random/mod.ts";
import type { Matrix } from "../../stats/mod.ts";
import { firstOfEachClass, imageRows, type LabelledImages } from "../formats/mod.ts";

/** Normalisation of MNIST in the released code. */
const MEAN = 0.1307;
const STD = 0.3081;

/** Images on a torus with their labels. */
export interface TorusImages {
  /** [n, side · side], float32, normalised. */
  readonly rows: Matrix<Float32Array>;
  /** [n]; 0 to 9. */
  readonly labels: Uint8Array;
  /** Height and width of an image, pixels. */
  readonly side: number;
}

/** Options of {@link torusImages}. */
export interface TorusOptions {
  /** Draws the shifts. */
  readonly stream: Stream;
  /** Pixels of a side that are averaged into one: 2 gives 14 × 14, 4 gives 7 × 7. @default 2 */
  readonly pooling?: number;
  /** p: the share of each class that is kept, its first images. @default 1 */
  readonly fraction?: number;
  /** Share of each class before these that is left out: the images after those for training. @default 0 */
  readonly skip?: number;
  /** k: shifted copies of each image. @default 1 */
  readonly copies?: number;
  /** Pixel i of the result is pixel `permutation[i]` of the shifted image. Absent: as they are. */
  readonly permutation?: Int32Array;
}

/**
 * Digits on a torus (Shakerinava et al. 2024): mean pooling, normalisation by (0.1307, 0.3081), then every
 * image is shifted cyclically by (s_y, s_x), both uniform in 0 … side *inclusive*, as in the released code
 * (so that the shift 0, which is the same as `side`, comes twice as often as any other).
 *
 * Differs from the paper's code in the pooling: it resizes with an antialiased bilinear filter.
 *
 * @param images Square and grey.
 * @throws {RangeError} If the images are not square and grey, or an option is out of range.
 *
 * @example
 * ```ts
 * import { stream } from "@refigure/refigure";
 * import { segmentDigits, torusImages } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const digits = segmentDigits(20, "example"); // a stand-in; MNIST is loadDataSet("mnist/digits", "real")
 * const { rows, side } = torusImages(digits, { stream: stream(0, "shifts"), pooling: 4, copies: 3 });
 * assert.deepEqual([rows.rows, rows.columns, side], [60, 49, 7]);
 * ```
 */
export function torusImages(images: LabelledImages, options: TorusOptions): TorusImages {
  const { stream, pooling = 2, fraction = 1, skip = 0, copies = 1, permutation } = options;
  if (images.height !== images.width || images.channels !== 1) {
    throw new RangeError(
      `Cannot put images on a torus as they must be square and grey: current shape is ` +
        `${images.height} × ${images.width} × ${images.channels}`,
    );
  }
  if (!Number.isInteger(copies) || copies < 1) {
    throw new RangeError(`Cannot shift images as copies must be an integer >= 1: current value is ${copies}`);
  }
  const kept = skip === 0 ? firstOfEachClass(images, fraction) : laterOfEachClass(images, { skip, fraction });
  const side = kept.height / pooling;
  const { data: flat, columns } = imageRows(kept, { pooling, mean: [MEAN], std: [STD] });
  if (permutation !== undefined && permutation.length !== columns) {
    throw new RangeError(
      `Cannot permute pixels as the permutation must have ${columns} entries: current value is ${permutation.length}`,
    );
  }
  const count = kept.count * copies;
  const shifts = stream.integers(new Int32Array(2 * count), { high: side + 1 });
  const data = new Float32Array(count * columns);
  for (let i = 0; i < count; i++) {
    const image = flat.subarray(Math.floor(i / copies) * columns);
    const [down, right] = [shifts[2 * i], shifts[2 * i + 1]];
    for (let p = 0; p < columns; p++) {
      const place = permutation === undefined ? p : permutation[p];
      const y = (Math.floor(place / side) + 2 * side - down) % side;
      const x = (place % side + 2 * side - right) % side;
      data[i * columns + p] = image[y * side + x];
    }
  }
  const labels = Uint8Array.from({ length: count }, (_, i) => kept.labels[Math.floor(i / copies)]);
  return { rows: { data, rows: count, columns }, labels, side };
}

/** The images of each class between two shares of it, in order. */
function laterOfEachClass(
  images: LabelledImages,
  { skip, fraction }: { readonly skip: number; readonly fraction: number },
): LabelledImages {
  if (!(skip >= 0 && fraction > 0 && skip + fraction <= 1)) {
    throw new RangeError(
      `Cannot keep images as skip must be >= 0 and skip + fraction in (0, 1]: current values are ${skip} and ${fraction}`,
    );
  }
  const counts = (share: number) => {
    const of = new Int32Array(256);
    for (const label of images.labels) of[label]++;
    return of.map((size) => Math.floor(share * size));
  };
  const [from, to] = [counts(skip), counts(skip + fraction)];
  const seen = new Int32Array(256);
  const kept: number[] = [];
  images.labels.forEach((label, i) => {
    const place = seen[label]++;
    if (place >= from[label] && place < to[label]) kept.push(i);
  });
  const size = images.height * images.width * images.channels;
  const pixels = new Uint8Array(kept.length * size);
  kept.forEach((i, k) => pixels.set(images.pixels.subarray(i * size, (i + 1) * size), k * size));
  return { ...images, count: kept.length, pixels, labels: Uint8Array.from(kept, (i) => images.labels[i]) };
}

/**
 * A fixed random order of pixels, the same for training and test images and for every model.
 *
 * @param pixels Number of pixels.
 * @param seed @default 0
 */
export function pixelPermutation(pixels: number, seed = 0): Int32Array {
  return stream(seed, "pixel permutation").permutation(pixels);
}
