import { cyclicTeacher, linearRegression, type RegressionRows } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  clustersByValue,
  projectOnClusters,
  type SharingTrainOptions,
  trainWithSharing,
} from "../../../lib/methods/weight_sharing/mod.ts";
import { hostTensor, meanSquaredError } from "../../../lib/nn/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";

/** One linear regression. */
export type RegressionConfig = {
  /** `teacher`: a cyclic convolution; `normal`, `shared`: the released generators, 100 → 10. */
  readonly truth: "teacher" | "normal" | "shared";
  /** λ of R on the weights. */
  readonly sharing: number;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly epochs: number;
};

/** The fit, free and with its sharing pattern frozen; mean squared errors on validation rows. */
export type RegressionResult = {
  readonly error: number;
  /** Number of different weights. */
  readonly distinct: number;
  /** After retraining with the pattern frozen. */
  readonly retrainedError: number;
  /** Error of the true weights: the noise. */
  readonly noise: number;
  readonly inputs: number;
  /** Learned, retrained and true weights `[inputs · outputs]` (teacher only). */
  readonly matrices: {
    readonly learned: readonly number[];
    readonly retrained: readonly number[];
    readonly truth: readonly number[];
  } | null;
};

interface Layer {
  readonly weight: Tensor;
}

/** Mean squared error of y − x W on the host. */
function errorOf({ x, y }: RegressionRows, weights: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < y.columns; j++) {
      let rest = y.data[i * y.columns + j];
      for (let k = 0; k < x.columns; k++) {
        rest -= x.data[i * x.columns + k] * weights[k * y.columns + j];
      }
      sum += rest * rest;
    }
  }
  return sum / y.data.length;
}

/** Linear regression by proximal gradient descent: does the penalty find values that are shared in truth? */
export const regression: Experiment<RegressionConfig, RegressionResult> = {
  id: "regression",
  title: "Linear regression",
  module: import.meta.url,
  usesExecutor: true,
  cost: ({ epochs, truth }) => epochs * (truth === "teacher" ? 0.0005 : 0.01),
  async run({ truth, sharing, learningRate, batchSize, epochs }, { seed, executor, progress }) {
    const data = truth === "teacher" ? cyclicTeacher({ seed }) : linearRegression({ seed, kind: truth });
    const { x, y } = data.train;
    const [inputs, outputs] = [x.columns, y.columns];
    const bound = 1 / Math.sqrt(inputs);
    const initial = stream(seed, "initial values").uniform(new Float32Array(inputs * outputs), {
      low: -bound,
      high: bound,
    });
    const fit = async (start: Float32Array, options: Partial<SharingTrainOptions<Layer, never, never>>) => {
      const { parameters } = await trainWithSharing<Layer, { x: Tensor; y: Tensor }>(
        ({ parameters, batch, weights }) => ({
          loss: meanSquaredError(tf.matMul(batch.x as tf.Tensor2D, parameters.weight as tf.Tensor2D), {
            target: batch.y,
            weights,
          }),
        }),
        {
          parameters: { weight: hostTensor(start, [inputs, outputs]) },
          rows: x.rows,
          batchSize,
          epochs,
          learningRate,
          batches: {
            example: {
              x: hostTensor(new Float32Array(batchSize * inputs), [batchSize, inputs]),
              y: hostTensor(new Float32Array(batchSize * outputs), [batchSize, outputs]),
            },
            fill(batch, rows) {
              rows.forEach((row, i) => {
                batch.x.data.set(x.data.subarray(row * inputs, (row + 1) * inputs), i * inputs);
                batch.y.data.set(y.data.subarray(row * outputs, (row + 1) * outputs), i * outputs);
              });
            },
          },
          stream: stream(seed, "training"),
          executor,
          penalties: options.penalties,
          frozen: options.frozen,
          schedule: options.schedule,
        },
      );
      return parameters.weight.data as Float32Array;
    };
    // With a constant rate the proximal step stays as large as it is to the end, and the weights stay tied.
    const learned = await fit(initial, {
      schedule: "constant",
      ...(sharing > 0 && { penalties: [{ path: "weight", sharing }] }),
    });
    progress(0.5);
    const clusters = clustersByValue(learned);
    const retrained = await fit(projectOnClusters(learned, clusters), {
      schedule: "constant",
      frozen: { weight: clusters },
    });
    const round = (values: ArrayLike<number>) => Array.from(values, (value) => Number(value.toPrecision(5)));
    return {
      error: errorOf(data.validation, learned),
      distinct: clusters.count,
      retrainedError: errorOf(data.validation, retrained),
      noise: errorOf(data.validation, data.weights.data),
      inputs,
      matrices: truth === "teacher"
        ? { learned: round(learned), retrained: round(retrained), truth: round(data.weights.data) }
        : null,
    };
  },
};
