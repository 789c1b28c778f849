/** Weights of one layer, flattened. */
export type Weights = Float32Array | Float64Array;

/**
 * How prox_R is computed; all give the same vector.
 * - `pav`: pool adjacent violators, sequential, O(d) after the sort: the default for training;
 * - `imminent`: ImminentCollisions, all touching neighbours merge in a round, up to d − 1 rounds;
 * - `end`: EndCollisions, one final cluster per step, from left to right;
 * - `search`: SearchCollisions, O(log³ d) deep on enough processors whatever the input.
 */
export type ProxAlgorithm = "pav" | "imminent" | "end" | "search";

/** All algorithms, the default first. */
export const PROX_ALGORITHMS: readonly ProxAlgorithm[] = ["pav", "imminent", "end", "search"];

/** A partition of weights into clusters that share a value. */
export interface Clusters {
  /** Number of clusters. */
  readonly count: number;
  /** `[d]` cluster of each weight, 0 ≤ index < count, in increasing order of value. */
  readonly clusterOf: Int32Array;
  /** `[count]` number of weights in each cluster. */
  readonly sizes: Int32Array;
}

/** What an algorithm did; counts depend on the input only through the collisions in it. */
export interface ProxCounts {
  /**
   * Rounds that depend on the one before: merges (`pav`), rounds in which something merged (`imminent`),
   * steps from left to right (`end`), evaluations of "where does i's cluster end" (`search`).
   */
  readonly rounds: number;
  /** `search`: bisection steps of each level, block size 2, 4, 8, …; empty for the others. */
  readonly bisections: readonly number[];
}
