import type { ExecutorName, HostTensor, HostTree } from "../../compile/mod.ts";
import {
  adam,
  hostTensor,
  type JetActivation,
  type LearningRate,
  train,
  type TrainProgress,
} from "../../nn/mod.ts";
import { type Stream, stream } from "../../random/mod.ts";
import { type OperatorBatch, operatorLoss } from "./_loss.ts";
import { type DeepOnet, type DeepOnetSizes, initDeepOnet } from "./deeponet.ts";
import { compareSolutions, type OperatorErrors, operatorEvaluator } from "./evaluate_operator.ts";
import type { FourierSeries } from "./initial_conditions.ts";
import type { Objective, OperatorProblem } from "./objectives.ts";
import type { SolutionTable } from "./solutions.ts";

/** Options of {@link trainOperator}. */
export interface TrainOperatorOptions {
  readonly problem: OperatorProblem;
  readonly sizes: DeepOnetSizes;
  /** The loss, see {@link objectiveOf}. */
  readonly objective: Objective;
  /** Training functions; every step takes all of them. */
  readonly initial: FourierSeries;
  /** Interior points per step, shared by all functions. */
  readonly interiorPoints: number;
  /** Points at t = 0 per step. @default 200 */
  readonly initialPoints?: number;
  /** Times per step at which periodicity is asked for. @default 100 */
  readonly boundaryTimes?: number;
  /** Ask for u_x(0, t) = u_x(L, t) too. @default false */
  readonly matchSlopes?: boolean;
  readonly steps: number;
  /** Of Adam. @default 1e-3 */
  readonly learningRate?: number | LearningRate;
  /** Limit on the joint norm of the gradients. Absent: no clipping. */
  readonly clipNorm?: number;
  /** @default "elu" */
  readonly activation?: JetActivation;
  readonly seed: number;
  /** @default "native" */
  readonly executor?: ExecutorName;
  /** True solutions of `initial`, for a supervised objective: points are drawn from its grid. */
  readonly truth?: SolutionTable;
  /** Held-out functions with their solutions, for the error after every `every` steps. */
  readonly test?: { readonly initial: FourierSeries; readonly truth: SolutionTable };
  /** Steps between looks at the held-out functions; a divisor of `steps`. @default steps */
  readonly every?: number;
  readonly onProgress?: (progress: TrainProgress) => void;
  readonly signal?: AbortSignal;
}

/** The errors on held-out functions after some steps. */
export interface OperatorCheckpoint extends OperatorErrors {
  /** Steps taken. */
  readonly step: number;
  /** Mean training loss of the steps since the last checkpoint. */
  readonly loss: number;
}

/** A trained operator network. */
export interface TrainedOperator {
  readonly parameters: HostTree<DeepOnet>;
  /** Mean training loss of every `every` steps. */
  readonly losses: readonly number[];
  /** One per `every` steps; empty without `test`. */
  readonly checkpoints: readonly OperatorCheckpoint[];
}

/** Largest |ε| of the scaling e^ε and of the boost f + ε in augmentation. */
const AUGMENTATION_RANGE = 0.3;

/**
 * Trains a physics-informed DeepONet with Adam on all training functions at once.
 *
 * Each step draws interior points U(0, L) × U(0, T), initial points and boundary times; they are shared by
 * all functions, which differs from public code for this paper (fresh points per function) and is what makes
 * training affordable: only the trunk carries derivatives. Points depend on the seed and the step only, so
 * methods that are compared see the same ones.
 *
 * @throws {RangeError} If a number does not fit, the objective is empty or lacks its truth, or training
 * diverges.
 *
 * @example
 * ```ts
 * import {
 *   heat,
 *   objectiveOf,
 *   regularGrid,
 *   sampleInitialConditions,
 *   solveHeat,
 *   trainOperator,
 * } from "@refigure/refigure/lie_symmetry";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const problem = { equation: heat(0.1), length: 2 * Math.PI, duration: 1 };
 * const initial = sampleInitialConditions(stream(1, "train"), { count: 8, modes: 1, waves: 1 });
 * const held = sampleInitialConditions(stream(1, "test"), { count: 4, modes: 1, waves: 1 });
 * const truth = solveHeat(held, { nu: 0.1, grid: regularGrid({ ...problem, positions: 8, times: 4 }) });
 * const { checkpoints } = await trainOperator({
 *   problem,
 *   sizes: { sensors: 8, hiddenLayers: 2, width: 16, features: 8 },
 *   objective: objectiveOf("symmetry", problem),
 *   initial,
 *   interiorPoints: 32,
 *   initialPoints: 32,
 *   boundaryTimes: 8,
 *   steps: 200,
 *   every: 100,
 *   seed: 1,
 *   test: { initial: held, truth },
 * });
 * assert.ok(checkpoints[1].meanSquaredError < checkpoints[0].meanSquaredError);
 * ```
 */
