import { createHash } from "node:crypto";
import type { ExecutorName, HostTensor, HostTree } from "../../../lib/compile/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  allPoses,
  type ConvJudge,
  convJudge,
  groupAccuracy,
  priorLoss,
  voteEnergy,
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
import { flattenTree, type Tensor } from "../../../lib/tensor/mod.ts";
import { countNumbers, histogram, largest, overPhotos, type Photos, pick, picture } from "./_batches.ts";
import { compileFeatures } from "./_features.ts";
import {
  CLASSES,
  copyFeatures,
  type Features,
  featuresOf,
  GROUP,
  type Late,
  loadPhotos,
  loadResNet,
  mirrored,
  POSES,
  startVotes,
  turned,
  varied,
  votesOf,
} from "./_photos.ts";

/** Zero-shot adaptation of a published network: only the canonicalizer is trained, without labels. */
export type PhotographConfig = {
  readonly images: string;
  /** The frozen network p. */
  readonly predictor: string;
  /** The network a copy of whose last stage votes on poses. */
  readonly judge: string;
  /** Whose confidence counts, and how much: w in A_g = log softmax(votes)_g + w Σ log Σ exp(logits). */
  readonly confidence: { readonly networks: readonly string[]; readonly weight: number };
  readonly train: number;
  /** Test photographs that are left out at the beginning, as settings were chosen on them. */
  readonly skip: number;
  readonly test: number;
  /** Varied copies of each training photograph. */
  readonly copies: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Widths of the small canonicalizer, a CNN that is trained from scratch. */
  readonly small: readonly number[];
  /** Also turns by 45° and mirrors. @default false */
  readonly wide?: boolean;
};

/** How canonicalizers rate poses. */
export const RATINGS = ["both", "votes", "small", "confidence", "untrained"] as const;
export type Rating = (typeof RATINGS)[number];

/** What stands before the predictor, or what else makes it invariant; accuracies in percent. */
export type Row = {
  readonly upright: number;
  readonly c4: number;
  /** null where it was not measured. */
  readonly c8: number | null;
  readonly d4: number | null;
  /** Upright photographs found upright, in percent; null without a canonicalizer. */
  readonly identity: number | null;
  /** How often upright photographs are found in each pose. */
  readonly poses: readonly number[] | null;
  /** For each photograph, in how many of the four quarter turns the label is right, a digit each. */
  readonly right: string;
  /** The same, upright only. */
  readonly rightUpright: string;
};

export type PhotographResult = {
  /** The network as published. */
  readonly plain: Row;
  /** Behind canonicalizers. */
  readonly behind: Readonly<Record<Rating, Row>>;
  /** The mean of the logits over the four poses (a control). */
  readonly average: Row;
  /** All confident networks together, no canonicalizer (a control): accuracy upright and C4-Avg. */
  readonly ensemble: { readonly upright: number; readonly c4: number };
  readonly parameters: { readonly judge: number; readonly small: number; readonly predictor: number };
  /** SHA-256 of the predictor's weights before and after training. */
  readonly digests: readonly [before: string, after: string];
  /** Photographs whose label changes under quarter turns, everything computed anew, in percent. */
  readonly quarterChanges: number;
  readonly losses: readonly number[];
  /** Photographs turned by quarter turns: classes said as published and behind the canonicalizer. */
  readonly shown: readonly {
    readonly picture: string;
    readonly quarters: number;
    readonly label: number;
    readonly plain: number;
    readonly adapted: number;
  }[];
};

/** Photographs that everything is computed anew for, and those that are shown. */
const CHECKED = 40, SHOWN = 8;

type Net = HostTree<CifarResNet>;

const zeros = (shape: readonly number[]) =>
  hostTensor(new Float32Array(shape.reduce((product, length) => product * length, 1)), shape);

/** The small canonicalizer. */
const smallEnergy = (widths: readonly number[]) => voteEnergy(convJudge({ widths, votes: POSES }), GROUP);

/** The digest of all weights. */
export function digestOf(network: unknown): string {
  const hash = createHash("sha256");
  for (const { data } of flattenTree<HostTensor>(network).leaves) {
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

/** What is known of all four poses of some photographs. */
interface Look {
  /** For each rating `[count, 4]`. */
  readonly ratings: Readonly<Record<Rating, Float32Array>>;
  /** The predictor's classes in each pose, `[count, 4]`. */
  readonly classes: Int32Array;
  /** Classes by the mean logits over poses. */
  readonly average: Int32Array;
  /** Classes of the networks together, in each pose. */
  readonly ensemble: Int32Array;
}

/** log Σ exp of each row. */
function logSumExp(logits: Float32Array, width: number): Float32Array {
  return Float32Array.from({ length: logits.length / width }, (_, row) => {
    const values = logits.subarray(row * width, (row + 1) * width);
    const top = values.reduce((a, b) => Math.max(a, b));
    return top + Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0));
  });
}

