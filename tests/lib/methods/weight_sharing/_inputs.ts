/** Inputs and oracles that the tests of the prox share. */
import { prox, type ProxAlgorithm, ProxSolver } from "../../../../lib/methods/weight_sharing/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { developmentFile } from "../../../_development_data.ts";

/** A vector of the development data, from exact rational arithmetic. */
export interface Vector {
  readonly name: string;
  readonly w: number[];
  readonly alpha: number;
  readonly l1: number;
  readonly rho: number;
  readonly prox: number[];
  readonly prox_R_only: number[];
  readonly prox_with_rollback: number[];
  readonly R_w: number;
  readonly R_prox: number;
  readonly cluster_sizes_sorted: number[];
  readonly imminent_rounds: number;
}

const file = developmentFile("prox-vectors/vectors.json");

/** Why tests on the vectors are ignored, if they are. */
export const noVectors = file === undefined;

/** The 22 vectors; none without the development data. */
export const VECTORS: readonly Vector[] = file === undefined
  ? []
  : JSON.parse(Deno.readTextFileSync(file)).vectors;

/** max |a_i − b_i|. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = a.length === b.length ? 0 : Infinity;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

/** max(|w_i|, α), what errors are measured against. */
export const scaleOf = (w: ArrayLike<number>, alpha: number): number =>
  Math.max(alpha, distance(w, Array.from(w, () => 0)));

/** A random input of one of many kinds; the same for the same number. */
export function randomInput(seed: number): { w: Float64Array; alpha: number } {
  const random = stream(seed, "weight-sharing");
  const d = 1 + random.nextInteger(seed % 10 === 0 ? 3 : 70);
  const w = random.normal(new Float64Array(d));
  let alpha = 10 ** (4 * random.nextUniform() - 3);
  switch (seed % 8) {
    case 1: // ties
      for (let i = 0; i < d; i++) w[i] = Math.round(2 * w[i]) / 2;
      break;
    case 2: // all equal
      w.fill(w[0]);
      break;
    case 3: // subnormals
      for (let i = 0; i < d; i++) w[i] = Math.round(50 * w[i]) * Number.MIN_VALUE;
      if (seed % 16 === 3) alpha = 0;
      break;
    case 4: // ±1e30 among others
      for (let i = 0; i < d; i++) if (random.nextUniform() < 0.3) w[i] = Math.sign(w[i]) * 1e30;
      if (seed % 16 === 4) alpha *= 1e30;
      break;
    case 5: // ever denser towards 0
      for (let i = 0; i < d; i++) w[i] = Math.sign(w[i]) * 10 ** (-6 * random.nextUniform());
      break;
    case 6: // nearly equal, far from 0
      for (let i = 0; i < d; i++) w[i] = 1000 + 1e-9 * w[i];
      break;
    case 7: // float32 numbers, with zeros of both signs
      for (let i = 0; i < d; i++) w[i] = random.nextUniform() < 0.2 ? -0 : Math.fround(w[i]);
  }
  return { w, alpha };
}

/** Numbers of very different kinds, by index. */
export function numbers(d: number): Readonly<Record<string, number[]>> {
  const normal = Array.from(stream(d, "sorter").normal(new Float64Array(d)));
  return {
    normal,
    "all equal": normal.map(() => 0.1),
    descending: [...normal].sort((a, b) => b - a),
    "tied in twenty values": normal.map((x) => Math.round(5 * x) / 10),
    "clusters around twenty values": normal.map((x, i) => i % 20 + 1e-4 * x),
    "close together but for one": normal.map((x, i) => i === 3 ? 1e30 : x),
    "of all magnitudes": normal.map((x, i) => x * 10 ** (i % 60 - 30)),
    "smaller than a normal float32": normal.map((x) => Math.round(100 * x) * 2 ** -149),
    "zeros of both signs": normal.map((x) => x > 1 ? x : x > 0 ? 0 : -0),
    "as large as they get": normal.map((x) => Math.sign(x) * 3.4e38),
  };
}

/**
 * The optimality certificate of u = prox_{αR}(w), which needs no solver: with g = (w − u)/α, in each cluster
 * k1 … k2 of u (sorted, k = 1 … d) the sum of the r largest g is at most that of the r largest b_k = (2k − d
 * − 1)/(d − 1) for every r, with equality for all.
 *
 * @returns the largest violation.
 */
