import type { ProxCounts, Weights } from "./types.ts";

/**
 * Final clusters of two or more sorted particles, in order. Particles that are in none have met nothing:
 * particle k is at z_k = x_k + v_k. Only the first `found` entries count.
 */
export interface FoundClusters {
  /** `[⌊d/2⌋]` first particle of each cluster. */
  readonly firsts: Int32Array;
  /** `[⌊d/2⌋]` number of particles of each cluster, ≥ 2. */
  readonly masses: Int32Array;
  /** `[⌊d/2⌋]` where each cluster ends. */
  readonly positions: Float64Array;
}

/** What a finder returns. */
export interface Found extends ProxCounts {
  readonly found: number;
  /**
   * The result holds the positions of particles in no cluster, and of clusters of at most so many. Absent: it
   * was not written to.
   */
  readonly placed?: number;
}

/** Particles at time 0, and where their positions at time α belong. */
export interface Particles {
  /** `[d]` sorted, d ≥ 1. */
  readonly x: Weights;
  /** `[d]` particle k belongs to `result[order[k]]`. */
  readonly order: Int32Array;
  /** `[d]` a finder may write to it, to spare a second pass over all particles. */
  readonly result: Weights;
}

/**
 * Finds the clusters that sorted particles form until time α.
 *
 * @param alpha ≥ 0.
 * @param out Written; its arrays hold at least ⌊d/2⌋ entries.
 */
export type ClusterFinder = (particles: Particles, alpha: number, out: FoundClusters) => Found;
