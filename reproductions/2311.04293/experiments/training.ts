import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  type FourierSeries,
  joinFunctions,
  type MethodName,
  objectiveOf,
  operatorEvaluator,
  selectFunctions,
  type SymmetryForm,
  trainOperator,
} from "../../../lib/methods/lie_symmetry/mod.ts";
import { cosineDecay, type JetActivation } from "../../../lib/nn/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import {
  type EquationName,
  gridOf,
  heldOutFunctions,
  problemOf,
  solve,
  trainingFunctions,
} from "./_problem.ts";

/** Sizes and length of trainings, the same for all methods that are compared. */
export type TrainingScale = {
  /** Training functions. */
  readonly functions: number;
  /** B of them, others in every step. Absent: all in every step. */
  readonly functionsPerStep?: number;
  readonly sensors: number;
  /** Of branch and trunk each. */
  readonly hiddenLayers: number;
  readonly width: number;
  readonly features: number;
  /** Waves in x that the trunk sees in place of x/L, so that u is periodic. Absent: x/L. */
  readonly waves?: number;
  /** N_s and N_b. */
  readonly initialPoints: number;
  readonly boundaryTimes: number;
  readonly steps: number;
  /** Looks at the held-out functions, evenly spread. */
  readonly checkpoints: number;
  readonly learningRate: number;
  /** Cosine decay to a hundredth; absent: constant rate. */
  readonly decay?: boolean;
  /** Limit of the gradients' joint norm; absent: none. */
  readonly clipNorm?: number;
  readonly test: {
    readonly functions: number;
    readonly validation: number;
    readonly positions: number;
    readonly times: number;
  };
};

/** One training of one operator network. What is absent has the default of the library. */
export type TrainingConfig = {
  readonly equation: EquationName;
  readonly method: MethodName;
  /** N_r. */
  readonly points: number;
  /** Interior points anew in every step. Absent: drawn once. */
  readonly fresh?: true;
  /** Interior points of each function's own. Absent: shared. */
  readonly perFunction?: true;
  /** α, β and γ. */
  readonly alpha?: number;
  readonly beta?: number;
  readonly gamma?: number;
  /** Of the symmetry loss. Absent: `point`. */
  readonly form?: SymmetryForm;
  /** Names of generators. Absent: all. */
  readonly generators?: readonly string[];
  /** Absent: ELU. */
  readonly activation?: JetActivation;
  /** Initial values that hold whatever the parameters, u = f + (t/T) N. Absent: a term of the loss. */
  readonly exactStart?: true;
  /** ε of causal weights. Absent: none. */
  readonly causal?: number;
  readonly scale: TrainingScale;
  /** Keep the prediction of the first held-out function. */
  readonly map?: boolean;
  /** For choosing settings only: keeps such runs apart from those that are judged. */
  readonly pilot?: true;
};

/** Errors on the held-out functions after some steps. */
export type TrainingCheckpoint = {
  readonly step: number;
  /** Mean squared error of the test functions against their true solutions. */
  readonly error: number;
  /** The same of the validation functions. */
  readonly validation: number;
  /** Mean of Δ² of the test functions on the grid. */
  readonly residual: number;
  /** Mean training loss since the last checkpoint. */
  readonly loss: number;
};

/** What a training comes to. */
export type TrainingResult = {
  readonly checkpoints: readonly TrainingCheckpoint[];
  /** u_θ of the first held-out function, by time and position, to five decimals. */
  readonly map?: readonly number[];
};

/** Rounds what is only drawn, so that committed results stay small. */
export function rounded(values: Iterable<number>): number[] {
  return Array.from(values, (value) => Math.round(1e5 * value) / 1e5);
}

/** Seconds of a step on one core: a share of its own, and one that grows with the points. */
function secondsPerStep(config: TrainingConfig): number {
  const { method, form, points, equation, perFunction, scale } = config;
  const deep = method === "gpinn" || (form !== undefined && form !== "point");
  const jets = (deep ? 2.4 : 1) * (equation === "burgers" ? 1.1 : 1);
  const network = scale.hiddenLayers * scale.width ** 2 / 20480;
  const functions = scale.functionsPerStep ?? scale.functions;
  const rows = perFunction ? points * functions : points;
  return network * (functions / 64) * (0.6e-3 + 6e-6 * rows * jets);
}

/** Physics-informed operator networks with and without the symmetry loss, and controls (paper Sec. 5). */
export const training: Experiment<TrainingConfig, TrainingResult> = {
  id: "training",
  title: "Operator networks",
  module: import.meta.url,
  usesExecutor: true,
  memory: 1280,
  cost: (config) => 0.5 + config.scale.steps * secondsPerStep(config),
  async run(config, { seed, executor, progress }) {
    const { equation, method, scale, activation, map = false } = config;
    const problem = problemOf(equation);
    const { steps, learningRate, decay = false } = scale;
    const start = config.exactStart ? "exact" : "loss";
    const initial = trainingFunctions(equation, scale.functions, seed);
    const grid = gridOf(equation, scale.test);
    const held = heldOut(equation, scale.test);
    const { parameters, checkpoints } = await trainOperator({
      problem,
      sizes: scale,
      objective: objectiveOf(method, problem, {
        ...config.alpha !== undefined && { alpha: config.alpha },
        ...config.beta !== undefined && { beta: config.beta },
        ...config.gamma !== undefined && { gamma: config.gamma },
        ...config.causal !== undefined && { causal: config.causal },
        ...config.form && { form: config.form },
        ...config.generators && { generators: config.generators },
      }),
      initial,
      functionsPerStep: scale.functionsPerStep,
      interiorPoints: config.points,
      points: config.fresh ? "fresh" : "fixed",
      pointsOf: config.perFunction ? "per function" : "shared",
      initialPoints: scale.initialPoints,
      boundaryTimes: scale.boundaryTimes,
      steps,
      every: steps / scale.checkpoints,
      learningRate: decay ? cosineDecay(learningRate, { steps, end: learningRate / 100 }) : learningRate,
      clipNorm: scale.clipNorm,
      activation,
      start,
      seed,
      executor,
      truth: method === "supervised" ? solve(equation, initial, grid) : undefined,
      test: { initial: held, truth: solve(equation, held, grid) },
      onProgress: ({ fraction }) => progress(fraction),
    });
    const tested = scale.test.functions;
    const errors = checkpoints.map(({ step, perFunction, residualPerFunction, loss }) => ({
      step,
      error: mean(perFunction.slice(0, tested)),
      validation: mean(perFunction.slice(tested)),
      residual: mean(residualPerFunction.slice(0, tested)),
      loss,
    }));
    if (!map) return { checkpoints: errors };
    await using evaluator = await operatorEvaluator(parameters, {
      problem,
      sensors: scale.sensors,
      initial: selectFunctions(held, [0]),
      grid,
      activation,
      start,
      executor,
    });
    const { values } = await evaluator.evaluate(parameters);
    return { checkpoints: errors, map: rounded(values) };
  },
};

/** The test functions, then the validation functions. */
function heldOut(equation: EquationName, { functions, validation }: TrainingScale["test"]): FourierSeries {
  return joinFunctions([
    heldOutFunctions(equation, functions, "test"),
    heldOutFunctions(equation, validation, "validation"),
  ]);
}
