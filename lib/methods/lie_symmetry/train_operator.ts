import type { ExecutorName, HostTree } from "../../compile/mod.ts";
import { adam, type JetActivation, type LearningRate, train, type TrainProgress } from "../../nn/mod.ts";
import { stream } from "../../random/mod.ts";
import { BatchSource, type OperatorBatchOptions } from "./_batches.ts";
import { type OperatorBatch, operatorLoss } from "./_loss.ts";
import type { InitialValues } from "./_start.ts";
import { type DeepOnet, type DeepOnetSizes, initDeepOnet } from "./deeponet.ts";
import { compareSolutions, type OperatorErrors, operatorEvaluator } from "./evaluate_operator.ts";
import { assertEvolution } from "./equations.ts";
import { generatorsOf, symmetryDerivatives } from "./forms.ts";
import type { FourierSeries } from "./initial_conditions.ts";
import type { SolutionTable } from "./solutions.ts";

export type { InitialValues, OperatorBatchOptions };

/** Options of {@link trainOperator}. */
export interface TrainOperatorOptions extends OperatorBatchOptions {
  /** Sizes of the network. */
  readonly sizes: DeepOnetSizes;
  /** Ask for u_x(0, t) = u_x(L, t) beside u(0, t) = u(L, t). @default true */
  readonly matchSlopes?: boolean;
  /**
   * `loss`: the initial values are a term of the loss, as in the paper; `exact`: the network's output N
   * stands in u = f(x) + (t/T) N, which starts from f whatever the parameters. @default "loss"
   */
  readonly start?: InitialValues;
  /** Number of updates. */
  readonly steps: number;
  /** Of Adam. @default 1e-3 */
  readonly learningRate?: number | LearningRate;
  /** Limit on the joint norm of the gradients. Absent: no clipping. */
  readonly clipNorm?: number;
  /** Of the hidden layers. @default "elu" */
  readonly activation?: JetActivation;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** Held-out functions with their solutions, for the error after every `every` steps. */
  readonly test?: { readonly initial: FourierSeries; readonly truth: SolutionTable };
  /** Steps between looks at the held-out functions; a divisor of `steps`. @default steps */
  readonly every?: number;
  /** Called as training goes on. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Aborts it: the promise then rejects with the reason of the signal. */
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
  /** Trained weights, on the host. */
  readonly parameters: HostTree<DeepOnet>;
  /** Mean training loss of every `every` steps. */
  readonly losses: readonly number[];
  /** One per `every` steps; empty without `test`. */
  readonly checkpoints: readonly OperatorCheckpoint[];
}

/**
 * Trains a physics-informed DeepONet with Adam on all training functions, or some of them, at once.
 *
 * Interior points are U(0, L) × U(0, T), by default drawn once and shared by all functions: only the trunk
 * carries derivatives, and once for all. Public code draws them per function, once (physics-informed
 * DeepONets) or in every step (an attempt at this paper); see `points` and `pointsOf`. Initial points and
 * boundary times are drawn in every step. All depend on the seed (and step) only, so methods that are
 * compared see the same ones.
 *
 * @throws {RangeError} If a number does not fit, the equation is not one for u_t alone, the objective is
 * empty, lacks its truth or has a symmetry loss that vanishes for every u, or training diverges.
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
    start: options.start,
  });
  const evaluator = test && await operatorEvaluator(parameters, {
    problem,
    sensors: sizes.sensors,
    initial: test.initial,
    grid: test.truth,
    activation,
    start: options.start,
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
        carried: { errors },
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
  assertEvolution(`train on ${problem.equation.name}`, problem.equation.residual);
  for (const [name, value] of Object.entries({ steps, every, interiorPoints })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`Cannot train as ${name} must be an integer >= 1: current value is ${value}`);
    }
  }
  const { functionsPerStep = 1 } = options, functions = initial.coefficients.rows;
  if (!Number.isInteger(functionsPerStep) || functionsPerStep < 1 || functionsPerStep > functions) {
    throw new RangeError(
      `Cannot train as functionsPerStep must be an integer in [1, ${functions}]: current value is ${functionsPerStep}`,
    );
  }
  if (steps % every !== 0) {
    throw new RangeError(`Cannot train as every must divide ${steps}: current value is ${every}`);
  }
  const { residual, data, weightedResidual, supervised, symmetry, causal } = objective;
  if (causal !== undefined && options.pointsOf === "per function") {
    throw new RangeError(
      "Cannot train with causal weights as interior points must be shared by all functions",
    );
  }
  if (![residual, data, weightedResidual, supervised, symmetry?.weight].some((weight) => (weight ?? 0) > 0)) {
    throw new RangeError("Cannot train as the objective must have a term of positive weight: it has none");
  }
  if ((symmetry?.weight ?? 0) > 0 && symmetryDerivatives(problem.equation, symmetry).length === 0) {
    throw new RangeError(
      `Cannot train as the symmetry loss must not vanish for every u: in the form ${
        symmetry!.form ?? "point"
      } the ` +
        `generators ${
          generatorsOf(problem.equation, symmetry!.generators).map(({ name }) => name).join(", ")
        } have no term`,
    );
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
