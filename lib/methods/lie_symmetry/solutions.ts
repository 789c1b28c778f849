import { matrix } from "../../stats/mod.ts";
import { evaluateSeries, type FourierSeries } from "./initial_conditions.ts";

/** Where solutions are tabulated. */
export interface Grid {
  /** Positions x_j. */
  readonly positions: Float64Array;
  /** Times t_i ≥ 0, increasing. */
  readonly times: Float64Array;
}

/** Solutions on a grid. */
export interface SolutionTable extends Grid {
  /** Number of functions. */
  readonly functions: number;
  /** `[functions, times, positions]`, row-major. */
  readonly values: Float64Array;
}

/**
 * A regular grid: positions jL/n without the end, times iT/(m − 1) with the end.
 *
 * @throws {RangeError} If a count is not an integer ≥ 2.
 */
export function regularGrid(
  { length, duration, positions, times }: {
    readonly length: number;
    readonly duration: number;
    readonly positions: number;
    readonly times: number;
  },
): Grid {
  for (const [name, value] of Object.entries({ positions, times })) {
    if (!Number.isInteger(value) || value < 2) {
      throw new RangeError(
        `Cannot make a grid as ${name} must be an integer >= 2: current value is ${value}`,
      );
    }
  }
  return {
    positions: Float64Array.from({ length: positions }, (_, j) => j * length / positions),
    times: Float64Array.from({ length: times }, (_, i) => i * duration / (times - 1)),
  };
}

/** Fills a table from a function of (function number, position, time). */
function tabulate(
  functions: number,
  { positions, times }: Grid,
  rowAt: (time: number) => (k: number) => ArrayLike<number>,
): SolutionTable {
  const values = new Float64Array(functions * times.length * positions.length);
  times.forEach((time, i) => {
    const row = rowAt(time);
    for (let k = 0; k < functions; k++) values.set(row(k), (k * times.length + i) * positions.length);
  });
  return { functions, positions, times, values };
}

/**
 * The exact periodic solutions of the heat equation: mode l decays by exp(−ν(2πl/L)²t).
 *
 * @param options ν and the grid.
 */
export function solveHeat(
  initial: FourierSeries,
  { nu, grid }: { readonly nu: number; readonly grid: Grid },
): SolutionTable {
  const { rows, columns, data } = initial.coefficients;
  return tabulate(rows, grid, (time) => {
    const decayed = Float64Array.from(data, (c, i) => {
      const mode = Math.ceil((i % columns) / 2);
      return c * Math.exp(-nu * (2 * Math.PI * mode / initial.length) ** 2 * time);
    });
    const all = evaluateSeries(
      { ...initial, coefficients: matrix(decayed, { columns }) },
      grid.positions,
    );
    return (k) => all.data.subarray(k * all.columns, (k + 1) * all.columns);
  });
}

/** The exact periodic solutions f(x − ct) of the advection equation u_t + c u_x = 0. */
export function solveAdvection(
  initial: FourierSeries,
  { speed, grid }: { readonly speed: number; readonly grid: Grid },
): SolutionTable {
  return tabulate(initial.coefficients.rows, grid, (time) => {
    const all = evaluateSeries(initial, grid.positions.map((x) => x - speed * time));
    return (k) => all.data.subarray(k * all.columns, (k + 1) * all.columns);
  });
}
