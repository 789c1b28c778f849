import {
  digestOf,
  disposable,
  type ExecutorName,
  type HostTree,
  type Portable,
  type PortableModel,
} from "../../compile/mod.ts";
import {
  adam,
  type BatchMaker,
  compilePredictor,
  constants,
  type Dense,
  dense,
  dropout,
  hostTensor,
  initDense,
  type LossInput,
  type Predictor,
  relu,
  train,
  type TrainProgress,
} from "../../nn/mod.ts";
import { type Stream, stream } from "../../random/mod.ts";
import type { Matrix, Standardiser } from "../../stats/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";
import type { Detector } from "../../anomaly/mod.ts";
import { holdOut } from "./_held_out.ts";
import { portableDetector, scaled } from "./_scale.ts";
import { type DiffusionSchedule, diffusionSchedule } from "./schedule.ts";

/** When to end a training before its last epoch, by rows that are held out. An addition to the paper. */
export interface StopEarlyOptions {
  /** Share of the training rows that is held out, in (0, 0.5]. @default 0.1 */
  readonly share?: number;
  /** Epochs without a new least loss of the held-out rows after which training ends. @default 20 */
  readonly patience?: number;
}

/** Options shared by the networks that estimate the diffusion time; the defaults are the paper's. */
export interface TimeNetworkOptions {
  /** Seeds initial weights, shuffling, diffusion times, noise and dropout. */
  readonly seed: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** Passes over the training rows. @default 400 */
  readonly epochs?: number;
  /**
   * Standardise the training rows, and scored rows by the same shift and scale, as the noise is measured
   * against columns of standard deviation 1; off: the rows are standardised already. @default true
   */
  readonly standardise?: boolean;
  /** Number of diffusion steps, T. @default 400 */
  readonly steps?: number;
  /** Rows of a training step. @default 64 */
  readonly batchSize?: number;
  /** Step size of the optimiser. @default 1e-4 */
  readonly learningRate?: number;
  /** Coupled (L2), on all parameters. @default 5e-4 */
  readonly weightDecay?: number;
  /** Widths of the hidden layers. @default [256, 512, 256] */
  readonly hidden?: readonly number[];
  /**
   * Hold rows out, end when their loss has not fallen for some epochs, and keep the parameters of its least.
   * `epochs` is then the most. @default false, all epochs on all rows, as in the paper
   */
  readonly stopEarly?: false | StopEarlyOptions;
  /** Called as training goes on. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Aborts it: the promise then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** A trained network that estimates the diffusion time. */
export interface TimeEstimator extends Detector, Portable {
  /** Shift and scale of the training rows, by which scored rows are standardised; absent if off. */
  readonly standardiser?: Standardiser;
  /** Loss of the held-out rows after each epoch, without dropout; empty without `stopEarly`. */
  readonly heldOutLosses: readonly number[];
  /**
   * Estimated diffusion time of each row.
   *
   * @param rows `[n, d]`.
   * @returns `[n]`, in time indices (0 … T − 1, not rounded).
   */
  predictTime(rows: Matrix): Promise<Float64Array>;
}

/** The rate of the dropout after every hidden layer but the first. */
const DROPOUT_RATE = 0.5;

/** What a training step of a time network reads. */
export interface TimeBatch {
  /** x_t = x_0 + σ_t ε, `[batch, d]`. */
  readonly noisy: Tensor;
  /** What the network learns about t, `[batch, width]`. */
  readonly target: Tensor;
  /** Dropout masks of the hidden layers but the first, `[batch, width]` each. */
  readonly keep: readonly Tensor[];
}

/** What makes one of the three estimators. */
export interface TimeObjective {
  /** Names the method in messages and the random streams, e.g. `DTE-C`. */
  readonly name: string;
  /** Number of network outputs. */
  readonly outputs: number;
  /** Width of the target. */
  readonly targetWidth: number;
  /** Writes the target of one row, `[targetWidth]` zeros before. */
  writeTarget(out: Float32Array, time: number, schedule: DiffusionSchedule): void;
  /** Scalar loss of raw outputs `[batch, outputs]`. */
  loss(outputs: Tensor, options: { readonly target: Tensor; readonly weights: Tensor }): Tensor;
  /** What is computed from the raw outputs at inference. */
  readout(outputs: Tensor): Tensor;
}

/**
 * A trained time network: its compiled forward pass with the readout (rows are checked), and how training
 * went.
 */
export interface TrainedTimeNetwork extends Predictor {
  /** Mean training loss of each epoch. */
  readonly epochLosses: readonly number[];
  /** See {@link TimeEstimator.heldOutLosses}. */
  readonly heldOutLosses: readonly number[];
  /** β_t and what follows from it. */
  readonly schedule: DiffusionSchedule;
  /** See {@link TimeEstimator.standardiser}. */
  readonly standardiser?: Standardiser;
  /** How it leaves. @param score Scores `[batch]` from what is read out. */
  portable(score: (readout: Tensor) => Tensor): PortableModel;
}

/**
 * The multilayer perceptron of all three estimators: ReLU after each hidden layer, dropout 0.5 after each but
 * the first, linear output (Livernoche et al. 2024, released code: d-256-512-256-outputs).
 *
 * @param x `[batch, d]`.
 * @param options `keep`: dropout masks, one per hidden layer but the first; absent at inference.
 * @returns `[batch, outputs]`.
 */
export function timeNetwork(
  x: Tensor,
  { layers, keep }: { readonly layers: readonly Dense[]; readonly keep?: readonly Tensor[] },
): Tensor {
  let h = relu(dense(x, layers[0]));
  for (let i = 1; i < layers.length - 1; i++) {
    h = relu(dense(h, layers[i]));
    if (keep !== undefined) h = dropout(h, { keep: keep[i - 1], rate: DROPOUT_RATE });
  }
  return dense(h, layers[layers.length - 1]);
}

/**
 * Trains a time network: each step draws t uniformly in [0, T) and ε ~ N(0, I) for every row, adds noise
 * *without drift*, x_t = x_0 + √v_t ε, and descends on the objective with Adam and coupled weight decay.
 *
 * Livernoche et al. 2024, Sec. 3.3, and released code: the last partial batch of an epoch is kept.
 *
 * @param rows `[N, d]` training rows, finite; they are standardised, unless the options say that they are.
 * @throws {RangeError} If a value is not finite, training diverges (the message names the step), or an option
 * is out of range.
 */
export async function trainTimeNetwork(
  rows: Matrix,
  options: TimeNetworkOptions & { readonly objective: TimeObjective },
): Promise<TrainedTimeNetwork> {
  const { objective, executor, batchSize = 64, epochs = 400, hidden = [256, 512, 256] } = options;
  const { data, standardiser, scale } = scaled(rows, {
    what: objective.name,
    standardise: options.standardise,
  });
  const schedule = diffusionSchedule(options.steps ?? 400);
  const random = stream(options.seed, "diffusion_time", objective.name);
  const widths = [data.columns, ...hidden, objective.outputs];
  const parameters = widths.slice(1).map((outputs, i) =>
    initDense(random.split("weights", String(i)), { inputs: widths[i], outputs })
  );
  const watched = !options.stopEarly ? undefined : await holdOut(data, {
    ...options.stopEarly,
    example: parameters,
    network: (x, layers) => timeNetwork(x, { layers }),
    objective,
    schedule,
    random: random.split("held out"),
    executor,
  });
  const training = watched?.training ?? data;
  const trained = await train<Dense[], TimeBatch>(
    ({ parameters: layers, batch, weights }: LossInput<Dense[], TimeBatch, unknown>) => {
      const outputs = timeNetwork(batch.noisy, { layers, keep: batch.keep });
      return { loss: objective.loss(outputs, { target: batch.target, weights }) };
    },
    {
      parameters,
      optimiser: adam({ weightDecay: options.weightDecay ?? 5e-4 }),
      learningRate: options.learningRate ?? 1e-4,
      rows: training.rows,
      batchSize,
      epochs,
      batches: timeBatches(training, { objective, schedule, batchSize, hidden, random }),
      stream: random.split("shuffle"),
      executor,
      ...(watched && { afterEpoch: watched.afterEpoch, carried: watched.carried }),
      onProgress: options.onProgress,
      signal: options.signal,
    },
  ).finally(() => watched?.dispose());
  const layers = watched?.best ?? trained.parameters;
  const predictor = await compilePredictor<Dense[]>(
    (layers, x) => objective.readout(timeNetwork(x, { layers })),
    { parameters: layers, columns: data.columns, executor },
  );
  const digest = digestOf(rows.data);
  return {
    portable: (score) =>
      portableDetector(
        (x) => score(objective.readout(timeNetwork(x, { layers: constants<Dense[]>(layers) }))),
        { columns: data.columns, standardiser, method: objective.name, data: digest, options },
      ),
    predict: async (rows) => await predictor.predict(scale(rows)),
    ...disposable(predictor.dispose),
    epochLosses: trained.epochLosses,
    heldOutLosses: watched?.losses ?? [],
    schedule,
    ...(standardiser === undefined ? {} : { standardiser }),
  };
}

function timeBatches(
  data: Matrix,
  options: {
    readonly objective: TimeObjective;
    readonly schedule: DiffusionSchedule;
    readonly batchSize: number;
    readonly hidden: readonly number[];
    readonly random: Stream;
  },
): BatchMaker<TimeBatch> {
  const { objective: { targetWidth, writeTarget }, schedule, batchSize, hidden, random } = options;
  const d = data.columns;
  const values = Float32Array.from(data.data);
  const deviations = schedule.variances.map(Math.sqrt);
  const times = random.split("times"), noise = random.split("noise"), dropouts = random.split("dropout");
  const zeros = (width: number) => hostTensor(new Float32Array(batchSize * width), [batchSize, width]);
  const example: HostTree<TimeBatch> = {
    noisy: zeros(d),
    target: zeros(targetWidth),
    keep: hidden.slice(1).map((width) => hostTensor(new Uint8Array(batchSize * width), [batchSize, width])),
  };
  return {
    example,
    streams: [times, noise, dropouts],
    fill(batch, rows) {
      const noisy = batch.noisy.data as Float32Array, target = batch.target.data as Float32Array;
      noise.normal(noisy);
      target.fill(0);
      rows.forEach((row, i) => {
        const time = times.nextInteger(schedule.steps);
        for (let k = 0; k < d; k++) {
          noisy[i * d + k] = values[row * d + k] + deviations[time] * noisy[i * d + k];
        }
        writeTarget(target.subarray(i * targetWidth, (i + 1) * targetWidth), time, schedule);
      });
      for (const mask of batch.keep) {
        dropouts.bernoulli(mask.data as Uint8Array, { probability: 1 - DROPOUT_RATE });
      }
    },
  };
}
