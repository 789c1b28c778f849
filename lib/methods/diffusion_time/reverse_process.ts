import {
  type CompiledLoop,
  compileLoop,
  disposable,
  type ExecutorName,
  type HostTree,
  type NativeResource,
  scan,
} from "../../compile/mod.ts";
import { hostTensor, runSteps } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import type { Matrix } from "../../stats/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import type { DiffusionSchedule } from "./schedule.ts";

/** Options of {@link compileReverseProcess}. */
export interface ReverseProcessOptions {
  /** Number of features, d. */
  readonly columns: number;
  /** β_t and what follows from it. */
  readonly schedule: DiffusionSchedule;
  /** Number of reverse steps: from time index `start` − 1 down to 0. */
  readonly start: number;
  /** Draw z in every step but the last; otherwise the pass is deterministic (z = 0). @default false */
  readonly stochastic?: boolean;
  /** Most rows that go through at once. @default 1000 */
  readonly batchSize?: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
}

/** Where the rows ended. */
export interface Reconstruction {
  /** x̂_0 `[n, d]`. */
  readonly rows: Matrix;
  /** Σ over steps of the mean squared change of a row, `[n]`: its way's length, so to speak. */
  readonly pathChange: Float64Array;
}

/** A compiled reverse process. */
export interface ReverseProcess extends NativeResource {
  /**
   * Takes clean rows (no noise is added first) through the reverse steps.
   *
   * @param rows `[n, d]`.
   * @param options `random` gives z: the batch of rows that starts at row i takes `random.split("rows", i)`.
   */
  reconstruct(
    rows: Matrix,
    options: { readonly random: Stream; readonly signal?: AbortSignal },
  ): Promise<Reconstruction>;
}

interface ReverseState {
  readonly x: Tensor;
}

interface ReverseInput {
  /** Time index `[1]`. */
  readonly time: Tensor;
  /** β_t/√v_t and 1/√α_t, scalars. */
  readonly noiseFactor: Tensor;
  readonly scale: Tensor;
  /** √(β_t (1 − ᾱ_{t−1})/(1 − ᾱ_t)) z, `[batch, d]`; absent in a deterministic process. */
  readonly noise?: Tensor;
}

/** One step of the process: x moves, and by how much (mean square of a row). */
function reverseStep(predictNoise: (x: Tensor, time: Tensor) => Tensor) {
  return ({ x }: ReverseState, { time, noiseFactor, scale, noise }: ReverseInput) => {
    const mean = tf.mul(tf.sub(x, tf.mul(predictNoise(x, time), noiseFactor)), scale);
    const next = noise === undefined ? mean : tf.add(mean, noise);
    return { state: { x: next }, metrics: { change: tf.mean(tf.square(tf.sub(next, x)), 1) } };
  };
}

/** t, β_t/√v_t and 1/√α_t. */
function factorsOf({ betas, alphas, variances }: DiffusionSchedule, t: number) {
  return { time: t, noiseFactor: betas[t] / Math.sqrt(variances[t]), scale: 1 / Math.sqrt(alphas[t]) };
}

/** The deterministic process in a program: where rows end, and their {@link Reconstruction.pathChange}. */
export function reverseOnce(
  predictNoise: (x: Tensor, time: Tensor) => Tensor,
  { x, schedule, start }: {
    readonly x: Tensor;
    readonly schedule: DiffusionSchedule;
    readonly start: number;
  },
): { readonly end: Tensor; readonly change: Tensor } {
  const factors = Array.from({ length: start }, (_, k) => factorsOf(schedule, start - 1 - k));
  const column = (name: keyof ReturnType<typeof factorsOf>) => factors.map((factor) => factor[name]);
  const step = reverseStep(predictNoise);
  const { carry } = scan(
    ({ x, change }: { x: Tensor; change: Tensor }, input: ReverseInput) => {
      const { state, metrics } = step({ x }, input);
      return { carry: { ...state, change: tf.add(change, metrics.change) }, output: {} };
    },
    {
      carry: { x, change: tf.zeros([x.shape[0]]) as Tensor },
      inputs: {
        time: tf.tensor2d(column("time"), [start, 1]),
        noiseFactor: tf.tensor1d(column("noiseFactor")),
        scale: tf.tensor1d(column("scale")),
      },
    },
  );
  return { end: carry.x, change: carry.change };
}

type ReverseLoop = CompiledLoop<ReverseState, ReverseInput, { change: Tensor }>;