export async function trainOperator(options: TrainOperatorOptions): Promise<TrainedOperator> {
  const { problem, sizes, objective, steps, every = steps, test, activation, executor } = options;
  check(options);
  const random = stream(options.seed, "operator");
  const parameters = initDeepOnet(random.split("parameters"), sizes);
  const batches = new BatchSource(options, random);
  const loss = operatorLoss({
    problem,
    objective,
    sensors: sizes.sensors,
    activation,
    matchSlopes: options.matchSlopes,
  });
  const evaluator = test && await operatorEvaluator(parameters, {
    problem,
    sensors: sizes.sensors,
    initial: test.initial,
    grid: test.truth,
    activation,
    executor,
  });
  const errors: OperatorErrors[] = [];
  try {
    // A row of the training loop is a draw of points, an epoch the steps between two looks.
    const trained = await train<DeepOnet, OperatorBatch>(
      ({ parameters, batch }) => ({ loss: loss(parameters, batch) }),
      {
        parameters,
        optimiser: adam(),
        learningRate: options.learningRate ?? 1e-3,
        clipNorm: options.clipNorm,
        rows: every,
        batchSize: 1,
        epochs: steps / every,
        batches: { example: batches.example, fill: (batch) => batches.fill(batch) },
        stream: random.split("training"),
        executor,
        afterEpoch: evaluator && (async ({ readState }) => {
          const { parameters } = await readState();
          errors.push(compareSolutions(await evaluator.evaluate(parameters), test!.truth));
        }),
        onProgress: options.onProgress,
        signal: options.signal,
      },
    );
    const { epochLosses: losses } = trained;
    const checkpoints = errors.map((error, i) => ({ step: (i + 1) * every, loss: losses[i], ...error }));
    return { parameters: trained.parameters, losses, checkpoints };
  } finally {
    await evaluator?.dispose();
  }
}

function check(options: TrainOperatorOptions): void {
  const { steps, every = steps, interiorPoints, objective, truth, initial, problem, test } = options;
  for (const [name, value] of Object.entries({ steps, every, interiorPoints })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`Cannot train as ${name} must be an integer >= 1: current value is ${value}`);
    }
  }
  if (steps % every !== 0) {
    throw new RangeError(`Cannot train as every must divide ${steps}: current value is ${every}`);
  }
  const { residual, data, weightedResidual, supervised, symmetry } = objective;
  if (![residual, data, weightedResidual, supervised, symmetry?.weight].some((weight) => (weight ?? 0) > 0)) {
    throw new RangeError("Cannot train as the objective must have a term of positive weight: it has none");
  }
  if ((supervised ?? 0) > 0 && truth?.functions !== initial.coefficients.rows) {
    throw new RangeError(
      `Cannot train as a supervised objective must have the truth of ${initial.coefficients.rows} functions: ` +
        `current value is of ${truth?.functions ?? 0}`,
    );
  }
  for (const series of [initial, ...test === undefined ? [] : [test.initial]]) {
    if (series.length !== problem.length) {
      throw new RangeError(
        `Cannot train as functions must have the problem's length ${problem.length}: current value is ${series.length}`,
      );
    }
  }
}

