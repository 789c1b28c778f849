import { type ImageSplit, pixelPermutation, torusImages } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import type { HostTree } from "../../../lib/compile/mod.ts";
import {
  alignedCirculantEnergy,
  frozenSharing,
  loadProximalSolver,
  projectOnClusters,
  prox,
  ProxSolver,
  sharingStatistics,
  weightSharingSubgradient,
} from "../../../lib/methods/weight_sharing/mod.ts";
import {
  type Classifier,
  type ClassifierEvaluator,
  compileEvaluator,
  hostTensor,
  type LabelledRows,
  sgd,
  trainClassifier,
  type TrainClassifierOptions,
  type TrainedClassifier,
} from "../../../lib/nn/mod.ts";
import { NumpyRandom, stream } from "../../../lib/random/mod.ts";
import { descent, type Regulariser } from "./_methods.ts";
import {
  applyTorusNetwork,
  initTorusNetwork,
  type TorusBuffers,
  type TorusNetwork,
  type TorusParameters,
} from "./_networks.ts";

/** One training on digits on the torus. */
export type TorusConfig = {
  readonly dataSet: string;
  /** Pixels of a side that are averaged into one: the torus has side 28/pooling. */
  readonly pooling: number;
  /** Share of each class's training images. */
  readonly fraction: number;
  readonly kind: TorusNetwork["kind"];
  readonly channels: readonly number[];
  /** Side of the CNN's kernels. */
  readonly kernel?: number;
  readonly dropout?: number;
  /** Pixels in a fixed random order. */
  readonly permuted?: boolean;
  readonly regulariser: Regulariser;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /**
   * What accuracy is measured on: `test` images, or `validation` images (of each class those after the
   * training images, as many as there are of these or are left), on which settings are chosen.
   */
  readonly heldOut: "validation" | "test";
  /** Keep filters for figures, and with `retrain` a pattern. */
  readonly pictures?: boolean;
  /**
   * Sizes α of a last proximal step on the first layer, in units of the weights' mean magnitude; each step's
   * sharing pattern is frozen and retrained for so many epochs. Absent: none.
   */
  readonly retrain?: { readonly ratios: readonly number[]; readonly epochs: number };
};

/** State of the network at the end of an epoch. */
export type EpochRow = {
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
  /** Different non-zero values per non-zero weight of the first layer, rounded to 8 decimals. */
  readonly distinctShare: number;
  readonly sparsity: number;
};

/** A trained network. Accuracies in percent, on held-out images if nothing else is said. */
export type TorusResult = {
  readonly trainAccuracy: number;
  readonly accuracy: number;
  readonly epochs: readonly EpochRow[];
  /** Number of the first layer's weights. */
  readonly weights: number;
  readonly meanMagnitude: number;
  /** Exact zeros and values among the first layer's weights. */
  readonly zeros: number;
  readonly distinct: number;
  /** After one more step of the same kind and of the largest size that training took. */
  readonly afterStep:
    | { readonly alpha: number; readonly distinct: number; readonly largestCluster: number }
    | null;
  /**
   * Circulant energy of the first layer at the best alignment (FC only): as trained, at the start, and with
   * the entries of every row in random order (what alignment alone gives).
   */
  readonly energy: { readonly trained: number; readonly start: number; readonly shuffled: number } | null;
  readonly retrained: readonly RetrainedRow[];
  /** Rows of the first layer, a random choice, in the order of the image's pixels (with `pictures`). */
  readonly filters: readonly (readonly number[])[];
  /** The values that the last retrained pattern leaves to the first channel, `[P, P]` (with `pictures`). */
  readonly pattern: readonly number[] | null;
};

/** A sharing pattern, frozen. */
export type RetrainedRow = {
  readonly alpha: number;
  /** Values that the pattern leaves. */
  readonly distinct: number;
  /** Accuracy with the pattern forced on the trained weights, and after retraining with it. */
  readonly forced: number;
  readonly retrained: number;
};

/** Points of the training curves. */
const CURVE_POINTS = 12;
/** Filters that are kept for the picture, and the seed of their choice in the released code. */
const FILTERS = 25;
const FILTER_SEED = 777;

type State = TrainedClassifier<TorusParameters, TorusBuffers>;

