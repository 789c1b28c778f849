import type { Matrix } from "../../../lib/stats/mod.ts";

/** `start, start + stride, … < end`. */
export function range(start: number, end: number, stride = 1): number[] {
  return Array.from({ length: Math.ceil((end - start) / stride) }, (_, i) => start + i * stride);
}

/** The first rows of a matrix, at most `count`. */
export function firstRows(rows: Matrix, count: number): Matrix {
  const kept = Math.min(rows.rows, count);
  return { data: rows.data.subarray(0, kept * rows.columns), rows: kept, columns: rows.columns };
}

/** x + √v ε. */
export function addNoise(rows: Matrix, variance: number, noise: Float64Array): Matrix {
  const sigma = Math.sqrt(variance);
  return { ...rows, data: rows.data.map((x, i) => x + sigma * noise[i]) };
}
