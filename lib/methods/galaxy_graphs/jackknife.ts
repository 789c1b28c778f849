/** A statistic in bins of separation, with what is needed for its errors. */
export interface BinnedStatistic {
  /** Edges of the bins, Mpc/h, `[bins + 1]`. */
  readonly edges: readonly number[];
  /** Pairs in each bin; for ω and w_g+ a pair of which both galaxies have axes counts twice. */
  readonly pairs: Float64Array;
  /** NaN where there is no pair. */
  readonly value: Float64Array;
  /** The statistic without the galaxies of one region, `[regions][bins]`. */
  readonly leaveOneOut: readonly Float64Array[];
}

/** Middle of each bin, (lower + upper)/2. */
export function binMiddles({ edges }: Pick<BinnedStatistic, "edges">): number[] {
  return edges.slice(1).map((upper, b) => (edges[b] + upper) / 2);
}

/** Edges equally spaced in the logarithm, `[bins + 1]`. */
export function logBins(
  { from, to, bins }: { readonly from: number; readonly to: number; readonly bins: number },
): number[] {
  if (!(from > 0 && to > from && Number.isInteger(bins) && bins >= 1)) {
    throw new RangeError(
      `Cannot make bins as 0 < from < to and bins >= 1 must hold: current values are ${from}, ${to}, ${bins}`,
    );
  }
  return Array.from({ length: bins + 1 }, (_, b) => from * (to / from) ** (b / bins));
}

/**
 * Leave-one-out jackknife covariance, (n − 1) times the population covariance of the n statistics with one
 * region left out: C_ab = (n − 1)/n Σ_k (x_a^k − x̄_a)(x_b^k − x̄_b).
 *
 * @param leaveOneOut `[regions][bins]`.
 * @returns `[bins, bins]`, row by row.
 * @throws {RangeError} If there are fewer than two regions.
 *
 * @example
 * ```ts
 * import { jackknifeCovariance } from "@refigure/refigure/galaxy_graphs";
 * import assert from "node:assert/strict";
 *
 * // The mean of 1, 2, 4 without one of them: the variance of a mean is s²/n = (7/3)/3.
 * const [variance] = jackknifeCovariance([[3], [2.5], [1.5]]);
 * assert.equal(variance.toFixed(9), (7 / 9).toFixed(9));
 * ```
 */
export function jackknifeCovariance(leaveOneOut: readonly ArrayLike<number>[]): Float64Array {
  const regions = leaveOneOut.length;
  if (regions < 2) {
    throw new RangeError(
      `Cannot take a jackknife covariance as there must be 2 regions: current value is ${regions}`,
    );
  }
  const bins = leaveOneOut[0].length;
  const mean = Array.from(
    { length: bins },
    (_, b) => leaveOneOut.reduce((sum, x) => sum + x[b], 0) / regions,
  );
  const covariance = new Float64Array(bins * bins);
  for (const x of leaveOneOut) {
    for (let a = 0; a < bins; a++) {
      for (let b = 0; b < bins; b++) {
        covariance[a * bins + b] += (regions - 1) / regions * (x[a] - mean[a]) * (x[b] - mean[b]);
      }
    }
  }
  return covariance;
}

/** Standard errors: the roots of the diagonal of {@link jackknifeCovariance}. */
export function jackknifeErrors({ leaveOneOut }: Pick<BinnedStatistic, "leaveOneOut">): Float64Array {
  const covariance = jackknifeCovariance(leaveOneOut);
  const bins = leaveOneOut[0].length;
  return Float64Array.from({ length: bins }, (_, b) => Math.sqrt(covariance[b * bins + b]));
}

/**
 * The difference of two statistics with the same bins and regions, whose common scatter cancels in its
 * jackknife.
 */
export function differenceOf(first: BinnedStatistic, second: BinnedStatistic): BinnedStatistic {
  return {
    edges: first.edges,
    pairs: first.pairs,
    value: first.value.map((x, b) => x - second.value[b]),
    leaveOneOut: first.leaveOneOut.map((row, k) => row.map((x, b) => x - second.leaveOneOut[k][b])),
  };
}

/** The mean of statistics with the same bins and regions, as over draws of the noise. */
export function meanOf(statistics: readonly BinnedStatistic[]): BinnedStatistic {
  const mean = (rows: readonly Float64Array[]) =>
    rows[0].map((_, b) => rows.reduce((sum, row) => sum + row[b], 0) / rows.length);
  const [{ edges, pairs, leaveOneOut }] = statistics;
  return {
    edges,
    pairs,
    value: mean(statistics.map(({ value }) => value)),
    leaveOneOut: leaveOneOut.map((_, k) => mean(statistics.map((statistic) => statistic.leaveOneOut[k]))),
  };
}

/** The region of each point: the box is cut into `perSide`³ cubes. */
export function cubicRegions(
  positions: ArrayLike<number>,
  { box, perSide }: { readonly box: number; readonly perSide: number },
): Int32Array {
  return Int32Array.from({ length: positions.length / 3 }, (_, i) => {
    let region = 0;
    for (let k = 0; k < 3; k++) {
      const place = Math.floor(positions[3 * i + k] / box * perSide);
      region = region * perSide + Math.min(Math.max(place, 0), perSide - 1);
    }
    return region;
  });
}