function logSoftmax(values: Float32Array, width: number): Float32Array {
  const totals = logSumExp(values, width);
  return values.map((value, i) => value - totals[Math.floor(i / width)]);
}

const plus = (a: Float32Array, b: Float32Array) => a.map((value, i) => value + b[i]);

/** Canonicalizers in front of a residual network that somebody else trained. */
export const photographs: Experiment<PhotographConfig, PhotographResult> = {
  id: "photographs",
  title: "Zero-shot adaptation of a published ResNet",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ images, predictor, judge, confidence }) => [
    ...new Set([images, predictor, judge, ...confidence.networks]),
  ],
  cost: ({ train, copies, epochs, test, wide }) =>
    0.006 * train * copies + 0.01 * train * epochs + 0.06 * test * (wide ? 3 : 1),
  async run(config, context) {
    const { seed, executor } = context;
    const photos = await loadPhotos((name) => context.loadData(name), config);
    const load = (name: string) => loadResNet((set) => context.loadData(set), name);
    const predictor = await load(config.predictor), judge = await load(config.judge);
    const before = digestOf(predictor);
    const random = stream(seed, "photographs");
    const start = startVotes(judge, random.split("head"));

    const copies: Features[] = [], images: Photos[] = [];
    for (let k = 0; k < config.copies; k++) {
      images.push(varied(photos.train, random.split("copies", String(k))));
      copies.push(await featuresOf(images[k], judge, executor));
      context.progress(0.3 * (k + 1) / config.copies);
    }
    const { batchSize } = config, [height, width, channels] = copies[0].shape;
    const options = {
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
    } as const;
    const which = random.split("which copy");
    const { parameters, epochLosses } = await train<Late, { readonly h: Tensor }>(
      ({ parameters, batch: { h } }) => ({ loss: priorLoss(votesOf(h, parameters)) }),
      {
        ...options,
        parameters: start,
        batches: {
          example: { h: zeros([POSES * batchSize, height, width, channels]) },
          fill({ h }, rows) {
            copyFeatures(h.data as Float32Array, copies[which.nextInteger(copies.length)], { rows });
          },
        },
        onProgress: ({ fraction }) => context.progress(0.3 + 0.4 * fraction),
      },
    );
    copies.length = 0;
    const energy = smallEnergy(config.small), size = photos.train.size;
    const small = await train<ConvJudge, { readonly x: Tensor }>(
      ({ parameters, batch: { x } }) => ({
        loss: priorLoss(energy.activations(x, { parameters, buffers: [], training: true }).activations),
      }),
      {
        ...options,
        parameters: energy.init(random.split("small")).parameters,
        batches: {
          example: { x: zeros([batchSize, size, size, 3]) },
          fill({ x }, rows) {
            (x.data as Float32Array).set(pick(images[which.nextInteger(images.length)], rows).data);
          },
        },
      },
    );

    const nets: Net[] = [];
    for (const name of config.confidence.networks) {
      nets.push(name === config.predictor ? predictor : await load(name));
    }
    const look = (of: Photos) =>
      lookAt(of, {
        judge,
        votes: { trained: parameters, untrained: start },
        small: small.parameters,
        energy,
        predictor,
        nets,
        weight: config.confidence.weight,
        executor,
      });
    const { test } = photos;
    const upright = await look(test);
    context.progress(0.85);
    const eighth = config.wide ? await look(turned(test, 45)) : undefined;
    const mirror = config.wide ? await look(mirrored(test)) : undefined;

    const sample = pick(test, Array.from({ length: Math.min(CHECKED, test.count) }, (_, i) => i));
    let changed = 0;
    const said = chosen(await look(sample), "both");
    const quarters: Look[] = [];
    for (const degrees of [90, 180, 270]) quarters.push(await look(turned(sample, degrees)));
    for (let i = 0; i < sample.count; i++) {
      if (quarters.some((other) => chosen(other, "both")[i] !== said[i])) changed++;
    }
    const { labels } = test;
    const row = (classesOf: (look: Look, quarters: number) => Int32Array, rating?: Rating): Row =>
      summarise(classesOf, { upright, eighth, mirror, labels, rating });
    return {
      plain: row(({ classes }, quarters) => everyFourth(classes, quarters)),
      behind: Object.fromEntries(
        RATINGS.map((rating) => [rating, row((look) => chosen(look, rating), rating)]),
      ) as Record<Rating, Row>,
      average: row(({ average }) => average),
      ensemble: (({ upright, c4 }) => ({ upright, c4 }))(
        row(({ ensemble }, quarters) => everyFourth(ensemble, quarters)),
      ),
      parameters: {
        judge: countNumbers(parameters),
        small: countNumbers(small.parameters),
        predictor: countNumbers(predictor),
      },
      digests: [before, digestOf(predictor)],
      quarterChanges: 100 * changed / sample.count,
      losses: epochLosses.map((loss) => Number(loss.toPrecision(6))),
      shown: Array.from({ length: Math.min(SHOWN, test.count) }, (_, i) => ({
        picture: picture(turned(pick(test, [i]), 90 * (1 + i % 3)), 0),
        quarters: 1 + i % 3,
        label: labels[i],
        plain: everyFourth(upright.classes, 1 + i % 3)[i],
        adapted: chosen(upright, "both")[i],
      })),
    };
  },
};

