import { ProxSolver } from "./prox.ts";
import type { Clusters, ProxAlgorithm, Weights } from "./types.ts";

/** Options of {@link releasedUpdate}; the defaults are those of the released code. */
export interface ReleasedUpdateOptions {
  /** Weight of R, `ws_lr`. */
  readonly sharing: number;
  /**
   * Weight of ‖·‖₁, `lasso_lr`; not multiplied by the learning rate unless `scaleByLearningRate`. @default 0
   */
  readonly l1?: number;
  /** η of this step, `lr_t`. */
  readonly learningRate: number;
  /**
   * Find the clusters with the full penalty and multiply the move by η, instead of multiplying the penalty by
   * η.
   *
   * @default false
   */
  readonly scaleByLearningRate?: boolean;
  /**
   * Share of the move that is taken back, in [0, 1]: 0 is the prox, 1 moves weights to their cluster's mean.
   * @default 0
   */
  readonly rho?: number;
  /** How the proximal operator is computed. @default "search" */
  readonly algorithm?: ProxAlgorithm;
}

/** The weights after an update, and the partition it found. */
export interface SharedWeights<T extends Weights> {
  /** After the update. */
  readonly weights: T;
  /** Clusters of R; those that the soft threshold joins at 0 stay apart. */
  readonly clusters: Clusters;
}

/**
 * The update of the released code after a step of gradient descent on one weight or bias vector.
 *
 * With s_R = sharing·η (`scaleByLearningRate`: sharing), s_1 = l1 and the clusters of prox_{s_R R}, a cluster
 * at mean x̄ that has moved by v̄ becomes x̄ + (1 − ρ)·(v̄ − sign(x̄ + v̄)·s_1)·f, f = 1
 * (`scaleByLearningRate`: η), or 0 where |x̄ + v̄| < s_1. With ρ = 0 and without the trick that is prox_{s_R
 * R + s_1‖·‖₁}; with ρ → 1 weights are shared but not pulled towards the others.
 *
 * @param weights `[d]` finite.
 * @throws {RangeError} If a weight is not finite, a number is negative, or ρ is above 1.
 *
 * @example
 * ```ts
 * import { releasedUpdate } from "@refigure/refigure/weight_sharing";
 * import assert from "node:assert/strict";
 *
 * const { weights } = releasedUpdate(Float64Array.of(0, 1, 6), { sharing: 2, learningRate: 0.5, rho: 1 });
 * assert.deepEqual([...weights], [0.5, 0.5, 6]);
 * ```
 */
export function releasedUpdate<T extends Weights>(
  weights: T,
  options: ReleasedUpdateOptions,
): SharedWeights<T> {
  const { sharing, l1 = 0, learningRate, scaleByLearningRate = false, rho = 0, algorithm = "search" } =
    options;
  const solver = new ProxSolver(algorithm);
  const updated = solver.solve(
    weights,
    releasedForm({ sharing, l1, learningRate, scaleByLearningRate, rho }),
  );
  return { weights: updated, clusters: solver.lastClusters().clusters };
}

/** The released update as options of {@link ProxSolver.solve}. */
export function releasedForm(
  { sharing, l1 = 0, learningRate, scaleByLearningRate = false, rho = 0 }: Omit<
    ReleasedUpdateOptions,
    "algorithm"
  >,
): { alpha: number; l1: number; rho: number; factor: number } {
  return {
    alpha: scaleByLearningRate ? sharing : sharing * learningRate,
    l1,
    rho,
    factor: scaleByLearningRate ? learningRate : 1,
  };
}

/**
 * Keeps a sharing pattern: each cluster becomes its mean (the Euclidean projection on the vectors with that
 * pattern). The released code retrains a network with it before every step and all penalties 0 ("freeze and
 * retrain").
 *
 * @param weights `[d]`.
 * @param clusters A partition of d weights, such as {@link releasedUpdate}, {@link ProxSolver.lastClusters}
 * or {@link clustersByValue} give.
 * @throws {TypeError} If the partition is of another number of weights.
 */
export function projectOnClusters<T extends Weights>(weights: T, clusters: Clusters): T {
  if (clusters.clusterOf.length !== weights.length) {
    throw new TypeError(
      `Cannot project the weights as their number must be ${clusters.clusterOf.length}: current value is ${weights.length}`,
    );
  }
  const means = clusterMeans(weights, clusters);
  return weights.map((_, i) => means[clusters.clusterOf[i]]) as T;
}

/**
 * Mean of each cluster, as its first member plus the mean difference from it: equal weights keep their value.
 */
function clusterMeans(weights: Weights, { count, clusterOf, sizes }: Clusters): Float64Array {
  const start = new Float64Array(count).fill(NaN), sums = new Float64Array(count);
  for (let i = 0; i < clusterOf.length; i++) {
    const c = clusterOf[i];
    if (Number.isNaN(start[c])) start[c] = weights[i];
    else sums[c] += weights[i] - start[c];
  }
  return start.map((value, c) => value + sums[c] / sizes[c]);
}
