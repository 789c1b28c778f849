import type { Stream } from "../random/mod.ts";
import { dawson, erf } from "./distributions.ts";

/**
 * Concentration of the Dimroth–Watson law with alignment strength μ: κ = tan(πμ/2).
 *
 * μ = 0 is isotropic, μ → 1 aligned with the axis, μ → −1 perpendicular to it. The convention is that of
 * halotools' intrinsic alignments (van Alfen et al. 2023), whose κ has the opposite sign.
 *
 * @param strength μ in (−1, 1).
 * @throws {RangeError} If μ is not in (−1, 1).
 */
export function watsonConcentration(strength: number): number {
  if (!(Math.abs(strength) < 1)) {
    throw new RangeError(
      `Cannot take a concentration as strength must be in (-1, 1): current value is ${strength}`,
    );
  }
  return Math.tan(Math.PI * strength / 2);
}

/** ∫₀¹ exp(κ (c² − max(c²))) dc, the normalisation without the factor that overflows. */
function scaledNormalisation(kappa: number): number {
  const root = Math.sqrt(Math.abs(kappa));
  if (root < 1e-8) return 1;
  // κ > 0: e^κ F(√κ)/√κ with Dawson's F; κ < 0: √π erf(√|κ|)/(2√|κ|).
  return kappa > 0 ? dawson(root) / root : Math.sqrt(Math.PI) * erf(root) / (2 * root);
}

/**
 * ⟨cos²θ⟩ of the Dimroth–Watson law, p(c) ∝ exp(κc²) on [−1, 1]: (1/∫₀¹exp(κ(c² − 1)) dc − 1)/(2κ), which for
 * κ > 0 is 1/(2√κ F(√κ)) − 1/(2κ) with Dawson's integral F.
 *
 * @example
 * ```ts
 * import { watsonMeanSquare } from "@refigure/refigure/stats";
 * import assert from "node:assert/strict";
 *
 * assert.equal(watsonMeanSquare(0), 1 / 3);
 * assert.equal(watsonMeanSquare(1).toFixed(6), "0.429231");
 * ```
 */
export function watsonMeanSquare(kappa: number): number {
  // The closed form cancels where κ is small; the series' next term is 16κ³/14175.
  if (Math.abs(kappa) < 1e-3) return 1 / 3 + 4 * kappa / 45 + 8 * kappa * kappa / 945;
  const edge = kappa > 0 ? 1 : Math.exp(kappa);
  return (edge / scaledNormalisation(kappa) - 1) / (2 * kappa);
}

/**
 * Order parameter S(μ) = ⟨P₂(cos θ)⟩ = (3⟨cos²θ⟩ − 1)/2 of the law with strength μ.
 *
 * Independent axisymmetric steps multiply: if b is drawn about a, and c about b, then ⟨P₂(c·a)⟩ = S(b) S(c).
 */
export function watsonOrder(strength: number): number {
  return (3 * watsonMeanSquare(watsonConcentration(strength)) - 1) / 2;
}

/** Density of |cos θ| on [0, 1]: exp(κc²)/∫₀¹exp(κx²) dx. */
export function watsonDensity(cosine: number, { kappa }: { readonly kappa: number }): number {
  const largest = Math.max(kappa, 0);
  return Math.exp(kappa * cosine * cosine - largest) / scaledNormalisation(kappa);
}

/** Draws |cos θ| in [0, 1] by rejection; for κ > 0 from ∝ exp(κ|c|), accepted with exp(κ(c² − |c|)). */
export function drawWatsonCosine(stream: Stream, { kappa }: { readonly kappa: number }): number {
  for (;;) {
    const u = stream.nextUniform();
    if (kappa > 0) {
      const c = 1 + Math.log(u + (1 - u) * Math.exp(-kappa)) / kappa;
      if (stream.nextUniform() < Math.exp(kappa * (c * c - c))) return Math.min(Math.max(c, 0), 1);
    } else if (kappa > -2) {
      if (stream.nextUniform() < Math.exp(kappa * u * u)) return u;
    } else {
      // Box–Muller, for a half normal of variance 1/(2|κ|).
      const c = Math.sqrt(Math.log(1 - u) / kappa) * Math.abs(Math.cos(2 * Math.PI * stream.nextUniform()));
      if (c <= 1) return c;
    }
  }
}

/** Options of {@link drawWatson}. */
export interface DrawWatsonOptions {
  /** Unit vector, 3 numbers. */
  readonly axis: ArrayLike<number>;
  /** κ. */
  readonly kappa: number;
  /** Where the three numbers go. */
  readonly out?: Float64Array;
}

/**
 * Draws a unit vector from the Dimroth–Watson law about an axis, p(v) ∝ exp(κ (v·a)²): the sign is random,
 * too.
 *
 * @returns `out`, 3 numbers.
 *
 * @example
 * ```ts
 * import { stream } from "@refigure/refigure";
 * import { drawWatson } from "@refigure/refigure/stats";
 * import assert from "node:assert/strict";
 *
 * const [x, y, z] = drawWatson(stream(1, "axes"), { axis: [0, 0, 1], kappa: 1e4 });
 * assert.ok(Math.abs(z) > 0.99 && Math.abs(Math.hypot(x, y, z) - 1) < 1e-12);
 * ```
 */
export function drawWatson(
  stream: Stream,
  { axis, kappa, out = new Float64Array(3) }: DrawWatsonOptions,
): Float64Array {
  const magnitude = drawWatsonCosine(stream, { kappa });
  const cosine = stream.nextUniform() < 0.5 ? -magnitude : magnitude;
  const perpendicular = drawPerpendicular(stream, { axis, out });
  const sine = Math.sqrt(Math.max(1 - cosine * cosine, 0));
  for (let k = 0; k < 3; k++) out[k] = cosine * axis[k] + sine * perpendicular[k];
  return out;
}

/**
 * Draws a unit vector uniform in the plane perpendicular to an axis.
 *
 * @returns `out`, 3 numbers.
 */
export function drawPerpendicular(
  stream: Stream,
  { axis, out = new Float64Array(3) }: Pick<DrawWatsonOptions, "axis" | "out">,
): Float64Array {
  const [a, b, c] = [axis[0], axis[1], axis[2]];
  // Two unit vectors that complete the axis (Duff et al. 2017).
  const sign = c < 0 ? -1 : 1;
  const f = -1 / (sign + c), g = a * b * f;
  const angle = 2 * Math.PI * stream.nextUniform();
  const cosine = Math.cos(angle), sine = Math.sin(angle);
  out[0] = cosine * (1 + sign * a * a * f) + sine * g;
  out[1] = cosine * sign * g + sine * (sign + b * b * f);
  out[2] = -cosine * sign * a - sine * b;
  return out;
}
