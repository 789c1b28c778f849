import { disposable, type ExecutorName, type HostTree } from "../compile/mod.ts";
import {
  adam,
  type Affine,
  batchNorm,
  compilePredictor,
  type Dense,
  dense,
  hostTensor,
  initAffine,
  initDense,
  initRunningStatistics,
  rowBatches,
  type RunningStatistics,
  train as trainNetwork,
  type TrainProgress,
  weightedMean,
} from "../nn/mod.ts";
import { type Stream, stream } from "../random/mod.ts";
import type { Matrix } from "../stats/mod.ts";
import { type Tensor, tf } from "../tensor/mod.ts";
import { checkScoredRows, checkTrainingRows, type Detector, LARGEST_FOR_NETWORKS } from "./detector.ts";

/** Options of {@link fitIcl}; the defaults are the paper's. */
export interface IclOptions {
  /** Seeds initial weights and shuffling. */
  readonly seed: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** Features of a window, k, in [1, d − 1]. @default 2 for d ≤ 40, 10 for d ≤ 160, else d − 150 */
  readonly window?: number;
  /** Width of the representations. @default 200 */
  readonly width?: number;
  /** τ, what similarities are divided by. @default 0.1 */
  readonly temperature?: number;
  /** Most passes over the training rows. @default 2000 */
  readonly epochs?: number;
  /** Training ends when an epoch's mean loss is below it. @default 1e-3 for d ≤ 40, else 1e-2 */
  readonly leastLoss?: number;
  /** Most rows of a training step. @default 3000 */
  readonly batchSize?: number;
  /** Step size of the optimiser. @default 1e-3 */
  readonly learningRate?: number;
  /** Called as training goes on. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Aborts it: the promise then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** Parameters of both networks of ICL. */
export interface IclNetworks {
  /** F, on what a window leaves out: (d − k)-w-2w-w, tanh and then leaky ReLU. */
  readonly rest: readonly Dense[];
  /** Normalisations after the first two layers of F, a channel for each window. */
  readonly restNorms: readonly Affine[];
  /** G, on the window: k-(w/4)-(w/2)-w, leaky ReLU. */
  readonly window: readonly Dense[];
  /** Normalisation after the first layer of G, a channel for each window. */
  readonly windowNorm: Affine;
}

/** Running statistics of the normalisations: of F's two, and of G's. */
export type IclStatistics = readonly RunningStatistics[];

/** The networks with their normalisations' statistics. */
export interface IclState {
  /** What is trained. */
  readonly networks: IclNetworks;
  /** What is kept beside it. */
  readonly statistics: IclStatistics;
}

/** Smallest length that vectors are divided by. */
const LEAST_LENGTH = 1e-12;

/**
 * Internal contrastive learning (Shenkar & Wolf 2022): a window of k adjacent features must be recognised,
 * among all m = d − k + 1 windows of the row, from the features that it leaves out. The score of a row is its
 * mean loss.
 *
 * With p_i = G(window i) and q_i = F(the rest of it), both normalised over the windows and then to length 1,
 * a row's loss is the mean over i of −log [ e^{q_i·p_i/τ} / Σ_j e^{q_i·p_j/τ} ].
 *
 * Livernoche et al. 2024, baseline "ICL", released code (width 200, τ = 0.1, at most 2000 epochs, batch 3000,
 * Adam 1e-3, one order of the features). There the last partial batch is trained on, too; here it is left
 * out.
 *
 * @param train `[N, d]` standardised training rows, finite; d ≥ 2.
 * @throws {RangeError} If the window is not an integer in [1, d − 1], a value is not finite, or training
 *   diverges.
 *
 * @example
 * ```ts
 * import { matrix, stream } from "@refigure/refigure";
 * import { fitIcl } from "@refigure/refigure/anomaly";
 * import assert from "node:assert/strict";
 *
 * // Six features that say the same, up to a little noise.
 * const z = stream(0, "example").normal(new Float64Array(100));
 * const noise = stream(1, "example").normal(new Float64Array(600));
 * const rows = matrix(noise.map((e, i) => z[Math.floor(i / 6)] + 0.05 * e), { columns: 6 });
 * await using detector = await fitIcl(rows, { seed: 0, width: 16, epochs: 60 });
 * const [usual, odd] = await detector.score(matrix([1, 1, 1, 1, 1, 1, 1, -1, 1, -1, 1, -1], { columns: 6 }));
 * assert.ok(odd > usual);
 * ```
 */
export async function fitIcl(train: Matrix, options: IclOptions): Promise<Detector> {
  const { executor, width = 200, temperature = 0.1, epochs = 2000, batchSize = 3000 } = options;
  checkTrainingRows(train, "ICL", { largest: LARGEST_FOR_NETWORKS });
  const d = train.columns;
  const { window = d <= 40 ? 2 : d <= 160 ? 10 : d - 150, leastLoss = d <= 40 ? 1e-3 : 1e-2 } = options;
  if (!Number.isInteger(window) || window < 1 || window > d - 1) {
    throw new RangeError(
      `Cannot fit ICL as the window must be an integer in [1, ${d - 1}], so that features are left: ` +
        `current value is ${window}`,
    );
  }
  const random = stream(options.seed, "diffusion_time", "ICL");
  const start = initIcl(random.split("weights"), { columns: d, window, width });
  const settings = { window, temperature };
  const trained = await trainNetwork<IclNetworks, { readonly x: Tensor }, IclStatistics>(
    ({ parameters, buffers, batch, weights }) => {
      const { losses, statistics } = iclLosses(batch.x, {
        ...settings,
        networks: parameters,
        statistics: buffers,
        training: true,
      });
      return { loss: weightedMean(losses, { weights }), buffers: statistics };
    },
    {
      parameters: start.networks,
      buffers: start.statistics,
      optimiser: adam(),
      learningRate: options.learningRate ?? 1e-3,
      batchSize: Math.min(batchSize, train.rows),
      epochs,
      // Padded rows would enter the normalisations.
      dropLast: true,
      batches: rowBatches({ x: hostTensor(train) }),
      stream: random.split("shuffle"),
      executor,
      stopEarly: (losses) => losses.at(-1)! < leastLoss,
      onProgress: options.onProgress,
      signal: options.signal,
    },
  );
  const predictor = await compilePredictor<IclState>(
    (state, x) => tf.expandDims(iclLosses(x, { ...settings, ...state, training: false }).losses, 1),
    {
      parameters: { networks: trained.parameters, statistics: trained.buffers },
      columns: d,
      executor,
    },
  );
  return {
    epochLosses: trained.epochLosses,
    async score(rows) {
      checkScoredRows(rows, { columns: d, what: "ICL", largest: LARGEST_FOR_NETWORKS });
      return Float64Array.from((await predictor.predict(rows)).data);
    },
    ...disposable(predictor.dispose),
  };
}

/**
 * The loss of each row, see {@link fitIcl}.
 *
 * @param x `[batch, d]`.
 * @returns losses `[batch]`, and the running statistics (unchanged in inference).
 */
export function iclLosses(
  x: Tensor,
  { networks, statistics, window, temperature, training }: IclState & {
    /** Features of a window. */
    readonly window: number;
    /** τ. */
    readonly temperature: number;
    /** Normalise by the batch instead of the running statistics. */
    readonly training: boolean;
  },
): { losses: Tensor; statistics: IclStatistics } {
  const [batch, d] = x.shape as [number, number];
  const windows = d - window + 1;
  const starts = Array.from({ length: windows }, (_, i) => i);
  const features = Array.from({ length: d }, (_, j) => j);
  const inside = (i: number, j: number) => j >= i && j < i + window;
  const gather = (fits: (i: number, j: number) => boolean, width: number) =>
    tf.reshape(
      tf.gather(x, tf.tensor1d(starts.flatMap((i) => features.filter((j) => fits(i, j))), "int32"), 1),
      [batch, windows, width],
    );
  const layer = (h: Tensor, parameters: Dense) => {
    const [inputs, outputs] = parameters.weight.shape;
    return tf.reshape(dense(tf.reshape(h, [batch * windows, inputs]), parameters), [batch, windows, outputs]);
  };
  const updated: RunningStatistics[] = [];
  /** A channel for each window, over rows and features. */
  const normalise = (h: Tensor, affine: Affine) => {
    const { output, running } = batchNorm(tf.transpose(h, [0, 2, 1]), {
      affine,
      running: statistics[updated.length],
      training,
    });
    updated.push(running);
    return tf.transpose(output, [0, 2, 1]);
  };
  const leaky = (h: Tensor) => tf.leakyRelu(h, 0.2);
  let query = gather((i, j) => !inside(i, j), d - window);
  query = normalise(tf.tanh(layer(query, networks.rest[0])), networks.restNorms[0]);
  query = normalise(leaky(layer(query, networks.rest[1])), networks.restNorms[1]);
  query = leaky(layer(query, networks.rest[2]));
  let key = gather(inside, window);
  key = normalise(leaky(layer(key, networks.window[0])), networks.windowNorm);
  key = leaky(layer(leaky(layer(key, networks.window[1])), networks.window[2]));
  const [q, p] = [query, key].map((h) => unit(unit(h, 1), 2));
  // Similarities of window i's rest with window j, `[batch, windows, windows]`.
  const similarities = tf.div(tf.matMul(q as tf.Tensor3D, p as tf.Tensor3D, false, true), temperature);
  const own = tf.sum(tf.mul(tf.logSoftmax(similarities), tf.eye(windows)), [1, 2]);
  return { losses: tf.div(own, -windows), statistics: updated };
}

/** Vectors along an axis, to length 1. */
function unit(h: Tensor, axis: number): Tensor {
  return tf.div(h, tf.maximum(tf.sqrt(tf.sum(tf.square(h), axis, true)), LEAST_LENGTH));
}

/** Where training begins, as PyTorch initialises. */
export function initIcl(
  random: Stream,
  { columns, window, width }: { readonly columns: number; readonly window: number; readonly width: number },
): HostTree<IclState> {
  const chain = (name: string, widths: readonly number[]) =>
    widths.slice(1).map((outputs, i) =>
      initDense(random.split(`${name}-${i}`), { inputs: widths[i], outputs })
    );
  const windows = columns - window + 1;
  return {
    networks: {
      rest: chain("rest", [columns - window, width, 2 * width, width]),
      restNorms: [initAffine(windows), initAffine(windows)],
      window: chain("window", [window, Math.floor(width / 4), Math.floor(width / 2), width]),
      windowNorm: initAffine(windows),
    },
    statistics: [0, 1, 2].map(() => initRunningStatistics(windows)),
  };
}
