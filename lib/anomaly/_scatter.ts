import { EVD, Matrix as Dense } from "ml-matrix";
import type { Matrix } from "../stats/mod.ts";

/** Location and covariance of some rows. */
export interface Scatter {
  /** `[d]`. */
  readonly location: Float64Array;
  /** `[d, d]`, row-major (divided by the number of rows, not one less). */
  readonly covariance: Float64Array;
}

/** Mean and covariance of the chosen rows. */
export function scatterOf({ data, columns: d }: Matrix, chosen: Int32Array): Scatter {
  const location = new Float64Array(d), covariance = new Float64Array(d * d);
  for (const i of chosen) for (let j = 0; j < d; j++) location[j] += data[i * d + j];
  for (let j = 0; j < d; j++) location[j] /= chosen.length;
  // Four rows at a time: one load and store of the sum serves four products.
  const block = new Float64Array(4 * d);
  for (let start = 0; start < chosen.length; start += 4) {
    block.fill(0);
    for (let r = 0; r < 4 && start + r < chosen.length; r++) {
      const at = chosen[start + r] * d;
      for (let j = 0; j < d; j++) block[r * d + j] = data[at + j] - location[j];
    }
    for (let a = 0; a < d; a++) {
      const x0 = block[a], x1 = block[d + a], x2 = block[2 * d + a], x3 = block[3 * d + a];
      for (let b = 0, at = a * d; b <= a; b++, at++) {
        covariance[at] += x0 * block[b] + x1 * block[d + b] + x2 * block[2 * d + b] + x3 * block[3 * d + b];
      }
    }
  }
  for (let a = 0; a < d; a++) {
    for (let b = 0; b <= a; b++) covariance[b * d + a] = covariance[a * d + b] /= chosen.length;
  }
  return { location, covariance };
}

/** Squared Mahalanobis distances under a scatter, with ln det of its covariance. */
export interface Metric {
  /** −∞ if the covariance is singular. */
  readonly logDeterminant: number;
  /** (x − μ)ᵀ Σ⁻¹ (x − μ) of every row, `[n]`; with the pseudo-inverse if Σ is singular. */
  distances(rows: Matrix): Float64Array;
}

/** Factors a scatter's covariance. */
export function metricOf(scatter: Scatter): Metric {
  const d = scatter.location.length;
  const factor = cholesky(scatter.covariance, d);
  const { location } = scatter;
  if (factor === undefined) {
    let whitener: Float64Array | undefined;
    return {
      logDeterminant: -Infinity,
      distances: (rows) => squaredNorms(rows, location, whitener ??= pseudoWhitener(scatter.covariance, d)),
    };
  }
  let logDeterminant = 0;
  for (let j = 0; j < d; j++) logDeterminant += 2 * Math.log(factor[j * d + j]);
  return { logDeterminant, distances: (rows) => squaredNorms(rows, location, invertLower(factor, d)) };
}

/** Lower triangular L with L Lᵀ = A; undefined if A is singular to rounding. */
function cholesky(matrix: Float64Array, d: number): Float64Array | undefined {
  const lower = new Float64Array(d * d);
  let largest = 0;
  for (let j = 0; j < d; j++) largest = Math.max(largest, matrix[j * d + j]);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * d + j];
      for (let k = 0; k < j; k++) sum -= lower[i * d + k] * lower[j * d + k];
      if (i > j) lower[i * d + j] = sum / lower[j * d + j];
      else if (sum <= d * Number.EPSILON * largest) return undefined;
      else lower[i * d + i] = Math.sqrt(sum);
    }
  }
  return lower;
}

function invertLower(lower: Float64Array, d: number): Float64Array {
  const inverse = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    // Row i of L⁻¹ = (e_i − Σ_{k<i} L_ik · row k) / L_ii
    inverse[i * d + i] = 1;
    for (let k = 0; k < i; k++) {
      const factor = lower[i * d + k];
      for (let j = 0; j <= k; j++) inverse[i * d + j] -= factor * inverse[k * d + j];
    }
    for (let j = 0; j <= i; j++) inverse[i * d + j] /= lower[i * d + i];
  }
  return inverse;
}

/**
 * Rows v_kᵀ/√λ_k over eigenvalues above rounding: its squared image norm is xᵀ A⁺ x. Zero rows stand for the
 * rest.
 */
function pseudoWhitener(matrix: Float64Array, d: number): Float64Array {
  const table = new Dense(d, d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) table.set(i, j, matrix[i * d + j]);
  const { realEigenvalues: values, eigenvectorMatrix: vectors } = new EVD(table, { assumeSymmetric: true });
  const cut = d * Number.EPSILON * values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const whitener = new Float64Array(d * d);
  values.forEach((value, k) => {
    if (value <= cut) return;
    for (let j = 0; j < d; j++) whitener[k * d + j] = vectors.get(j, k) / Math.sqrt(value);
  });
  return whitener;
}

/** ‖W (x − μ)‖² of every row. */
function squaredNorms(
  { data, rows, columns: d }: Matrix,
  location: Float64Array,
  whitener: Float64Array,
): Float64Array {
  const ends = Int32Array.from({ length: d }, (_, k) => {
    let end = d;
    while (end > 0 && whitener[k * d + end - 1] === 0) end--;
    return end;
  });
  const out = new Float64Array(rows);
  const block = new Float64Array(4 * d);
  for (let start = 0; start < rows; start += 4) {
    const count = Math.min(4, rows - start);
    for (let r = 0; r < count; r++) {
      for (let j = 0; j < d; j++) block[r * d + j] = data[(start + r) * d + j] - location[j];
    }
    let n0 = 0, n1 = 0, n2 = 0, n3 = 0;
    for (let k = 0; k < d; k++) {
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
      for (let j = 0, at = k * d; j < ends[k]; j++, at++) {
        const w = whitener[at];
        s0 += w * block[j];
        s1 += w * block[d + j];
        s2 += w * block[2 * d + j];
        s3 += w * block[3 * d + j];
      }
      n0 += s0 * s0;
      n1 += s1 * s1;
      n2 += s2 * s2;
      n3 += s3 * s3;
    }
    out[start] = n0;
    if (count > 1) out[start + 1] = n1;
    if (count > 2) out[start + 2] = n2;
    if (count > 3) out[start + 3] = n3;
  }
  return out;
}
