import { logGamma, type Matrix } from "../../stats/mod.ts";
import type { DiffusionSchedule } from "./schedule.ts";

/** Parameters of an inverse-Gamma distribution. */
export interface InverseGamma {
  /** Shape a > 0. */
  readonly shape: number;
  /** Scale b > 0. */
  readonly scale: number;
}

/**
 * Posterior of the noise variance given one data point and a flat prior on σ²: with r² = ‖x − x_0‖²,
 * p(σ²|x) = InvGamma(a = d/2 − 1, b = r²/2). It is proper for d > 2 only.
 *
 * Livernoche et al. 2024, Sec. 3.1.
 *
 * @param distanceSquared r² ≥ 0; the non-parametric estimator puts the mean over the K nearest neighbours
 * here.
 * @throws {RangeError} If `dimension` ≤ 2, where the flat prior gives no proper posterior.
 */
export function timePosterior(
  distanceSquared: number,
  options: { readonly dimension: number },
): InverseGamma {
  const { dimension } = options;
  if (!(dimension > 2)) {
    throw new RangeError(
      `Cannot give the posterior as dimension must be > 2 for it to be proper: current value is ${dimension}`,
    );
  }
  return { shape: dimension / 2 - 1, scale: distanceSquared / 2 };
}

/**
 * Logarithm of the inverse-Gamma density: a ln b − ln Γ(a) − (a + 1) ln σ² − b/σ².
 *
 * @param variance σ² > 0.
 */
export function inverseGammaLogDensity(variance: number, { shape, scale }: InverseGamma): number {
  return shape * Math.log(scale) - logGamma(shape) - (shape + 1) * Math.log(variance) - scale / variance;
}

/** Mode of an inverse-Gamma distribution, b/(a + 1); for a time posterior this is r²/d. */
export function inverseGammaMode({ shape, scale }: InverseGamma): number {
  return scale / (shape + 1);
}

/** Mean of an inverse-Gamma distribution, b/(a − 1); infinite for a ≤ 1 (for a time posterior: d ≤ 4). */
export function inverseGammaMean({ shape, scale }: InverseGamma): number {
  return shape > 1 ? scale / (shape - 1) : Infinity;
}

/** Options of {@link nonParametricTimePosterior}. */
export interface NonParametricPosteriorOptions {
  /** Number of features, d. */
  readonly dimension: number;
  /** β_t and what follows from it. */
  readonly schedule: DiffusionSchedule;
}

/**
 * The non-parametric posterior over the diffusion time, p(t|x) ∝ v_t^{−d/2} exp(−m/(2 v_t)): the
 * inverse-Gamma posterior with the nearest squared distance replaced by m, the mean over the K nearest
 * neighbours, on the time grid.
 *
 * Livernoche et al. 2024, Sec. 3.2 and released code (DTE-NP). Being normalised over the grid it is defined
 * for every d.
 *
 * @param meanDistanceSquared m ≥ 0.
 * @returns `[T]` probabilities.
 */
export function nonParametricTimePosterior(
  meanDistanceSquared: number,
  { dimension, schedule }: NonParametricPosteriorOptions,
): Float64Array {
  const logits = schedule.variances.map((v) => -dimension / 2 * Math.log(v) - meanDistanceSquared / (2 * v));
  return softmaxInPlace(logits);
}

/** Options of {@link analyticTimePosterior}. */
export interface AnalyticPosteriorOptions {
  /** `[N, d]` the data that was diffused. */
  readonly data: Matrix;
  /** β_t and what follows from it. */
  readonly schedule: DiffusionSchedule;
}

/** Terms this far (in nats) below the largest cannot change a float64 sum of up to 10⁶ terms. */
const NEGLIGIBLE_NATS = 50;

/**
 * The exact posterior over the diffusion time of points noised without drift from a known data set, uniform
 * in t: ln p(t|x) = LSE_i[ −(d/2) ln v_t − ‖x − x_i‖²/(2 v_t) ] − LSE_t(…), in float64.
 *
 * Livernoche et al. 2024, Sec. 3.1 ("analytical" posterior of Fig. 3). With one data point it is the
 * inverse-Gamma density {@link timePosterior} normalised over the grid.
 *
 * @param rows `[n, d]` points.
 * @returns `[n, T]` probabilities.
 * @throws {TypeError} If the two have different numbers of columns.
 *
 * @example
 * ```ts
 * import { matrix } from "@refigure/refigure";
 * import { analyticTimePosterior, diffusionSchedule } from "@refigure/refigure/diffusion_time";
 * import assert from "node:assert/strict";
 *
 * const schedule = diffusionSchedule(300);
 * const data = matrix([0, 0, 0, 0], { columns: 4 });
 * const near = matrix([0.1, 0.1, 0.1, 0.1], { columns: 4 });
 * const far = matrix([0.8, 0.8, 0.8, 0.8], { columns: 4 });
 * const likeliest = (x: typeof near) => {
 *   const { data: p } = analyticTimePosterior(x, { data, schedule });
 *   return p.indexOf(Math.max(...p));
 * };
 * assert.ok(likeliest(near) < likeliest(far));
 * ```
 */
export function analyticTimePosterior(rows: Matrix, { data, schedule }: AnalyticPosteriorOptions): Matrix {
  if (rows.columns !== data.columns) {
    throw new TypeError(
      `Cannot give the posterior as rows must have ${data.columns} columns like the data: current value is ${rows.columns}`,
    );
  }
  const { variances, steps } = schedule;
  const probabilities = new Float64Array(rows.rows * steps);
  const distancesSquared = new Float64Array(data.rows);
  for (let i = 0; i < rows.rows; i++) {
    squaredDistances(rows, i, data, distancesSquared);
    distancesSquared.sort();
    const logits = probabilities.subarray(i * steps, (i + 1) * steps);
    for (let t = 0; t < steps; t++) {
      logits[t] = -rows.columns / 2 * Math.log(variances[t]) + logSumExp(distancesSquared, variances[t]);
    }
    softmaxInPlace(logits);
  }
  return { data: probabilities, rows: rows.rows, columns: steps };
}

/** Writes ‖x_i − y_j‖² for every row j of `data`, by explicit differences. */
function squaredDistances(rows: Matrix, i: number, data: Matrix, out: Float64Array): void {
  const d = rows.columns;
  for (let j = 0; j < data.rows; j++) {
    let sum = 0;
    for (let k = 0; k < d; k++) {
      const difference = rows.data[i * d + k] - data.data[j * d + k];
      sum += difference * difference;
    }
    out[j] = sum;
  }
}

/** ln Σ_i exp(−r_i²/(2v)) of ascending r². */
function logSumExp(ascending: Float64Array, variance: number): number {
  const limit = ascending[0] + 2 * variance * NEGLIGIBLE_NATS;
  let sum = 0;
  for (let i = 0; i < ascending.length && ascending[i] <= limit; i++) {
    sum += Math.exp((ascending[0] - ascending[i]) / (2 * variance));
  }
  return Math.log(sum) - ascending[0] / (2 * variance);
}

function softmaxInPlace(logits: Float64Array): Float64Array {
  let largest = -Infinity;
  for (const logit of logits) largest = Math.max(largest, logit);
  let sum = 0;
  for (let t = 0; t < logits.length; t++) sum += logits[t] = Math.exp(logits[t] - largest);
  for (let t = 0; t < logits.length; t++) logits[t] /= sum;
  return logits;
}
