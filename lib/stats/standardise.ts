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
 * @throws {RangeError} If there are no rows.
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
  const mean = new Float64Array(columns), std = new Float64Array(columns).fill(1);
  for (let j = 0; j < columns; j++) {
    let present = 0, sum = 0, squares = 0;
    for (let i = j; i < data.length; i += columns) {
      if (Number.isNaN(data[i])) continue;
      present++;
      sum += data[i];
    }
    if (present === 0) continue;
    mean[j] = sum / present;
    for (let i = j; i < data.length; i += columns) {
      if (Number.isNaN(data[i])) continue;
      squares += (data[i] - mean[j]) ** 2;
    }
    const variance = squares / present;
    const noise = present * Number.EPSILON;
    if (variance > noise * variance + (noise * mean[j]) ** 2) std[j] = Math.sqrt(variance);
  }
  return { mean, std, apply: (rows) => applyStandardiser(rows, mean, std) };
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