export function certificateViolation(w: Float64Array, u: Float64Array, alpha: number): number {
  const d = w.length;
  const order = Array.from(u.keys()).sort((a, b) => u[a] - u[b]);
  let worst = 0;
  for (let first = 0; first < d;) {
    let end = first + 1;
    while (end < d && u[order[end]] === u[order[first]]) end++;
    const g = order.slice(first, end).map((i) => (w[i] - u[i]) / alpha).sort((a, b) => b - a);
    let sum = 0, most = 0;
    g.forEach((value, r) => {
      sum += value;
      most += d === 1 ? 0 : (2 * (end - r) - d - 1) / (d - 1);
      worst = Math.max(worst, sum - most);
    });
    worst = Math.max(worst, Math.abs(sum - most));
    first = end;
  }
  return worst;
}

/**
 * argmin_u ½‖u − w‖² + α R(u) + β‖u‖₁ without sorting anything: coordinate ascent on the dual, u = w − c
 * Σ_{i>j} y_ij (e_i − e_j) − β t with |y_ij|, |t_i| ≤ 1 and c = α/(d − 1).
 */
export function solveDual(w: Float64Array, { alpha, l1 = 0 }: { alpha: number; l1?: number }): Float64Array {
  const d = w.length, c = d === 1 ? 0 : alpha / (d - 1);
  const u = w.slice(), y = new Float64Array(d * d), t = new Float64Array(d);
  const clip = (x: number) => Math.max(-1, Math.min(1, x));
  for (let sweep = 0, moved = 1; moved > 1e-15 && sweep < 20000; sweep++) {
    moved = 0;
    for (let i = 0; i < d; i++) {
      for (let j = 0; c > 0 && j < i; j++) {
        const next = clip(y[i * d + j] + (u[i] - u[j]) / (2 * c));
        const step = c * (next - y[i * d + j]);
        y[i * d + j] = next;
        u[i] -= step;
        u[j] += step;
        moved = Math.max(moved, Math.abs(step));
      }
      if (l1 === 0) continue;
      const next = clip(t[i] + u[i] / l1);
      const step = l1 * (next - t[i]);
      t[i] = next;
      u[i] -= step;
      moved = Math.max(moved, Math.abs(step));
    }
  }
  return u;
}

/** A rational number, exact. */
export type Fraction = readonly [numerator: bigint, denominator: bigint];

export const fraction = (
  numerator: number,
  denominator = 1,
): Fraction => [BigInt(numerator), BigInt(denominator)];
const reduce = ([n, d]: Fraction): Fraction => {
  let [a, b] = [n < 0n ? -n : n, d];
  while (b > 0n) [a, b] = [b, a % b];
  return a === 0n ? [0n, 1n] : [n / a, d / a];
};
export const add = (a: Fraction, b: Fraction): Fraction => reduce([a[0] * b[1] + b[0] * a[1], a[1] * b[1]]);
export const scale = (a: Fraction, n: number, d = 1): Fraction =>
  reduce([a[0] * BigInt(n), a[1] * BigInt(d)]);
const lessOrEqual = (a: Fraction, b: Fraction): boolean => a[0] * b[1] <= b[0] * a[1];
export const toNumber = ([n, d]: Fraction): number => Number(n) / Number(d);

/** prox_{αR} of sorted numbers in exact arithmetic by u_k = max_{i ≤ k} min_{j ≥ k} mean(z_i … z_j). */
export function exactProx(sorted: readonly Fraction[], alpha: Fraction): Fraction[] {
  const d = sorted.length;
  const z = sorted.map((x, k) => add(x, scale(alpha, d - 1 - 2 * k, d - 1)));
  return z.map((_, k) => {
    let most: Fraction | undefined;
    for (let i = 0; i <= k; i++) {
      let least: Fraction | undefined, sum = fraction(0);
      for (let j = i; j < d; j++) {
        sum = add(sum, z[j]);
        const mean = scale(sum, 1, j - i + 1);
        if (j >= k && (least === undefined || lessOrEqual(mean, least))) least = mean;
      }
      if (most === undefined || lessOrEqual(most, least!)) most = least;
    }
    return most!;
  });
}

/** The prox of a float64 array, by the default algorithm. */
export const proxOf = (w: Float64Array, alpha: number): Float64Array => prox(w, { alpha });

/** The prox with the clusters and with what the algorithm did. */
export function solveProx(
  w: Float64Array,
  { alpha, algorithm }: { readonly alpha: number; readonly algorithm?: ProxAlgorithm },
) {
  const solver = new ProxSolver(algorithm);
  return { weights: solver.solve(w, { alpha }), ...solver.lastClusters() };
}
