import type { Results } from "../../lib/harness/mod.ts";
import type { MethodName, SymmetryForm } from "../../lib/methods/lie_symmetry/mod.ts";
import { mean, std } from "../../lib/stats/mod.ts";
import type { SolutionsConfig, SolutionsResult } from "./experiments/solutions.ts";
import type { TrainingCheckpoint, TrainingConfig, TrainingResult } from "./experiments/training.ts";
import type { EquationName } from "./plan.ts";

/** Which trainings are meant; absent: `point` form, all generators. */
export interface Which {
  readonly equation: EquationName;
  readonly method: MethodName;
  readonly points: number;
  readonly form?: SymmetryForm;
  /** Names of the generators used. */
  readonly generators?: readonly string[];
}

/** One finished training. */
export interface Run {
  readonly seed: number;
  readonly config: TrainingConfig;
  readonly result: TrainingResult;
  /** Errors after the last step. */
  readonly final: TrainingCheckpoint;
}

/** The finished trainings of a kind, by ascending seed. */
export function runsOf(results: Results, { equation, method, points, form, generators }: Which): Run[] {
  return results.of<TrainingConfig, TrainingResult>("training")
    .filter(({ config }) =>
      config.equation === equation && config.method === method && config.points === points &&
      config.form === form && config.generators?.join() === generators?.join()
    )
    .map(({ seed, config, result }) => ({ seed, config, result, final: result.checkpoints.at(-1)! }))
    .sort((a, b) => a.seed - b.seed);
}

/** Mean and standard deviation (ddof 1; 0 for a single seed) over seeds. */
export interface Summary {
  readonly mean: number;
  readonly std: number;
  readonly seeds: number;
}

/** Summarises a quantity of runs; undefined if there are none. */
export function summarise(
  runs: readonly Run[],
  quantity: "error" | "residual" = "error",
): Summary | undefined {
  const values = runs.map(({ final }) => final[quantity]);
  if (values.length === 0) return undefined;
  return { mean: mean(values), std: values.length > 1 ? std(values, { ddof: 1 }) : 0, seeds: values.length };
}

/** Numbers N_r at which an equation's PINN was trained, ascending. */
export function pointsOf(results: Results, equation: EquationName): number[] {
  const found = results.of<TrainingConfig, TrainingResult>("training")
    .filter(({ config }) => config.equation === equation && config.method === "pinn")
    .map(({ config }) => config.points);
  return [...new Set(found)].sort((a, b) => a - b);
}

/** The true solutions of an equation, if they were computed. */
export function truthOf(results: Results, equation: EquationName): SolutionsResult | undefined {
  return results.of<SolutionsConfig, SolutionsResult>("solutions")
    .find(({ config }) => config.equation === equation)?.result;
}