/** Digits on the torus: fully connected networks with and without weight sharing, convolutions, baselines. */
export const torus: Experiment<TorusConfig, TorusResult> = {
  id: "torus",
  title: "Digits on the torus",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ dataSet }) => [dataSet],
  memory: 3072,
  cost: ({ epochs, fraction, channels, regulariser: { sharing = [] }, retrain }) =>
    fraction * (channels.length * epochs * (sharing.length > 0 ? 1 : 0.5) +
      (retrain === undefined ? 0 : retrain.ratios.length * retrain.epochs)),
  async run(config, context) {
    const { seed, executor } = context;
    const { pooling, fraction, kind, channels, kernel, dropout = 0, epochs, heldOut } = config;
    const { value } = await context.loadData<ImageSplit>(config.dataSet);
    const side = value.train.height / pooling, places = side * side;
    const permutation = config.permuted ? pixelPermutation(places) : undefined;
    const train = torusImages(value.train, {
      stream: stream(seed, "training shifts"),
      pooling,
      fraction,
      permutation,
    });
    const held = heldOut === "test"
      ? torusImages(value.test, { stream: stream(seed, "test shifts"), pooling, permutation })
      : torusImages(value.train, {
        stream: stream(seed, "validation shifts"),
        pooling,
        skip: fraction,
        fraction: Math.min(fraction, 1 - fraction),
        permutation,
      });
    const network: TorusNetwork = { kind, side, channels, kernel, dropout };
    const program: Classifier<TorusParameters, TorusBuffers> = (x, state) =>
      applyTorusNetwork(x, network, state);
    const start = initTorusNetwork(stream(seed, "initial values"), network);
    if (permutation !== undefined && kind === "FC") permuteInputs(start.parameters, permutation);
    await using evaluator = await compileEvaluator(program, { example: start, columns: places, executor });
    const batchSize = Math.min(config.batchSize, train.rows.rows);
    using solver = await loadProximalSolver({ executor });
    const { optimiser, afterStep } = descent(config.regulariser, {
      epochs,
      stepsPerEpoch: Math.floor(train.rows.rows / batchSize),
      solver,
    });
    const common = {
      data: train,
      batchSize,
      learningRate: config.learningRate,
      ...(dropout > 0 && { dropout: { rate: dropout, units: channels.map((count) => count * places) } }),
      executor,
    };
    const rows: EpochRow[] = [];
    const every = Math.max(1, Math.ceil(epochs / CURVE_POINTS));
    const share = 1 / (1 + (config.retrain?.ratios.length ?? 0));
    const trained = await trainClassifier(program, {
      ...common,
      start,
      epochs,
      optimiser,
      afterStep,
      stream: stream(seed, "training"),
      carried: { rows },
      async onEpoch({ number, loss, read }) {
        context.progress(share * number / epochs);
        if (number % every > 0 && number !== epochs && number !== 1) return;
        const state = await read();
        const { distinctShare, sparsity } = sharingStatistics(firstWeights(state), { decimals: 8 });
        const accuracy = await evaluator.accuracy(state, held);
        rows.push({ epoch: number, loss, accuracy, distinctShare, sparsity });
      },
    });
    const weights = firstWeights(trained);
    const { sparsity, distinct } = sharingStatistics(weights, { threshold: 0 });
    const retrained: RetrainedRow[] = [];
    const meanMagnitude = weights.reduce((sum, w) => sum + Math.abs(w), 0) / weights.length;
    for (const ratio of config.retrain?.ratios ?? []) {
      const alpha = ratio * meanMagnitude;
      const options = { alpha, program, evaluator, held, seed, ...common, epochs: config.retrain!.epochs };
      retrained.push(await retrain(trained, options));
      context.progress(share * (1 + retrained.length));
    }
    return {
      trainAccuracy: await evaluator.accuracy(trained, train),
      accuracy: await evaluator.accuracy(trained, held),
      epochs: rows,
      weights: weights.length,
      meanMagnitude,
      zeros: Math.round(sparsity * weights.length),
      distinct,
      afterStep: stepOnce(weights, config),
      energy: kind === "CNN" ? null : {
        trained: energy(weights, network, permutation),
        start: energy(firstWeights(start), network, permutation),
        shuffled: energy(shuffledRows(weights, network), network, permutation),
      },
      retrained,
      filters: config.pictures ? filters(weights, network, permutation) : [],
      pattern: config.pictures && kind === "FC" && config.retrain !== undefined
        ? firstChannel(prox(weights, { alpha: meanMagnitude * config.retrain.ratios.at(-1)! }), places)
        : null,
    };
  },
};

const firstWeights = (state: State): Float32Array => state.parameters.layers[0].weight.data as Float32Array;

/** Reorders the first layer's inputs as the pixels are: the network then computes the same. */
function permuteInputs(parameters: HostTree<TorusParameters>, permutation: Int32Array): void {
  const { data, shape: [, outputs] } = parameters.layers[0].weight;
  const before = data.slice();
  permutation.forEach((pixel, i) =>
    data.set(before.subarray(pixel * outputs, (pixel + 1) * outputs) as never, i * outputs)
  );
}

