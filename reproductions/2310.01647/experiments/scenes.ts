import type { ExecutorName, HostTree } from "../../../lib/compile/mod.ts";
import type { ImageSplit } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  type ConvJudge,
  convJudge,
  fromCanonicalPose,
  priorLoss,
  toCanonicalPose,
  voteEnergy,
} from "../../../lib/methods/equivariant_adaptation/mod.ts";
import { selectStraightThrough } from "../../../lib/nn/group/mod.ts";
import {
  adam,
  constants,
  type Conv2d,
  conv2d,
  cosineDecay,
  hostTensor,
  initConv2d,
  train,
} from "../../../lib/nn/mod.ts";
import { type Stream, stream } from "../../../lib/random/mod.ts";
import { type DetectedMask, maskAveragePrecision } from "../../../lib/stats/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { countNumbers, largest, overPhotos, pick, picture } from "./_batches.ts";
import { GROUP, POSES } from "./_photos.ts";
import { KINDS, SCENE, type Scenes, scenesOf, turnScenes } from "./_scenes.ts";

/** Zero-shot adaptation of a network that labels pixels. */
export type SceneConfig = {
  readonly dataSet: string;
  readonly train: number;
  readonly test: number;
  /** Channels of the network's convolutions. */
  readonly width: number;
  readonly canonicalizers: { readonly small: readonly number[]; readonly large: readonly number[] };
  readonly epochs: { readonly network: number; readonly canonicalizer: number };
  readonly batchSize: number;
  readonly learningRate: number;
};

/** AP@[.5:.95] in percent. */
export type ScenePrecision = {
  readonly upright: number;
  /** The mean over quarter turns. */
  readonly c4: number;
  /** Upright scenes found upright, in percent; null without a canonicalizer. */
  readonly identity: number | null;
  readonly parameters: number;
};

export type SceneResult = {
  readonly frozen: ScenePrecision;
  readonly small: ScenePrecision;
  readonly large: ScenePrecision;
  readonly parameters: number;
  /** A turned scene, its labels, and what is said without and with the large canonicalizer: grey, base 64. */
  readonly shown: {
    readonly scene: string;
    readonly truth: string;
    readonly frozen: string;
    readonly adapted: string;
  };
};

const CLASSES = KINDS.length + 1;
/** By how much the network's maps are smaller than the scene. */
const COARSE = 4;

/** Convolutions, of which the first two halve the sides; the last gives classes for 4 × 4 pixels a place. */
type Labeller = readonly Conv2d[];

function initLabeller(random: Stream, width: number): HostTree<Labeller> {
  const shapes = [[5, 1, width], [3, width, 2 * width], [3, 2 * width, 4 * width], [3, 4 * width, 4 * width]];
  const conv = (size: number, inputs: number, outputs: number, i: number) =>
    initConv2d(random.split(String(i)), { size, inputs, outputs, initialiser: "he" });
  return [
    ...shapes.map(([size, inputs, outputs], i) => conv(size, inputs, outputs, i)),
    conv(1, 4 * width, COARSE * COARSE * CLASSES, shapes.length),
  ];
}

/** Logits `[batch, side, side, classes]`. */
function label(x: Tensor, layers: Labeller): Tensor {
  const h = layers.slice(0, -1).reduce((h, layer, i) =>
    tf.relu(conv2d(h, layer, {
      stride: i < 2 ? 2 : 1,
      padding: layer.weight.shape[0]! >> 1,
    })), x);
  const blocks = conv2d(h, layers[layers.length - 1]), [batch, height, width] = blocks.shape;
  const spread = tf.reshape(blocks, [batch, height!, width!, COARSE, COARSE, CLASSES]);
  return tf.reshape(tf.transpose(spread, [0, 1, 3, 2, 4, 5]), [
    batch,
    COARSE * height!,
    COARSE * width!,
    CLASSES,
  ]);
}

interface Batch {
  readonly x: Tensor;
  readonly classes: Tensor;
}

