import type { ExecutorName } from "../../../lib/compile/mod.ts";
import type { ImageSplit } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  canonicalize,
  type Canonicalizer,
  discreteCanonicalizer,
  type DiscreteParameters,
  type EnergyParameters,
  frozen,
  optimizedCanonicalizer,
  pcaCanonicalizer,
} from "../../../lib/methods/canonicalization/mod.ts";
import { cyclic, type Network } from "../../../lib/nn/group/mod.ts";
import { adam, constantRate, cosineDecay } from "../../../lib/nn/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { type DigitCounts, digitExamples, type Digits, rotatedDigits, SIDE, turnDigit } from "./_digits.ts";
import {
  argmaxRows,
  countParameters,
  errorRate,
  fit,
  overRows,
  smoothedCrossEntropy,
  type State,
} from "./_fit.ts";
import { digitCnn, digitGroupCnn } from "./_image_networks.ts";

/** Which network classifies the digits. */
export type DigitModel =
  | { readonly kind: "cnn"; readonly augment?: boolean }
  | { readonly kind: "group"; readonly order: number; readonly width: number }
  | { readonly kind: "discrete"; readonly order: number; readonly frozen?: boolean }
  | { readonly kind: "pca" }
  | {
    readonly kind: "opt";
    readonly mode: "unrolled" | "implicit";
    readonly hidden: number;
    readonly steps: number;
    readonly rate: number;
  };

/** One training on rotated digits. */
export type DigitConfig = {
  readonly dataSet: string;
  readonly counts: DigitCounts;
  readonly model: DigitModel;
  /** Channels of the first convolution. */
  readonly width: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** What becomes of the rate: nothing, as in the paper, or a cosine down to 0. */
  readonly decay: "none" | "cosine";
  /** Digits of each class that are kept for pictures. @default 0, and no orbit */
  readonly samples?: number;
  /** Which digits are judged: validation while settings are chosen. */
  readonly judged: "valid" | "test";
};

/** How a trained network does; rates in percent. */
export type DigitResult = {
  readonly parameters: number;
  readonly error: number;
  readonly trainLoss: readonly number[];
  /** Digits whose label changes when the turned digit is turned by 90°, 180° or 270° more. */
  readonly quarterChanges: number;
  /** Digits whose label changes under a further 45°, which interpolates. */
  readonly eighthChanges: number;
  /** Mean cosine of canonical digits to their class's mean, 1 for equal pictures; null without poses. */
  readonly alignment: number | null;
  /** Per class some digits (row-major 28 × 28 bytes, base 64 each) before and after canonicalization. */
  readonly samples: readonly {
    readonly label: number;
    readonly original: string;
    readonly canonical: string;
  }[];
  /** The first digit turned by 0°, 45°, …, and each of them canonical; empty without poses. */
  readonly orbit: readonly { readonly original: string; readonly canonical: string }[];
  /**
   * Of the first digit: the activation (minus the energy) of the poses 0°, 360°/n, … relative to their mean,
   * in units of their range, plus 1; null without any.
   */
  readonly landscape: readonly number[] | null;
};

/** Turned copies of the first digit that are kept. */
const ORBIT = 8;

/** Networks and canonicalizers of differing parameters are treated alike. */
type AnyNetwork = Network<unknown, unknown>;
type AnyCanonicalizer = Canonicalizer<unknown, unknown>;

/** The canonicalizer of a model; undefined for networks without one. */
export function digitCanonicalizer(model: DigitModel): AnyCanonicalizer | undefined {
  switch (model.kind) {
    case "discrete": {
      // The paper's sweep over orders: one lifting layer with filters as large as the image.
      const canonicalizer = discreteCanonicalizer({ group: cyclic(model.order), size: SIDE, layers: 1 });
      return model.frozen ? frozen(canonicalizer) : canonicalizer;
    }
    case "pca":
      return pcaCanonicalizer();
    case "opt":
      return optimizedCanonicalizer(model);
  }
}

/** The whole network of a model. */
export function digitNetwork(model: DigitModel, width: number): AnyNetwork {
  if (model.kind === "group") return digitGroupCnn(cyclic(model.order), model.width);
  const canonicalizer = digitCanonicalizer(model);
  const base = digitCnn(width);
  return canonicalizer === undefined ? base : canonicalize(base, canonicalizer);
}