/**
 * Compiles the reverse process of a diffusion model: for t = start − 1, …, 0
 * μ = (x − β_t ε_θ(x, t)/√v_t)/√α_t; x ← μ if t = 0, else μ + √(β_t (1 − ᾱ_{t−1})/(1 − ᾱ_t)) z with z ~ N(0,
 * I).
 *
 * Ho et al. 2020, Alg. 2; Livernoche et al. 2024, released code. All steps run inside one graph.
 *
 * @param predictNoise ε_θ: `(x [batch, d], time [1]) → [batch, d]`, traced.
 * @throws {RangeError} If `start` is not an integer in [1, T].
 */
export function compileReverseProcess(
  predictNoise: (x: Tensor, time: Tensor) => Tensor,
  options: ReverseProcessOptions,
): ReverseProcess {
  const { columns, schedule, start, stochastic = false, batchSize = 1000, executor } = options;
  if (!Number.isInteger(start) || start < 1 || start > schedule.steps) {
    throw new RangeError(
      `Cannot run the reverse process as start must be an integer in [1, ${schedule.steps}]: current value is ${start}`,
    );
  }
  const step = reverseStep(predictNoise);

  let loop: ReverseLoop | undefined, loopRows = 0;
  /** The loop for a number of rows; only the last one is kept. */
  const loopFor = async (rows: number): Promise<ReverseLoop> => {
    if (loop !== undefined && loopRows === rows) return loop;
    await loop?.dispose();
    const example = {
      state: { x: hostTensor(new Float32Array(rows * columns), [rows, columns]) },
      batch: inputExample({ rows, columns, stochastic }),
    };
    loop = await compileLoop(step, example, { executor, name: "reverse process" });
    loopRows = rows;
    return loop;
  };

  async function reconstructBatch(
    rows: Float32Array,
    random: Stream,
    signal: AbortSignal | undefined,
  ): Promise<{ x: Float32Array; change: Float64Array }> {
    const n = rows.length / columns;
    const current = await loopFor(n);
    await current.writeState({ x: hostTensor(rows, [n, columns]) });
    const change = new Float64Array(n);
    await runSteps(current, {
      example: inputExample({ rows: n, columns, stochastic }),
      steps: start,
      signal,
      fill(input, k) {
        const t = start - 1 - k;
        const { betas, alphaBars, variances } = schedule;
        const factors = factorsOf(schedule, t);
        for (const name of ["time", "noiseFactor", "scale"] as const) input[name].data[0] = factors[name];
        if (input.noise === undefined) return;
        const noise = input.noise.data as Float32Array;
        if (t === 0) noise.fill(0);
        else random.normal(noise, { std: Math.sqrt(betas[t] * (1 - alphaBars[t - 1]) / variances[t]) });
      },
      onMetrics(metrics) {
        metrics.change.data.forEach((value, i) => change[i % n] += value);
      },
    });
    return { x: (await current.readState()).x.data as Float32Array, change };
  }

  return {
    async reconstruct({ data, rows, columns: given }, { random, signal }) {
      if (given !== columns) {
        throw new TypeError(
          `Cannot reconstruct as rows must have ${columns} columns: current value is ${given}`,
        );
      }
      const reconstructed = new Float64Array(rows * columns);
      const pathChange = new Float64Array(rows);
      // Batches of equal size need one compilation and little padding.
      const size = Math.ceil(rows / Math.ceil(rows / batchSize));
      for (let first = 0; first < rows; first += size) {
        const count = Math.min(size, rows - first);
        const batch = new Float32Array(size * columns);
        batch.set(data.subarray(first * columns, (first + count) * columns));
        const { x, change } = await reconstructBatch(batch, random.split("rows", String(first)), signal);
        reconstructed.set(x.subarray(0, count * columns), first * columns);
        pathChange.set(change.subarray(0, count), first);
      }
      return { rows: { data: reconstructed, rows, columns }, pathChange };
    },
    ...disposable(async () => {
      await loop?.dispose();
      loop = undefined;
    }),
  };
}

function inputExample({ rows, columns, stochastic }: {
  readonly rows: number;
  readonly columns: number;
  readonly stochastic: boolean;
}): HostTree<ReverseInput> {
  return {
    time: hostTensor(new Float32Array(1)),
    noiseFactor: hostTensor(new Float32Array(1), []),
    scale: hostTensor(new Float32Array(1), []),
    noise: stochastic ? hostTensor(new Float32Array(rows * columns), [rows, columns]) : undefined,
  };
}
