import { disposable, type ExecutorName, type HostTree } from "../compile/mod.ts";
import {
  adam,
  compilePredictor,
  hostTensor,
  initDense,
  relu,
  rowBatches,
  train as trainNetwork,
  type TrainProgress,
  weightedMean,
} from "../nn/mod.ts";
import { type Stream, stream } from "../random/mod.ts";
import { fitStandardiser, type Matrix, selectRows } from "../stats/mod.ts";
import { type Tensor, tf } from "../tensor/mod.ts";
import { checkScoredRows, checkTrainingRows, type Detector, LARGEST_FOR_NETWORKS } from "./detector.ts";

/** Options of {@link fitDeepSvdd}; the defaults are the paper's. */
export interface DeepSvddOptions {
  /** Seeds initial weights, the rows that are set aside, and shuffling. */
  readonly seed: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** Widths of the layers; the last is the dimension of the sphere. @default [64, 32] */
  readonly hidden?: readonly number[];
  /** Passes over the training rows. @default 100 */
  readonly epochs?: number;
  /** Rows of a training step. @default 32 */
  readonly batchSize?: number;
  /** Step size of the optimiser. @default 1e-3 */
  readonly learningRate?: number;
  /** Weight of the squared activations of all layers. @default 0.1 */
  readonly activityPenalty?: number;
  /** Share of the (shuffled) rows that is set aside and not trained on. @default 0.1 */
  readonly validationShare?: number;
  /** Called as training goes on. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Aborts it: the promise then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** Entries of the centre that are smaller are moved out to it, or they could be reached by weights of 0. */
const LEAST_CENTRE = 0.1;

/** Weights of the layers, `[inputs, outputs]` each. There are no biases: with them all rows could meet. */
type Weights = readonly Tensor[];

/**
 * Deep SVDD (Ruff et al. 2018): a network without biases is trained to map rows close to a fixed centre; the
 * score is the squared distance from it, ‖φ(x) − c‖².
 *
 * Loss: mean of ‖φ(x) − c‖² + 0.1 Σ ‖h‖² over the layers' outputs h. The centre is the mean output of a first
 * network, whose weights are then drawn anew; entries between 0 and 0.1 become 0.1.
 *
 * Livernoche et al. 2024, baseline "DeepSVDD": PyOD's defaults as far as they are known (layers of 64 and 32,
 * ReLU, Adam 1e-3, 100 epochs, batch 32, a tenth of the rows set aside, rows standardised once more). PyOD's
 * weight decay is a constant of its loss without a gradient, and left out; Keras adds its ε = 1e-7 before,
 * this Adam after, bias correction.
 *
 * @param train `[N, d]` training rows, finite.
 * @throws {RangeError} If a value is not finite, or training diverges.
 *
 * @example
 * ```ts
 * import { matrix, stream } from "@refigure/refigure";
 * import { fitDeepSvdd } from "@refigure/refigure/anomaly";
 * import assert from "node:assert/strict";
 *
 * const normal = matrix(stream(0, "example").normal(new Float32Array(600)), { columns: 3 });
 * await using detector = await fitDeepSvdd(normal, { seed: 0, epochs: 20 });
 * const [inside, outside] = await detector.score(matrix([0, 0, 0, 9, 9, 9], { columns: 3 }));
 * assert.ok(outside > inside);
 * ```
 */
export async function fitDeepSvdd(train: Matrix, options: DeepSvddOptions): Promise<Detector> {
  const { executor, hidden = [64, 32], epochs = 100, batchSize = 32, activityPenalty = 0.1 } = options;
  const size = { largest: LARGEST_FOR_NETWORKS };
  checkTrainingRows(train, "DeepSVDD", size);
  const { apply } = fitStandardiser(train);
  const rows = apply(train), d = train.columns;
  const random = stream(options.seed, "diffusion_time", "DeepSVDD");
  const widths = [d, ...hidden];
  const predictor = (parameters: HostTree<Weights>) =>
    compilePredictor<Weights>((weights, x) => layerOutputs(x, weights).at(-1)!, {
      parameters,
      columns: d,
      executor,
    });
  const first = await predictor(initWeights(random.split("first weights"), widths));
  const centre = centreOf(await first.predict(rows).finally(first.dispose));
  const kept = Math.max(1, Math.floor(rows.rows * (1 - (options.validationShare ?? 0.1))));
  const chosen = random.split("validation").permutation(rows.rows).subarray(0, kept);
  const trained = await trainNetwork<Weights, { readonly x: Tensor }>(
    ({ parameters, batch, weights }) => {
      const outputs = layerOutputs(batch.x, parameters);
      const distance = tf.sum(tf.square(tf.sub(outputs.at(-1)!, tf.tensor1d(centre))), 1);
      const activity = tf.addN(outputs.map((output) => tf.sum(tf.square(output), 1)));
      return { loss: weightedMean(tf.add(distance, tf.mul(activity, activityPenalty)), { weights }) };
    },
    {
      parameters: initWeights(random.split("weights"), widths),
      optimiser: adam({ epsilon: 1e-7 }),
      learningRate: options.learningRate ?? 1e-3,
      batchSize,
      epochs,
      batches: rowBatches({ x: hostTensor(selectRows(rows, chosen)) }),
      stream: random.split("shuffle"),
      executor,
      onProgress: options.onProgress,
      signal: options.signal,
    },
  );
  const network = await predictor(trained.parameters);
  return {
    epochLosses: trained.epochLosses,
    async score(asked) {
      checkScoredRows(asked, { columns: d, what: "DeepSVDD", ...size });
      const { data } = await network.predict(apply(asked));
      return Float64Array.from(
        { length: asked.rows },
        (_, i) => centre.reduce((sum, value, k) => sum + (data[i * centre.length + k] - value) ** 2, 0),
      );
    },
    ...disposable(network.dispose),
  };
}

/** Outputs of all layers, ReLU, the first layer's first. */
function layerOutputs(x: Tensor, weights: Weights): Tensor[] {
  const outputs: Tensor[] = [];
  for (const weight of weights) {
    outputs.push(relu(tf.matMul((outputs.at(-1) ?? x) as tf.Tensor2D, weight as tf.Tensor2D)));
  }
  return outputs;
}

function initWeights(random: Stream, widths: readonly number[]): HostTree<Weights> {
  return widths.slice(1).map((outputs, i) =>
    initDense(random.split(String(i)), { inputs: widths[i], outputs, initialiser: "xavier" }).weight
  );
}

/** Mean of the rows; entries in (0, 0.1) are moved to 0.1. Outputs of a ReLU are not negative. */
function centreOf({ data, rows, columns }: Matrix<Float32Array>): number[] {
  const sums = new Float64Array(columns);
  data.forEach((value, i) => sums[i % columns] += value);
  return Array.from(sums, (sum) => sum > 0 ? Math.max(LEAST_CENTRE, sum / rows) : 0);
}
