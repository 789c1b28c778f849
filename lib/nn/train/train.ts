import { compileLoop, type ExecutorName } from "../../compile/mod.ts";
import type { Stream } from "../../random/mod.ts";
import {
  flattenTree,
  type HostTensor,
  hostTensor,
  type HostTree,
  type MapLeaves,
  type Tensor,
  type Tree,
} from "../../tensor/mod.ts";
import { Packing } from "./_packing.ts";
import { initialState, type StepInput, trainingStep } from "./_step.ts";
import type { Loss } from "./losses.ts";
import type { Optimiser } from "./optimisers.ts";
import type { RowBatches } from "./row_batches.ts";
import { runSteps } from "./run_steps.ts";
import { constantRate, type LearningRate } from "./schedules.ts";

/** Makes batches on the host. */
export interface BatchMaker<Batch> {
  /** A batch of the right shapes and dtypes, leading axis `batchSize`; its numbers are not read. */
  readonly example: HostTree<Batch>;
  /**
   * Writes a batch in place: called once per step, in order, so that it may draw from streams.
   *
   * @param batch Arrays to fill; they hold an earlier batch.
   * @param rows `[batchSize]` indices of the rows (padding repeats the first).
   */
  fill(batch: HostTree<Batch>, rows: Int32Array): void;
  /**
   * The streams that `fill` draws from, if nothing else that it uses changes from step to step: a training
   * that is resumed then goes on at once. Absent: it fills the batches of the steps before once more.
   */
  readonly streams?: readonly Stream[];
}

/** How far training is. */
export interface TrainProgress {
  /** Share of the planned steps that are done, 0 to 1. */
  readonly fraction: number;
  /** Finished epochs. */
  readonly epoch: number;
  /** Finished steps. */
  readonly step: number;
  /** Loss of the last step. */
  readonly loss: number;
}

/** What training has come to at the end of an epoch. */
export interface FinishedEpoch<P, Buffers> {
  /** Mean losses of the epochs so far; their number is that of the finished epochs. */
  readonly epochLosses: readonly number[];
  /** Copies parameters and buffers to the host. */
  readState(): Promise<{ readonly parameters: HostTree<P>; readonly buffers: HostTree<Buffers> }>;
}

/** Changes some parameters on the host after every step, as proximal methods and projections do. */
export interface AfterStep {
  /** Paths of the parameters it changes, e.g. `layers[0].weight`; no others are copied. */
  readonly paths: readonly string[];
  /**
   * Changes values in place.
   *
   * @param values One host tensor per path.
   * @param step The step just taken, counted from 0.
   */
  update(values: readonly HostTensor[], step: number): void;
}

