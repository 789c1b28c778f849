import { createRequire } from "node:module";

/** Never called: what is imported is installed. */
const importCephes = () => import("cephes");
type Cephes = Awaited<ReturnType<typeof importCephes>>;

// The package's ES module build assigns to `__proto__`, which Deno disables; its CommonJS build does not.
// Loaded on first use only. Named with its version, as in deno.json: a registry leaves such names alone.
let loaded: Cephes | undefined;
const cephes = (): Cephes =>
  loaded ??= createRequire(import.meta.resolve("npm:cephes@3.3.3"))("./index.js") as Cephes;

/** Standard normal distribution function Φ(x) (Cephes). */
export function normalCdf(x: number): number {
  return cephes().ndtr(x);
}

/** ln Γ(x) for x > 0 (Cephes). */
export function logGamma(x: number): number {
  return cephes().lgam(x);
}

/** Error function erf(x) = 2/√π ∫₀ˣ exp(−t²) dt (Cephes). */
export function erf(x: number): number {
  return cephes().erf(x);
}

/** Dawson's integral F(x) = exp(−x²) ∫₀ˣ exp(t²) dt (Cephes). */
export function dawson(x: number): number {
  return cephes().dawsn(x);
}

/**
 * Upper tail P(χ² ≥ x) of the chi-squared law (Cephes).
 *
 * @param degrees degrees of freedom, ≥ 1.
 */
export function chiSquaredTail(x: number, degrees: number): number {
  return cephes().chdtrc(degrees, x);
}

/**
 * The x with P(χ² ≥ x) = `tail` (Cephes).
 *
 * @param tail in (0, 1).
 * @param degrees degrees of freedom, ≥ 1.
 */
export function chiSquaredTailInverse(tail: number, degrees: number): number {
  return cephes().chdtri(degrees, tail);
}

/**
 * Distribution function of the range of k independent standard normal numbers (the studentised range with
 * infinitely many degrees of freedom): P(q) = k ∫ φ(z) [Φ(z) − Φ(z − q)]^(k−1) dz.
 *
 * Trapezoidal rule, which converges geometrically here; absolute error below 1e-12.
 */
export function normalRangeCdf(q: number, k: number): number {
  if (q <= 0) return 0;
  const step = 1 / 16;
  let sum = 0;
  for (let z = -9; z <= 9 + q; z += step) {
    sum += Math.exp(-0.5 * z * z) * (normalCdf(z) - normalCdf(z - q)) ** (k - 1);
  }
  return k * sum * step / Math.sqrt(2 * Math.PI);
}

/** Quantiles of Student's t so far, by probability and degrees: rules and simulations ask for few, often. */
const quantiles = new Map<string, number>();
const MOST_QUANTILES = 10_000;

/** The value below which a share `probability` of Student's t distribution lies (Cephes). */
export function studentTQuantile(probability: number, degrees: number): number {
  const key = `${probability} ${degrees}`;
  const known = quantiles.get(key);
  if (known !== undefined) return known;
  if (quantiles.size === MOST_QUANTILES) quantiles.clear();
  const quantile = cephes().stdtri(degrees, probability);
  quantiles.set(key, quantile);
  return quantile;
}

/** P(at least `count` heads in `total` tosses of a fair coin), exactly. */
export function binomialTail(count: number, total: number): number {
  let term = 0.5 ** total, tail = 0;
  for (let heads = 0; heads <= total; heads++) {
    if (heads >= count) tail += term;
    term *= (total - heads) / (heads + 1);
  }
  return tail;
}