/** A network that labels the pixels of scenes, frozen, behind canonicalizers that the prior trains. */
export const scenes: Experiment<SceneConfig, SceneResult> = {
  id: "scenes",
  title: "Zero-shot adaptation of a segmenting network",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ dataSet }) => [dataSet],
  cost: ({ train, epochs }) => 0.005 * train * epochs.network + 0.003 * train * epochs.canonicalizer,
  async run(config, context) {
    const { seed, executor } = context, { batchSize } = config;
    const { value } = await context.loadData<ImageSplit>(config.dataSet);
    const { train: known, test } = scenesOf(value, config);
    const random = stream(seed, "scenes"), area = SCENE * SCENE;
    const options = (epochs: number) => ({
      optimiser: adam(),
      learningRate: cosineDecay(config.learningRate, {
        steps: epochs * Math.floor(config.train / batchSize),
      }),
      rows: config.train,
      batchSize,
      epochs,
      dropLast: true,
      executor,
    });
    const example = {
      x: hostTensor(new Float32Array(batchSize * area), [batchSize, SCENE, SCENE, 1]),
      classes: hostTensor(new Float32Array(batchSize * area), [batchSize, SCENE, SCENE]),
    };
    const fill = (
      { x, classes }: {
        readonly x: { readonly data: unknown };
        readonly classes: { readonly data: unknown };
      },
      rows: Int32Array,
    ) =>
      rows.forEach((row, i) => {
        (x.data as Float32Array).set(known.photos.data.subarray(row * area, (row + 1) * area), i * area);
        (classes.data as Float32Array).set(known.classes.subarray(row * area, (row + 1) * area), i * area);
      });
    const { parameters: network } = await train<Labeller, Batch>(
      ({ parameters, batch: { x, classes } }) => ({ loss: pixelLoss(label(x, parameters), classes) }),
      {
        ...options(config.epochs.network),
        parameters: initLabeller(random.split("network"), config.width),
        stream: random.split("pretraining"),
        batches: { example, fill },
        onProgress: ({ fraction }) => context.progress(0.6 * fraction),
      },
    );
    const canonicalizer = async (size: "small" | "large") => {
      const energy = energyOf(config.canonicalizers[size]);
      const { parameters } = await train<ConvJudge, Batch>(
        ({ parameters, batch: { x } }) => ({
          loss: priorLoss(energy.activations(x, { parameters, buffers: [], training: true }).activations),
        }),
        {
          ...options(config.epochs.canonicalizer),
          parameters: energy.init(random.split(size)).parameters,
          stream: random.split("canonicalizer"),
          batches: { example, fill },
        },
      );
      return { energy, parameters };
    };
    const [small, large] = [await canonicalizer("small"), await canonicalizer("large")];
    const turns = [0, 1, 2, 3].map((quarters) => turnScenes(test, quarters));
    const judge = async (front?: Front): Promise<ScenePrecision & { readonly labels: Float32Array }> => {
      const all = [];
      for (const turn of turns) all.push(await precisionOf(turn, { network, front, executor }));
      return {
        upright: all[0].precision,
        c4: all.reduce((sum, { precision }) => sum + precision, 0) / POSES,
        identity: all[0].identity,
        parameters: front === undefined ? 0 : countNumbers(front.parameters),
        labels: all[1].first,
      };
    };
    const [frozen, adapted, rough] = [await judge(), await judge(large), await judge(small)];
    const plain = ({ labels: _, ...precision }: Awaited<ReturnType<typeof judge>>) => precision;
    const grey = (labels: ArrayLike<number>) =>
      picture({
        ...pick(turns[1].photos, [0]),
        data: Float32Array.from(Array.from(labels).slice(0, area), (value) => value / (CLASSES - 1)),
      }, 0);
    return {
      frozen: plain(frozen),
      small: plain(rough),
      large: plain(adapted),
      parameters: countNumbers(network),
      shown: {
        scene: picture(turns[1].photos, 0),
        truth: grey(turns[1].classes),
        frozen: grey(frozen.labels),
        adapted: grey(adapted.labels),
      },
    };
  },
};

const energyOf = (widths: readonly number[]) =>
  voteEnergy(convJudge({ inputs: 1, widths, votes: POSES }), GROUP);

interface Front {
  readonly energy: ReturnType<typeof energyOf>;
  readonly parameters: HostTree<ConvJudge>;
}

/** How much more a digit's pixel counts than one of the ground, of which there are more. */
const INK_WEIGHT = 4;

/** Cross-entropy over pixels. */
function pixelLoss(logits: Tensor, classes: Tensor): Tensor {
  const target = tf.oneHot(tf.cast(classes, "int32"), CLASSES, 1, 0, "float32");
  const weights = tf.tensor1d([1, ...KINDS.map(() => INK_WEIGHT)]);
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.mul(target, weights), tf.logSoftmax(logits)), -1)));
}

/**
 * The average precision of masks: each object's box is given, its kind is the most probable one over the box,
 * its mask the pixels of the box that are more probably of that kind than ground.
 */
async function precisionOf(
  { photos, classes, objects }: Scenes,
  { network, front, executor }: {
    readonly network: HostTree<Labeller>;
    readonly front?: Front;
    readonly executor: ExecutorName;
  },
): Promise<{ readonly precision: number; readonly identity: number | null; readonly first: Float32Array }> {
  const [shares, activations] = await overPhotos(
    (x) => {
      const layers = constants<Labeller>(network);
      if (front === undefined) return [tf.softmax(label(x, layers))];
      const pass = {
        parameters: constants<ConvJudge>(front.parameters),
        buffers: [] as const,
        training: false,
      };
      const { activations } = front.energy.activations(x, pass);
      const choice = { group: GROUP, selected: selectStraightThrough(activations) };
      return [fromCanonicalPose(tf.softmax(label(toCanonicalPose(x, choice), layers)), choice), activations];
    },
    photos,
    { executor, batch: 25 },
  );
  const area = SCENE * SCENE;
  const detections = objects.map(({ scene, box: [x0, y0, x1, y1] }): DetectedMask => {
    const totals = new Float64Array(CLASSES);
    const pixels: number[] = [];
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) pixels.push(y * SCENE + x);
    const share = (pixel: number, k: number) => shares[(scene * area + pixel) * CLASSES + k];
    for (const pixel of pixels) for (let k = 1; k < CLASSES; k++) totals[k] += share(pixel, k);
    const kind = totals.indexOf(Math.max(...totals.subarray(1)), 1);
    const mask = new Uint8Array(area);
    let [sum, count] = [0, 0];
    for (const pixel of pixels) {
      if (share(pixel, kind) <= share(pixel, 0)) continue;
      mask[pixel] = 1;
      sum += share(pixel, kind);
      count++;
    }
    return { image: scene, label: kind - 1, score: count === 0 ? 0 : sum / count, mask };
  });
  const truth = objects.map(({ scene, kind, box: [x0, y0, x1, y1] }) => {
    const mask = new Uint8Array(area);
    for (let y = y0; y < y1; y++) {
      for (let x = x0; x < x1; x++) {
        if (classes[scene * area + y * SCENE + x] === kind + 1) mask[y * SCENE + x] = 1;
      }
    }
    return { image: scene, label: kind, mask };
  });
  const poses = activations && largest(activations, POSES);
  return {
    precision: 100 * maskAveragePrecision(detections, truth),
    identity: poses ? 100 * poses.filter((pose) => pose === 0).length / photos.count : null,
    first: Float32Array.from(largest(shares.subarray(0, area * CLASSES), CLASSES)),
  };
}
