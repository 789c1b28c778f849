import { disposable } from "../../compile/mod.ts";
import { weightedMean } from "../../nn/mod.ts";
import type { Matrix } from "../../stats/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import {
  type TimeEstimator,
  type TimeNetworkOptions,
  type TimeObjective,
  trainTimeNetwork,
} from "./time_network.ts";

/** Options of {@link fitDteInverseGamma}. */
export interface DteInverseGammaOptions extends TimeNetworkOptions {
  /**
   * Score by the raw signed output f(x) as the code of December 2023 does. Only f² is learned, so the sign,
   * and with it the ranking, is arbitrary from seed to seed. @default false
   */
  readonly rawScore?: boolean;
}

/**
 * DTE-IG: trains a network f for the scale β̂(x) = f(x)² of an inverse-Gamma posterior of the variance with
 * fixed shape a = d/2 − 1; the score of a (clean) row is β̂(x)/(d/2 − 1).
 *
 * Loss: −mean[(d/2 − 1) ln(β̂(x_t) + 1e-5) − β̂(x_t)/v_t]. Its optimum is β̂ = a/E[1/v | x]. For d ≤ 2 the
 * shape is not positive, there is no proper posterior and the optimum is β̂ = 0: training runs, as the
 * released code does, but the estimate means little, and the score is β̂ undivided.
 *
 * Livernoche et al. 2024, Sec. 3.3. The score follows the later released code; the mode would be β̂/(d/2),
 * which ranks alike and is what `predictTime` looks up on the time grid.
 *
 * @param train `[N, d]` training rows, finite.
 * @throws {RangeError} If a value is not finite, or training diverges.
 *
 * @example
 * ```ts
 * import { matrix, stream } from "@refigure/refigure";
 * import { fitDteInverseGamma } from "@refigure/refigure/diffusion_time";
 * import assert from "node:assert/strict";
 *
 * const normal = matrix(stream(0, "example").normal(new Float32Array(600)), { columns: 3 });
 * await using detector = await fitDteInverseGamma(normal, { seed: 0, epochs: 100 });
 * const [inside, outside] = await detector.score(matrix([0, 0, 0, 4, 4, 4], { columns: 3 }));
 * assert.ok(outside > inside);
 * ```
 */
export async function fitDteInverseGamma(
  train: Matrix,
  options: DteInverseGammaOptions,
): Promise<TimeEstimator> {
  const { rawScore = false } = options;
  const d = train.columns;
  const network = await trainTimeNetwork(train, {
    ...options,
    objective: inverseGammaObjective(d),
  });
  const map = async (rows: Matrix, f: (output: number) => number) =>
    Float64Array.from((await network.predict(rows)).data, f);
  const divisor = d > 2 ? d / 2 - 1 : 1;
  const { variances } = network.schedule;
  return {
    epochLosses: network.epochLosses,
    heldOutLosses: network.heldOutLosses,
    standardiser: network.standardiser,
    score: (rows) => map(rows, (f) => rawScore ? f : f * f / divisor),
    portable: () => network.portable((f) => tf.reshape(rawScore ? f : tf.div(tf.square(f), divisor), [-1])),
    predictTime: (rows) => map(rows, (f) => timeOfVariance(variances, f * f / (d / 2))),
    ...disposable(network.dispose),
  };
}

/** Negative log-likelihood of the noise variance under InvGamma(d/2 − 1, f²), without the terms free of f. */
export function inverseGammaObjective(dimension: number): TimeObjective {
  return {
    name: "DTE-IG",
    outputs: 1,
    targetWidth: 1,
    writeTarget(out, time, { variances }) {
      out[0] = 1 / variances[time];
    },
    loss(outputs, { target: precision, weights }) {
      const scale = tf.square(outputs);
      const logLikelihood = tf.sub(
        tf.mul(tf.log(tf.add(scale, 1e-5)), dimension / 2 - 1),
        tf.mul(scale, precision),
      );
      return tf.neg(weightedMean(tf.reshape(logLikelihood, [-1]), { weights }));
    },
    readout: (outputs: Tensor) => outputs,
  };
}

/** Time, by linear interpolation between grid points, at which the ascending variances reach `variance`. */
function timeOfVariance(variances: Float64Array, variance: number): number {
  const last = variances.length - 1;
  if (variance <= variances[0]) return 0;
  if (variance >= variances[last]) return last;
  const upper = variances.findIndex((v) => v >= variance);
  return upper - (variances[upper] - variance) / (variances[upper] - variances[upper - 1]);
}
