import { disposable } from "../../compile/mod.ts";
import { meanSquaredError } from "../../nn/mod.ts";
import type { Matrix } from "../../stats/mod.ts";
import { tf } from "../../tensor/mod.ts";
import {
  type TimeEstimator,
  type TimeNetworkOptions,
  type TimeObjective,
  trainTimeNetwork,
} from "./time_network.ts";

/**
 * DTE-Gaussian: trains a network to regress the diffusion time index by squared error (a Gaussian posterior
 * of fixed width); score and estimate are its output.
 *
 * Livernoche et al. 2024, figure on time prediction, and released code.
 *
 * @param train `[N, d]` training rows, finite.
 * @throws {RangeError} If a value is not finite, or training diverges.
 */
export async function fitDteGaussian(train: Matrix, options: TimeNetworkOptions): Promise<TimeEstimator> {
  const network = await trainTimeNetwork(train, { ...options, objective: GAUSSIAN_OBJECTIVE });
  const predictTime = async (rows: Matrix) => Float64Array.from((await network.predict(rows)).data);
  return {
    epochLosses: network.epochLosses,
    heldOutLosses: network.heldOutLosses,
    standardiser: network.standardiser,
    score: predictTime,
    predictTime,
    portable: () => network.portable((time) => tf.reshape(time, [-1])),
    ...disposable(network.dispose),
  };
}

/** Mean squared error of the time index. */
export const GAUSSIAN_OBJECTIVE: TimeObjective = {
  name: "DTE-Gaussian",
  outputs: 1,
  targetWidth: 1,
  writeTarget(out, time) {
    out[0] = time;
  },
  loss: (outputs, options) => meanSquaredError(outputs, options),
  readout: (outputs) => outputs,
};
