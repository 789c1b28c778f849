import type { Matrix } from "./matrix.ts";

/** A per-column shift and scale; made by {@link fitStandardiser}. */
export interface Standardiser {
  /** `[columns]`. */
  readonly mean: Float64Array;
  /** `[columns]`; 1 where the column was constant. */
  readonly std: Float64Array;
  /**
   * (x − mean) / std. A NaN becomes its column's mean after scaling (0 where the whole column is NaN).
   *
   * @throws {TypeError} If the number of columns differs.
   */
  apply(rows: Matrix): Matrix;
}

/**
 * Learns each column's mean and standard deviation (ddof 0), leaving NaN out.
 *
 * Constant columns get std 1. As in scikit-learn a column counts as constant when its variance is what
 * rounding leaves of zero: var ≤ n ε var + (n ε mean)², ε = 2⁻⁵².
 *
 * @throws {RangeError} If there are no rows, or a value is infinite (the message names row and column).
 *
 * @example
 * ```ts
 * import { matrix } from "@refigure/refigure";
 * import { fitStandardiser } from "@refigure/refigure/stats";
 * import assert from "node:assert/strict";
 *
 * const rows = matrix([1, 5, 3, 5], { columns: 2 });
 * assert.deepEqual([...fitStandardiser(rows).apply(rows).data], [-1, 0, 1, 0]);
 * ```
 */
export function fitStandardiser(rows: Matrix): Standardiser {
  const { data, rows: count, columns } = rows;
  if (count < 1) {
    throw new RangeError(`Cannot standardise as the number of rows must be >= 1: current value is ${count}`);
  }
  checkNotInfinite(rows, "standardise");
  const mean = new Float64Array(columns), std = new Float64Array(columns).fill(1);
  const column = new Float64Array(count);
  for (let j = 0; j < columns; j++) {
    let present = 0;
    for (let i = j; i < data.length; i += columns) if (!Number.isNaN(data[i])) column[present++] = data[i];
    if (present === 0) continue;
    const found = moments(column.subarray(0, present));
    mean[j] = found.mean;
    std[j] = found.std ?? 1;
  }
  return { mean, std, apply: (rows) => applyStandardiser(rows, mean, std) };
}

/** Between these, squares and their sums neither overflow nor lose digits below the smallest numbers. */
const LARGEST_SQUARES = 1e300, LEAST_SQUARES = 1e-280;

/** Mean and standard deviation of a column without missing values; no deviation if it is constant. */
function moments(column: Float64Array): { readonly mean: number; readonly std?: number } {
  let sum = 0, squares = 0;
  for (const value of column) sum += value;
  const mean = sum / column.length;
  for (const value of column) squares += (value - mean) ** 2;
  if (!(squares <= LARGEST_SQUARES) || squares < LEAST_SQUARES) {
    const largest = column.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // A power of two takes no digits away.
    const scale = 2 ** Math.min(1023, Math.floor(Math.log2(largest)));
    if (largest > 0 && scale !== 1 && scale > 0) {
      const scaled = moments(column.map((value) => value / scale));
      return {
        mean: scaled.mean * scale,
        ...(scaled.std === undefined ? {} : { std: scaled.std * scale }),
      };
    }
  }
  const variance = squares / column.length;
  const noise = column.length * Number.EPSILON;
  return variance > noise * variance + (noise * mean) ** 2 ? { mean, std: Math.sqrt(variance) } : { mean };
}

/**
 * Refuses infinite values.
 *
 * @param action What cannot be done, for the message.
 * @throws {RangeError} If a value is infinite; NaN marks a missing one.
 */
export function checkNotInfinite({ data, columns }: Matrix, action: string): void {
  const at = data.findIndex((value) => value === Infinity || value === -Infinity);
  if (at < 0) return;
  throw new RangeError(
    `Cannot ${action} as values must be finite, or NaN where missing: current value in row ${
      Math.floor(at / columns)
    }, column ${at % columns} is ${data[at]}`,
  );
}

function applyStandardiser(rows: Matrix, mean: Float64Array, std: Float64Array): Matrix {
  const { data, columns } = rows;
  if (columns !== mean.length) {
    throw new TypeError(
      `Cannot standardise as the number of columns must be ${mean.length}: current value is ${columns}`,
    );
  }
  const out = new Float64Array(data.length);
  let missing = false;
  for (let i = 0; i < data.length;) {
    for (let j = 0; j < columns; j++, i++) {
      out[i] = (data[i] - mean[j]) / std[j];
      if (Number.isNaN(out[i])) missing = true;
    }
  }
  if (missing) fillMissing(out, columns);
  return { data: out, rows: rows.rows, columns };
}

function fillMissing(data: Float64Array, columns: number): void {
  for (let j = 0; j < columns; j++) {
    let present = 0, sum = 0;
    for (let i = j; i < data.length; i += columns) {
      if (Number.isNaN(data[i])) continue;
      present++;
      sum += data[i];
    }
    const fill = present > 0 ? sum / present : 0;
    for (let i = j; i < data.length; i += columns) if (Number.isNaN(data[i])) data[i] = fill;
  }
}
