/** Options of {@link diffusionSchedule}. */
export interface DiffusionScheduleOptions {
  /** β of the first step. @default 1e-4 */
  readonly firstBeta?: number;
  /** β of the last step. @default 1e-2 */
  readonly lastBeta?: number;
}

/** The noise schedule of a diffusion with T steps; every array has length T, index t = 0 … T−1. */
export interface DiffusionSchedule {
  /** Number of diffusion steps, T. */
  readonly steps: number;
  /** β_t. */
  readonly betas: Float64Array;
  /** α_t = 1 − β_t. */
  readonly alphas: Float64Array;
  /** ᾱ_t = Π_{s ≤ t} α_s. */
  readonly alphaBars: Float64Array;
  /** v_t = σ_t² = 1 − ᾱ_t, the variance of the added noise. */
  readonly variances: Float64Array;
}

/**
 * The linear noise schedule: β = linspace(firstBeta, lastBeta, T), ends included; ᾱ_t = Π_{s≤t}(1 − β_s); v_t
 * = 1 − ᾱ_t.
 *
 * Livernoche et al. 2024, Sec. 2 and released code: T = 300 (non-parametric), 400 (parametric) or 1000
 * (DDPM). Unlike the released code the products are taken in float64.
 *
 * @param steps Number of diffusion steps, T ≥ 1.
 * @throws {RangeError} If `steps` is not a positive integer, or not 0 < firstBeta ≤ lastBeta < 1.
 *
 * @example
 * ```ts
 * import { diffusionSchedule } from "@refigure/refigure/diffusion_time";
 * import assert from "node:assert/strict";
 *
 * const { variances } = diffusionSchedule(400);
 * assert.ok(Math.abs(variances[200] - 0.405302) < 1e-6);
 * ```
 */
export function diffusionSchedule(steps: number, options: DiffusionScheduleOptions = {}): DiffusionSchedule {
  const { firstBeta = 1e-4, lastBeta = 1e-2 } = options;
  if (!Number.isInteger(steps) || steps < 1) {
    throw new RangeError(
      `Cannot make a schedule as steps must be an integer >= 1: current value is ${steps}`,
    );
  }
  if (!(firstBeta > 0 && firstBeta <= lastBeta && lastBeta < 1)) {
    throw new RangeError(
      `Cannot make a schedule as 0 < firstBeta <= lastBeta < 1 must hold: current values are ${firstBeta}, ${lastBeta}`,
    );
  }
  const betas = Float64Array.from(
    { length: steps },
    (_, t) => steps === 1 ? firstBeta : firstBeta + (lastBeta - firstBeta) * t / (steps - 1),
  );
  const alphas = betas.map((beta) => 1 - beta);
  let product = 1;
  const alphaBars = alphas.map((alpha) => product *= alpha);
  return { steps, betas, alphas, alphaBars, variances: alphaBars.map((alphaBar) => 1 - alphaBar) };
}

/** Options of {@link timeBin}. */
export interface TimeBinOptions {
  /** Number of diffusion steps, T. */
  readonly steps: number;
  /** Number of bins, B. */
  readonly bins: number;
}

/**
 * The bin of a diffusion time: clamp(⌊t·B/T⌋, 0, B − 1).
 *
 * Livernoche et al. 2024, Sec. 3.3 (DTE-C) and released code. With T = 400 and B = 7 the bins hold 58, 57,
 * 57, 57, 57, 57 and 57 time indices.
 *
 * @param time Time index t in [0, T).
 */
export function timeBin(time: number, { steps, bins }: TimeBinOptions): number {
  return Math.max(0, Math.min(bins - 1, Math.floor(time * bins / steps)));
}
