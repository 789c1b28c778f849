import type { ExecutorName, HostTree } from "../../../lib/compile/mod.ts";
import type { ImageSplit, LabelledImages } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  adaptationLoss,
  adaptedNetwork,
  type Energy,
  type EnergyAndNetwork,
  groupAccuracy,
  groupEnergy,
  type MlpJudge,
  mlpJudge,
  priorLoss,
  turnTestImages,
  voteEnergy,
} from "../../../lib/methods/equivariant_adaptation/mod.ts";
import { cyclic, groupOrder } from "../../../lib/nn/group/mod.ts";
import { adam, constants, cosineDecay, crossEntropy, hostTensor, train } from "../../../lib/nn/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import type { Tensor } from "../../../lib/tensor/mod.ts";
import {
  areaOf,
  countNumbers,
  histogram,
  imageOf,
  joined,
  largest,
  overPhotos,
  type Photos,
} from "./_batches.ts";

/** What rates the poses of digits. */
export type DigitEnergy =
  | { readonly kind: "mlp"; readonly hidden: number }
  | { readonly kind: "group"; readonly channels: number };

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

/** The energy of a configuration; C_8 turns by 45° interpolate. */
function energyOf(energy: DigitEnergy, rotations: number, size: number): Energy<unknown, unknown> {
  const group = cyclic(rotations);
  return (energy.kind === "mlp"
    ? voteEnergy(mlpJudge({ pixels: size * size, hidden: energy.hidden, votes: rotations }), group)
    : groupEnergy({ group, inputs: 1, size: 3, channels: energy.channels, layers: 2 })) as Energy;
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

    const energy = "energy" in regime ? energyOf(regime.energy, rotations, second.size) : undefined;
    const start = energy?.init(random.split("energy"));
    let weights = { network: pretrained, energy: start?.parameters ?? [] } as HostTree<Weights>;
    let buffers = (start?.buffers ?? []) as HostTree<unknown>;
    let losses: readonly number[] = [];
    const options = {
      ...common(second, config.epochs.adaptation),
      stream: random.split("adaptation"),
      onProgress: ({ fraction }: { readonly fraction: number }) => context.progress(0.3 + 0.6 * fraction),
    };
    if (regime.kind === "vanilla" || regime.kind === "augmented") {
      const poses = regime.kind === "augmented" ? random.split("poses") : undefined;
      const trained = await train<MlpJudge, Batch>(
        ({ parameters, batch: { x, target } }) => ({ loss: plainLoss(x, target, parameters) }),
        {
          ...options,
          parameters: pretrained,
          batches: batchesOf(
            second,
            batchSize,
            (image) =>
              poses === undefined
                ? image
                : turnOf(second, image, 360 * poses.nextInteger(rotations) / rotations),
          ),
        },
      );
      weights = { network: trained.parameters, energy: [] } as HostTree<Weights>;
      losses = trained.epochLosses;
    } else if (regime.kind === "zero-shot") {
      const trained = await train<unknown, Batch, unknown>(
        ({ parameters, batch: { x }, buffers }) => {
          const found = energy!.activations(x, { parameters, buffers, training: true });
          return { loss: priorLoss(found.activations), buffers: found.buffers };
        },
        { ...options, ...start!, batches: batchesOf(second, batchSize) },
      );
      weights = { network: pretrained, energy: trained.parameters } as HostTree<Weights>;
      [buffers, losses] = [trained.buffers, trained.epochLosses];
    } else if (regime.kind === "canonical") {
      const whole = adaptedNetwork(network, energy!);
      const trained = await train<Weights, Batch, EnergyAndNetwork<unknown, readonly []>>(
        ({ parameters, batch: { x, target }, buffers }) => {
          const { output, buffers: next } = whole.apply(x, { parameters, buffers, training: true });
          const task = crossEntropy(output.output, { target });
          const loss = adaptationLoss({ task, prior: priorLoss(output.activations) }, {
            prior: regime.prior,
          });
          return { loss, buffers: next };
        },
        {
          ...options,
          parameters: weights,
          buffers: { energy: buffers, network: [] } as HostTree<EnergyAndNetwork<unknown, readonly []>>,
          batches: batchesOf(second, batchSize),
        },
      );
      weights = trained.parameters;
      buffers = (trained.buffers as { readonly energy: HostTree<unknown> }).energy;
      losses = trained.epochLosses;
    }
    const turns = joined(Array.from({ length: rotations }, (_, k) => ({
      ...judged,
      data: turnTestImages(judged, 360 * k / rotations),
    })));
    const said = await answers(turns, { weights, buffers, energy, hidden: config.hidden, executor });
    const of = (values: Int32Array, k: number) => values.subarray(k * judged.count, (k + 1) * judged.count);
    const all = Array.from({ length: rotations }, (_, k) => of(said.classes, k));
    const { upright, average, byElement } = groupAccuracy(all, judged.labels);
    const poses = said.poses && of(said.poses, 0);
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
      identity: poses && 100 * poses.filter((pose) => pose === 0).length / judged.count,
      poses: poses && histogram(poses, groupOrder(cyclic(rotations))),
      classes: Array.from({ length: CLASSES }, (_, digit) => called(digit, digit)),
      confused: { sixAsNine: called(6, 9), nineAsSix: called(9, 6) },
      parameters: { network: countNumbers(weights.network), energy: countNumbers(weights.energy) },
      losses: losses.map((loss) => Number(loss.toPrecision(6))),
    };
  },
};