/** One step of the size and kind that training began with. */
function stepOnce(
  weights: Float32Array,
  { regulariser, learningRate }: TorusConfig,
): TorusResult["afterStep"] {
  const alpha = learningRate * (regulariser.sharing?.[0] ?? 0);
  if (alpha === 0) return null;
  const gradient = regulariser.subgradient ? weightSharingSubgradient(weights) : undefined;
  const stepped = gradient === undefined
    ? prox(weights, { alpha })
    : weights.map((w, i) => w - alpha * gradient[i]);
  const { distinct, largestCluster } = sharingStatistics(stepped, { threshold: 0 });
  return { alpha, distinct, largestCluster };
}

/** A trained network with the pattern of a step of size α on its first layer, frozen and retrained. */
async function retrain(
  trained: State,
  options: Omit<TrainClassifierOptions<TorusParameters, TorusBuffers>, "start" | "optimiser" | "stream"> & {
    readonly alpha: number;
    readonly program: Classifier<TorusParameters, TorusBuffers>;
    readonly evaluator: ClassifierEvaluator<TorusParameters, TorusBuffers>;
    readonly held: LabelledRows;
    readonly seed: number;
  },
): Promise<RetrainedRow> {
  const { alpha, program, evaluator, held, seed, ...training } = options;
  const weights = firstWeights(trained);
  const solver = new ProxSolver();
  solver.solve(weights, { alpha });
  const { clusters } = solver.lastClusters();
  const [first, ...others] = trained.parameters.layers;
  const shared = hostTensor(projectOnClusters(weights, clusters), first.weight.shape);
  const start: State = {
    ...trained,
    parameters: { ...trained.parameters, layers: [{ ...first, weight: shared }, ...others] },
  };
  const forced = await evaluator.accuracy(start, held);
  const again = await trainClassifier(program, {
    ...training,
    start,
    optimiser: sgd(),
    afterStep: () => frozenSharing({ "layers[0].weight": clusters }),
    stream: stream(seed, "retraining"),
  });
  return { alpha, distinct: clusters.count, forced, retrained: await evaluator.accuracy(again, held) };
}

/** Incoming weights of unit j, one per pixel of the image. */
function incoming(
  weights: Float32Array,
  unit: number,
  places: number,
  permutation?: Int32Array,
): Float32Array {
  const outputs = weights.length / places;
  const row = new Float32Array(places);
  for (let i = 0; i < places; i++) row[permutation?.[i] ?? i] = weights[i * outputs + unit];
  return row;
}

function energy(weights: Float32Array, { side, channels }: TorusNetwork, permutation?: Int32Array): number {
  const places = side * side;
  const rows = new Float32Array(weights.length);
  for (let unit = 0; unit < channels[0] * places; unit++) {
    rows.set(incoming(weights, unit, places, permutation), unit * places);
  }
  return alignedCirculantEnergy(rows, { grid: [side, side], channels: channels[0] });
}

/** The same weights with the entries of every row in an order of its own. */
function shuffledRows(weights: Float32Array, { side, channels }: TorusNetwork): Float32Array {
  const places = side * side, outputs = channels[0] * places;
  const random = stream(0, "shuffled rows");
  const shuffled = new Float32Array(weights.length);
  for (let unit = 0; unit < outputs; unit++) {
    random.permutation(places).forEach((from, to) =>
      shuffled[to * outputs + unit] = weights[from * outputs + unit]
    );
  }
  return shuffled;
}

/** Weights from each pixel to each unit of the first channel, four digits. */
function firstChannel(weights: Float32Array, places: number): number[] {
  const outputs = weights.length / places;
  return Array.from({ length: places * places }, (_, i) => {
    const value = weights[Math.floor(i / places) * outputs + i % places];
    return Number(value.toPrecision(4));
  });
}

/** Rows for the picture, chosen as the released code does; four digits are what a picture shows. */
function filters(weights: Float32Array, { kind, side, kernel = 3 }: TorusNetwork, permutation?: Int32Array) {
  const round = (value: number) => Number(value.toPrecision(4));
  const taps = kernel * kernel;
  if (kind === "CNN") {
    const count = Math.min(FILTERS, weights.length / taps);
    return Array.from(
      { length: count },
      (_, k) => Array.from(weights.subarray(k * taps, (k + 1) * taps), round),
    );
  }
  const places = side * side, units = weights.length / places;
  const order = new NumpyRandom(FILTER_SEED).permutation(units);
  return Array.from(
    { length: Math.min(FILTERS, units) },
    (_, k) => Array.from(incoming(weights, order[k], places, permutation), round),
  );
}
