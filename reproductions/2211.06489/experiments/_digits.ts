import type { ImageSplit, LabelledImages } from "../../../lib/data/mod.ts";
import { hostTensor } from "../../../lib/nn/mod.ts";
import { type Stream, stream } from "../../../lib/random/mod.ts";
import type { Tensor } from "../../../lib/tensor/mod.ts";
import type { Examples } from "./_fit.ts";

/** Side of the images. */
export const SIDE = 28;
const PIXELS = SIDE * SIDE;

/** Turned digits, values in [0, 1]. */
export interface Digits {
  readonly rows: number;
  /** `[rows, 784]` */
  readonly pixels: Float32Array;
  readonly labels: Uint8Array;
}

/** How many digits of each split; validation digits come from the training images, too. */
export type DigitCounts = {
  readonly train: number;
  readonly valid: number;
  readonly test: number;
};

/**
 * Turns an image by degrees, counter-clockwise as displayed, with bilinear sampling and zeros outside: the
 * rule of `rotateImages` in float64.
 */
export function turnDigit(image: ArrayLike<number>, degrees: number, out: Float32Array): void {
  const angle = degrees * Math.PI / 180, centre = (SIDE - 1) / 2;
  // Quarter turns are exact.
  const [c, s] = [Math.cos(angle), Math.sin(angle)].map((x) =>
    Math.abs(x - Math.round(x)) < 1e-12 ? Math.round(x) : x
  );
  for (let i = 0; i < PIXELS; i++) {
    const [dx, dy] = [i % SIDE - centre, Math.floor(i / SIDE) - centre];
    const [x, y] = [c * dx - s * dy + centre, s * dx + c * dy + centre];
    const [x0, y0] = [Math.floor(x), Math.floor(y)], [fx, fy] = [x - x0, y - y0];
    const at = (u: number, v: number) => u >= 0 && u < SIDE && v >= 0 && v < SIDE ? image[v * SIDE + u] : 0;
    out[i] = (1 - fy) * ((1 - fx) * at(x0, y0) + fx * at(x0 + 1, y0)) +
      fy * ((1 - fx) * at(x0, y0 + 1) + fx * at(x0 + 1, y0 + 1));
  }
}

function turned(images: LabelledImages, rows: Int32Array, random: Stream): Digits {
  const pixels = new Float32Array(rows.length * PIXELS);
  const angles = random.uniform(new Float64Array(rows.length), { high: 360 });
  const grey = new Float32Array(PIXELS);
  rows.forEach((row, i) => {
    for (let p = 0; p < PIXELS; p++) grey[p] = images.pixels[row * PIXELS + p] / 255;
    turnDigit(grey, angles[i], pixels.subarray(i * PIXELS, (i + 1) * PIXELS));
  });
  return { rows: rows.length, pixels, labels: Uint8Array.from(rows, (row) => images.labels[row]) };
}

/**
 * A rotated MNIST: distinct digits, each turned by an angle uniform in [0°, 360°). Training and validation
 * digits come from MNIST's training images, test digits from its test images. The draw is the same for all
 * seeds of the networks.
 *
 * Differs from the published set (Larochelle et al. 2007), whose draw cannot be had.
 */
export function rotatedDigits(
  { train, test }: ImageSplit,
  counts: DigitCounts,
): { readonly train: Digits; readonly valid: Digits; readonly test: Digits } {
  const random = stream(2211, "rotated digits");
  const order = random.split("train").choice(train.count, { size: counts.train + counts.valid });
  const held = random.split("test").choice(test.count, { size: counts.test });
  return {
    train: turned(train, order.subarray(0, counts.train), random.split("train angles")),
    valid: turned(train, order.subarray(counts.train), random.split("valid angles")),
    test: turned(test, held, random.split("test angles")),
  };
}

/** Digits as examples; with `augment` each is turned once more, by an angle of its own at each visit. */
export function digitExamples(
  { rows, pixels, labels }: Digits,
  { augment = false }: { readonly augment?: boolean } = {},
): Examples<Tensor> {
  return {
    rows,
    shape: [SIDE, SIDE, 1],
    example: (batch) => hostTensor(new Float32Array(batch * PIXELS), [batch, SIDE, SIDE, 1]),
    fill(x, chosen, random) {
      const out = (x as { data: Float32Array }).data;
      chosen.forEach((row, i) => {
        const image = pixels.subarray(row * PIXELS, (row + 1) * PIXELS);
        const to = out.subarray(i * PIXELS, (i + 1) * PIXELS);
        if (augment && random !== undefined) turnDigit(image, 360 * random.nextUniform(), to);
        else to.set(image);
      });
    },
    targetSize: 10,
    target: (out, row) => out[labels[row]] = 1,
  };
}
