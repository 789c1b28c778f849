import type { HostTensor, HostTree } from "../../../lib/compile/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import { adaptationLoss, groupAccuracy, priorLoss } from "../../../lib/methods/equivariant_adaptation/mod.ts";
import { selectStraightThrough } from "../../../lib/nn/group/mod.ts";
import { adam, constants, cosineDecay, crossEntropy, hostTensor, train } from "../../../lib/nn/mod.ts";
import { type Stream, stream } from "../../../lib/random/mod.ts";
import { flattenTree, mapTree, type Tensor, tf, unflattenTree } from "../../../lib/tensor/mod.ts";
import { histogram, largest } from "./_batches.ts";
import {
  CLASSES,
  copyFeatures,
  type Features,
  featuresOf,
  type Late,
  late,
  loadPhotos,
  loadResNet,
  POSES,
  startClasses,
  startVotes,
  votesOf,
} from "./_photos.ts";
import { compileFeatures } from "./_features.ts";

/** The four regimes, on the last stage of a published network whose first stages stay as they are. */
export type FinetuningConfig = {
  readonly images: string;
  readonly network: string;
  readonly train: number;
  /** Test photographs that are left out at the beginning. */
  readonly skip: number;
  readonly test: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** Of the canonicalizer. */
  readonly learningRate: number;
  /** The network's rate over the canonicalizer's: what is trained already moves more slowly. */
  readonly networkRate: number;
  /** λ of CP. */
  readonly prior: number;
};

/** Training of all photographs upright, in random poses, behind a canonicalizer, and that with the prior. */
export const REGIMES = ["vanilla", "augmented", "lc", "cp"] as const;
export type Regime = (typeof REGIMES)[number];

/** Accuracies in percent. */
export type RegimeResult = {
  readonly upright: number;
  readonly c4: number;
  readonly identity: number | null;
  /** How often upright photographs are found in each pose. */
  readonly poses: readonly number[] | null;
  /** For each photograph, in how many quarter turns the label is right, a digit each. */
  readonly right: string;
  readonly rightUpright: string;
  readonly losses: readonly number[];
};

export type FinetuningResult = {
  /** The network as published. */
  readonly published: RegimeResult;
  readonly regimes: Readonly<Record<Regime, RegimeResult>>;
};

interface Weights {
  /** In training: how far the network has moved, in units of `networkRate`; 0 at the start. */
  readonly network: Late;
  readonly canonicalizer?: Late;
}

interface Batch {
  readonly h: Tensor;
  readonly target: Tensor;
}

/** Fine-tuning in four regimes with the same photographs, steps and rates. */
export const finetuning: Experiment<FinetuningConfig, FinetuningResult> = {
  id: "finetuning",
  title: "Fine-tuning a published ResNet in four regimes",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ images, network }) => [images, network],
  cost: ({ train, epochs, test }) => 0.006 * (train + test) + 0.04 * train * epochs,
  async run(config, context) {
    const { seed, executor } = context;
    const photos = await loadPhotos((name) => context.loadData(name), config);
    const network = await loadResNet((name) => context.loadData(name), config.network);
    const known = await featuresOf(photos.train, network, executor);
    const unseen = await featuresOf(photos.test, network, executor);
    context.progress(0.1);
    const random = stream(seed, "finetuning");
    const start = startClasses(network);
    const { networkRate } = config;
    const judge = async (weights: HostTree<Weights>): Promise<RegimeResult> => {
      const { classes, poses } = await answers(unseen, weights, executor);
      return summarise(classes, poses, photos.test.labels);
    };
    const regimes: Partial<Record<Regime, RegimeResult>> = {};
    for (const [k, regime] of REGIMES.entries()) {
      const canonical = regime === "lc" || regime === "cp";
      const { parameters, epochLosses } = await train<Weights, Batch>(
        ({ parameters, batch: { h, target } }) => ({
          loss: regimeLoss(
            h,
            target,
            { ...parameters, network: movedBy(start, parameters.network, networkRate) },
            regime === "cp" ? config.prior : 0,
          ),
        }),
        {
          parameters: {
            network: mapTree<HostTensor, HostTree<Late>>(
              start,
              ({ data, shape }) => hostTensor(new Float32Array(data.length), shape),
            ),
            ...canonical && { canonicalizer: startVotes(network, random.split("canonicalizer")) },
          } as HostTree<Weights>,
          optimiser: adam({ weightDecay: 0.01, decay: "decoupled" }),
          learningRate: cosineDecay(config.learningRate, {
            steps: config.epochs * Math.floor(config.train / config.batchSize),
          }),
          rows: config.train,
          batchSize: config.batchSize,
          epochs: config.epochs,
          dropLast: true,
          stream: random.split("order"),
          executor,
          batches: batchesOf(known, photos.train.labels, {
            batch: config.batchSize,
            poses: canonical ? "all" : regime === "augmented" ? random.split("poses") : "upright",
          }),
          onProgress: ({ fraction }) => context.progress(0.1 + 0.9 * (k + fraction) / REGIMES.length),
        },
      );
      const weights = { ...parameters, network: movedOnHost(start, parameters.network, networkRate) };
      regimes[regime] = { ...await judge(weights), losses: epochLosses.map(short) };
    }
    return {
      published: await judge({ network: start } as HostTree<Weights>),
      regimes: regimes as Record<Regime, RegimeResult>,
    };
  },
};

