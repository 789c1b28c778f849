import type { Experiment } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { type EquationName, gridOf, heldOutFunctions, solve } from "./_problem.ts";
import { rounded, type TrainingScale } from "./training.ts";

/** Held-out functions of an equation. */
export type SolutionsConfig = { readonly equation: EquationName; readonly test: TrainingScale["test"] };

/** True solutions. */
export type SolutionsResult = {
  readonly positions: readonly number[];
  readonly times: readonly number[];
  /** Mean of u² over all functions: the error of predicting 0. */
  readonly power: number;
  /** The first function's solution, by time and position, to five decimals. */
  readonly map: readonly number[];
};

/** True solutions of the held-out functions, to draw and to scale errors. */
export const solutions: Experiment<SolutionsConfig, SolutionsResult> = {
  id: "solutions",
  title: "True solutions",
  module: import.meta.url,
  usesExecutor: false,
  cost: ({ equation, test }) => 0.3 + (equation === "burgers" ? 0.1 * test.functions : 0),
  run({ equation, test }) {
    const grid = gridOf(equation, test);
    const { values } = solve(equation, heldOutFunctions(equation, test.functions), grid);
    return Promise.resolve({
      positions: Array.from(grid.positions),
      times: Array.from(grid.times),
      power: mean(values.map((value) => value * value)),
      map: rounded(values.subarray(0, test.positions * test.times)),
    });
  },
};
