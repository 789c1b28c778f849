import type { GalaxyShapes } from "../../data/mod.ts";

/** Ellipticities of galaxies as seen along z, `[N]` each. */
export interface Ellipticities {
  /** e₁: positive along x, negative along y. */
  readonly e1: Float64Array;
  /** e₂: positive along the diagonal x = y. */
  readonly e2: Float64Array;
}

/**
 * Projects triaxial ellipsoids along z. With unit axes s_μ and lengths w = (1, b/a, c/a):
 * k = Σ s_μ^⊥ s_μ^z/w_μ², α² = Σ (s_μ^z)²/w_μ², W⁻¹ = Σ s_μ^⊥ s_μ^⊥ᵀ/w_μ² − k kᵀ/α²,
 * e₁ = (W_xx − W_yy)/(W_xx + W_yy + 2√|det W|), e₂ = 2 W_xy/(W_xx + W_yy + 2√|det W|).
 *
 * |e| = (1 − β)/(1 + β) with the projected axis ratio β. Where a number is not finite, e = 0. Jagvaral et al.
 * 2022, released code.
 *
 * @example
 * ```ts
 * import { projectShapes } from "@refigure/refigure/galaxy_graphs";
 * import assert from "node:assert/strict";
 *
 * const { e1, e2 } = projectShapes({
 *   axes: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
 *   intermediateRatio: Float64Array.of(0.5),
 *   minorRatio: Float64Array.of(0.25),
 * });
 * assert.deepEqual([e1[0].toFixed(6), e2[0]], ["0.333333", 0]); // (1 − 1/2)/(1 + 1/2)
 * ```
 */
export function projectShapes({ axes, intermediateRatio, minorRatio }: GalaxyShapes): Ellipticities {
  const galaxies = intermediateRatio.length;
  const e1 = new Float64Array(galaxies), e2 = new Float64Array(galaxies);
  for (let i = 0; i < galaxies; i++) {
    let kx = 0, ky = 0, alpha = 0, xx = 0, xy = 0, yy = 0;
    for (let axis = 0; axis < 3; axis++) {
      const at = 9 * i + 3 * axis;
      const x = axes[at], y = axes[at + 1], z = axes[at + 2];
      const width = axis === 0 ? 1 : axis === 1 ? intermediateRatio[i] : minorRatio[i];
      const inverse = 1 / (width * width);
      kx += x * z * inverse;
      ky += y * z * inverse;
      alpha += z * z * inverse;
      xx += x * x * inverse;
      xy += x * y * inverse;
      yy += y * y * inverse;
    }
    xx -= kx * kx / alpha;
    xy -= kx * ky / alpha;
    yy -= ky * ky / alpha;
    // W = [yy, −xy; −xy, xx]/det, and √det W = 1/√det: multiplied through by det.
    const trace = xx + yy + 2 * Math.sqrt(Math.abs(xx * yy - xy * xy));
    const first = (yy - xx) / trace, second = -2 * xy / trace;
    if (Number.isFinite(first) && Number.isFinite(second)) {
      e1[i] = first;
      e2[i] = second === 0 ? 0 : second;
    }
  }
  return { e1, e2 };
}
