import type { Stream } from "../../random/mod.ts";
import { type Matrix, matrix } from "../../stats/mod.ts";

/**
 * Periodic functions on [0, L] as Fourier series: f(x) = c_0 + Σ_{l=1..M} (c_{2l−1} sin(2πlx/L) + c_{2l}
 * cos(2πlx/L)).
 */
export interface FourierSeries {
  /** L. */
  readonly length: number;
  /** M ≥ 1. */
  readonly modes: number;
  /** `[functions, 1 + 2M]`: c_0, then sine and cosine coefficients in pairs. */
  readonly coefficients: Matrix;
}

/** One sine wave A sin(2πlx/L + φ). */
export interface Wave {
  /** A. */
  readonly amplitude: number;
  /** l, a positive integer. */
  readonly mode: number;
  /** φ in radians. */
  readonly phaseRad: number;
}

/** Options of {@link sampleInitialConditions}. */
export interface SampleInitialConditionsOptions {
  /** Number of functions. */
  readonly count: number;
  /** L. @default 2π */
  readonly length?: number;
  /** K, sine waves per function. @default 10 */
  readonly waves?: number;
  /** M: modes l are uniform in 1..M. @default 3 */
  readonly modes?: number;
  /** Amplitudes are uniform in ±amplitude. @default 0.5 */
  readonly amplitude?: number;
}

/**
 * Draws random periodic functions f(x) = Σ_{i=1..K} A_i sin(2πl_i x/L + φ_i) with A_i ~ U(−½, ½), φ_i ~ U(0,
 * 2π) and l_i uniform on 1..M. Their mean is zero and their variance K/24.
 *
 * @throws {RangeError} If a count is not a positive integer or the length is not positive.
 *
 * @example
 * ```ts
 * import { evaluateSeries, sampleInitialConditions } from "@refigure/refigure/lie_symmetry";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const series = sampleInitialConditions(stream(1, "functions"), { count: 2 });
 * const { data } = evaluateSeries(series, [0, series.length]);
 * assert.ok(Math.abs(data[0] - data[1]) < 1e-12); // periodic
 * ```
 */
export function sampleInitialConditions(
  stream: Stream,
  { count, length = 2 * Math.PI, waves = 10, modes = 3, amplitude = 0.5 }: SampleInitialConditionsOptions,
): FourierSeries {
  for (const [name, value] of Object.entries({ count, waves, modes })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot draw initial conditions as ${name} must be an integer >= 1: current value is ${value}`,
      );
    }
  }
  return fourierSeries(
    Array.from({ length: count }, () =>
      Array.from({ length: waves }, () => ({
        amplitude: (2 * stream.nextUniform() - 1) * amplitude,
        mode: 1 + stream.nextInteger(modes),
        phaseRad: 2 * Math.PI * stream.nextUniform(),
      }))),
    { length, modes },
  );
}

/**
 * Writes sums of sine waves as Fourier series, by A sin(θ + φ) = A cos φ sin θ + A sin φ cos θ.
 *
 * @throws {RangeError} If a mode is not an integer in 1..modes, or the length is not positive.
 */
export function fourierSeries(
  functions: readonly (readonly Wave[])[],
  { length, modes }: { readonly length: number; readonly modes: number },
): FourierSeries {
  if (!(length > 0)) {
    throw new RangeError(`Cannot make a Fourier series as length must be > 0: current value is ${length}`);
  }
  const columns = 1 + 2 * modes;
  const coefficients = new Float64Array(functions.length * columns);
  functions.forEach((waves, row) => {
    for (const { amplitude, mode, phaseRad } of waves) {
      if (!Number.isInteger(mode) || mode < 1 || mode > modes) {
        throw new RangeError(
          `Cannot make a Fourier series as a mode must be an integer in 1..${modes}: current value is ${mode}`,
        );
      }
      coefficients[row * columns + 2 * mode - 1] += amplitude * Math.cos(phaseRad);
      coefficients[row * columns + 2 * mode] += amplitude * Math.sin(phaseRad);
    }
  });
  return { length, modes, coefficients: matrix(coefficients, { columns }) };
}

/** 1, sin(2πlx/L), cos(2πlx/L) for l = 1..M at one position. */
export function fourierBasis(x: number, { length, modes }: { length: number; modes: number }): number[] {
  const angle = (l: number) => 2 * Math.PI * l * x / length;
  return [
    1,
    ...Array.from({ length: modes }, (_, i) => [Math.sin(angle(i + 1)), Math.cos(angle(i + 1))]).flat(),
  ];
}

/**
 * The values of all functions at positions, in float64.
 *
 * @returns `[functions, positions]`.
 */
export function evaluateSeries(series: FourierSeries, positions: ArrayLike<number>): Matrix<Float64Array> {
  const { rows, columns, data } = series.coefficients;
  const basis = Array.from(positions, (x) => fourierBasis(x, series));
  const values = new Float64Array(rows * basis.length);
  for (let row = 0; row < rows; row++) {
    basis.forEach((b, k) => {
      let total = 0;
      for (let c = 0; c < columns; c++) total += data[row * columns + c] * b[c];
      values[row * basis.length + k] = total;
    });
  }
  return matrix(values, { columns: basis.length });
}

/** Some of the functions of a series, in the order of `rows`. */
export function selectFunctions(series: FourierSeries, rows: ArrayLike<number>): FourierSeries {
  const { columns, data } = series.coefficients;
  const chosen = new Float64Array(rows.length * columns);
  Array.from(rows, (row, i) => chosen.set(data.subarray(row * columns, (row + 1) * columns), i * columns));
  return { ...series, coefficients: matrix(chosen, { columns }) };
}

/**
 * The functions of several series, one after the other.
 *
 * @throws {RangeError} If the series differ in length or modes, or there is none.
 */
export function joinFunctions(list: readonly FourierSeries[]): FourierSeries {
  const [first] = list;
  const other = list.find(({ length, modes }) => length !== first.length || modes !== first.modes);
  if (first === undefined || other !== undefined) {
    throw new RangeError(
      `Cannot join functions as all must have one length and number of modes: current values are ${
        list.map(({ length, modes }) => `${length} with ${modes}`).join(", ") || "none"
      }`,
    );
  }
  const data = new Float64Array(list.reduce((sum, { coefficients }) => sum + coefficients.data.length, 0));
  let start = 0;
  for (const { coefficients } of list) {
    data.set(coefficients.data, start);
    start += coefficients.data.length;
  }
  return { ...first, coefficients: matrix(data, { columns: first.coefficients.columns }) };
}
