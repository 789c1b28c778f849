import { digestOf, disposable, type ExecutorName, type HostTree, type Portable } from "../../compile/mod.ts";
import {
  adam,
  type BatchMaker,
  constants,
  hostTensor,
  meanSquaredError,
  train as trainNetwork,
  type TrainProgress,
} from "../../nn/mod.ts";
import { type Stream, stream } from "../../random/mod.ts";
import type { Matrix } from "../../stats/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import {
  denoise,
  type Denoiser,
  DENOISER_DROPOUT,
  type DenoiserMasks,
  type DenoiserSizes,
  type DenoiserStatistics,
  initDenoiser,
  initDenoiserStatistics,
} from "./denoiser.ts";
import type { Detector } from "../../anomaly/mod.ts";
import { portableDetector, scaled } from "./_scale.ts";
import { compileReverseProcess, reverseOnce } from "./reverse_process.ts";
import { type DiffusionSchedule, diffusionSchedule } from "./schedule.ts";

/** Options of {@link fitDdpm}; the defaults are the paper's. */
export interface DdpmOptions extends DenoiserSizes {
  /**
   * Seeds initial weights, shuffling, diffusion times, noise, dropout and the noise of the reverse process.
   */
  readonly seed: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /**
   * Standardise the training rows, and scored rows by the same shift and scale, as the noise is measured
   * against columns of standard deviation 1; off: the rows are standardised already. @default true
   */
  readonly standardise?: boolean;
  /** Most epochs. @default 400 */
  readonly epochs?: number;
  /** Number of diffusion steps, T. @default 1000 */
  readonly steps?: number;
  /** Number of reverse steps of the score. @default 250 */
  readonly start?: number;
  /** Rows of a training step. @default 64 */
  readonly batchSize?: number;
  /** Step size of the optimiser. @default 1e-4 */
  readonly learningRate?: number;
  /** Coupled (L2), on all parameters. @default 5e-4 */
  readonly weightDecay?: number;
  /** Stop when the loss no longer falls ({@link ddpmStopsEarly}). @default true */
  readonly stopEarly?: boolean;
  /**
   * Score by the squared changes summed over all reverse steps instead of the change from end to end.
   * @default false
   */
  readonly fullPath?: boolean;
  /**
   * Draw z in the reverse steps. Off, the score is deterministic, and only so does it reproduce the reported
   * tables (vowels: reported 86.4, here 85 without z and 69 with). @default false
   */
  readonly stochastic?: boolean;
  /** Called as training goes on. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Aborts it: the promise then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** What a training step of the denoising network reads. */
export interface DenoisingBatch {
  /** x_t = √ᾱ_t x_0 + √v_t ε, `[batch, d]`. */
  readonly noisy: Tensor;
  /** ε, `[batch, d]`. */
  readonly noise: Tensor;
  /** t, `[batch]` float32. */
  readonly times: Tensor;
  /** Dropout masks. */
  readonly keep: DenoiserMasks;
}

/**
 * The released code's rule: past the epoch of index 50, stop when the last epoch's mean loss exceeds that of
 * 39 epochs before.
 *
 * @param epochLosses Mean losses of the epochs so far.
 */
export function ddpmStopsEarly(epochLosses: readonly number[]): boolean {
  return epochLosses.length > 51 && epochLosses.at(-1)! > epochLosses.at(-40)!;
}

/**
 * The DDPM baseline: trains a denoising network (mean squared error of the predicted noise, t uniform in [0,
 * T), noise *with* drift) and scores a row by how far the reverse process, started from the clean row at t =
 * 249, moves it: (1/d) Σ_j (x_j − x̂_j)². The reverse process adds no noise unless `stochastic` is set.
 *
 * Livernoche et al. 2024, Sec. 2 and released code (T = 1000, batch 64 without the last partial one, Adam
 * 1e-4, L2 5e-4, at most 400 epochs).
 *
 * @param train `[N, d]` training rows, finite, N ≥ batch size; they are standardised, unless the options say
 *   that they are.
 * @throws {RangeError} If N is below the batch size, a value is not finite, `start` is outside [1, T], or
 * training diverges.
 *
 * @example
 * ```ts
 * import { matrix, stream } from "@refigure/refigure";
 * import { fitDdpm } from "@refigure/refigure/diffusion_time";
 * import assert from "node:assert/strict";
 *
 * const normal = matrix(stream(0, "example").normal(new Float32Array(600)), { columns: 3 });
 * await using detector = await fitDdpm(normal, { seed: 0, epochs: 20 });
 * const [inside, outside] = await detector.score(matrix([0, 0, 0, 4, 4, 4], { columns: 3 }));
 * assert.ok(outside > inside);
 * ```
 */
export async function fitDdpm(train: Matrix, options: DdpmOptions): Promise<Detector & Portable> {
  const { seed, executor, steps = 1000, start = 250, batchSize = 64, epochs = 400, signal } = options;
  const { data, standardiser, scale } = scaled(train, { what: "DDPM", standardise: options.standardise });
  const schedule = diffusionSchedule(steps);
  const random = stream(seed, "diffusion_time", "DDPM");
  const trained = await trainNetwork<Denoiser, DenoisingBatch, DenoiserStatistics>(
    ({ parameters, batch: { noisy, noise: target, times, keep }, buffers }) => {
      const { noise, statistics } = denoise(noisy, { times, parameters, statistics: buffers, keep });
      return { loss: meanSquaredError(noise, { target }), buffers: statistics };
    },
    {
      parameters: initDenoiser(random.split("weights"), { ...options, dimension: data.columns }),
      buffers: initDenoiserStatistics(options),
      optimiser: adam({ weightDecay: options.weightDecay ?? 5e-4 }),
      learningRate: options.learningRate ?? 1e-4,
      rows: data.rows,
      batchSize,
      epochs,
      dropLast: true,
      batches: denoisingBatches(data, { schedule, batchSize, random, sizes: options }),
      stream: random.split("shuffle"),
      executor,
      stopEarly: options.stopEarly ?? true ? ddpmStopsEarly : undefined,
      onProgress: options.onProgress,
      signal,
    },
  );
  const predictNoise = (x: Tensor, times: Tensor) =>
    denoise(x, {
      times,
      parameters: constants<Denoiser>(trained.parameters),
      statistics: constants<DenoiserStatistics>(trained.buffers),
    }).noise;
  const reverse = compileReverseProcess(
    predictNoise,
    { columns: data.columns, schedule, start, stochastic: options.stochastic, executor },
  );
  const digest = digestOf(train.data);
  return {
    portable() {
      if (options.stochastic) {
        throw new TypeError("Cannot save DDPM as stochastic must be off: it draws numbers");
      }
      const score = (x: Tensor) => {
        const { end, change } = reverseOnce(predictNoise, { x, schedule, start });
        return options.fullPath ? change : tf.mean(tf.square(tf.sub(x, end)), 1);
      };
      const { columns } = data;
      return portableDetector(score, { columns, standardiser, method: "DDPM", data: digest, options });
    },
    epochLosses: trained.epochLosses,
    async score(rows) {
      const asked = scale(rows);
      const { rows: end, pathChange } = await reverse.reconstruct(asked, {
        random: random.split("reverse"),
        signal,
      });
      return options.fullPath ? pathChange : meanSquaredDifferences(asked, end);
    },
    ...disposable(reverse.dispose),
  };
}

function denoisingBatches(
  data: Matrix,
  options: {
    readonly schedule: DiffusionSchedule;
    readonly batchSize: number;
    readonly random: Stream;
    readonly sizes: DenoiserSizes;
  },
): BatchMaker<DenoisingBatch> {
  const { schedule, batchSize, random, sizes: { width = 128, hidden = 256, blocks = 3 } } = options;
  const d = data.columns;
  const values = Float32Array.from(data.data);
  const means = schedule.alphaBars.map(Math.sqrt), deviations = schedule.variances.map(Math.sqrt);
  const noises = random.split("noise"), drawTimes = random.split("times"), dropouts = random.split("dropout");
  const masks = (columns: number) =>
    Array.from(
      { length: blocks },
      () => hostTensor(new Uint8Array(batchSize * columns), [batchSize, columns]),
    );
  const example: HostTree<DenoisingBatch> = {
    noisy: hostTensor(new Float32Array(batchSize * d), [batchSize, d]),
    noise: hostTensor(new Float32Array(batchSize * d), [batchSize, d]),
    times: hostTensor(new Float32Array(batchSize)),
    keep: { first: masks(hidden), second: masks(width) },
  };
  return {
    example,
    streams: [noises, drawTimes, dropouts],
    fill(batch, rows) {
      const noisy = batch.noisy.data as Float32Array, noise = batch.noise.data as Float32Array;
      noises.normal(noise);
      rows.forEach((row, i) => {
        const time = drawTimes.nextInteger(schedule.steps);
        batch.times.data[i] = time;
        for (let k = 0; k < d; k++) {
          noisy[i * d + k] = means[time] * values[row * d + k] + deviations[time] * noise[i * d + k];
        }
      });
      for (const place of ["first", "second"] as const) {
        for (const mask of batch.keep[place]) {
          dropouts.bernoulli(mask.data as Uint8Array, { probability: 1 - DENOISER_DROPOUT[place] });
        }
      }
    },
  };
}

function meanSquaredDifferences(a: Matrix, b: Matrix): Float64Array {
  const out = new Float64Array(a.rows);
  for (let i = 0; i < a.data.length; i++) {
    out[Math.floor(i / a.columns)] += (a.data[i] - b.data[i]) ** 2 / a.columns;
  }
  return out;
}
