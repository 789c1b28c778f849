import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  type MethodName,
  objectiveOf,
  operatorGradient,
  trainOperator,
} from "../../../lib/methods/lie_symmetry/mod.ts";
import { type EquationName, problemOf, trainingFunctions } from "./_problem.ts";

/** Where gradients are compared. */
export type GradientsConfig = {
  readonly equation: EquationName;
  readonly functions: number;
  readonly sensors: number;
  readonly hiddenLayers: number;
  readonly width: number;
  readonly features: number;
  /** N_r, N_s and N_b. */
  readonly points: number;
  readonly initialPoints: number;
  readonly boundaryTimes: number;
  /** Steps of the PINN before. */
  readonly steps: number;
};

/** How far the gradients of training losses are from that of the symmetry loss in the point form. */
export type GradientsResult = {
  /** |g − g_sym| / |g_sym| over all parameters, by method. */
  readonly apart: { readonly [method: string]: number };
  /** The losses' relative difference. */
  readonly losses: { readonly [method: string]: number };
};

/** What the symmetry loss is compared with. */
const OTHERS: readonly MethodName[] = ["pinn-weighted", "pinn-matched", "pinn"];

const norm = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/**
 * Gradients at given parameters: where two losses are the same function, their gradients are equal up to
 * rounding, which thousands of steps of training would blow up.
 */
export const gradients: Experiment<GradientsConfig, GradientsResult> = {
  id: "gradients",
  title: "Gradients at given parameters",
  module: import.meta.url,
  usesExecutor: true,
  cost: ({ steps }) => 1 + 2e-3 * steps,
  async run({ equation, functions, steps, points: interiorPoints, ...sizes }, { seed, executor }) {
    const problem = problemOf(equation);
    const initial = trainingFunctions(equation, functions, seed);
    const { initialPoints, boundaryTimes } = sizes;
    const shared = { problem, initial, interiorPoints, initialPoints, boundaryTimes, seed, executor };
    const { parameters } = await trainOperator({
      ...shared,
      sizes,
      objective: objectiveOf("pinn", problem),
      learningRate: 4e-3,
      clipNorm: 10,
      steps,
    });
    const at = (method: MethodName) =>
      operatorGradient(parameters, {
        ...shared,
        sensors: sizes.sensors,
        // From the prolongation, not by the closed form that is to be tested.
        objective: objectiveOf(method, problem, { generic: true }),
      });
    const own = await at("symmetry");
    const apart: Record<string, number> = {}, losses: Record<string, number> = {};
    for (const method of OTHERS) {
      const { loss, gradient } = await at(method);
      apart[method] = norm(gradient.map((value, i) => value - own.gradient[i])) / norm(own.gradient);
      losses[method] = Math.abs(loss - own.loss) / own.loss;
    }
    return { apart, losses };
  },
};
