import { type Tensor, tf } from "../../tensor/mod.ts";

/** Parameters of a fully connected layer. */
export interface Dense {
  /** W `[inputs, outputs]` (PyTorch's `weight`, transposed). */
  readonly weight: Tensor;
  /** b `[outputs]`. */
  readonly bias: Tensor;
}

/**
 * Fully connected layer: y = x W + b.
 *
 * @param x `[batch, inputs]`.
 * @returns `[batch, outputs]`.
 */
export function dense(x: Tensor, { weight, bias }: Dense): Tensor {
  return tf.add(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D), bias);
}

/** Learned scale γ and offset β of a normalisation layer, `[features]` each. */
export interface Affine {
  /** γ, `[features]`. */
  readonly scale: Tensor;
  /** β, `[features]`. */
  readonly offset: Tensor;
}

/** Running statistics of a batch normalisation, `[features]` each; the variance is the unbiased one. */
export interface RunningStatistics {
  /** μ, `[features]`. */
  readonly mean: Tensor;
  /** σ², unbiased, `[features]`. */
  readonly variance: Tensor;
}

/** Options of {@link batchNorm}. */
export interface BatchNormOptions {
  /** Learned scale and offset. */
  readonly affine: Affine;
  /** Statistics that are used when not training, and updated when training. */
  readonly running: RunningStatistics;
  /** Normalise by the batch and update the running statistics, or normalise by the running statistics. */
  readonly training: boolean;
  /** ε. @default 1e-5 */
  readonly epsilon?: number;
  /** Weight of the new batch in the running average. @default 0.1 */
  readonly momentum?: number;
}

/**
 * Batch normalisation of each feature over all other axes (rows, and the pixels of images): y = γ (x −
 * μ)/√(σ² + ε) + β (Ioffe & Szegedy 2015).
 *
 * As in PyTorch, training normalises by the biased batch variance but keeps the *unbiased* one in the running
 * average, r ← (1 − momentum) r + momentum·s. Padded rows would enter the statistics: train with `dropLast`.
 *
 * @param x `[batch, features]` or `[batch, height, width, features]`; in training two rows or pixels at
 * least.
 * @returns the output, of x's shape, and the running statistics (unchanged in inference).
 */
export function batchNorm(
  x: Tensor,
  { affine, running, training, epsilon = 1e-5, momentum = 0.1 }: BatchNormOptions,
): { output: Tensor; running: RunningStatistics } {
  if (!training) {
    // γ/√(σ² + ε) and β − μ γ/√(σ² + ε) are [features]: two operations on the whole batch.
    const factor = tf.div(affine.scale, tf.sqrt(tf.add(running.variance, epsilon)));
    const shift = tf.sub(affine.offset, tf.mul(running.mean, factor));
    return { output: tf.add(tf.mul(x, factor), shift), running };
  }
  const axes = x.shape.slice(1).map((_, axis) => axis);
  const rows = axes.reduce((product, axis) => product * x.shape[axis], 1);
  const mean = tf.mean(x, axes);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), axes);
  const factor = tf.div(affine.scale, tf.sqrt(tf.add(variance, epsilon)));
  const update = (old: Tensor, now: Tensor, scale: number) =>
    tf.add(tf.mul(old, 1 - momentum), tf.mul(now, momentum * scale));
  return {
    output: tf.add(tf.mul(centred, factor), affine.offset),
    running: {
      mean: update(running.mean, mean, 1),
      variance: update(running.variance, variance, rows / (rows - 1)),
    },
  };
}

/**
 * Layer normalisation over the last axis: y = γ (x − μ)/√(σ² + ε) + β with the biased variance (Ba et al.
 * 2016).
 *
 * @param x `[…, features]`.
 * @param options γ and β `[features]`; `epsilon` defaults to 1e-5.
 */
export function layerNorm(
  x: Tensor,
  { scale, offset, epsilon = 1e-5 }: Affine & { epsilon?: number },
): Tensor {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.div(centred, tf.sqrt(tf.add(variance, epsilon))), scale), offset);
}

/** Options of {@link dropout}. */
export interface DropoutOptions {
  /** Boolean mask of x's shape, drawn on the host (`Stream.bernoulli`): true keeps. */
  readonly keep: Tensor;
  /** Probability that a value is dropped, in [0, 1). */
  readonly rate: number;
}

/**
 * Inverted dropout: y = x·keep/(1 − rate), so that the expectation is x (Srivastava et al. 2014). Leave it
 * out at inference.
 */
export function dropout(x: Tensor, { keep, rate }: DropoutOptions): Tensor {
  return tf.mul(x, tf.mul(tf.cast(keep, "float32"), 1 / (1 - rate)));
}

/** Options of {@link timeEmbedding}. */
export interface TimeEmbeddingOptions {
  /** Width of the embedding, even. */
  readonly dimension: number;
  /** Longest period over 2π. @default 10000 */
  readonly maxPeriod?: number;
  /** Which half comes first. @default "cos" */
  readonly first?: "cos" | "sin";
}

/**
 * Sinusoidal embedding of times: [cos(t f_k), sin(t f_k)] with f_k = maxPeriod^{−k/h}, k = 0 … h − 1, h =
 * dimension/2 (Vaswani et al. 2017; the order [cos, sin] is that of Dhariwal & Nichol 2021).
 *
 * @param times `[batch]` float32, any unit.
 * @returns `[batch, dimension]`.
 * @throws {RangeError} If `dimension` is not a positive even number.
 */
export function timeEmbedding(
  times: Tensor,
  { dimension, maxPeriod = 10000, first = "cos" }: TimeEmbeddingOptions,
): Tensor {
  if (!(dimension > 0 && dimension % 2 === 0)) {
    throw new RangeError(
      `Cannot embed times as dimension must be even and > 0: current value is ${dimension}`,
    );
  }
  const half = dimension / 2;
  const frequencies = Float32Array.from({ length: half }, (_, k) => maxPeriod ** (-k / half));
  const angles = tf.mul(tf.reshape(times, [-1, 1]), tf.tensor2d(frequencies, [1, half]));
  const parts = [tf.cos(angles), tf.sin(angles)];
  return tf.concat(first === "cos" ? parts : parts.reverse(), 1);
}
