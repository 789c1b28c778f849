import { checkProx, checkWeights } from "./_check.ts";
import { endCollisions } from "./_end.ts";
import type { ClusterFinder, Found, FoundClusters } from "./_finder.ts";
import { imminentCollisions } from "./_imminent.ts";
import { paceOf, poolAdjacentViolators } from "./_pav.ts";
import { searchCollisions } from "./_search.ts";
import { Sorter } from "./_sorter.ts";
import {
  type Clusters,
  PROX_ALGORITHMS,
  type ProxAlgorithm,
  type ProxCounts,
  type Weights,
} from "./types.ts";

const FINDERS: Readonly<Record<ProxAlgorithm, ClusterFinder>> = {
  pav: poolAdjacentViolators,
  imminent: imminentCollisions,
  end: endCollisions,
  search: searchCollisions,
};

const NOTHING: Found = { found: 0, rounds: 0, bisections: [] };

/** Options of {@link ProxSolver.solve}. */
export interface SolveOptions<T extends Weights> {
  /** α ≥ 0. */
  readonly alpha: number;
  /** β ≥ 0 of ‖u‖₁. @default 0 */
  readonly l1?: number;
  /**
   * ρ in [0, 1], the share of the displacement that is taken back, and the factor of what is left: a cluster
   * at mean x̄ that the prox takes to p becomes x̄ + (1 − ρ)·factor·(p − x̄), or exactly 0 where p = 0 by the
   * soft threshold. See {@link releasedUpdate}. @default 0 and 1, the prox
   */
  readonly rho?: number;
  /** Factor of what is left of the displacement, see `rho`. @default 1 */
  readonly factor?: number;
  /** `[d]` where the result goes; may be the weights themselves. Absent: a new array. */
  readonly out?: T;
}

/** Options of {@link prox}. */
export interface ProxOptions<T extends Weights> extends SolveOptions<T> {
  /** How the clusters are found; the result is the same but for rounding. @default "pav" */
  readonly algorithm?: ProxAlgorithm;
}

/**
 * Computes {@link prox} again and again in the same memory (about 24 bytes per weight, 32 for float64): sort,
 * find the clusters, undo the sort.
 *
 * @example
 * ```ts
 * import { ProxSolver } from "@refigure/refigure/weight_sharing";
 * import assert from "node:assert/strict";
 *
 * const solver = new ProxSolver();
 * const weights = Float32Array.of(0, 1, 3);
 * solver.solve(weights, { alpha: 1, out: weights });
 * assert.deepEqual([...weights], [1, 1, 2]);
 * assert.deepEqual([...solver.lastClusters().clusters.sizes], [2, 1]);
 * ```
 */
export class ProxSolver {
  readonly #find: ClusterFinder;
  readonly #sorter = new Sorter();
  #found: FoundClusters = memoryFor(0);
  #last: Found = NOTHING;

  /** A solver with memory of its own. @throws {RangeError} If there is no such algorithm. */
  constructor(algorithm: ProxAlgorithm = "pav") {
    if (!Object.hasOwn(FINDERS, algorithm)) {
      throw new RangeError(
        `Cannot make a solver as algorithm must be one of ${
          PROX_ALGORITHMS.join(", ")
        }: current value is ${algorithm}`,
      );
    }
    this.#find = FINDERS[algorithm];
  }

