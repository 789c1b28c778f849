/** The one-class dual problem: minimise ½ αᵀKα subject to 0 ≤ α_i ≤ bound_i and Σ α_i = total. */
export interface OneClassProblem {
  /** `[n]`. */
  readonly bounds: Float64Array;
  readonly total: number;
  /** Row i of the kernel matrix, `[n]`; K_ii = 1. The solver reads it before asking for the next but one. */
  kernelRow(i: number): Float32Array;
  /** Largest violation of the optimality conditions, in units of the gradient. */
  readonly tolerance: number;
}

/** A solution with what scoring needs. */
export interface OneClassSolution {
  readonly alpha: Float64Array;
  /** Kα, the value of the decision function at training row i, before ρ is taken off. */
  readonly gradient: Float64Array;
  /** The offset ρ. */
  readonly offset: number;
}

/** Stands for a curvature that rounding made zero or negative. */
const LEAST_CURVATURE = 1e-12;

/**
 * Sequential minimal optimisation with second-order choice of the working pair (Fan, Chen & Lin 2005),
 * started as LIBSVM does (the first rows at their bounds) and without shrinking.
 */
export function solveOneClass(problem: OneClassProblem): OneClassSolution {
  const { bounds, total, kernelRow } = problem;
  // Gradients are at most `total`; below this share of it their rounding errors would keep the loop from
  // ending.
  const tolerance = Math.max(problem.tolerance, 1e-11 * total);
  const n = bounds.length;
  const alpha = new Float64Array(n), gradient = new Float64Array(n);
  for (let i = 0, rest = total; i < n && rest > 0; i++) {
    alpha[i] = Math.min(bounds[i], rest);
    rest -= alpha[i];
    const row = kernelRow(i);
    for (let t = 0; t < n; t++) gradient[t] += alpha[i] * row[t];
  }
  for (;;) {
    // i: the row that wants to grow most. j: the partner among those that can shrink with the largest gain.
    let i = -1, least = Infinity;
    for (let t = 0; t < n; t++) {
      if (gradient[t] <= least && alpha[t] < bounds[t]) {
        least = gradient[t];
        i = t;
      }
    }
    if (i < 0) break;
    const rowI = kernelRow(i);
    let j = -1, largest = -Infinity, bestGain = 0;
    for (let t = 0; t < n; t++) {
      const excess = gradient[t] - least;
      if (excess > 0 && alpha[t] > 0) {
        if (excess > largest) largest = excess;
        const gain = excess * excess / Math.max(2 - 2 * rowI[t], LEAST_CURVATURE);
        if (gain >= bestGain) {
          bestGain = gain;
          j = t;
        }
      }
    }
    if (j < 0 || largest < tolerance) break;
    const rowJ = kernelRow(j);
    const wanted = (gradient[j] - gradient[i]) / Math.max(2 - 2 * rowI[j], LEAST_CURVATURE);
    const roomI = bounds[i] - alpha[i], roomJ = alpha[j];
    const step = Math.min(wanted, roomI, roomJ);
    // Bounds are met exactly, so that "at the bound" can be told by equality.
    alpha[i] = step === roomI ? bounds[i] : alpha[i] + step;
    alpha[j] = step === roomJ ? 0 : alpha[j] - step;
    for (let t = 0; t < n; t++) gradient[t] += step * (rowI[t] - rowJ[t]);
  }
  return { alpha, gradient, offset: offset(problem, { alpha, gradient }) };
}

/**
 * ρ: the mean gradient of rows strictly between their bounds, or the middle of the interval that optimality
 * leaves.
 */
function offset(
  { bounds }: OneClassProblem,
  { alpha, gradient }: { readonly alpha: Float64Array; readonly gradient: Float64Array },
): number {
  let free = 0, sum = 0, below = -Infinity, above = Infinity;
  for (let t = 0; t < alpha.length; t++) {
    if (alpha[t] >= bounds[t]) below = Math.max(below, gradient[t]);
    else if (alpha[t] <= 0) above = Math.min(above, gradient[t]);
    else {
      free++;
      sum += gradient[t];
    }
  }
  if (free > 0) return sum / free;
  if (above === Infinity) return below;
  return below === -Infinity ? above : (below + above) / 2;
}