/** Rotated digits: the plain network, the equivariant one, and the plain one behind canonicalizers. */
export const digits: Experiment<DigitConfig, DigitResult> = {
  id: "digits",
  title: "Rotated MNIST",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ dataSet }) => [dataSet],
  memory: 6144,
  cost: ({ counts, epochs, width, model }) =>
    counts.train * epochs * width * width * 6e-6 *
    (model.kind === "group" ? 1.5 : model.kind === "opt" ? 4 : 1),
  async run(config, context) {
    const { seed, executor } = context;
    const { model, width, epochs, batchSize } = config;
    const { value } = await context.loadData<ImageSplit>(config.dataSet);
    const sets = rotatedDigits(value, config.counts);
    const network = digitNetwork(model, width);
    const augment = model.kind === "cnn" && model.augment === true;
    const trained = await fit(network, digitExamples(sets.train, { augment }), {
      epochs,
      batchSize,
      optimiser: adam({ weightDecay: 0.01, decay: "decoupled" }),
      learningRate: config.decay === "none"
        ? constantRate(config.learningRate)
        : cosineDecay(config.learningRate, { steps: epochs * Math.floor(sets.train.rows / batchSize) }),
      loss: smoothedCrossEntropy,
      stream: stream(seed, "digits", model.kind),
      executor,
      onProgress: context.progress,
    });
    const judged = sets[config.judged];
    const seen = await look(model, network, { data: withTurns(judged), state: trained, executor });
    const at = (k: number) => seen.labels.subarray(k * judged.rows, (k + 1) * judged.rows);
    const [upright, eighth] = [at(0), at(FURTHER.indexOf(45))];
    const changed = (poses: readonly Int32Array[]) =>
      100 * upright.filter((label, i) => poses.some((labels) => labels[i] !== label)).length / judged.rows;
    const shown = config.samples ?? 0;
    return {
      parameters: countParameters(trained.parameters),
      error: errorRate(upright, judged.labels),
      trainLoss: trained.losses.map((loss) => Number(loss.toPrecision(6))),
      quarterChanges: changed([90, 180, 270].map((angle) => at(FURTHER.indexOf(angle)))),
      eighthChanges: changed([eighth]),
      ...posesOf(judged, seen.canonical, shown),
      orbit: shown > 0 ? orbitOf(withTurns(judged), seen.canonical) : [],
      landscape: shown > 0 ? await rate(model, judged, { state: trained, executor }) : null,
    };
  },
};

/** Further turns at which a trained network is looked at, in degrees. */
const FURTHER = [0, 90, 180, 270, 45];

/** Angles at which an optimised energy is drawn. */
const ENERGY_ANGLES = 64;

/** Digits at all further turns, turn by turn, and after them the first one turned by 0°, 45°, …. */
function withTurns({ rows, pixels, labels }: Digits): Digits {
  const size = SIDE * SIDE,
    image = (all: Float32Array, row: number) => all.subarray(row * size, (row + 1) * size);
  const all = new Float32Array((FURTHER.length * rows + ORBIT) * size);
  FURTHER.forEach((angle, k) => {
    for (let row = 0; row < rows; row++) turnDigit(image(pixels, row), angle, image(all, k * rows + row));
  });
  for (let k = 0; k < ORBIT; k++) {
    turnDigit(image(pixels, 0), 360 * k / ORBIT, image(all, FURTHER.length * rows + k));
  }
  const total = all.length / size;
  return { rows: total, pixels: all, labels: Uint8Array.from({ length: total }, (_, i) => labels[i % rows]) };
}

/** What evaluates a trained network. */
interface Trained {
  readonly state: State<unknown, unknown>;
  readonly executor: ExecutorName;
}

/** A state's part that belongs to the canonicalizer. */
const own = (tree: unknown) => (tree as { readonly canonicalizer: unknown }).canonicalizer;

/** Labels of digits and, where there is a canonicalizer, what the network sees of them. */
async function look(
  model: DigitModel,
  network: AnyNetwork,
  { data, ...trained }: Trained & { readonly data: Digits },
): Promise<{ readonly labels: Int32Array; readonly canonical: Float32Array | undefined }> {
  const canonicalizer = digitCanonicalizer(model);
  const [logits, canonical] = await overRows<unknown, unknown, Tensor>(
    (x, { parameters, buffers }) => {
      const { output } = network.apply(x, { parameters, buffers, training: false });
      if (canonicalizer === undefined) return [output];
      const pass = { parameters: own(parameters), buffers: own(buffers), training: false };
      return [output, canonicalizer.apply(x, pass).canonical.input];
    },
    digitExamples(data),
    trained,
  );
  return { labels: argmaxRows(logits, 10), canonical };
}