  /**
   * prox_{αR + β‖·‖₁}(w) = argmin_u ½‖u − w‖² + α R(u) + β ‖u‖₁.
   *
   * @param weights `[d]` finite; float64 arithmetic inside, rounded once where the result is float32.
   * @returns `out`, or a new array of the weights' type. Weights of one cluster are exactly equal.
   * @throws {RangeError} If a weight is not finite (the message names its index; `out` is untouched), or a
   * number is negative or ρ > 1.
   * @throws {TypeError} If the weights are no floats, or `out` has another length.
   */
  solve<T extends Weights>(weights: T, options: SolveOptions<T>): T {
    const { alpha, l1 = 0, rho = 0, factor = 1, out } = options;
    const share = (1 - rho) * factor;
    checkProx(weights, out, { alpha, l1, rho, factor });
    const d = weights.length;
    const result = out ?? new (weights.constructor as new (length: number) => T)(d);
    this.#sort(weights);
    const { sorted: x, order } = this.#sorter;
    const latest = latestAlpha(x);
    this.#last = d === 0 ? NOTHING : this.#find({ x, order, result }, Math.min(alpha, latest), this.#found);
    // Far beyond the last collision all are at their mean, of which α · velocity must take no digits.
    if (alpha > latest) {
      this.#found.positions[0] = meanOf(x, 0, d);
      this.#last = { ...this.#last, placed: undefined };
    }
    const { found, placed } = this.#last;
    if (placed !== undefined && l1 === 0 && share === 1) {
      placeClusters(result, { order, found, placed }, this.#found);
    } else placeAll(result, { x, order, alpha, found, l1, share }, this.#found);
    return result;
  }

  /** What the last {@link solve} found: clusters of particles that stick together, and what it took. */
  lastClusters(): { readonly clusters: Clusters; readonly counts: ProxCounts } {
    const { order } = this.#sorter,
      { firsts, masses } = this.#found,
      { found, rounds, bisections } = this.#last;
    const d = order.length;
    const clusterOf = new Int32Array(d), sizes = new Int32Array(d);
    let count = 0;
    for (let k = 0, c = 0; k < d; count++) {
      sizes[count] = c < found && firsts[c] === k ? masses[c++] : 1;
      for (const end = k + sizes[count]; k < end; k++) clusterOf[order[k]] = count;
    }
    return { clusters: { count, clusterOf, sizes: sizes.slice(0, count) }, counts: { rounds, bisections } };
  }

  /** @throws {RangeError} If a weight is not finite. */
  #sort(weights: Weights): void {
    const d = weights.length;
    if (2 * this.#found.masses.length < d - 1) this.#found = memoryFor(d);
    this.#sorter.sort(weights);
    const { sorted } = this.#sorter;
    // Infinities and NaN are sorted to the ends.
    if (d > 0 && !(sorted[d - 1] - sorted[0] < Infinity)) checkWeights("compute the prox", weights);
  }
}

/**
 * An α far past the one at which all particles are surely one cluster: at (d − 1)/2 · (x_d − x_1) each
 * neighbour has reached the next, as their speeds differ by 2/(d − 1). Beyond, α would take the digits of x.
 */
function latestAlpha(x: Weights): number {
  const d = x.length, least = x[0], most = x[d - 1];
  const size = Math.max((d - 1) / 2 * (most - least), Math.abs(least), Math.abs(most));
  return d > 1 && size > 0 ? 1024 * size : Infinity;
}

function memoryFor(d: number): FoundClusters {
  const most = Math.floor(d / 2);
  return {
    firsts: new Int32Array(most),
    masses: new Int32Array(most),
    positions: new Float64Array(most),
  };
}

/** Gives the particles of clusters of more than `placed` their positions. */
function placeClusters(
  result: Weights,
  { order, found, placed }: { readonly order: Int32Array; readonly found: number; readonly placed: number },
  { firsts, masses, positions }: FoundClusters,
): void {
  for (let c = 0; c < found; c++) {
    const mass = masses[c], position = positions[c];
    if (mass <= placed) continue;
    for (let k = firsts[c], end = k + mass; k < end; k++) result[order[k]] = position;
  }
}

/**
 * Sorted particles with the options of {@link ProxSolver.solve}, and how many clusters of two or more they
 * form.
 */
interface Solved {
  readonly x: Weights;
  readonly order: Int32Array;
  readonly alpha: number;
  readonly found: number;
  readonly l1: number;
  readonly share: number;
}

/**
 * Gives all particles their positions after the soft threshold, sign(p)·max(|p| − β, 0) without a negative
 * zero, and with a share of the move only.
 */
function placeAll(
  result: Weights,
  { x, order, alpha, found, l1, share }: Solved,
  { firsts, masses, positions }: FoundClusters,
): void {
  const d = order.length, pace = paceOf(d, alpha);
  for (let k = 0, c = 0; k < d;) {
    const joins = c < found && firsts[c] === k;
    const p = joins ? positions[c] : x[k] + pace * (d - 1 - 2 * k);
    const end = joins ? k + masses[c++] : k + 1;
    const value = p > l1 ? p - l1 : p < -l1 ? p + l1 : 0;
    const mean = share !== 1 && Math.abs(p) >= l1 ? meanOf(x, k, end) : value;
    const position = mean + share * (value - mean);
    for (; k < end; k++) result[order[k]] = position;
  }
}

/** Mean of `x[first]` … `x[end − 1]`, exact where they are equal. */
function meanOf(x: Weights, first: number, end: number): number {
  let sum = 0;
  for (let k = first; k < end; k++) sum += x[k] - x[first];
  return x[first] + sum / (end - first);
}

/**
 * The proximal operator of the weight-sharing regularizer, with an L1 penalty if wanted,
 * prox_{αR + β‖·‖₁}(w) = argmin_u ½‖u − w‖² + α R(u) + β ‖u‖₁.
 *
 * In sorted order x, prox_{αR} is the isotonic regression of z_k = x_k + α (d + 1 − 2k)/(d − 1), k = 1 … d;
 * equally, where particles that start at w, attract each other with a force that does not depend on distance,
 * and stick when they meet are at time α (Shakerinava et al. 2024). The identity for d = 1. The soft
 * threshold by β follows it (valid as R is a sum of |w_i − w_j|, as in the fused lasso).
 *
 * For many vectors of one size, or to see the clusters, use a {@link ProxSolver}.
 *
 * @param weights `[d]` finite.
 * @returns `out`, or a new array of the weights' type; float64 arithmetic inside.
 * @throws {RangeError} If a weight is not finite (the message names its index), a number is negative or ρ >
 * 1, or there is no such algorithm.
 * @throws {TypeError} If the weights are no floats, or `out` has another length.
 *
 * @example
 * ```ts
 * import { prox } from "@refigure/refigure/weight_sharing";
 * import assert from "node:assert/strict";
 *
 * const weights = Float64Array.of(0, 1, 1.125, 1.25, 4);
 * assert.deepEqual([...prox(weights, { alpha: 0.5 })], [0.5, 1.125, 1.125, 1.125, 3.5]);
 * assert.deepEqual([...prox(Float64Array.of(-2, 0, 2), { alpha: 1, l1: 0.5 })], [-0.5, 0, 0.5]);
 * ```
 */
export function prox<T extends Weights>(weights: T, { algorithm, ...options }: ProxOptions<T>): T {
  return new ProxSolver(algorithm).solve(weights, options);
}
