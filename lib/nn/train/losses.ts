import { type Tensor, tf } from "../../tensor/mod.ts";

/** What a loss sees of one step; every leaf is a tensor. */
export interface LossInput<P, Batch, Buffers> {
  /** What is trained. */
  readonly parameters: P;
  /** The rows of this step. */
  readonly batch: Batch;
  /** `[batchSize]` 1 for a row, 0 for the padding of a last partial batch. */
  readonly weights: Tensor;
  /** State without gradient, such as running statistics. */
  readonly buffers: Buffers;
}

/**
 * A pure program: the loss, a scalar, and the new buffers (absent: unchanged). With padding it must average
 * with `weights` ({@link LossOptions}).
 */
export type Loss<P, Batch, Buffers> = (
  input: LossInput<P, Batch, Buffers>,
) => { readonly loss: Tensor; readonly buffers?: Buffers };

/** Options of the losses. */
export interface LossOptions {
  /**
   * `[batch]` weight ≥ 0 of each example (0 masks it out): the loss is Σ w_i ℓ_i / Σ w_i. Absent: the plain
   * mean. The training loop's `weights` go here, so that the padding of a last partial batch does not count.
   */
  readonly weights?: Tensor;
}

/**
 * Weighted mean of per-example values, Σ w_i ℓ_i / Σ w_i.
 *
 * @param perExample `[batch]`.
 * @returns a scalar.
 */
export function weightedMean(perExample: Tensor, { weights }: LossOptions = {}): Tensor {
  if (weights === undefined) return tf.mean(perExample);
  return tf.div(tf.sum(tf.mul(perExample, weights)), tf.sum(weights));
}

/**
 * Mean squared error: the mean over examples (weighted) and features of (prediction − target)².
 *
 * @param prediction `[batch, …]`.
 * @param options `target` of the same shape, and `weights`.
 * @returns a scalar.
 */
export function meanSquaredError(
  prediction: Tensor,
  { target, weights }: LossOptions & { readonly target: Tensor },
): Tensor {
  const squares = tf.square(tf.sub(prediction, target));
  if (weights === undefined) return tf.mean(squares);
  const axes = Array.from({ length: squares.rank - 1 }, (_, k) => k + 1);
  return weightedMean(axes.length > 0 ? tf.mean(squares, axes) : squares, { weights });
}

/**
 * Cross-entropy on logits: the mean over examples (weighted) of −Σ_k target_k · log softmax(logits)_k.
 *
 * @param logits `[batch, classes]`.
 * @param options `target` `[batch, classes]`, each row a distribution (one-hot for class labels), and
 * `weights`.
 * @returns a scalar.
 */
export function crossEntropy(
  logits: Tensor,
  { target, weights }: LossOptions & { readonly target: Tensor },
): Tensor {
  return weightedMean(tf.neg(tf.sum(tf.mul(target, tf.logSoftmax(logits)), -1)), { weights });
}
