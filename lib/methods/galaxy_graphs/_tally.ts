import type { BinnedStatistic } from "./jackknife.ts";

/** Sizes of a tally. */
export interface TallySizes {
  readonly bins: number;
  readonly regions: number;
}

/**
 * Sums over pairs in bins, with the part that goes when a region's galaxies are removed: a pair belongs to
 * the regions of both its galaxies, so that nothing has to be summed again.
 */
export class Tally {
  /** `[bins]`. */
  readonly all: Float64Array;
  /** `[regions + 1, bins]`; the last row is nobody's, see {@link PairPlaces}. */
  readonly removed: Float64Array;

  constructor({ bins, regions }: TallySizes) {
    this.all = new Float64Array(bins);
    this.removed = new Float64Array((regions + 1) * bins);
  }
}

/** Where the pairs of a batch belong in a tally. */
export interface PairPlaces {
  /** Pairs in the batch. */
  readonly count: number;
  /** In `all`: the bin. */
  readonly bin: Int32Array;
  /** In `removed`, for the regions of both galaxies; where they are the same, the second is nobody's. */
  readonly firstPlace: Int32Array;
  readonly secondPlace: Int32Array;
}

/** Adds a number for each pair of a batch. */
export function tallyPairs(
  { all, removed }: Tally,
  { count, bin, firstPlace, secondPlace }: PairPlaces,
  { marks }: { readonly marks: ArrayLike<number> },
): void {
  for (let p = 0; p < count; p++) {
    all[bin[p]] += marks[p];
    removed[firstPlace[p]] += marks[p];
    removed[secondPlace[p]] += marks[p];
  }
}

/** What is known of a bin, of all galaxies or of those left `without` a region's. */
export interface BinTotals {
  readonly bin: number;
  readonly count: number;
  /** 0 where nothing was summed. */
  readonly sum: number;
  readonly without?: number;
}

/** A statistic of counts and sums with its leave-one-out values. */
export function binnedStatistic(
  { edges, counts, sums = new Tally({ bins: edges.length - 1, regions: 0 }) }: {
    readonly edges: readonly number[];
    readonly counts: Tally;
    readonly sums?: Tally;
  },
  of: (totals: BinTotals) => number,
): BinnedStatistic {
  const bins = edges.length - 1, regions = counts.removed.length / bins - 1;
  const pairs = counts.all;
  return {
    edges,
    pairs,
    value: pairs.map((count, bin) => of({ bin, count, sum: sums.all[bin] })),
    leaveOneOut: Array.from({ length: regions }, (_, without) =>
      pairs.map((count, bin) => {
        const at = without * bins + bin;
        return of({
          bin,
          count: count - counts.removed[at],
          sum: sums.all[bin] - sums.removed[at],
          without,
        });
      })),
  };
}
