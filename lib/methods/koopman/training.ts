import { compile, type ExecutorName, type HostTree } from "../../compile/mod.ts";
import { adam, constantRate, type LearningRate, train, type TrainProgress } from "../../nn/mod.ts";
import { stream } from "../../random/mod.ts";
import { flattenTree, type Tensor, tf, valueAndGrad } from "../../tensor/mod.ts";
import type { LatentModel, LatentModelParameters, SequenceBatch } from "./model.ts";
import { type Sequences, WindowSampler } from "./sequences.ts";

/** Options of {@link trainLatentModel}. */
export interface TrainLatentModelOptions {
  /** Standardised training episodes. */
  readonly sequences: Sequences;
  /** τ: steps of a training window. */
  readonly horizon: number;
  /** Windows of a training step. */
  readonly batchSize: number;
  /** Number of updates. */
  readonly steps: number;
  /** Seeds the initial weights and the windows. */
  readonly seed: number;
  /** Step size of the optimiser. @default 1e-3 */
  readonly learningRate?: number | LearningRate;
  /** Limit on the norm of the gradient. @default 10 */
  readonly clipNorm?: number;
  /** Updates between two entries of the curve; divides `steps`. @default steps */
  readonly every?: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** Called as training goes on. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Aborts it: the promise then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** A trained latent model. */
export interface TrainedLatentModel<P> {
  /** Trained weights, on the host. */
  readonly parameters: HostTree<LatentModelParameters<P>>;
  /** Mean loss of every `every` updates. */
  readonly losses: readonly number[];
}

/**
 * Trains a latent model on windows of recorded episodes with Adam and a clipped gradient.
 *
 * @throws {RangeError} If training diverges (the message names the step), or the windows do not fit into an
 *   episode.
 */
export async function trainLatentModel<P>(
  model: LatentModel<P>,
  options: TrainLatentModelOptions,
): Promise<TrainedLatentModel<P>> {
  const { sequences, horizon, batchSize, steps, seed, executor, onProgress, signal } = options;
  const { learningRate = 1e-3, clipNorm = 10, every = steps } = options;
  if (!Number.isInteger(every) || every < 1 || steps % every !== 0) {
    throw new RangeError(
      `Cannot train as every must be a divisor of ${steps} steps: current value is ${every}`,
    );
  }
  const sampler = new WindowSampler(sequences, horizon);
  const windows = stream(seed, "windows");
  const { parameters, epochLosses } = await train<LatentModelParameters<P>, SequenceBatch>(
    ({ parameters, batch }) => ({ loss: model.loss(parameters, batch).total }),
    {
      parameters: model.init(stream(seed, "model")),
      optimiser: adam(),
      learningRate: typeof learningRate === "number" ? constantRate(learningRate) : learningRate,
      clipNorm,
      // An epoch is what the curve has a point for; windows are drawn anew at every step.
      rows: every * batchSize,
      batchSize,
      epochs: steps / every,
      batches: {
        example: sampler.example(batchSize),
        fill: (batch) => sampler.fill(batch, windows),
        streams: [windows],
      },
      stream: stream(seed, "order"),
      executor,
      onProgress,
      signal,
    },
  );
  return { parameters, losses: epochLosses };
}

/** Options of {@link evaluateLatentModel}. */
export interface EvaluateOptions<P> {
  /** Trained weights, on the host. */
  readonly parameters: HostTree<LatentModelParameters<P>>;
  /** Standardised test episodes. */
  readonly sequences: Sequences;
  /** τ: how far to predict. */
  readonly horizon: number;
  /** Number of windows, drawn with `seed`, the same for every model. */
  readonly windows: number;
  /** Seeds the choice of windows. */
  readonly seed: number;
  /** Windows that are evaluated at once. @default 64 */
  readonly batchSize?: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
}

/** Errors over the horizon. */
export interface HorizonErrors {
  /** e_k: mean over windows and coordinates of (ŝ_{t+k} − s_{t+k})², `[τ]`. */
  readonly state: Float64Array;
  /** Mean over windows of (r̂_{t+k−1} − r_{t+k−1})², `[τ]`. */
  readonly reward: Float64Array;
}

/**
 * Open-loop errors on test windows, in units of the standardised data: predicting the mean has an error of
 * about 1.
 *
 * A prediction that is not finite counts as infinitely wrong.
 */
export async function evaluateLatentModel<P>(
  model: LatentModel<P>,
  { parameters, sequences, horizon, windows, seed, batchSize = 64, executor }: EvaluateOptions<P>,
): Promise<HorizonErrors> {
  const sampler = new WindowSampler(sequences, horizon);
  const draws = stream(seed, "test windows");
  const example = sampler.example(batchSize);
  const program = await compile(
    (parameters: LatentModelParameters<P>, batch: SequenceBatch) => {
      const observation = tf.squeeze(tf.slice(batch.observations, 0, 1), [0]);
      const predicted = model.predict(parameters, { observation, actions: batch.actions });
      return {
        // By step and window, so that a last partial batch can be cut off.
        state: tf.mean(tf.square(tf.sub(predicted.observations, tf.slice(batch.observations, 1))), 2),
        reward: tf.square(tf.sub(predicted.rewards, batch.rewards)),
      };
    },
    [parameters, example],
    { executor, name: "evaluation" },
  );
  const errors = { state: new Float64Array(horizon), reward: new Float64Array(horizon) };
  try {
    for (let done = 0; done < windows; done += batchSize) {
      sampler.fill(example, draws);
      const found = await program.run(parameters, example);
      const count = Math.min(batchSize, windows - done);
      for (const part of ["state", "reward"] as const) {
        for (let k = 0; k < horizon; k++) {
          for (let column = 0; column < count; column++) {
            const error = found[part].data[k * batchSize + column];
            errors[part][k] += (Number.isFinite(error) ? error : Infinity) / windows;
          }
        }
      }
    }
  } finally {
    await program.dispose();
  }
  return errors;
}

/** Options of {@link gradientNorms}. */
export interface GradientNormOptions<P> {
  /** Several sets of parameters, e.g. before and after training: they share one compiled program. */
  readonly parameters: readonly HostTree<LatentModelParameters<P>>[];
  /** Recorded episodes. */
  readonly sequences: Sequences;
  /** τ: steps of a window. */
  readonly horizon: number;
  /** Windows of a batch. */
  readonly batchSize: number;
  /** Number of batches. */
  readonly batches: number;
  /** Seeds the choice of windows. */
  readonly seed: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
}

/**
 * Norms of the gradient of the prediction loss with respect to all parameters, before clipping.
 *
 * @returns For each set of parameters one norm per batch; the batches are the same for all.
 */
export async function gradientNorms<P>(
  model: LatentModel<P>,
  { parameters, sequences, horizon, batchSize, batches, seed, executor }: GradientNormOptions<P>,
): Promise<number[][]> {
  const sampler = new WindowSampler(sequences, horizon);
  const draws = stream(seed, "gradient windows");
  const example = sampler.example(batchSize);
  const program = await compile(
    (parameters: LatentModelParameters<P>, batch: SequenceBatch) => {
      const { grads } = valueAndGrad((p) => model.loss(p, batch).total, parameters);
      const squares = (flattenTree(grads).leaves as unknown as Tensor[]).map((g) => tf.sum(tf.square(g)));
      return tf.sqrt(tf.addN(squares));
    },
    [parameters[0], example],
    { executor, name: "gradient norm" },
  );
  const norms: number[][] = parameters.map(() => []);
  try {
    for (let i = 0; i < batches; i++) {
      sampler.fill(example, draws);
      for (const [which, own] of parameters.entries()) {
        norms[which].push((await program.run(own, example) as unknown as { data: Float32Array }).data[0]);
      }
    }
  } finally {
    await program.dispose();
  }
  return norms;
}
