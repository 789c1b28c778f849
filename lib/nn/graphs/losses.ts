import { meanSquaredError, weightedMean } from "../mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import type { DynamicsData, MoleculeData } from "./data.ts";

/**
 * How predicted positions are judged:
 * - `meanSquared`: mean of (ŷ − y)² over samples, particles and components (N-body);
 * - `displacementWeighted`: mean over samples and bodies of |ŷ − y|² / |x − y|² (solar system), so that "no
 *   motion" scores 1.
 */
export type DynamicsLoss = "meanSquared" | "displacementWeighted";

/** A loss on the host, with how it comes about. */
export interface DynamicsScore {
  /** The loss. */
  readonly loss: number;
  /** Mean over samples for each particle, `[N]`, over those that have it; 0 if none has. */
  readonly perNode: readonly number[];
  /** Mean over its particles for each sample, `[samples]`; their mean is the loss. */
  readonly perSample: Float64Array;
}

/**
 * The loss of predicted positions as a tensor, for training.
 *
 * @param prediction `[batch, N, 3]`.
 * @param options `target` of the same shape; `displacementSquared` |x − y|² `[batch, N]` for the weighted
 * loss (1 for padding); `weights` `[batch]`; `nodeMask` `[batch, N]`: means are over what is 1 in it.
 */
export function dynamicsLoss(
  prediction: Tensor,
  { target, displacementSquared, weights, nodeMask }: {
    readonly target: Tensor;
    readonly displacementSquared?: Tensor;
    readonly weights?: Tensor;
    readonly nodeMask?: Tensor;
  },
): Tensor {
  if (nodeMask !== undefined) {
    const squares = tf.square(tf.sub(prediction, target));
    const each = displacementSquared === undefined
      ? tf.mean(squares, 2)
      : tf.div(tf.sum(squares, 2), displacementSquared);
    const own = tf.div(tf.sum(tf.mul(each, nodeMask), 1), tf.maximum(tf.sum(nodeMask, 1), 1));
    return weightedMean(own, { weights });
  }
  if (displacementSquared === undefined) return meanSquaredError(prediction, { target, weights });
  const squares = tf.sum(tf.square(tf.sub(prediction, target)), 2);
  return weightedMean(tf.mean(tf.div(squares, displacementSquared), 1), { weights });
}

/**
 * The loss of predicted positions in float64, as a whole, per particle and per sample.
 *
 * @param prediction `[samples, N, 3]`.
 * @throws {TypeError} If the prediction's length differs from the targets'.
 *
 * @example
 * ```ts
 * import { chargedParticles, driftPredictor, scoreDynamics } from "@refigure/refigure/graphs";
 * import assert from "node:assert/strict";
 *
 * const motion = { nodes: 1, positions: [0, 0, 0], velocities: [1, 0, 0], targets: [2, 0, 0] };
 * const data = chargedParticles(motion, [1]);
 * assert.equal(scoreDynamics(driftPredictor(0)(data), { data, loss: "displacementWeighted" }).loss, 1);
 * assert.equal(scoreDynamics(driftPredictor(1)(data), { data, loss: "meanSquared" }).loss, 1 / 3);
 * ```
 */
export function scoreDynamics(
  prediction: ArrayLike<number>,
  { data, loss }: { readonly data: DynamicsData; readonly loss: DynamicsLoss },
): DynamicsScore {
  const { samples, nodes, positions, targets, nodeMask } = data;
  if (prediction.length !== targets.length) {
    throw new TypeError(
      `Cannot score positions as there must be ${targets.length} numbers: current value is ${prediction.length}`,
    );
  }
  const perNode = Array<number>(nodes).fill(0), perSample = new Float64Array(samples);
  const real = (i: number) => nodeMask === undefined || nodeMask[i] > 0;
  const having = Array<number>(nodes).fill(0), particles = Array<number>(samples).fill(0);
  for (let i = 0; i < samples * nodes; i++) {
    if (!real(i)) continue;
    having[i % nodes]++;
    particles[Math.floor(i / nodes)]++;
  }
  for (let i = 0; i < samples * nodes; i++) {
    if (!real(i)) continue;
    const [node, sample] = [i % nodes, Math.floor(i / nodes)];
    let error = 0, displacement = 0;
    for (let k = 3 * i; k < 3 * i + 3; k++) {
      error += (prediction[k] - targets[k]) ** 2;
      displacement += (positions[k] - targets[k]) ** 2;
    }
    const value = loss === "meanSquared" ? error / 3 : error / displacement;
    perNode[node] += value / having[node];
    perSample[sample] += value / particles[sample];
  }
  return { loss: perSample.reduce((sum, value) => sum + value, 0) / samples, perNode, perSample };
}

/** Centre and scale of a property: the mean and the mean absolute deviation of the training molecules. */
export interface TargetScaling {
  /** Mean of the training molecules. */
  readonly mean: number;
  /** MAD = mean |y − mean|. */
  readonly deviation: number;
}

/**
 * Mean and mean absolute deviation of the targets: networks learn (y − mean)/MAD.
 *
 * Satorras et al. 2021, released code for QM9.
 *
 * @throws {RangeError} If all targets are equal.
 */
export function scaleTargets({ targets, samples }: Pick<MoleculeData, "targets" | "samples">): TargetScaling {
  const mean = targets.reduce((sum, y) => sum + y, 0) / samples;
  const deviation = targets.reduce((sum, y) => sum + Math.abs(y - mean), 0) / samples;
  if (!(deviation > 0)) {
    throw new RangeError(`Cannot scale targets as they must differ: their mean deviation is ${deviation}`);
  }
  return { mean, deviation };
}

/**
 * Mean absolute error, Σ w_i |ŷ_i − y_i| / Σ w_i.
 *
 * @param prediction `[batch]`.
 */
export function meanAbsoluteError(
  prediction: Tensor,
  { target, weights }: { readonly target: Tensor; readonly weights?: Tensor },
): Tensor {
  return weightedMean(tf.abs(tf.sub(prediction, target)), { weights });
}