/** Options of {@link train}. */
export interface TrainOptions<P, Batch, Buffers> {
  /** Where training begins. */
  readonly parameters: HostTree<P>;
  /** What is kept beside the parameters, such as running statistics. @default {} */
  readonly buffers?: HostTree<Buffers>;
  /** How parameters follow gradients. */
  readonly optimiser: Optimiser;
  /** Step size, fixed or by step. */
  readonly learningRate: number | LearningRate;
  /** Limit on the joint norm of the gradients ({@link clipByGlobalNorm}). Absent: no clipping. */
  readonly clipNorm?: number;
  /** Number of training rows; those of `rowBatches` if absent. */
  readonly rows?: number;
  /** Rows of a training step. */
  readonly batchSize: number;
  /** Passes over the training rows. */
  readonly epochs: number;
  /** Leave out an epoch's last partial batch instead of padding it. @default false */
  readonly dropLast?: boolean;
  /** Rows of arrays ({@link rowBatches}), or what makes batches of `batchSize` in another way. */
  readonly batches: BatchMaker<Batch> | RowBatches<Batch>;
  /** Shuffles: epoch e takes the order of `stream.split("epoch", e)`. */
  readonly stream: Stream;
  /** What runs the compiled step. @default "native" */
  readonly executor?: ExecutorName;
  /** Asked after every epoch with the mean losses so far; true ends training there. */
  readonly stopEarly?: (epochLosses: readonly number[]) => boolean;
  /**
   * What `afterEpoch` changes, so that a training that was stopped can go on (`resumable`): an object of what
   * `structuredClone` can copy, which is restored in place. A training with `afterEpoch` and without it
   * starts over. `{}` if it changes nothing.
   */
  readonly carried?: Record<string, unknown>;
  /** Runs between steps, so steps cannot be fused into one call. */
  readonly afterStep?: AfterStep;
  /** Called, and waited for, after every epoch, e.g. to validate; true ends training there. */
  readonly afterEpoch?: (epoch: FinishedEpoch<P, Buffers>) => boolean | void | Promise<boolean | void>;
  /** Called as training goes on. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Aborts it: the promise then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** Options of {@link train} from which the trees' types are inferred. */
export interface InferredOptions<P, Batch, Buffers>
  extends
    Omit<TrainOptions<MapLeaves<P, Tensor>, Batch, MapLeaves<Buffers, Tensor>>, "parameters" | "buffers"> {
  /** Where training begins. */
  readonly parameters: P;
  /** What is kept beside the parameters. @default {} */
  readonly buffers?: Buffers;
}

/** A finished training. */
export interface Trained<P, Buffers> {
  /** What was trained. */
  readonly parameters: HostTree<P>;
  /** What is kept beside it, such as running statistics. */
  readonly buffers: HostTree<Buffers>;
  /** Mean over an epoch's steps of the loss, one per finished epoch. */
  readonly epochLosses: readonly number[];
  /** Number of steps taken. */
  readonly steps: number;
}

/**
 * Trains parameters by minibatch descent on a loss.
 *
 * Loss, gradient and update are compiled into one graph, and many steps run in one call; their number follows
 * the time they take, so that progress is reported a few times a second. Neither it nor `stopEarly` nor the
 * executor changes which numbers are drawn.
 *
 * Within `resumable`, and in the harness's jobs, its state is saved every few minutes, and a training that
 * was stopped goes on where it was, bit for bit.
 *
 * @param loss Traced once.
 * @throws {RangeError} If there is nothing to train on, or the loss or the final parameters are not finite
 * (the message names the step).
 * @throws The signal's reason, once it is aborted.
 *
 * @example
 * ```ts
 * import { hostTensor, meanSquaredError, rowBatches, sgd, stream, tf, train } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * // Learn the slope of y = 3x.
 * const x = stream(1, "data").uniform(new Float32Array(100), { low: -1 }), y = x.map((x) => 3 * x);
 * const { parameters } = await train(({ parameters: { slope }, batch: { x, y: target }, weights }) => ({
 *   loss: meanSquaredError(tf.mul(x, slope), { target, weights }),
 * }), {
 *   parameters: { slope: hostTensor(0) },
 *   batches: rowBatches({ x: hostTensor(x), y: hostTensor(y) }),
 *   optimiser: sgd({ momentum: 0.9 }),
 *   learningRate: 0.05,
 *   batchSize: 32,
 *   epochs: 40,
 *   stream: stream(1, "training"),
 * });
 * assert.ok(Math.abs(parameters.slope.data[0] - 3) < 1e-3);
 * ```
 */
export function train<
  P extends Tree<HostTensor>,
  Batch,
  Buffers extends Tree<HostTensor> = Record<never, HostTensor>,
>(
  loss: Loss<MapLeaves<P, Tensor>, Batch, MapLeaves<Buffers, Tensor>>,
  options: InferredOptions<P, Batch, Buffers>,
): Promise<Trained<MapLeaves<P, Tensor>, MapLeaves<Buffers, Tensor>>>;
/** Of trees of tensors whose types are given. */
export function train<P, Batch, Buffers = Record<never, Tensor>>(
  loss: Loss<P, Batch, Buffers>,
  options: TrainOptions<P, Batch, Buffers>,
): Promise<Trained<P, Buffers>>;
export async function train<P, Batch, Buffers>(
  loss: Loss<P, Batch, Buffers>,
  options: TrainOptions<P, Batch, Buffers>,
): Promise<Trained<P, Buffers>> {
  const {
    optimiser,
    batchSize,
    epochs,
    executor,
    stopEarly,
    afterEpoch,
    afterStep,
  } = options;
  const rows = countRows(options);
  const stepsPerEpoch = countStepsPerEpoch(options);
  const batches = "ofSize" in options.batches ? options.batches.ofSize(batchSize) : options.batches;
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new RangeError(`Cannot train as epochs must be an integer >= 1: current value is ${epochs}`);
  }
  const rate = typeof options.learningRate === "number"
    ? constantRate(options.learningRate)
    : options.learningRate;
  const packing = new Packing<P>(options.parameters, afterStep?.paths);
  const start = { parameters: options.parameters, buffers: options.buffers ?? {} as HostTree<Buffers> };
  const state = initialState<P, Buffers>(start, { packing, optimiser });
  const scalars = optimiser.scalars(0, rate(0));
  const input = {
    batch: batches.example,
    weights: hostTensor(new Float32Array(batchSize)),
    scalars: Object.fromEntries(
      Object.keys(scalars).map((name) => [name, hostTensor(new Float32Array(1), [])]),
    ),
  } as unknown as HostTree<StepInput<Batch>>;