/** An image turned as test images are. */
function turnOf({ size, channels }: Photos, data: Float32Array, degrees: number): Float32Array {
  return degrees === 0 ? data : turnTestImages({ data, count: 1, size, channels }, degrees);
}

function batchesOf(
  photos: Photos,
  batch: number,
  change: (image: Float32Array) => Float32Array = (image) => image,
) {
  const { size, channels, labels } = photos, area = areaOf(photos);
  return {
    example: {
      x: hostTensor(new Float32Array(batch * area), [batch, size, size, channels]),
      target: hostTensor(new Float32Array(batch * CLASSES), [batch, CLASSES]),
    },
    fill(
      { x, target }: { readonly x: { readonly data: unknown }; readonly target: { readonly data: unknown } },
      rows: Int32Array,
    ) {
      const pixels = x.data as Float32Array, wanted = target.data as Float32Array;
      wanted.fill(0);
      rows.forEach((row, i) => {
        pixels.set(change(imageOf(photos, row)), i * area);
        wanted[i * CLASSES + labels[row]] = 1;
      });
    },
  };
}

/** The classes that are said of digits, and the poses that they are found in. */
async function answers(
  photos: Photos,
  { weights, buffers, energy, hidden, executor }: {
    readonly weights: HostTree<Weights>;
    readonly buffers: HostTree<unknown>;
    readonly energy: Energy<unknown, unknown> | undefined;
    readonly hidden: number;
    readonly executor: ExecutorName;
  },
): Promise<{ readonly classes: Int32Array; readonly poses: Int32Array | null }> {
  const network = classifier(photos, hidden);
  const [logits, activations] = await overPhotos(
    (x) => {
      const parameters = constants<Weights>(weights);
      if (energy === undefined) {
        return [network.apply(x, { parameters: parameters.network, buffers: [], training: false }).output];
      }
      const pass = {
        parameters,
        buffers: { energy: constants<unknown>(buffers), network: [] as const },
        training: false,
      };
      const { output } = adaptedNetwork(network, energy).apply(x, pass).output;
      return [
        output,
        energy.activations(x, { ...pass, parameters: parameters.energy, buffers: pass.buffers.energy })
          .activations,
      ];
    },
    photos,
    { executor, batch: 100 },
  );
  return {
    classes: largest(logits, CLASSES),
    poses: activations === undefined ? null : largest(activations, energy!.group.rotations),
  };
}
