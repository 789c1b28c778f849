import { crossEntropy, type LossOptions, weightedMean } from "../../nn/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";

/** Options of {@link priorLoss}. */
export interface PriorOptions extends LossOptions {
  /**
   * P_D, the share of each pose among the data that the network was trained on; sums to 1.
   *
   * @default all upright, (1, 0, …, 0)
   */
  readonly prior?: readonly number[];
}

/**
 * The canonicalization prior of a finite group (Mondal et al. 2023, Sec. 3): KL(P_D ‖ p_c(x)) up to the
 * entropy of P_D, −Σ_g P_D(g) log softmax(A(x))_g, averaged over the batch.
 *
 * On upright images it asks the canonicalizer to find them upright. As A turns along with x, one that does
 * finds any turned copy's pose, too: it needs neither labels nor the network.
 *
 * @param activations A `[batch, |G|]`, the identity first.
 * @returns a scalar; log |G| where all activations are equal, and 0 at the least for the default prior.
 * @throws {RangeError} If the prior is not a distribution over the group.
 *
 * @example
 * ```ts
 * import { tf } from "@refigure/refigure";
 * import { priorLoss } from "@refigure/refigure/equivariant_adaptation";
 * import assert from "node:assert/strict";
 *
 * const undecided = priorLoss(tf.zeros([5, 4])).dataSync()[0];
 * assert.ok(Math.abs(undecided - Math.log(4)) < 1e-6);
 * ```
 */
export function priorLoss(activations: Tensor, { prior, weights }: PriorOptions = {}): Tensor {
  const [batch, order] = activations.shape;
  const shares = prior ?? Array.from({ length: order! }, (_, g) => g === 0 ? 1 : 0);
  const sum = shares.reduce((total, share) => total + share, 0);
  if (shares.length !== order || shares.some((share) => !(share >= 0)) || Math.abs(sum - 1) > 1e-6) {
    throw new RangeError(
      `Cannot compare with the prior as it must be a distribution over ${order} poses: current value is [${shares}]`,
    );
  }
  const target = tf.add(tf.zeros([batch, order!]), tf.tensor2d([...shares], [1, order!]));
  return crossEntropy(activations, { target, weights });
}

/**
 * The canonicalization prior of a rotation group: the mean over the entries of (R(x) − I)². It is (8/9)
 * sin²(θ/2) for a rotation by θ in space, about whichever axis, and 1 − cos θ in the plane.
 *
 * @param frames R `[batch, d, d]`.
 * @returns a scalar.
 *
 * @example
 * ```ts
 * import { tf } from "@refigure/refigure";
 * import { framePriorLoss } from "@refigure/refigure/equivariant_adaptation";
 * import assert from "node:assert/strict";
 *
 * const quarter = tf.tensor3d([0, -1, 0, 1, 0, 0, 0, 0, 1], [1, 3, 3]);
 * assert.ok(Math.abs(framePriorLoss(quarter).dataSync()[0] - 4 / 9) < 1e-6);
 * ```
 */
export function framePriorLoss(frames: Tensor, { weights }: LossOptions = {}): Tensor {
  const difference = tf.sub(frames, tf.eye(frames.shape[1]!));
  return weightedMean(tf.mean(tf.square(difference), [1, 2]), { weights });
}

/** What the terms of {@link adaptationLoss} count. */
export interface AdaptationWeights {
  /** Weight of the task's loss; 0 leaves the network out of training (zero-shot). @default 1 */
  readonly task?: number;
  /** λ: 0 is learned canonicalization without a prior (LC). @default 100 */
  readonly prior?: number;
}

/**
 * The loss of an adaptation (Mondal et al. 2023, Eq. 4): task + λ prior. A term of weight 0 is not computed
 * with.
 *
 * @param terms Scalars; a term may be absent if its weight is 0.
 */
export function adaptationLoss(
  terms: { readonly task?: Tensor; readonly prior?: Tensor },
  { task = 1, prior = 100 }: AdaptationWeights = {},
): Tensor {
  const parts = [[terms.task, task], [terms.prior, prior]] as const;
  const weighted = parts.flatMap(([term, weight]) =>
    weight === 0 || term === undefined ? [] : [tf.mul(term, weight)]
  );
  if (weighted.length === 0) {
    throw new RangeError(
      `Cannot train as a term of the loss must have a weight > 0: current value is ${task} and ${prior}`,
    );
  }
  return tf.addN(weighted);
}
