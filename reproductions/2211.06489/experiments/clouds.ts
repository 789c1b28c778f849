import type { PointClouds, PointSplit } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import { adam, cosineDecay, sgd } from "../../../lib/nn/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import {
  cloudExamples,
  type CloudModel,
  cloudNetwork,
  type CloudSizes,
  heldOut,
  type Turning,
} from "./_clouds.ts";
import { argmaxRows, countParameters, errorRate, fit, outputsOfEach, smoothedCrossEntropy } from "./_fit.ts";

/** One training on clouds of points. */
export type CloudConfig = {
  readonly dataSet: string;
  /** A network, or the nearest neighbour on histograms of distances, which no rotation changes. */
  readonly model: CloudModel | "histograms";
  /** How training clouds are turned. */
  readonly turning: Turning;
  readonly points: number;
  readonly sizes: CloudSizes;
  readonly epochs: number;
  readonly batchSize: number;
  /** Gradient descent with momentum as in the paper, or Adam. */
  readonly optimiser: "sgd" | "adam";
  readonly learningRate: number;
  readonly judged: "valid" | "test";
};

/** Accuracies in percent. */
export type CloudResult = {
  readonly parameters: number;
  /** On clouds turned about the upright axis. */
  readonly upright: number;
  /** On clouds turned in space. */
  readonly turned: number;
  /** Clouds with another label in the one pose than in the other. */
  readonly changes: number;
  readonly trainLoss: readonly number[];
};

/** Clouds of points in ten classes: plain networks, vector neurons, and plain networks behind frames. */
export const clouds: Experiment<CloudConfig, CloudResult> = {
  id: "clouds",
  title: "Point cloud classification",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ dataSet }) => [dataSet],
  cost: ({ model, epochs, points }) =>
    model === "histograms"
      ? 5
      : epochs * points / 128 * (model.network === "PointNet" ? (model.canonicalizer ? 2 : 1) : 5),
  async run(config, context) {
    const { seed, executor } = context;
    const { model, points, epochs, batchSize, turning } = config;
    const { value } = await context.loadData<PointSplit>(config.dataSet);
    const { train, judged } = config.judged === "test"
      ? { train: value.train, judged: value.test }
      : (({ train, valid }) => ({ train, judged: valid }))(heldOut(value.train, 0.25));
    if (model === "histograms") {
      const accuracy = 100 - errorRate(nearestByHistogram(train, judged, points), judged.labels);
      return { parameters: 0, upright: accuracy, turned: accuracy, changes: 0, trainLoss: [] };
    }
    const network = cloudNetwork(model, { classes: train.classes.length, sizes: config.sizes });
    const steps = epochs * Math.floor(train.shapes / batchSize);
    const trained = await fit(network, cloudExamples(train, { points, turning, test: false }), {
      epochs,
      batchSize,
      optimiser: config.optimiser === "sgd"
        ? sgd({ momentum: 0.9, weightDecay: 1e-4 })
        : adam({ weightDecay: 1e-4 }),
      learningRate: cosineDecay(config.learningRate, { steps }),
      loss: (output, target) => smoothedCrossEntropy(output, target, 0.2),
      stream: stream(seed, "clouds"),
      executor,
      onProgress: context.progress,
    });
    const poses = (["z", "SO(3)"] as const).map((pose) =>
      cloudExamples(judged, { points, turning: pose, test: true })
    );
    const outputs = await outputsOfEach(network, poses, { state: trained, executor, batchSize: 64 });
    const [upright, turned] = outputs.map((logits) => argmaxRows(logits, train.classes.length));
    return {
      parameters: countParameters(trained.parameters),
      upright: 100 - errorRate(upright, judged.labels),
      turned: 100 - errorRate(turned, judged.labels),
      changes: errorRate(turned, upright),
      trainLoss: trained.losses.map((loss) => Number(loss.toPrecision(6))),
    };
  },
};

const BINS = 32;

/** Shares of pair distances and of radii in bins, one after the other. */
function histogram({ coordinates, points }: PointClouds, shape: number, count: number): Float64Array {
  const bins = new Float64Array(2 * BINS), x = coordinates.subarray(shape * points * 3);
  const add = (at: number, distance: number, range: number, weight: number) =>
    bins[at + Math.min(BINS - 1, Math.floor(BINS * distance / range))] += weight;
  for (let i = 0; i < count; i++) {
    add(BINS, Math.hypot(x[3 * i], x[3 * i + 1], x[3 * i + 2]), 1, 1 / count);
    for (let j = 0; j < i; j++) {
      const distance = Math.hypot(
        x[3 * i] - x[3 * j],
        x[3 * i + 1] - x[3 * j + 1],
        x[3 * i + 2] - x[3 * j + 2],
      );
      add(0, distance, 2, 2 / (count * (count - 1)));
    }
  }
  return bins;
}

/** Labels of the nearest training clouds by histograms of pair distances and radii (the L1 distance). */
export function nearestByHistogram(train: PointClouds, test: PointClouds, points: number): Uint8Array {
  const known = Array.from({ length: train.shapes }, (_, i) => histogram(train, i, points));
  return Uint8Array.from({ length: test.shapes }, (_, i) => {
    const own = histogram(test, i, points);
    let [best, least] = [0, Infinity];
    known.forEach((other, k) => {
      const distance = own.reduce((sum, value, bin) => sum + Math.abs(value - other[bin]), 0);
      if (distance < least) [best, least] = [k, distance];
    });
    return train.labels[best];
  });
}
