import type { ExecutorName, HostTree } from "../../../lib/compile/mod.ts";
import type { ImageSplit, LabelledImages } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  adaptationLoss,
  allPoses,
  type EnergyAndNetwork,
  groupAccuracy,
  type MlpJudge,
  mlpJudge,
  turnTestImages,
} from "../../../lib/methods/equivariant_adaptation/mod.ts";
import { cyclic } from "../../../lib/nn/group/mod.ts";
import { adam, constants, cosineDecay, crossEntropy, hostTensor, train } from "../../../lib/nn/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import type { Tensor } from "../../../lib/tensor/mod.ts";
import { areaOf, countNumbers, histogram, joined, largest, overPhotos, type Photos } from "./_batches.ts";
import { type DigitEnergy, type Front, frontOf } from "./_digit_fronts.ts";

export type { DigitEnergy };

/** How the pretrained network is adapted. */
export type DigitRegime =
  /** Trained on upright digits, or on digits in all poses of the group. */
  | { readonly kind: "vanilla" | "augmented" }
  /** Trained behind a canonicalizer, with λ times the prior (LC: 0). */
  | { readonly kind: "canonical"; readonly prior: number; readonly energy: DigitEnergy }
  /** Left as it is behind a canonicalizer: trained by the prior alone, or not at all. */
  | { readonly kind: "zero-shot" | "untrained"; readonly energy: DigitEnergy };

export type DigitConfig = {
  readonly dataSet: string;
  /** n of C_n. */
  readonly rotations: number;
  readonly regime: DigitRegime;
  /** Digits for pretraining, and others for adaptation. */
  readonly pretraining: number;
  readonly train: number;
  /** The first test digits; or digits of the training set that nothing is trained on. */
  readonly test: number;
  readonly judged: "valid" | "test";
  /** Hidden units of the network, a perceptron. */
  readonly hidden: number;
  readonly epochs: { readonly pretraining: number; readonly adaptation: number };
  readonly batchSize: number;
  readonly learningRate: number;
};

/** Accuracies in percent. */
export type DigitResult = {
  readonly upright: number;
  /** The mean over C_n. */
  readonly average: number;
  /** For each rotation by 360°/n. */
  readonly byElement: readonly number[];
  /** The mean over rotations halfway between those. */
  readonly between: number;
  /** Upright digits found upright, in percent; null without a canonicalizer. */
  readonly identity: number | null;
  /** How often upright digits are found in each pose. */
  readonly poses: readonly number[] | null;
  /** Mean accuracy over C_n of each digit, and how often a 6 is called a 9 and a 9 a 6, in percent. */
  readonly classes: readonly number[];
  readonly confused: { readonly sixAsNine: number; readonly nineAsSix: number };
  readonly parameters: { readonly network: number; readonly energy: number };
  readonly losses: readonly number[];
};

const CLASSES = 10;

type Weights = EnergyAndNetwork<unknown, MlpJudge>;

interface Batch {
  readonly x: Tensor;
  readonly target: Tensor;
  /** The images in all poses, where they are known; else empty. */
  readonly copies: readonly Tensor[];
}

function photosOf({ pixels, labels, height, channels }: LabelledImages, from: number, count: number): Photos {
  const area = height * height * channels;
  return {
    data: Float32Array.from(pixels.subarray(from * area, (from + count) * area), (value) => value / 255),
    count,
    size: height,
    channels,
    labels: labels.slice(from, from + count),
  };
}

/** The network p. */
const classifier = (photos: Photos, hidden: number) =>
  mlpJudge({ pixels: areaOf(photos), hidden, votes: CLASSES });

