import { disposable } from "../../compile/mod.ts";
import { crossEntropy } from "../../nn/mod.ts";
import type { Matrix } from "../../stats/mod.ts";
import { tf } from "../../tensor/mod.ts";
import { timeBin } from "./schedule.ts";
import {
  type TimeEstimator,
  type TimeNetworkOptions,
  type TimeObjective,
  trainTimeNetwork,
} from "./time_network.ts";

/** Options of {@link fitDteCategorical}. */
export interface DteCategoricalOptions extends TimeNetworkOptions {
  /** Number of time bins, B ≥ 2. @default 7 */
  readonly bins?: number;
  /**
   * Use the textbook cross-entropy −ln p_bin. By default the loss is the released code's, which takes the
   * probabilities p for logits and so applies a second softmax: −ln softmax(p)_bin ≥ ln(e + B − 1) − 1.
   * @default false
   */
  readonly singleSoftmax?: boolean;
}

/** A trained DTE-C. */
export interface CategoricalTimeEstimator extends TimeEstimator {
  /**
   * Probabilities of the time bins.
   *
   * @param rows `[n, d]`.
   * @returns `[n, B]`.
   */
  probabilities(rows: Matrix): Promise<Matrix<Float32Array>>;
}

/**
 * DTE-C: trains a network that gives the distribution of the diffusion time over B bins; the score of a
 * (clean) row is the mean bin Σ_j j p_j.
 *
 * Livernoche et al. 2024, Sec. 3.3, with the settings of the released code (T = 400, B = 7, 400 epochs, batch
 * 64, Adam 1e-4, L2 5e-4, second softmax in the loss).
 *
 * @param train `[N, d]` training rows, finite.
 * @throws {RangeError} If `bins` is not an integer in [2, T], a value is not finite, or training diverges.
 *
 * @example
 * ```ts
 * import { matrix, stream } from "@refigure/refigure";
 * import { fitDteCategorical } from "@refigure/refigure/diffusion_time";
 * import assert from "node:assert/strict";
 *
 * const normal = matrix(stream(0, "example").normal(new Float32Array(600)), { columns: 3 });
 * await using detector = await fitDteCategorical(normal, { seed: 0, epochs: 30 });
 * const [inside, outside] = await detector.score(matrix([0, 0, 0, 4, 4, 4], { columns: 3 }));
 * assert.ok(outside > inside);
 * ```
 */
export async function fitDteCategorical(
  train: Matrix,
  options: DteCategoricalOptions,
): Promise<CategoricalTimeEstimator> {
  const { bins = 7, singleSoftmax = false, steps = 400 } = options;
  if (!Number.isInteger(bins) || bins < 2 || bins > steps) {
    throw new RangeError(
      `Cannot train DTE-C as bins must be an integer in [2, ${steps}]: current value is ${bins}`,
    );
  }
  const network = await trainTimeNetwork(train, {
    ...options,
    objective: categoricalObjective(bins, singleSoftmax),
  });
  // Centre of each bin in time indices.
  const members = Array.from({ length: bins }, (): number[] => []);
  for (let t = 0; t < steps; t++) members[timeBin(t, { steps, bins })].push(t);
  const centres = members.map((times) => (times[0] + times[times.length - 1]) / 2);
  const mean = async (rows: Matrix, values: readonly number[]) => {
    const { data } = await network.predict(rows);
    return Float64Array.from({ length: rows.rows }, (_, i) => {
      let sum = 0;
      for (let j = 0; j < bins; j++) sum += data[i * bins + j] * values[j];
      return sum;
    });
  };
  return {
    epochLosses: network.epochLosses,
    heldOutLosses: network.heldOutLosses,
    standardiser: network.standardiser,
    score: (rows) => mean(rows, centres.map((_, j) => j)),
    predictTime: (rows) => mean(rows, centres),
    probabilities: (rows) => network.predict(rows),
    portable: () => network.portable((p) => tf.sum(tf.mul(p, tf.range(0, bins)), 1)),
    ...disposable(network.dispose),
  };
}

/** Softmax output and cross-entropy over time bins. */
export function categoricalObjective(bins: number, singleSoftmax: boolean): TimeObjective {
  return {
    name: "DTE-C",
    outputs: bins,
    targetWidth: bins,
    writeTarget(out, time, { steps }) {
      out[timeBin(time, { steps, bins })] = 1;
    },
    loss: (outputs, options) => crossEntropy(singleSoftmax ? outputs : tf.softmax(outputs), options),
    readout: (outputs) => tf.softmax(outputs),
  };
}