/** How the first digit's poses are rated; null without a rating. */
async function rate(model: DigitModel, data: Digits, trained: Trained): Promise<DigitResult["landscape"]> {
  if (model.kind !== "discrete" && model.kind !== "opt") return null;
  const [values] = await overRows<unknown, unknown, Tensor>(
    (x, { parameters, buffers }) => [
      landscapeOf(model, x, { parameters: own(parameters), buffers: own(buffers) }),
    ],
    digitExamples({ ...data, rows: 1 }),
    trained,
  );
  // A common shift of all ratings means nothing and is left to rounding: the bias has no gradient.
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const range = Math.max(...values) - Math.min(...values) || 1;
  return Array.from(values, (value) => Number((1 + (value - mean) / range).toFixed(4)));
}

/** The activations of all poses, or minus their energies, `[batch, poses]`. */
function landscapeOf(
  model: Extract<DigitModel, { readonly kind: "discrete" | "opt" }>,
  x: Tensor,
  { parameters, buffers }: { readonly parameters: unknown; readonly buffers: unknown },
): Tensor {
  if (model.kind === "discrete") {
    const { activations } = discreteCanonicalizer({ group: cyclic(model.order), size: SIDE, layers: 1 });
    const weights = model.frozen ? (buffers as { parameters: unknown }).parameters : parameters;
    return activations(x, weights as DiscreteParameters);
  }
  const { energy } = optimizedCanonicalizer(model);
  const angles = Array.from({ length: ENERGY_ANGLES }, (_, k) => 2 * Math.PI * k / ENERGY_ANGLES);
  // The set turns with the angle, so the pose is its opposite.
  return tf.stack(
    angles.map((angle) => tf.neg(energy(x, tf.fill([x.shape[0]], -angle), parameters as EnergyParameters))),
    1,
  );
}

/** How well classes are brought to one pose, and pictures of it. */
function posesOf(
  data: Digits,
  images: Float32Array | undefined,
  kept: number,
): Pick<DigitResult, "alignment" | "samples"> {
  if (images === undefined) return { alignment: null, samples: [] };
  const pixels = SIDE * SIDE;
  const image = (all: Float32Array, row: number) => all.subarray(row * pixels, (row + 1) * pixels);
  const samples: DigitResult["samples"][number][] = [];
  let aligned = 0;
  for (let label = 0; label < 10; label++) {
    const rows = Array.from({ length: data.rows }, (_, row) => row).filter((row) =>
      data.labels[row] === label
    );
    aligned += likeness(rows.map((row) => image(images, row))) / 10;
    for (const row of rows.slice(0, kept)) {
      samples.push({ label, original: bytes(image(data.pixels, row)), canonical: bytes(image(images, row)) });
    }
  }
  return { alignment: aligned, samples };
}

/** The turned copies of the first digit, which are the last rows. */
function orbitOf({ rows, pixels }: Digits, images: Float32Array | undefined): DigitResult["orbit"] {
  if (images === undefined) return [];
  const size = SIDE * SIDE;
  return Array.from({ length: ORBIT }, (_, k) => rows - ORBIT + k).map((row) => ({
    original: bytes(pixels.subarray(row * size, (row + 1) * size)),
    canonical: bytes(images.subarray(row * size, (row + 1) * size)),
  }));
}

/** Mean cosine of a class's images to their mean image. */
function likeness(images: readonly Float32Array[]): number {
  const mean = new Float64Array(images[0]?.length ?? 0);
  for (const image of images) image.forEach((value, p) => mean[p] += value / images.length);
  const norm = (v: ArrayLike<number>) =>
    Math.sqrt(Array.from(v).reduce((sum, value) => sum + value * value, 0));
  const length = norm(mean);
  return images.reduce((sum, image) => {
    const dot = image.reduce((total, value, p) => total + value * mean[p], 0);
    return sum + dot / (length * norm(image) || 1) / images.length;
  }, 0);
}

/** Pixels in [0, 1] as bytes in base 64. */
function bytes(image: Float32Array): string {
  return Uint8Array.from(image, (value) => Math.min(255, Math.max(0, Math.round(255 * value)))).toBase64();
}
