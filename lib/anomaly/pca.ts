import { Matrix as Dense, SVD } from "ml-matrix";
import { fitStandardiser, type Matrix } from "../stats/mod.ts";
import { checkTrainingRows, type Detector, hostDetector } from "./detector.ts";

/** Options of {@link fitPca}. */
export interface PcaOptions {
  /**
   * `weightedComponents`: Σ_j ‖x − u_j‖ / r_j, u_j the unit axes taken as points, r_j their share of the
   * variance (what PyOD computes, and so the paper); `mahalanobis`: Σ_j z_j² / λ_j over coordinates z_j with
   * λ_j > 10⁻⁹ λ_1; `reconstruction`: ‖x − x̂‖² with the fewest leading axes that hold `variance`. @default
   * "weightedComponents"
   */
  readonly score?: "weightedComponents" | "mahalanobis" | "reconstruction";
  /** Share of the variance that reconstruction keeps, in (0, 1]. @default 0.9 */
  readonly variance?: number;
}

/**
 * Stands for the share of axes without variance, at the size that rounding leaves in LAPACK. Such axes then
 * outweigh all others, alike, and no score is infinite.
 */
const LEAST_SHARE = Number.EPSILON ** 2;

/**
 * PCA as an anomaly detector (Shyu et al. 2003, as in PyOD), on rows standardised by the training rows.
 *
 * min(N, d) principal axes; each axis points so that the training row with the largest coordinate along it
 * has a positive one (this sign matters to `weightedComponents`).
 *
 * @param train `[N, d]` training rows, finite; N ≥ 2.
 * @throws {RangeError} If all rows are equal (Mahalanobis distances), N < 2, `variance` is not in (0, 1], or
 * a value is not finite.
 */
export function fitPca(train: Matrix, options: PcaOptions = {}): Detector {
  const { score = "weightedComponents", variance = 0.9 } = options;
  checkTrainingRows(train, "PCA");
  if (train.rows < 2 || !(variance > 0 && variance <= 1)) {
    throw new RangeError(
      `Cannot fit PCA as there must be >= 2 rows and variance must be in (0, 1]: ` +
        `current values are ${train.rows} and ${variance}`,
    );
  }
  const standardiser = fitStandardiser(train);
  const { axes, variances } = principalAxes(standardiser.apply(train));
  const total = variances.reduce((a, b) => a + b);
  if (total === 0 && score === "mahalanobis") {
    throw new RangeError(
      `Cannot fit PCA with Mahalanobis distances as the rows must differ: all ${train.rows} are equal`,
    );
  }
  const scoreRow = {
    weightedComponents: weightedComponents(
      axes,
      variances.map((value) => total > 0 ? Math.max(value / total, LEAST_SHARE) : LEAST_SHARE),
    ),
    mahalanobis: mahalanobis(axes, variances),
    reconstruction: reconstruction(axes, { variances, kept: variance * total }),
  }[score];
  return hostDetector({ columns: train.columns, what: "PCA" }, (rows) => {
    const { data, columns } = standardiser.apply(rows);
    return Float64Array.from(
      { length: rows.rows },
      (_, i) => scoreRow(data.subarray(i * columns, (i + 1) * columns)),
    );
  });
}

interface PrincipalAxes {
  /** Unit vectors `[d]`, by falling variance. */
  readonly axes: readonly Float64Array[];
  /** Variance along each (ddof 1). */
  readonly variances: Float64Array;
}

/** Axes of rows whose columns have mean 0. */
function principalAxes({ data, rows, columns }: Matrix): PrincipalAxes {
  const table = new Dense(rows, columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) table.set(i, j, data[i * columns + j]);
  const svd = new SVD(table, {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: true,
    autoTranspose: true,
  });
  const right = svd.rightSingularVectors;
  const count = Math.min(rows, columns);
  const axes = Array.from({ length: count }, (_, k) => {
    const axis = Float64Array.from(right.getColumn(k));
    let largest = 0;
    for (let i = 0; i < rows; i++) {
      const along = dot(data.subarray(i * columns, (i + 1) * columns), axis);
      if (Math.abs(along) > Math.abs(largest)) largest = along;
    }
    return largest < 0 ? axis.map((value) => -value) : axis;
  });
  const variances = Float64Array.from({ length: count }, (_, k) => svd.diagonal[k] ** 2 / (rows - 1));
  return { axes, variances };
}

function weightedComponents(
  axes: readonly Float64Array[],
  shares: Float64Array,
): (row: Float64Array) => number {
  return (row) => {
    // ‖x − u‖² by differences: ‖x‖² + 1 − 2 x·u would lose digits where x is close to u.
    let sum = 0;
    for (let k = 0; k < axes.length; k++) sum += distance(row, axes[k]) / shares[k];
    return sum;
  };
}

function mahalanobis(axes: readonly Float64Array[], variances: Float64Array): (row: Float64Array) => number {
  const used = axes.filter((_, k) => variances[k] > 1e-9 * variances[0]);
  return (row) => used.reduce((sum, axis, k) => sum + dot(row, axis) ** 2 / variances[k], 0);
}

function reconstruction(
  axes: readonly Float64Array[],
  { variances, kept }: { readonly variances: Float64Array; readonly kept: number },
): (row: Float64Array) => number {
  let count = 0;
  for (let sum = 0; count < axes.length && sum < kept; count++) sum += variances[count];
  const used = axes.slice(0, count);
  return (row) => {
    const rest = row.slice();
    for (const axis of used) {
      const along = dot(row, axis);
      for (let j = 0; j < rest.length; j++) rest[j] -= along * axis[j];
    }
    return dot(rest, rest);
  };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] - b[j]) ** 2;
  return Math.sqrt(sum);
}