/** A small network is pretrained on upright digits, and adapted in one of the regimes. */
export const digits: Experiment<DigitConfig, DigitResult> = {
  id: "digits",
  title: "Adapting a pretrained classifier of digits",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ dataSet }) => [dataSet],
  cost: ({ pretraining, train, epochs, regime }) =>
    0.0002 * pretraining * epochs.pretraining + 3 +
    0.0008 * train * epochs.adaptation * ("energy" in regime && regime.energy.kind === "group" ? 3 : 1),
  async run(config, context) {
    const { seed, executor } = context, { regime, rotations, batchSize } = config;
    const { value } = await context.loadData<ImageSplit>(config.dataSet);
    const first = photosOf(value.train, 0, config.pretraining);
    const second = photosOf(value.train, config.pretraining, config.train);
    const judged = config.judged === "test"
      ? photosOf(value.test, 0, config.test)
      : photosOf(value.train, config.pretraining + config.train, config.test);
    const network = classifier(first, config.hidden);
    const common = (photos: Photos, epochs: number) => ({
      optimiser: adam(),
      learningRate: cosineDecay(config.learningRate, {
        steps: epochs * Math.floor(photos.count / batchSize),
      }),
      rows: photos.count,
      batchSize,
      epochs,
      dropLast: true,
      executor,
    });
    const random = stream(seed, "digits");
    const plainLoss = (x: Tensor, target: Tensor, parameters: MlpJudge) =>
      crossEntropy(network.apply(x, { parameters, buffers: [], training: true }).output, { target });
    const { parameters: pretrained } = await train<MlpJudge, Batch>(
      ({ parameters, batch: { x, target } }) => ({ loss: plainLoss(x, target, parameters) }),
      {
        ...common(first, config.epochs.pretraining),
        parameters: network.init(random.split("network")).parameters,
        stream: random.split("pretraining"),
        batches: batchesOf(first, batchSize),
      },
    );
    context.progress(0.3);

    const front = "energy" in regime ? frontOf(regime.energy, { rotations, size: second.size }) : undefined;
    const start = front?.init(random.split("energy"));
    let weights = { network: pretrained, energy: start?.parameters ?? [] } as HostTree<Weights>;
    let buffers = (start?.buffers ?? []) as HostTree<unknown>;
    let losses: readonly number[] = [];
    const options = {
      ...common(second, config.epochs.adaptation),
      stream: random.split("adaptation"),
      onProgress: ({ fraction }: { readonly fraction: number }) => context.progress(0.3 + 0.6 * fraction),
    };
    if (regime.kind === "vanilla" || regime.kind === "augmented") {
      const turns = regime.kind === "augmented" ? turnedBy(second, rotations) : [second.data];
      const poses = random.split("poses");
      const trained = await train<MlpJudge, Batch>(
        ({ parameters, batch: { x, target } }) => ({ loss: plainLoss(x, target, parameters) }),
        {
          ...options,
          parameters: pretrained,
          batches: batchesOf(second, batchSize, { pixels: () => turns[poses.nextInteger(turns.length)] }),
        },
      );
      weights = { network: trained.parameters, energy: [] } as HostTree<Weights>;
      losses = trained.epochLosses;
    } else if (regime.kind === "zero-shot" || regime.kind === "canonical") {
      const task = regime.kind === "canonical";
      const copies = front!.copies ? await copiesOf(second, rotations, executor) : undefined;
      const trained = await train<Weights, Batch, unknown>(
        ({ parameters, batch: { x, target, copies }, buffers }) => {
          const pass = { parameters: parameters.energy, buffers, training: true };
          const found = front!.find(x, pass, copies[0]);
          const loss = task
            ? adaptationLoss(
              { task: plainLoss(found.canonical, target, parameters.network), prior: found.prior },
              { prior: regime.prior },
            )
            : found.prior;
          return { loss, buffers: found.buffers };
        },
        {
          ...options,
          parameters: task ? weights : { energy: weights.energy } as HostTree<Weights>,
          buffers,
          batches: batchesOf(second, batchSize, { copies }),
        },
      );
      weights = task ? trained.parameters : { ...trained.parameters, network: pretrained };
      [buffers, losses] = [trained.buffers, trained.epochLosses];
    }
    const ask = async (from: number) => {
      const turns = turnedBy(judged, rotations, from).map((data) => ({ ...judged, data }));
      const said = await answers(joined(turns), { weights, buffers, front, hidden: config.hidden, executor });
      const part = (values: Int32Array, k: number) =>
        values.subarray(k * judged.count, (k + 1) * judged.count);
      return {
        all: Array.from({ length: rotations }, (_, k) => part(said.classes, k)),
        poses: said.poses && part(said.poses, 0),
      };
    };
    const { all, poses } = await ask(0);
    const { upright, average, byElement } = groupAccuracy(all, judged.labels);
    const between = groupAccuracy((await ask(180 / rotations)).all, judged.labels).average;
    /** Share of the digits of a class that are called so, over all rotations, in percent. */
    const called = (digit: number, name: number) => {
      const own = [...judged.labels.keys()].filter((i) => judged.labels[i] === digit);
      const hits = all.reduce((sum, classes) => sum + own.filter((i) => classes[i] === name).length, 0);
      return 100 * hits / Math.max(1, own.length * rotations);
    };
    return {
      upright,
      average,
      byElement,
      between,
      identity: poses && 100 * poses.filter((pose) => pose === 0).length / judged.count,
      poses: poses && histogram(poses, rotations),
      classes: Array.from({ length: CLASSES }, (_, digit) => called(digit, digit)),
      confused: { sixAsNine: called(6, 9), nineAsSix: called(9, 6) },
      parameters: { network: countNumbers(weights.network), energy: countNumbers(weights.energy) },
      losses: losses.map((loss) => Number(loss.toPrecision(6))),
    };
  },
};

