/** A function of position and time, in float64. */
export type SolutionFunction = (x: number, t: number) => number;

/** Moves a solution along a symmetry by the group parameter ε; ε = 0 leaves it as it is. */
export type Flow = (u: SolutionFunction, epsilon: number) => SolutionFunction;

/**
 * The finite group actions of the heat equation's generators v1 … v6: each turns solutions of u_t = ν u_xx
 * into solutions, ũ = exp(ε v) u.
 *
 * @param nu ν.
 *
 * @example
 * ```ts
 * import { heatFlows } from "@refigure/refigure/lie_symmetry";
 * import assert from "node:assert/strict";
 *
 * const u = (x: number, t: number) => Math.exp(-t) * Math.sin(x); // ν = 1
 * const shifted = heatFlows(1).v1(u, 0.5);
 * assert.equal(shifted(1.5, 2), u(1, 2));
 * ```
 */
export function heatFlows(nu: number): Readonly<Record<"v1" | "v2" | "v3" | "v4" | "v5" | "v6", Flow>> {
  return {
    ...TRANSLATIONS,
    v3: (u, e) => (x, t) => Math.exp(e) * u(x, t),
    v4: (u, e) => (x, t) => u(Math.exp(-e) * x, Math.exp(-2 * e) * t),
    v5: (u, e) => (x, t) => Math.exp(-e * x + e * e * nu * t) * u(x - 2 * e * nu * t, t),
    // (x, t, u) ↦ (x/s, t/s, u√s e^{−εx²/s}), s = 1 − 4ενt; in terms of the new time s = 1/(1 + 4ενt).
    v6: (u, e) => (x, t) => {
      const s = 1 / (1 + 4 * e * nu * t);
      return Math.sqrt(s) * Math.exp(-e * s * x * x) * u(s * x, s * t);
    },
  };
}

/** The finite group actions of Burgers' generators v1 … v5; they do not depend on ν. */
export function burgersFlows(): Readonly<Record<"v1" | "v2" | "v3" | "v4" | "v5", Flow>> {
  return {
    ...TRANSLATIONS,
    v3: (u, e) => (x, t) => u(x - e * t, t) + e,
    v4: (u, e) => (x, t) => Math.exp(-e) * u(Math.exp(-e) * x, Math.exp(-2 * e) * t),
    // (x, t, u) ↦ (x/s, t/s, us + εx), s = 1 − εt; in terms of the new time s = 1/(1 + εt).
    v5: (u, e) => (x, t) => {
      const s = 1 / (1 + e * t);
      return s * u(s * x, s * t) + e * s * x;
    },
  };
}

const TRANSLATIONS: { readonly v1: Flow; readonly v2: Flow } = {
  v1: (u, e) => (x, t) => u(x - e, t),
  v2: (u, e) => (x, t) => u(x, t - e),
};
