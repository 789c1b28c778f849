import type { HostTree } from "../../../lib/compile/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  allPoses,
  type Energy,
  groupAccuracy,
  groupEnergy,
  priorLoss,
  wideGroupEnergy,
} from "../../../lib/methods/equivariant_adaptation/mod.ts";
import {
  adam,
  type CifarResNet,
  cifarResNet,
  constants,
  cosineDecay,
  hostTensor,
  train,
} from "../../../lib/nn/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import type { Tensor } from "../../../lib/tensor/mod.ts";
import { countNumbers, histogram, largest, overPhotos, type Photos, pick } from "./_batches.ts";
import { shrunk } from "./_shrunk.ts";
import { CLASSES, GROUP, loadPhotos, loadResNet, POSES, varied } from "./_photos.ts";

/** The paper's own canonicalizers, small and large, in front of a frozen network; both from scratch. */
export type EnergyConfig = {
  readonly images: string;
  readonly predictor: string;
  readonly train: number;
  /** Test photographs that are left out at the beginning. */
  readonly skip: number;
  readonly test: number;
  /** Varied copies of each training photograph. */
  readonly copies: number;
  /** Canonicalizers see photographs shrunk by this factor, as the authors' do. */
  readonly shrink: number;
  /** The G-CNN. */
  readonly small: { readonly size: number; readonly channels: number; readonly layers: number };
  /** The wide residual G-CNN. */
  readonly large: {
    readonly size: number;
    readonly widths: readonly [first: number, ...stages: number[]];
    readonly blocks: number;
    readonly outputs: number;
  };
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
};

/** A canonicalizer in front of the network, accuracies in percent. */
export type EnergyRow = {
  readonly upright: number;
  readonly c4: number;
  /** Upright photographs found upright, in percent; null without a canonicalizer. */
  readonly identity: number | null;
  readonly poses: readonly number[] | null;
  readonly parameters: number;
  /** For each photograph, in how many of the four quarter turns the label is right, a digit each. */
  readonly right: string;
  readonly rightUpright: string;
  readonly losses: readonly number[];
};

/** The sizes that are compared. */
export const SIZES = ["small", "large"] as const;
export type Size = (typeof SIZES)[number];

export type EnergyResult = Readonly<Record<"plain" | Size, EnergyRow>>;

type State = { readonly parameters: unknown; readonly buffers: unknown };

const energyOf = (config: EnergyConfig, size: Size) =>
  shrunk(
    (size === "small"
      ? groupEnergy({ group: GROUP, ...config.small })
      : wideGroupEnergy({ group: GROUP, ...config.large })) as Energy,
    config.shrink,
  );

/** G-CNNs of two sizes find the poses of photographs for a network that somebody else trained. */
export const energies: Experiment<EnergyConfig, EnergyResult> = {
  id: "energies",
  title: "G-CNNs of two sizes before a published ResNet",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ images, predictor }) => [images, predictor],
  cost: ({ train, epochs, test }) => 0.006 * train * epochs + 0.01 * test + 5,
  async run(config, context) {
    const { seed, executor } = context, { batchSize } = config;
    const photos = await loadPhotos((name) => context.loadData(name), config);
    const predictor = await loadResNet((name) => context.loadData(name), config.predictor);
    const random = stream(seed, "energies");
    const images = Array.from(
      { length: config.copies },
      (_, k) => varied(photos.train, random.split("copies", String(k))),
    );
    const { test } = photos, { size, channels } = test;
    const [logits] = await overPhotos(
      (x) => [cifarResNet(allPoses(x, GROUP), constants<CifarResNet>(predictor))],
      test,
      { executor, slots: POSES },
    );
    const classes = largest(logits, CLASSES);
    context.progress(0.2);
    const adapted = async (name: Size, k: number): Promise<EnergyRow> => {
      const energy = energyOf(config, name), which = random.split("which copy");
      const { parameters, buffers, epochLosses } = await train<unknown, { readonly x: Tensor }, unknown>(
        ({ parameters, batch: { x }, buffers }) => {
          const found = energy.activations(x, { parameters, buffers, training: true });
          return { loss: priorLoss(found.activations), buffers: found.buffers };
        },
        {
          ...energy.init(random.split(name)),
          optimiser: adam({ weightDecay: 0.01, decay: "decoupled" }),
          learningRate: cosineDecay(config.learningRate, {
            steps: config.epochs * Math.floor(config.train / batchSize),
          }),
          rows: config.train,
          batchSize,
          epochs: config.epochs,
          dropLast: true,
          stream: random.split("order"),
          executor,
          batches: {
            example: {
              x: hostTensor(new Float32Array(batchSize * size * size * channels), [
                batchSize,
                size,
                size,
                channels,
              ]),
            },
            fill({ x }, rows) {
              (x.data as Float32Array).set(pick(images[which.nextInteger(images.length)], rows).data);
            },
          },
          onProgress: ({ fraction }) => context.progress(0.2 + 0.4 * (k + fraction)),
        },
      );
      const [activations] = await overPhotos(
        (x) => {
          const state = constants<State>({ parameters, buffers } as HostTree<State>);
          return [energy.activations(x, { ...state, training: false }).activations];
        },
        test,
        { executor },
      );
      const poses = largest(activations, POSES);
      const said = poses.map((pose, i) => classes[i * POSES + pose]);
      return {
        ...rowOf([said, said, said, said], test),
        identity: 100 * poses.filter((pose) => pose === 0).length / test.count,
        poses: histogram(poses, POSES),
        parameters: countNumbers(parameters),
        losses: epochLosses.map((loss) => Number(loss.toPrecision(6))),
      };
    };
    // An image turned by j quarters is seen as the copy −j.
    const plain = [0, 3, 2, 1].map((pose) =>
      Int32Array.from({ length: test.count }, (_, i) => classes[i * POSES + pose])
    );
    return {
      plain: {
        ...rowOf(plain, test),
        identity: null,
        poses: null,
        parameters: countNumbers(predictor),
        losses: [],
      },
      small: await adapted("small", 0),
      large: await adapted("large", 1),
    };
  },
};

/** Accuracies of what is said in each of four quarter turns. */
function rowOf(classes: readonly Int32Array[], { labels }: Photos) {
  const { upright, average } = groupAccuracy(classes, labels);
  return {
    upright,
    c4: average,
    right: Array.from(labels, (label, i) => classes.filter((found) => found[i] === label).length).join(""),
    rightUpright: Array.from(labels, (label, i) => classes[0][i] === label ? 1 : 0).join(""),
  };
}