/** All images turned as test images are: by `from` degrees, and on by 360°/n each. */
const turnedBy = (photos: Photos, rotations: number, from = 0): Float32Array[] =>
  Array.from({ length: rotations }, (_, k) => {
    const degrees = from + 360 * k / rotations;
    return degrees === 0 ? photos.data : turnTestImages(photos, degrees);
  });

/** All copies g⁻¹x of all images, made once: `[count, rotations, …]`. */
async function copiesOf(photos: Photos, rotations: number, executor: ExecutorName): Promise<Float32Array> {
  const [copies] = await overPhotos((x) => [allPoses(x, cyclic(rotations))], photos, {
    executor,
    slots: rotations,
    batch: 100,
  });
  return copies;
}

/** Batches of images: as they are or from `pixels`, with all of their copies if those are known. */
function batchesOf(
  photos: Photos,
  batch: number,
  { pixels = () => photos.data, copies }: {
    readonly pixels?: () => Float32Array;
    readonly copies?: Float32Array;
  } = {},
) {
  const { size, channels, labels } = photos, area = areaOf(photos);
  const slots = copies === undefined ? 0 : copies.length / photos.data.length;
  const empty = (rows: number) => hostTensor(new Float32Array(rows * area), [rows, size, size, channels]);
  return {
    example: {
      x: empty(batch),
      target: hostTensor(new Float32Array(batch * CLASSES), [batch, CLASSES]),
      copies: copies === undefined ? [] : [empty(slots * batch)],
    } as HostTree<Batch>,
    fill({ x, target, copies: [all] }: HostTree<Batch>, rows: Int32Array) {
      const wanted = target.data as Float32Array;
      wanted.fill(0);
      rows.forEach((row, i) => {
        (x.data as Float32Array).set(pixels().subarray(row * area, (row + 1) * area), i * area);
        wanted[i * CLASSES + labels[row]] = 1;
        for (let slot = 0; slot < slots; slot++) {
          const from = (row * slots + slot) * area;
          (all.data as Float32Array).set(copies!.subarray(from, from + area), (slot * batch + i) * area);
        }
      });
    },
  };
}

/** The classes that are said of digits, and the poses that they are found in. */
async function answers(
  photos: Photos,
  { weights, buffers, front, hidden, executor }: {
    readonly weights: HostTree<Weights>;
    readonly buffers: HostTree<unknown>;
    readonly front: Front | undefined;
    readonly hidden: number;
    readonly executor: ExecutorName;
  },
): Promise<{ readonly classes: Int32Array; readonly poses: Int32Array | null }> {
  const network = classifier(photos, hidden);
  const [logits, activations] = await overPhotos(
    (x) => {
      const { energy, network: own } = constants<Weights>(weights);
      const classes = (image: Tensor) =>
        network.apply(image, { parameters: own, buffers: [], training: false }).output;
      if (front === undefined) return [classes(x)];
      const pass = { parameters: energy, buffers: constants<unknown>(buffers), training: false };
      const found = front.find(x, pass);
      return [classes(found.canonical), found.activations];
    },
    photos,
    { executor, batch: 100 },
  );
  const width = activations === undefined ? 0 : activations.length / photos.count;
  return {
    classes: largest(logits, CLASSES),
    poses: activations === undefined ? null : largest(activations, width),
  };
}
