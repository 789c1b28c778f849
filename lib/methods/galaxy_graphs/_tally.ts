/**
 * Sums of marks over pairs in bins, with the part that goes when a region's galaxies are removed: a pair
 * belongs to the regions of both its galaxies, so that nothing has to be counted again.
 */
export class Tally {
  readonly #bins: number;
  /** Number of marks `[bins]`. */
  readonly count: Float64Array;
  /** Σ marks `[bins]`. */
  readonly sum: Float64Array;
  readonly #removedCount: Float64Array;
  readonly #removedSum: Float64Array;

  constructor(bins: number, regions: number) {
    this.#bins = bins;
    this.count = new Float64Array(bins);
    this.sum = new Float64Array(bins);
    this.#removedCount = new Float64Array(bins * regions);
    this.#removedSum = new Float64Array(bins * regions);
  }

  /** A mark of a pair whose galaxies lie in regions k and l. */
  add(bin: number, mark: number, k: number, l: number): void {
    this.count[bin]++;
    this.sum[bin] += mark;
    const bins = this.#bins;
    this.#removedCount[k * bins + bin]++;
    this.#removedSum[k * bins + bin] += mark;
    if (l === k) return;
    this.#removedCount[l * bins + bin]++;
    this.#removedSum[l * bins + bin] += mark;
  }

  /** A function of the sums and numbers, for all galaxies or (`without` a region) for those left. */
  evaluate(
    f: (sum: number, count: number, bin: number) => number,
    without?: number,
  ): Float64Array {
    const bins = this.#bins;
    return this.sum.map((sum, b) => {
      if (without === undefined) return f(sum, this.count[b], b);
      const at = without * bins + b;
      return f(sum - this.#removedSum[at], this.count[b] - this.#removedCount[at], b);
    });
  }
}

/**
 * The bin of a squared separation, or −1 outside; edges are squared, too. Most pairs are in the outer bins.
 */
export function binOf(squaredEdges: Float64Array, square: number): number {
  let bin = squaredEdges.length - 1;
  if (square >= squaredEdges[bin]) return -1;
  while (bin >= 0 && square < squaredEdges[bin]) bin--;
  return bin;
}

/** @throws {RangeError} If the edges do not rise from 0 or more, or do not fit into half the box. */
export function checkEdges(edges: readonly number[], box: number): void {
  const rising = edges.length >= 2 && edges[0] >= 0 &&
    edges.every((edge, b) => b === 0 || edge > edges[b - 1]);
  if (!rising) {
    throw new RangeError(
      `Cannot correlate as the bins' edges must rise from >= 0: current value is ${edges}`,
    );
  }
  if (edges.at(-1)! > box / 2) {
    throw new RangeError(
      `Cannot correlate as bins must end within half the box, ${box / 2}: current value is ${edges.at(-1)}`,
    );
  }
}
