import { disposable, type ExecutorName } from "../compile/mod.ts";
import {
  adam,
  compilePredictor,
  hostTensor,
  rowBatches,
  train as trainNetwork,
  type TrainProgress,
  weightedMean,
} from "../nn/mod.ts";
import { stream } from "../random/mod.ts";
import type { Matrix } from "../stats/mod.ts";
import { type Tensor, tf } from "../tensor/mod.ts";
import { checkScoredRows, checkTrainingRows, type Detector, LARGEST_FOR_NETWORKS } from "./detector.ts";

/** Options of {@link fitPlanarFlow}; the defaults are the paper's. */
export interface PlanarFlowOptions {
  /** Seeds initial weights and shuffling. */
  readonly seed: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** Number of planar layers. @default 10 */
  readonly layers?: number;
  /** Passes over the training rows. @default 200 */
  readonly epochs?: number;
  /** Rows of a training step. @default 64 */
  readonly batchSize?: number;
  /** Step size of the optimiser. @default 2e-3 */
  readonly learningRate?: number;
  /** Coupled (L2). @default 1e-4 */
  readonly weightDecay?: number;
  /**
   * Score as the released code does: it adds the base density `[n]` to the log-determinants `[n, 1]`, which
   * broadcasts, so that a row's score is minus its log-determinant plus a constant of the test set. The
   * reported tables agree with this (vowels: reported 54.6, here 59 so and 81 with −log p). @default false
   */
  readonly broadcastScore?: boolean;
  /** Called as training goes on. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Aborts it: the promise then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** Parameters of one planar layer z ↦ z + s·tanh(w·z + b). */
export interface PlanarLayer {
  /** w `[d, 1]`. */
  readonly weight: Tensor;
  /** b `[1]`. */
  readonly bias: Tensor;
  /** s `[1, d]`. */
  readonly scale: Tensor;
}

/**
 * A planar flow: log p(x) = log N(z; 0, I) + Σ_k ln(|1 + ψ_k·s_k| + 1e-6), ψ_k = (1 − tanh²(w_k·z_k + b_k))
 * w_k.
 *
 * Rezende & Mohamed 2015; Livernoche et al. 2024, baseline "PlanarFlow". As in the released code s is not
 * constrained, so a layer need not be invertible.
 *
 * @param x `[batch, d]`.
 * @returns the base log-density and the sum of log-determinants, `[batch]` each.
 */
export function planarFlow(x: Tensor, layers: readonly PlanarLayer[]): {
  logBase: Tensor;
  logDeterminant: Tensor;
} {
  let z = x;
  const logDeterminants: Tensor[] = [];
  for (const { weight, bias, scale } of layers) {
    const activation = tf.tanh(tf.add(tf.matMul(z as tf.Tensor2D, weight as tf.Tensor2D), bias));
    const slope = tf.sub(1, tf.square(activation));
    const determinant = tf.add(
      tf.mul(slope, tf.matMul(scale as tf.Tensor2D, weight as tf.Tensor2D)),
      1,
    );
    logDeterminants.push(tf.log(tf.add(tf.abs(determinant), 1e-6)));
    z = tf.add(z, tf.mul(activation, scale));
  }
  const constant = x.shape[1]! / 2 * Math.log(2 * Math.PI);
  return {
    logBase: tf.sub(tf.mul(tf.sum(tf.square(z), 1), -0.5), constant),
    logDeterminant: tf.reshape(tf.addN(logDeterminants), [-1]),
  };
}

/**
 * Trains a planar flow by maximum likelihood; the score is −log p(x).
 *
 * Livernoche et al. 2024, baseline "PlanarFlow", released code (10 layers, entries 0.01·N(0, 1) at the start,
 * Adam 2e-3, L2 1e-4, 200 epochs, batch 64).
 *
 * @param train `[N, d]` standardised training rows, finite.
 * @throws {RangeError} If a value is not finite, or training diverges.
 */
export async function fitPlanarFlow(train: Matrix, options: PlanarFlowOptions): Promise<Detector> {
  const { executor, layers: count = 10, batchSize = 64, epochs = 200, broadcastScore = false } = options;
  checkTrainingRows(train, "PlanarFlow", { largest: LARGEST_FOR_NETWORKS });
  const d = train.columns;
  const random = stream(options.seed, "diffusion_time", "PlanarFlow");
  const weights = random.split("weights");
  const draw = (shape: readonly number[], size: number) =>
    hostTensor(weights.normal(new Float32Array(size), { std: 0.01 }), shape);
  const parameters = Array.from({ length: count }, () => ({
    weight: draw([d, 1], d),
    bias: draw([1], 1),
    scale: draw([1, d], d),
  }));
  const trained = await trainNetwork(
    ({ parameters: layers, batch, weights }) => {
      const { logBase, logDeterminant } = planarFlow(batch.x, layers);
      return { loss: tf.neg(weightedMean(tf.add(logBase, logDeterminant), { weights })) };
    },
    {
      parameters,
      optimiser: adam({ weightDecay: options.weightDecay ?? 1e-4 }),
      learningRate: options.learningRate ?? 2e-3,
      batchSize,
      epochs,
      batches: rowBatches({ x: hostTensor(train) }),
      stream: random.split("shuffle"),
      executor,
      onProgress: options.onProgress,
      signal: options.signal,
    },
  );
  const predictor = await compilePredictor<PlanarLayer[]>((layers, x) => {
    const { logBase, logDeterminant } = planarFlow(x, layers);
    return tf.stack([logBase, logDeterminant], 1);
  }, { parameters: trained.parameters, columns: d, executor });
  return {
    epochLosses: trained.epochLosses,
    async score(rows) {
      checkScoredRows(rows, { columns: d, what: "PlanarFlow", largest: LARGEST_FOR_NETWORKS });
      const { data } = await predictor.predict(rows);
      return Float64Array.from(
        { length: rows.rows },
        (_, i) => -(broadcastScore ? 0 : data[2 * i]) - data[2 * i + 1],
      );
    },
    ...disposable(predictor.dispose),
  };
}