/** start + rate · moves, of tensors. */
function movedBy(start: HostTree<Late>, moves: Late, rate: number): Late {
  const from = flattenTree<Tensor>(constants<Late>(start)).leaves;
  return unflattenTree<Late>(
    moves,
    flattenTree<Tensor>(moves).leaves.map((move, i) => tf.add(from[i], tf.mul(move, rate))),
  );
}

/** The same on the host. */
function movedOnHost(start: HostTree<Late>, moves: HostTree<Late>, rate: number): HostTree<Late> {
  const from = flattenTree<HostTensor>(start).leaves;
  return unflattenTree<HostTree<Late>>(
    moves,
    flattenTree<HostTensor>(moves).leaves.map(({ data, shape }, i) =>
      hostTensor(Float32Array.from(data, (move, k) => from[i].data[k] + rate * move), shape)
    ),
  );
}

const short = (value: number) => Number(value.toPrecision(6));

/**
 * The loss of a batch: without a canonicalizer `h` holds one pose per photograph, with one all four, of which
 * Σ_g s_g h_g is the chosen one. The gradient reaches the choice through the frozen stages' activations.
 */
function regimeLoss(h: Tensor, target: Tensor, { network, canonicalizer }: Weights, prior: number): Tensor {
  if (canonicalizer === undefined) return crossEntropy(late(h, network), { target });
  const activations = votesOf(h, canonicalizer);
  const task = crossEntropy(late(chosenPose(h, activations), network), { target });
  return adaptationLoss({ task, prior: priorLoss(activations) }, { prior });
}

/** Σ_g s_g h_g, in value the activations of the pose with the largest vote. */
function chosenPose(h: Tensor, activations: Tensor): Tensor {
  const shares = tf.split(selectStraightThrough(activations), POSES, 1);
  return tf.addN(
    tf.split(h, POSES, 0).map((pose, g) => tf.mul(pose, tf.reshape(shares[g], [-1, 1, 1, 1]))),
  );
}

function batchesOf(
  features: Features,
  labels: Uint8Array,
  { batch, poses }: { readonly batch: number; readonly poses: "all" | "upright" | Stream },
) {
  const slots = poses === "all" ? POSES : 1;
  const width = features.shape.reduce((product, length) => product * length, 1);
  return {
    example: {
      h: hostTensor(new Float32Array(slots * batch * width), [slots * batch, ...features.shape]),
      target: hostTensor(new Float32Array(batch * CLASSES), [batch, CLASSES]),
    },
    fill(
      { h, target }: { readonly h: { readonly data: unknown }; readonly target: { readonly data: unknown } },
      rows: Int32Array,
    ) {
      const out = h.data as Float32Array, wanted = target.data as Float32Array;
      if (poses === "all") copyFeatures(out, features, { rows });
      else {
        rows.forEach((row, i) => {
          const pose = poses === "upright" ? 0 : poses.nextInteger(POSES);
          copyFeatures(out.subarray(i * width, (i + 1) * width), features, { rows: [row], poses: [pose] });
        });
      }
      wanted.fill(0);
      rows.forEach((row, i) => wanted[i * CLASSES + labels[row]] = 1);
    },
  };
}

/** The class said of each photograph in each quarter turn, and the pose that upright ones are found in. */
async function answers(
  features: Features,
  weights: HostTree<Weights>,
  executor: Parameters<typeof featuresOf>[2],
): Promise<{ readonly classes: Int32Array[]; readonly poses: Int32Array | null }> {
  const canonical = weights.canonicalizer !== undefined;
  const [logits, activations] = await compileFeatures(features, (h) => {
    const { network, canonicalizer } = constants<Weights>(weights);
    return [late(h, network), ...canonicalizer === undefined ? [] : [votesOf(h, canonicalizer)]];
  }, { executor, slots: [POSES, 1] });
  const each = largest(logits, CLASSES), count = each.length / POSES;
  const at = (i: number, pose: number) => each[i * POSES + pose];
  if (!canonical) {
    // An image turned by j quarters is seen as the copy −j.
    const classes = [0, 3, 2, 1].map((pose) => Int32Array.from({ length: count }, (_, i) => at(i, pose)));
    return { classes, poses: null };
  }
  const poses = largest(activations, POSES);
  const said = poses.map((pose, i) => at(i, pose));
  return { classes: [said, said, said, said], poses };
}

function summarise(
  classes: readonly Int32Array[],
  poses: Int32Array | null,
  labels: Uint8Array,
): RegimeResult {
  const { upright, average } = groupAccuracy(classes, labels);
  return {
    upright,
    c4: average,
    identity: poses === null ? null : 100 * poses.filter((pose) => pose === 0).length / labels.length,
    poses: poses === null ? null : histogram(poses, POSES),
    right: Array.from(labels, (label, i) => classes.filter((found) => found[i] === label).length).join(""),
    rightUpright: Array.from(labels, (label, i) => classes[0][i] === label ? 1 : 0).join(""),
    losses: [],
  };
}
