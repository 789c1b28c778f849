import type { PointClouds, PointSplit } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import { adam, cosineDecay } from "../../../lib/nn/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { cloudExamples, type CloudModel, cloudNetwork, type CloudSizes, type Turning } from "./_clouds.ts";
import { argmaxRows, countParameters, fit, outputsOfEach, smoothedCrossEntropy } from "./_fit.ts";
import { tf } from "../../../lib/tensor/mod.ts";

/** One training that labels parts. */
export type PartConfig = {
  readonly dataSet: string;
  /** A network, or the part that most points of a class belong to. */
  readonly model: CloudModel | "majority";
  readonly turning: Turning;
  readonly points: number;
  readonly sizes: CloudSizes;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
};

/** Mean intersection over union of test shapes, in percent. */
export type PartResult = {
  readonly parameters: number;
  /** Upright shapes. */
  readonly upright: number;
  /** Shapes turned in space. */
  readonly turned: number;
  readonly trainLoss: readonly number[];
};

/** Parts of procedural shapes: a plain network and the same behind frames. */
export const parts: Experiment<PartConfig, PartResult> = {
  id: "parts",
  title: "Part segmentation",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ dataSet }) => [dataSet],
  cost: ({ epochs, points, model }) =>
    model === "majority"
      ? 1
      : epochs * points / 128 * (model.network.endsWith("DGCNN") ? 5 : model.network === "PointNet" ? 1 : 2),
  async run(config, context) {
    const { seed, executor } = context;
    const { model, points, epochs, batchSize, turning } = config;
    const { value: { train, test } } = await context.loadData<PointSplit>(config.dataSet);
    const kinds = train.partNames!.length;
    if (model === "majority") {
      const iou = meanIou(test, partFrequencies(train, test, points), points);
      return { parameters: 0, upright: iou, turned: iou, trainLoss: [] };
    }
    const network = cloudNetwork(model, { classes: kinds, sizes: config.sizes, segments: true });
    const steps = epochs * Math.floor(train.shapes / batchSize);
    const examples = (data: PointClouds, pose: Turning, isTest: boolean) =>
      cloudExamples(data, { points, turning: pose, test: isTest, targets: "parts" });
    const trained = await fit(network, examples(train, turning, false), {
      epochs,
      batchSize,
      optimiser: adam(),
      learningRate: cosineDecay(config.learningRate, { steps }),
      loss: (output, target) => {
        const rows = [target.shape[0] * points, kinds];
        return smoothedCrossEntropy(tf.reshape(output, rows), tf.reshape(target, rows));
      },
      stream: stream(seed, "parts"),
      executor,
      onProgress: context.progress,
    });
    const poses = [examples(test, "z", true), examples(test, "SO(3)", true)];
    const outputs = await outputsOfEach(network, poses, { state: trained, executor, batchSize: 40 });
    const [upright, turned] = outputs.map((logits) => meanIou(test, logits, points));
    return {
      parameters: countParameters(trained.parameters),
      upright,
      turned,
      trainLoss: trained.losses.map((loss) => Number(loss.toPrecision(6))),
    };
  },
};

/** How often points of a class belong to each part in training, as logits of all points of test shapes. */
function partFrequencies(train: PointClouds, test: PointClouds, points: number): Float32Array {
  const kinds = train.partNames!.length;
  const counts = train.classes.map(() => new Float32Array(kinds));
  train.parts!.forEach((part, i) => counts[train.labels[Math.floor(i / train.points)]][part]++);
  const logits = new Float32Array(test.shapes * points * kinds);
  for (let row = 0; row < test.shapes * points; row++) {
    logits.set(counts[test.labels[Math.floor(row / points)]], row * kinds);
  }
  return logits;
}

/**
 * Mean over shapes of the mean IoU of their class's parts, of logits `[shapes · points, kinds]` among those
 * parts.
 */
function meanIou(data: PointClouds, logits: Float32Array, points: number): number {
  const names = data.partNames!, kinds = names.length;
  let total = 0;
  for (let shape = 0; shape < data.shapes; shape++) {
    const own = names.flatMap((name, k) =>
      name.startsWith(`${data.classes[data.labels[shape]]}/`) ? [k] : []
    );
    const among = Float32Array.from(
      { length: points * own.length },
      (_, i) => logits[(shape * points + Math.floor(i / own.length)) * kinds + own[i % own.length]],
    );
    const found = argmaxRows(among, own.length);
    const wanted = Array.from(
      { length: points },
      (_, i) => own.indexOf(data.parts![shape * data.points + i]),
    );
    total += shapeIou(found, wanted, own.length) / data.shapes;
  }
  return 100 * total;
}

/** Mean IoU over a shape's parts; a part that neither is nor is found counts 1. */
export function shapeIou(found: ArrayLike<number>, wanted: ArrayLike<number>, parts: number): number {
  let sum = 0;
  for (let part = 0; part < parts; part++) {
    let [both, either] = [0, 0];
    for (let i = 0; i < wanted.length; i++) {
      const [a, b] = [found[i] === part, wanted[i] === part];
      if (a && b) both++;
      if (a || b) either++;
    }
    sum += either === 0 ? 1 : both / either;
  }
  return sum / parts;
}
