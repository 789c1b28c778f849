/**
 * For readers: a small network behind a canonicalizer, trained in seconds, and a digit that a slider turns.
 */
import type { ImageSplit } from "../../lib/data/mod.ts";
import { type Figure, PALETTE, sliderFigure, tilePicture } from "../../lib/figures/mod.ts";
import {
  type Both,
  canonicalize,
  discreteCanonicalizer,
  type DiscreteParameters,
  type Nothing,
} from "../../lib/methods/canonicalization/mod.ts";
import { cyclic, type Statistics } from "../../lib/nn/group/mod.ts";
import { adam, constantRate } from "../../lib/nn/mod.ts";
import { stream } from "../../lib/random/mod.ts";
import type { Tensor } from "../../lib/tensor/mod.ts";
import { digitExamples, type Digits, rotatedDigits, SIDE, turnDigit } from "./experiments/_digits.ts";
import { argmaxRows, errorRate, fit, outputsOf, overRows, smoothedCrossEntropy } from "./experiments/_fit.ts";
import { type DigitCnn, digitCnn } from "./experiments/_image_networks.ts";

const PIXELS = SIDE * SIDE;
const CLASSES = 10;

type Weights = Both<DiscreteParameters, DigitCnn>;
type Buffers = Both<Nothing, Statistics>;

/** A digit in one pose: as it is, as the network sees it, and what the network says. */
export interface Pose {
  /** Counter-clockwise, in degrees. */
  readonly angle: number;
  /** `[784]` in [0, 1]. */
  readonly original: Float32Array;
  readonly canonical: Float32Array;
  /** `[10]` */
  readonly logits: Float32Array;
}

/** A trained network to play with. */
export interface Playground {
  /** Turns a digit, `[784]` in [0, 1], by `count` angles spread evenly over a turn, and asks the network. */
  look(digit: Float32Array, count?: number): Promise<Pose[]>;
  /** Digits that it was not trained on, `[784]` each, turned at random. */
  readonly digits: readonly Float32Array[];
  /** Its error on these in percent. */
  readonly error: number;
}

/** Options of {@link trainPlayground}. */
export interface PlaygroundOptions {
  /** n of C_n. @default 32 */
  readonly order?: number;
  /** Digits to train on, at most what there is. @default 1500 */
  readonly train?: number;
  /** @default 8 */
  readonly epochs?: number;
}

/** Trains a narrow CNN behind a canonicalizer over C_n. */
export async function trainPlayground(
  images: ImageSplit,
  { order = 32, train = 1500, epochs = 8 }: PlaygroundOptions = {},
): Promise<Playground> {
  const counts = {
    train: Math.min(train, images.train.count),
    valid: 0,
    test: Math.min(500, images.test.count),
  };
  const sets = rotatedDigits(images, counts);
  const canonicalizer = discreteCanonicalizer({ group: cyclic(order), size: SIDE, layers: 1 });
  const network = canonicalize(digitCnn(6), canonicalizer);
  const state = await fit<Weights, Buffers, Tensor>(network, digitExamples(sets.train), {
    epochs,
    batchSize: 32,
    optimiser: adam({ weightDecay: 0.01, decay: "decoupled" }),
    learningRate: constantRate(2e-3),
    loss: smoothedCrossEntropy,
    stream: stream(0, "playground"),
    executor: "native",
  });
  const judged = await outputsOf(network, digitExamples(sets.test), { state, executor: "native" });
  return {
    digits: Array.from({ length: sets.test.rows }, (_, row) => imageAt(sets.test.pixels, row)),
    error: errorRate(argmaxRows(judged, CLASSES), sets.test.labels),
    async look(digit, count = 24) {
      const pixels = new Float32Array(count * PIXELS);
      for (let k = 0; k < count; k++) turnDigit(digit, 360 * k / count, imageAt(pixels, k));
      const data: Digits = { rows: count, pixels, labels: new Uint8Array(count) };
      const [canonical, logits] = await overRows<Weights, Buffers, Tensor>(
        (x, { parameters, buffers }) => {
          const own = {
            parameters: parameters.canonicalizer,
            buffers: buffers.canonicalizer,
            training: false,
          };
          const pass = { parameters, buffers, training: false };
          return [canonicalizer.apply(x, own).canonical.input, network.apply(x, pass).output];
        },
        digitExamples(data),
        { state, executor: "native" },
      );
      return Array.from({ length: count }, (_, k) => ({
        angle: 360 * k / count,
        original: imageAt(pixels, k),
        canonical: imageAt(canonical, k),
        logits: logits.slice(k * CLASSES, (k + 1) * CLASSES),
      }));
    },
  };
}