/** Draws what the steps read, in order. */
class BatchSource {
  readonly example: HostTree<OperatorBatch>;
  readonly #options: TrainOperatorOptions;
  readonly #streams: Readonly<Record<"interior" | "initial" | "boundary" | "augment", Stream>>;

  constructor(options: TrainOperatorOptions, random: Stream) {
    this.#options = options;
    const { objective, initial, interiorPoints, initialPoints = 200, boundaryTimes = 100 } = options;
    const { rows, columns } = initial.coefficients;
    const zeros = (...shape: number[]): HostTensor =>
      hostTensor(new Float32Array(shape.reduce((size, extent) => size * extent, 1)), shape);
    const hasData = (objective.data ?? 0) > 0;
    this.example = {
      coefficients: zeros(rows, columns),
      interior: zeros(interiorPoints, 2),
      ...hasData && { initial: zeros(initialPoints), boundary: zeros(boundaryTimes) },
      ...(objective.supervised ?? 0) > 0 && { truth: zeros(rows, interiorPoints) },
    } as unknown as HostTree<OperatorBatch>;
    this.#streams = {
      interior: random.split("interior"),
      initial: random.split("initial"),
      boundary: random.split("boundary"),
      augment: random.split("augment"),
    };
  }

  fill(tree: HostTree<OperatorBatch>): void {
    const { initial, problem: { length, duration }, objective, truth } = this.#options;
    const batch = tree as unknown as Readonly<
      Record<keyof OperatorBatch, { data: Float32Array } | undefined>
    >;
    batch.coefficients!.data.set(initial.coefficients.data);
    if (objective.augment) this.#augment(batch.coefficients!.data);
    if (batch.truth === undefined) {
      this.#streams.interior.uniform(batch.interior!.data);
      batch.interior!.data.forEach((value, i, data) => data[i] = value * (i % 2 === 0 ? length : duration));
    } else this.#drawTruth(batch.interior!.data, batch.truth.data, truth!);
    if (batch.initial !== undefined) this.#streams.initial.uniform(batch.initial.data, { high: length });
    if (batch.boundary !== undefined) this.#streams.boundary.uniform(batch.boundary.data, { high: duration });
  }

  /** Points of the truth's grid, and the values there. */
  #drawTruth(interior: Float32Array, values: Float32Array, truth: SolutionTable): void {
    const { positions, times } = truth;
    const total = positions.length * times.length, count = interior.length / 2;
    for (let i = 0; i < count; i++) {
      const at = this.#streams.interior.nextInteger(total);
      interior[2 * i] = positions[at % positions.length];
      interior[2 * i + 1] = times[Math.floor(at / positions.length)];
      for (let k = 0; k < truth.functions; k++) values[k * count + i] = truth.values[k * total + at];
    }
  }

  /** Moves each function along the equation's periodic symmetries by random parameters. */
  #augment(coefficients: Float32Array): void {
    const { initial: { length, coefficients: { columns } }, problem: { equation } } = this.#options;
    const draw = () => (2 * this.#streams.augment.nextUniform() - 1) * AUGMENTATION_RANGE;
    for (let start = 0; start < coefficients.length; start += columns) {
      const row = coefficients.subarray(start, start + columns);
      for (const action of equation.augmentations ?? []) {
        if (action === "scale") {
          const factor = Math.exp(draw());
          row.forEach((value, i) => row[i] = factor * value);
        } else if (action === "boost") row[0] += draw();
        else {
          // f(x − ε): each pair of coefficients turns by κε.
          const epsilon = length * this.#streams.augment.nextUniform();
          for (let l = 1; 2 * l < columns; l++) {
            const angle = 2 * Math.PI * l * epsilon / length;
            const [sine, cosine] = [row[2 * l - 1], row[2 * l]];
            row[2 * l - 1] = sine * Math.cos(angle) + cosine * Math.sin(angle);
            row[2 * l] = cosine * Math.cos(angle) - sine * Math.sin(angle);
          }
        }
      }
    }
  }
}
