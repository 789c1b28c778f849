import {
  augmentImage,
  CIFAR10_MEAN,
  CIFAR10_STD,
  imageRows,
  type ImageSplit,
} from "../../../lib/data/mod.ts";
import { type Classifier, compileEvaluator, trainClassifier } from "../../../lib/nn/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import { prox, sharingStatistics } from "../../../lib/methods/weight_sharing/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import {
  applyCifarNetwork,
  type CifarBuffers,
  type CifarNetwork,
  type CifarParameters,
  initCifarNetwork,
} from "./_cifar_networks.ts";
import { descent, type Regulariser } from "./_methods.ts";

/** One training on colour photographs. */
export type CifarConfig = {
  readonly dataSet: string;
  /** Pixels of a side that are averaged into one. */
  readonly pooling: number;
  readonly kind: CifarNetwork["kind"];
  readonly channels: number;
  readonly regulariser: Regulariser;
  readonly augment: boolean;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
};

/** A trained network; accuracies in percent. */
export type CifarResult = {
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
  /** Number of the first layer's weights. */
  readonly weights: number;
  readonly meanMagnitude: number;
  /** Exact zeros among them. */
  readonly zeros: number;
  /** Different non-zero values per non-zero weight, and the same after a step of the first size. */
  readonly distinctShare: number;
  readonly distinctShareAfterStep: number | null;
  /** Test accuracy along training. */
  readonly epochs: readonly {
    readonly epoch: number;
    readonly loss: number;
    readonly testAccuracy: number;
  }[];
};

/** Points of the training curves. */
const CURVE_POINTS = 10;

/** Photographs in ten classes: a fully connected network with its regularisers, and a convolutional one. */
export const cifar: Experiment<CifarConfig, CifarResult> = {
  id: "cifar",
  title: "CIFAR-10",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ dataSet }) => [dataSet],
  memory: 3072,
  cost: ({ epochs, kind, regulariser: { sharing = [] } }) =>
    epochs * (kind === "Conv" ? 0.6 : sharing.length > 0 ? 0.5 : 0.2),
  async run(config, context) {
    const { seed, executor } = context;
    const { kind, channels, pooling, epochs, batchSize, learningRate, regulariser } = config;
    const { value } = await context.loadData<ImageSplit>(config.dataSet);
    const side = value.train.height / pooling;
    const toRows = (images: ImageSplit["train"]) => ({
      rows: imageRows(images, { pooling, mean: CIFAR10_MEAN, std: CIFAR10_STD }),
      labels: images.labels,
    });
    const [train, test] = [toRows(value.train), toRows(value.test)];
    const network: CifarNetwork = { kind, side, channels };
    const program: Classifier<CifarParameters, CifarBuffers> = (x, state) =>
      applyCifarNetwork(x, network, state);
    const start = initCifarNetwork(stream(seed, "initial values"), network);
    const columns = side * side * 3;
    await using evaluator = await compileEvaluator(program, { example: start, columns, executor });
    const random = stream(seed, "augmentation");
    // Sizes of the released code for 32 × 32 pixels; what lies outside is black.
    const augmentation = {
      height: side,
      width: side,
      channels: 3,
      stream: random,
      pad: 4 / pooling,
      padding: CIFAR10_MEAN.map((mean, c) => -mean / CIFAR10_STD[c]),
      cutout: 16 / pooling,
    };
    const rows: CifarResult["epochs"][number][] = [];
    const every = Math.max(1, Math.ceil(epochs / CURVE_POINTS));
    const trained = await trainClassifier(program, {
      start,
      data: train,
      epochs,
      batchSize,
      learningRate,
      ...descent(regulariser),
      ...(config.augment && {
        augment: (out: Float32Array, image: Float32Array) => augmentImage(out, image, augmentation),
      }),
      stream: stream(seed, "training"),
      executor,
      async onEpoch({ number, loss, read }) {
        context.progress(number / epochs);
        if (number % every > 0 && number !== epochs) return;
        rows.push({ epoch: number, loss, testAccuracy: await evaluator.accuracy(await read(), test) });
      },
    });
    const weights = trained.parameters.layers[0].weight.data as Float32Array;
    const { sparsity } = sharingStatistics(weights, { threshold: 0 });
    const share = (values: Float32Array) => sharingStatistics(values, { decimals: 8 }).distinctShare;
    const alpha = learningRate * (regulariser.sharing?.[0] ?? 0);
    return {
      trainAccuracy: await evaluator.accuracy(trained, train),
      testAccuracy: await evaluator.accuracy(trained, test),
      weights: weights.length,
      meanMagnitude: weights.reduce((sum, w) => sum + Math.abs(w), 0) / weights.length,
      zeros: Math.round(sparsity * weights.length),
      distinctShare: share(weights),
      distinctShareAfterStep: alpha > 0 ? share(prox(weights, { alpha })) : null,
      epochs: rows,
    };
  },
};