  const order = new EpochOrder(options.stream, rows, batchSize, stepsPerEpoch);
  const totalSteps = epochs * stepsPerEpoch;
  const course = { epochLosses: [] as number[], steps: 0, epochSum: 0 };
  const { epochLosses } = course;
  const { carried = afterEpoch === undefined ? {} : undefined } = options;
  const program = trainingStep(loss, { packing, optimiser, clipNorm: options.clipNorm });
  const loop = await compileLoop(program, { state, batch: input }, { executor, name: "training" });
  const readState = async () => {
    const { parameters, buffers } = await loop.readState() as unknown as {
      parameters: HostTensor[];
      buffers: HostTree<Buffers>;
    };
    return { parameters: packing.unpackHost(parameters), buffers };
  };
  const changed = (afterStep?.paths ?? []).map((path) => `state.parameters[${packing.indexOf(path)}]`);
  const endsEpochs = stopEarly !== undefined || afterEpoch !== undefined;
  try {
    await runSteps(loop, {
      example: input,
      steps: totalSteps,
      segment: afterStep !== undefined ? 1 : endsEpochs ? stepsPerEpoch : undefined,
      signal: options.signal,
      resumption: carried && { streams: batches.streams, carried: { course, carried } },
      fill(view, step) {
        const { batch, weights, scalars } = view as unknown as FilledStep<Batch>;
        for (const [name, value] of Object.entries(optimiser.scalars(step, rate(step)))) {
          scalars[name].data[0] = value;
        }
        batches.fill(batch, order.rows(step, weights.data));
      },
      async onMetrics(metrics) {
        const losses = (metrics as unknown as { loss: HostTensor }).loss.data;
        if (afterStep !== undefined) {
          await loop.updateLeaves(changed, (values) => afterStep.update(values, course.steps));
        }
        let stopped = false;
        for (const value of losses) {
          if (!Number.isFinite(value)) throw diverged(`loss is ${value}`, course.steps, stepsPerEpoch);
          course.epochSum += value;
          if (++course.steps % stepsPerEpoch > 0) continue;
          epochLosses.push(course.epochSum / stepsPerEpoch);
          course.epochSum = 0;
          stopped = stopEarly?.(epochLosses) ?? false;
          if (await afterEpoch?.({ epochLosses, readState }) === true) stopped = true;
        }
        const { steps: step } = course;
        const fraction = stopped ? 1 : step / totalSteps;
        options.onProgress?.({ fraction, epoch: epochLosses.length, step, loss: losses.at(-1)! });
        return stopped;
      },
    });
    const { parameters, buffers } = await readState();
    const { steps } = course;
    checkFinite({ parameters, buffers }, steps, stepsPerEpoch);
    return { parameters, buffers, epochLosses, steps };
  } finally {
    await loop.dispose();
  }
}

/** The host arrays of one step. */
interface FilledStep<Batch> {
  readonly batch: HostTree<Batch>;
  readonly weights: { readonly data: Float32Array };
  readonly scalars: Readonly<Record<string, { readonly data: Float32Array }>>;
}

/** Which rows each step takes. */
class EpochOrder {
  #epoch = -1;
  #order: Int32Array = new Int32Array();
  readonly #rows: Int32Array;

  constructor(
    readonly stream: Stream,
    readonly count: number,
    readonly batchSize: number,
    readonly stepsPerEpoch: number,
  ) {
    this.#rows = new Int32Array(batchSize);
  }

  /** Rows of a step; writes its weights. The array is overwritten by the next call. */
  rows(step: number, weights: Float32Array): Int32Array {
    const epoch = Math.floor(step / this.stepsPerEpoch);
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#order = this.stream.split("epoch", String(epoch)).permutation(this.count);
    }
    const start = (step % this.stepsPerEpoch) * this.batchSize;
    const real = Math.min(this.batchSize, this.count - start);
    for (let i = 0; i < this.batchSize; i++) {
      this.#rows[i] = this.#order[i < real ? start + i : start];
      weights[i] = i < real ? 1 : 0;
    }
    return this.#rows;
  }
}

/** How a training is cut into steps. */
export type StepOptions = Pick<
  TrainOptions<unknown, unknown, unknown>,
  "rows" | "batches" | "batchSize" | "dropLast"
>;

function countRows({ rows, batches }: StepOptions): number {
  if (!("ofSize" in batches)) return rows ?? NaN;
  if (rows === undefined || rows <= batches.rows) return rows ?? batches.rows;
  throw new RangeError(
    `Cannot train as rows must be <= ${batches.rows}, those of the batches: current value is ${rows}`,
  );
}

/**
 * Number of steps that an epoch of {@link train} takes.
 *
 * @throws {RangeError} If the numbers of rows and of rows in a batch allow none.
 */
export function countStepsPerEpoch(options: StepOptions): number {
  const { batchSize, dropLast = false } = options;
  const rows = countRows(options);
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`Cannot train as batchSize must be an integer >= 1: current value is ${batchSize}`);
  }
  const steps = dropLast ? Math.floor(rows / batchSize) : Math.ceil(rows / batchSize);
  if (!Number.isInteger(rows) || steps < 1) {
    const least = dropLast ? batchSize : 1;
    throw new RangeError(
      `Cannot train as the number of rows must be an integer >= ${least}: current value is ${rows}`,
    );
  }
  return steps;
}

function checkFinite(state: unknown, steps: number, stepsPerEpoch: number): void {
  const { leaves, paths } = flattenTree<HostTensor>(state);
  leaves.forEach(({ data }, i) => {
    const bad = data.find((value) => !Number.isFinite(value));
    if (bad !== undefined) throw diverged(`${paths[i]} holds ${bad}`, steps - 1, stepsPerEpoch);
  });
}

function diverged(what: string, step: number, stepsPerEpoch: number): RangeError {
  return new RangeError(
    `Training diverged: ${what} at step ${step} (epoch ${Math.floor(step / stepsPerEpoch)}, counted from 0)`,
  );
}
