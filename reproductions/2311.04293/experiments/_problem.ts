import {
  burgers,
  type FourierSeries,
  type Grid,
  heat,
  type OperatorProblem,
  regularGrid,
  sampleInitialConditions,
  type SolutionTable,
  solveBurgers,
  solveHeat,
} from "../../../lib/methods/lie_symmetry/mod.ts";
import { stream } from "../../../lib/random/mod.ts";

/** The two equations of the paper. */
export type EquationName = "heat" | "burgers";

/** ν, L and T of an equation (settings of a public attempt at the paper; L of the heat equation is 2π). */
const SETTINGS = {
  heat: { nu: 0.01, length: 2 * Math.PI, duration: 16 },
  burgers: { nu: 0.1, length: 2 * Math.PI, duration: 2.475 },
} as const;

/** Largest time step of the Burgers solver: its error is below 1e-6, far below that of any network here. */
const TIME_STEP = 5e-3;

/** The equation with its generators on its periodic domain. */
export function problemOf(name: EquationName): OperatorProblem {
  const { nu, length, duration } = SETTINGS[name];
  return { equation: name === "heat" ? heat(nu) : burgers(nu), length, duration };
}

/** A regular grid of the problem's domain. */
export function gridOf(
  name: EquationName,
  size: { readonly positions: number; readonly times: number },
): Grid {
  const { length, duration } = SETTINGS[name];
  return regularGrid({ length, duration, ...size });
}

/** True solutions: exact for the heat equation, pseudospectral for Burgers' equation. */
export function solve(name: EquationName, initial: FourierSeries, grid: Grid): SolutionTable {
  const { nu } = SETTINGS[name];
  return name === "heat"
    ? solveHeat(initial, { nu, grid })
    : solveBurgers(initial, { nu, grid, timeStep: TIME_STEP });
}

/** The training functions of a seed. */
export function trainingFunctions(name: EquationName, count: number, seed: number): FourierSeries {
  return sampleInitialConditions(stream(seed, "training functions"), {
    count,
    length: SETTINGS[name].length,
  });
}

/** Functions that are not trained on: errors are of the first, settings are chosen on the second. */
export type HeldOut = "test" | "validation";

/** Held-out functions: the same for all seeds and methods, so that errors compare. */
export function heldOutFunctions(name: EquationName, count: number, of: HeldOut = "test"): FourierSeries {
  return sampleInitialConditions(stream(0, `${of} functions`), { count, length: SETTINGS[name].length });
}