const imageAt = (images: Float32Array, row: number) => images.subarray(row * PIXELS, (row + 1) * PIXELS);

/**
 * A digit drawn as text, 14 × 14 characters or fewer: every character but a space and a dot is ink. It is
 * centred, doubled to 28 × 28 and softened a little. Leave a margin, as MNIST's digits do: turning needs it.
 *
 * @throws {RangeError} If there are more than 14 lines or columns with ink between them.
 */
export function drawn(text: string): Float32Array {
  const half = SIDE / 2, isInk = (mark = " ") => mark !== " " && mark !== ".";
  const lines = text.split("\n").filter((line) => Array.from(line).some(isInk));
  const columns = lines.flatMap((line) => Array.from(line).flatMap((mark, x) => isInk(mark) ? [x] : []));
  const left = Math.min(...columns), width = columns.length === 0 ? 0 : Math.max(...columns) - left + 1;
  const longest = Math.max(lines.length, width);
  if (longest > half) {
    throw new RangeError(
      `Cannot read the drawing as lines and columns must be <= ${half}: current value is ${longest}`,
    );
  }
  const [top, indent] = [lines.length, width].map((size) => Math.floor((half - size) / 2));
  const ink = (x: number, y: number) => {
    const [row, column] = [Math.floor(y / 2) - top, Math.floor(x / 2) - indent];
    return column >= 0 && isInk(lines[row]?.[column + left]) ? 1 : 0;
  };
  return Float32Array.from({ length: PIXELS }, (_, i) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    return (2 * ink(x, y) + ink(x - 1, y) + ink(x + 1, y) + ink(x, y - 1) + ink(x, y + 1)) / 6;
  });
}

/**
 * Digits that a slider turns: as they are, as the network sees them, and its logits. With several digits a
 * second slider picks one.
 */
export function digitsWithSliders(digits: readonly (readonly Pose[])[]): Figure {
  const [[first, second]] = digits, step = (second?.angle ?? 360) - first.angle;
  const picks = digits.length > 1;
  const current = { filter: `datum.angle == turn${picks ? " && datum.digit == pick" : ""}` };
  const each = <T>(of: (pose: Pose) => readonly T[]) =>
    digits.flatMap((poses, k) =>
      poses.flatMap((pose) => of(pose).map((values) => ({ digit: k + 1, angle: pose.angle, ...values })))
    );
  const picture = (title: string, pick: (pose: Pose) => Float32Array) => ({
    title,
    width: 200,
    height: 200,
    data: {
      values: each((pose) => {
        const values = pick(pose).map((value) => 1 - value);
        return [{ url: tilePicture({ rows: SIDE, columns: SIDE, values, domain: [0, 1] }, { zoom: 3 }) }];
      }),
    },
    transform: [current],
    mark: { type: "image", width: 200, height: 200, x: 100, y: 100 },
    encoding: { url: { field: "url" } },
  });
  const bars = each(({ logits }) =>
    Array.from(logits, (logit, label) => ({ label: String(label), logit: Number(logit.toFixed(3)) }))
  );
  const all = bars.map(({ logit }) => logit);
  const domain = [Math.min(0, ...all), Math.max(0, ...all)];
  const highest = (colour: string, other: string) => ({
    condition: { test: "datum.logit == datum.highest", value: colour },
    value: other,
  });
  return sliderFigure({
    hconcat: [
      picture("as it is", ({ original }) => original),
      picture("as the network sees it", ({ canonical }) => canonical),
      {
        title: "logits",
        width: 170,
        height: 200,
        data: { values: bars },
        transform: [current, { joinaggregate: [{ op: "max", field: "logit", as: "highest" }] }],
        mark: "bar",
        encoding: {
          y: { field: "label", type: "nominal", title: "class" },
          x: { field: "logit", type: "quantitative", title: "logit", scale: { domain } },
          color: highest(PALETTE[1], PALETTE[0]),
        },
      },
    ],
  }, {
    sliders: [
      { name: "turn", label: "turn (degrees)", min: 0, max: 360 - step, step, value: 0 },
      ...picks ? [{ name: "pick", label: "digit", min: 1, max: digits.length, step: 1, value: 1 }] : [],
    ],
    alt: "A digit, its canonical pose and the network's logits; a slider turns the digit.",
  });
}
