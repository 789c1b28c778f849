import { distinctRows, type Matrix, selectRows } from "../stats/mod.ts";
import { checkTrainingRows, type Detector, hostDetector } from "./detector.ts";
import { solveOneClass } from "./_smo.ts";

/** Options of {@link fitOcsvm}. */
export interface OcsvmOptions {
  /** Upper bound on the share of training rows outside, in (0, 1]. @default 0.5 */
  readonly nu?: number;
  /** Kernel exp(−γ ‖x − y‖²). @default 1/d */
  readonly gamma?: number;
  /**
   * Where the solver stops: the largest violation of optimality, on a scale where kernel sums reach ν N
   * (below 10⁻¹¹ ν N it has no further effect). @default 1e-3
   */
  readonly tolerance?: number;
}

/** Memory for kernel rows. */
const CACHE_BYTES = 2 ** 28;

/**
 * One-class support vector machine (Schölkopf et al. 2001): score = ρ − Σ_i α_i exp(−γ ‖x_i − x‖²).
 *
 * Settings as in PyOD and scikit-learn: RBF kernel, γ = 1/d, ν = 0.5, tolerance 10⁻³, in LIBSVM's scaling
 * (0 ≤ α_i ≤ 1, Σ α_i = ν N). Copies of a row share one variable with the sum of their bounds, which has the
 * same optimum.
 *
 * @param train `[N, d]` standardised training rows, finite.
 * @throws {RangeError} If an option is out of range, there are no rows, or a value is not finite.
 */
export function fitOcsvm(train: Matrix, options: OcsvmOptions = {}): Detector {
  const { nu = 0.5, gamma = 1 / train.columns, tolerance = 1e-3 } = options;
  checkTrainingRows(train, "OCSVM");
  if (!(nu > 0 && nu <= 1 && gamma > 0 && tolerance > 0)) {
    throw new RangeError(
      `Cannot fit OCSVM as nu must be in (0, 1], gamma > 0 and tolerance > 0: ` +
        `current values are ${nu}, ${gamma} and ${tolerance}`,
    );
  }
  const { rows: points, counts } = distinctRows(train);
  const kernel = rbfKernel(points, gamma);
  const { alpha, gradient, offset } = solveOneClass({
    bounds: Float64Array.from(counts),
    total: nu * train.rows,
    kernelRow: cached(points.rows, (i) => {
      const row = kernel(points, i, new Float32Array(points.rows));
      row[i] = 1;
      return row;
    }),
    tolerance,
  });
  const d = train.columns;
  const supportIndices = Int32Array.from(alpha.keys()).filter((i) => alpha[i] > 0);
  const support = selectRows(points, supportIndices);
  const supportKernel = rbfKernel(support, gamma);
  return hostDetector({ columns: d, what: "OCSVM" }, (rows) => {
    // The solver knows the decision function at training rows; these come first in the stack.
    const stacked = new Float64Array(points.data.length + rows.data.length);
    stacked.set(points.data);
    stacked.set(rows.data, points.data.length);
    const distinct = distinctRows({ data: stacked, rows: points.rows + rows.rows, columns: d });
    const row = new Float64Array(support.rows);
    const values = Float64Array.from({ length: distinct.rows.rows }, (_, i) => {
      if (i < points.rows) return gradient[i];
      supportKernel(distinct.rows, i, row);
      let sum = 0;
      for (let s = 0; s < row.length; s++) sum += alpha[supportIndices[s]] * row[s];
      return sum;
    });
    return Float64Array.from(
      { length: rows.rows },
      (_, i) => offset - values[distinct.groupOf[points.rows + i]],
    );
  });
}

/**
 * Returns the function that writes exp(−γ ‖p_t − x‖²) for all points p_t and row x = `rows[i]`, four dot
 * products at a time.
 *
 * ‖p‖² + ‖x‖² − 2 p·x loses digits of small distances, where the kernel is flat.
 */
function rbfKernel(
  points: Matrix,
  gamma: number,
): <T extends Float32Array | Float64Array>(rows: Matrix, i: number, out: T) => T {
  const { data: p, columns: d } = points;
  const squares = new Float64Array(points.rows);
  for (let t = 0; t < points.rows; t++) {
    for (let j = t * d; j < (t + 1) * d; j++) squares[t] += p[j] * p[j];
  }
  return (rows, i, out) => {
    const x = rows.data.subarray(i * d, (i + 1) * d);
    let square = 0;
    for (let j = 0; j < d; j++) square += x[j] * x[j];
    const n = points.rows;
    let t = 0;
    for (; t + 4 <= n; t += 4) {
      const a = t * d, b = a + d, c = b + d, e = c + d;
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
      for (let j = 0; j < d; j++) {
        const value = x[j];
        s0 += value * p[a + j];
        s1 += value * p[b + j];
        s2 += value * p[c + j];
        s3 += value * p[e + j];
      }
      out[t] = Math.exp(-gamma * Math.max(0, square + squares[t] - 2 * s0));
      out[t + 1] = Math.exp(-gamma * Math.max(0, square + squares[t + 1] - 2 * s1));
      out[t + 2] = Math.exp(-gamma * Math.max(0, square + squares[t + 2] - 2 * s2));
      out[t + 3] = Math.exp(-gamma * Math.max(0, square + squares[t + 3] - 2 * s3));
    }
    for (; t < n; t++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += x[j] * p[t * d + j];
      out[t] = Math.exp(-gamma * Math.max(0, square + squares[t] - 2 * sum));
    }
    return out;
  };
}

/** Keeps the rows used last, as many as the memory allows (two at least). */
function cached(n: number, make: (i: number) => Float32Array): (i: number) => Float32Array {
  const most = Math.max(2, Math.floor(CACHE_BYTES / (4 * n)));
  const rows = new Map<number, Float32Array>();
  return (i) => {
    let row = rows.get(i);
    if (row === undefined) {
      row = make(i);
      if (rows.size >= most) rows.delete(rows.keys().next().value!);
    } else if (rows.size >= most) rows.delete(i);
    rows.set(i, row);
    return row;
  };
}