/** Of `[count, 4]` the entries of the pose in which an image turned by so many quarters is seen as it is. */
const everyFourth = (values: Int32Array, quarters: number): Int32Array =>
  // The image turned by j quarters is the copy g⁻¹x with g = −j.
  Int32Array.from(
    { length: values.length / POSES },
    (_, i) => values[i * POSES + (POSES - quarters) % POSES],
  );

/** What the predictor says of the pose with the highest rating. */
function chosen({ ratings, classes }: Look, rating: Rating): Int32Array {
  return largest(ratings[rating], POSES).map((pose, i) => classes[i * POSES + pose]);
}

async function lookAt(
  photos: Photos,
  { judge, votes, small, energy, predictor, nets, weight, executor }: {
    readonly judge: Net;
    readonly votes: { readonly trained: HostTree<Late>; readonly untrained: HostTree<Late> };
    readonly small: HostTree<ConvJudge>;
    readonly energy: ReturnType<typeof smallEnergy>;
    readonly predictor: Net;
    readonly nets: readonly Net[];
    readonly weight: number;
    readonly executor: ExecutorName;
  },
): Promise<Look> {
  const features = await featuresOf(photos, judge, executor);
  const rated = async (parameters: HostTree<Late>) => {
    const program = (h: Tensor) => [votesOf(h, constants<Late>(parameters))];
    const [votes] = await compileFeatures(features, program, { executor, slots: [1] });
    return logSoftmax(votes, POSES);
  };
  const logitsOf = async (net: Net) =>
    (await overPhotos((x) => [cifarResNet(allPoses(x, GROUP), constants<CifarResNet>(net))], photos, {
      executor,
      slots: POSES,
    }))[0];
  const own = await logitsOf(predictor);
  let confidence = new Float32Array(photos.count * POSES), together = new Float32Array(own.length);
  for (const net of nets) {
    const logits = net === predictor ? own : await logitsOf(net);
    confidence = plus(confidence, logSumExp(logits, CLASSES)) as typeof confidence;
    together = plus(together, logSoftmax(logits, CLASSES).map(Math.exp)) as typeof together;
  }
  const trained = await rated(votes.trained);
  const [rough] = await overPhotos(
    (x) => {
      const pass = { parameters: constants<ConvJudge>(small), buffers: [] as const, training: false };
      return [energy.activations(x, pass).activations];
    },
    photos,
    { executor },
  );
  const mean = Float32Array.from({ length: photos.count * CLASSES }, (_, k) => {
    const image = Math.floor(k / CLASSES);
    let sum = 0;
    for (let pose = 0; pose < POSES; pose++) sum += own[(image * POSES + pose) * CLASSES + k % CLASSES];
    return sum;
  });
  return {
    ratings: {
      votes: trained,
      small: rough,
      confidence,
      both: plus(trained, confidence.map((value) => weight * value)),
      untrained: await rated(votes.untrained),
    },
    classes: largest(own, CLASSES),
    average: largest(mean, CLASSES),
    ensemble: largest(together, CLASSES),
  };
}

/** Accuracies under quarter turns and, where they were looked at, turns by 45° and mirrors. */
function summarise(
  classesOf: (look: Look, quarters: number) => Int32Array,
  { upright, eighth, mirror, labels, rating }: {
    readonly upright: Look;
    readonly eighth?: Look;
    readonly mirror?: Look;
    readonly labels: Uint8Array;
    readonly rating?: Rating;
  },
): Row {
  const four = (look: Look) => [0, 1, 2, 3].map((quarters) => classesOf(look, quarters));
  const turns = four(upright), { upright: accuracy, average } = groupAccuracy(turns, labels);
  const both = (other: Look | undefined) =>
    other === undefined ? null : groupAccuracy([...turns, ...four(other)], labels).average;
  const poses = rating === undefined ? null : largest(upright.ratings[rating], POSES);
  return {
    upright: accuracy,
    c4: average,
    c8: both(eighth),
    d4: both(mirror),
    identity: poses === null ? null : 100 * poses.filter((pose) => pose === 0).length / labels.length,
    poses: poses === null ? null : histogram(poses, POSES),
    right: Array.from(labels, (label, i) => turns.filter((found) => found[i] === label).length).join(""),
    rightUpright: Array.from(labels, (label, i) => turns[0][i] === label ? 1 : 0).join(""),
  };
}
