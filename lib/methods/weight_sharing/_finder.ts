import type { ProxCounts, Weights } from "./types.ts";

/** Final clusters of sorted particles, in order; only the first `count` entries count. */
export interface FoundClusters {
  /** `[d]` number of particles of each cluster. */
  readonly masses: Int32Array;
  /** `[d]` where each cluster ends. */
  readonly positions: Float64Array;
}

/** What a finder returns. */
export interface Found extends ProxCounts {
  readonly count: number;
}

/**
 * Finds the clusters that sorted particles form until time α.
 *
 * @param x `[d]` sorted, d ≥ 1.
 * @param alpha ≥ 0.
 * @param out Written; both arrays hold at least d entries.
 */
export type ClusterFinder = (x: Weights, alpha: number, out: FoundClusters) => Found;
