import type { Matrix } from "../stats/mod.ts";
import { checkTrainingRows, type Detector, hostDetector } from "./detector.ts";

/** Options of {@link fitHbos}. */
export interface HbosOptions {
  /** Number of bins per column. @default 10 */
  readonly bins?: number;
  /** Added to each density before the logarithm. @default 0.1 */
  readonly alpha?: number;
  /** How far outside, in bin widths, a value still counts to the outermost bin. @default 0.5 */
  readonly tolerance?: number;
}

interface Histogram {
  /** `[bins + 1]`. */
  readonly edges: Float64Array;
  /** `[bins]`, log2(density + alpha). */
  readonly scores: Float64Array;
  readonly lowest: number;
}

/**
 * HBOS (Goldstein & Dengel 2012): −Σ_j log2(h_j(x_j) + α), h_j the density histogram of column j over 10
 * equal bins.
 *
 * Defaults as in PyOD. As there the histogram closes bins on the left (NumPy), while a scored value that
 * falls on an edge belongs to the bin on the left; a constant column v gets the range v ± 0.5; beyond the
 * tolerance a value gets the column's lowest score. Where NumPy refuses, as bins would be narrower than the
 * numbers are apart (2⁵³ in all rows), the range is 2⁻⁴⁶ of the value on both sides.
 *
 * @param train `[N, d]` training rows, finite.
 * @throws {RangeError} If an option is out of range, there are no rows, or a value is not finite.
 */
export function fitHbos(train: Matrix, options: HbosOptions = {}): Detector {
  const { bins = 10, alpha = 0.1, tolerance = 0.5 } = options;
  checkTrainingRows(train, "HBOS");
  if (!Number.isInteger(bins) || bins < 2 || !(alpha > 0) || !(tolerance >= 0)) {
    throw new RangeError(
      `Cannot fit HBOS as bins must be an integer >= 2, alpha > 0 and tolerance >= 0: ` +
        `current values are ${bins}, ${alpha} and ${tolerance}`,
    );
  }
  const d = train.columns;
  const histograms = Array.from({ length: d }, (_, j) => {
    const column = Float64Array.from({ length: train.rows }, (_, i) => train.data[i * d + j]);
    return histogram(column, { bins, alpha });
  });
  return hostDetector({ columns: d, what: "HBOS" }, (rows) => {
    const scores = new Float64Array(rows.rows);
    for (let i = 0; i < rows.rows; i++) {
      for (let j = 0; j < d; j++) scores[i] -= lookUp(histograms[j], rows.data[i * d + j], tolerance);
    }
    return scores;
  });
}

/** As `numpy.histogram(column, bins, density=True)`, to the last bit of edges and bin choice. */
function histogram(
  column: Float64Array,
  { bins, alpha }: { readonly bins: number; readonly alpha: number },
): Histogram {
  let first = Infinity, last = -Infinity;
  for (const value of column) {
    first = Math.min(first, value);
    last = Math.max(last, value);
  }
  // Where bins are narrower than the numbers are apart: a constant column, or one as good as constant.
  // Below 1e-300, where the density would be infinite, numbers count as equal.
  const wide = Math.max(2 ** -46 * Math.max(Math.abs(first), Math.abs(last)), 1e-300);
  if (first === last) {
    const half = Math.max(0.5, wide);
    [first, last] = [first - half, last + half];
  } else if (last - first < wide * bins / 10) {
    const middle = first + (last - first) / 2;
    [first, last] = [middle - wide * bins / 10, middle + wide * bins / 10];
  }
  const step = (last - first) / bins;
  const edges = Float64Array.from({ length: bins + 1 }, (_, k) => k === bins ? last : k * step + first);
  const counts = new Int32Array(bins);
  for (const value of column) {
    let bin = Math.min(bins - 1, Math.floor((value - first) / (last - first) * bins));
    if (value < edges[bin]) bin--;
    else if (value >= edges[bin + 1] && bin !== bins - 1) bin++;
    counts[bin]++;
  }
  const scores = Float64Array.from(
    counts,
    (count, k) => Math.log2(count / (edges[k + 1] - edges[k]) / column.length + alpha),
  );
  return { edges, scores, lowest: scores.reduce((a, b) => Math.min(a, b)) };
}

function lookUp({ edges, scores, lowest }: Histogram, value: number, tolerance: number): number {
  const bins = scores.length;
  const width = edges[1] - edges[0];
  let edgesBelow = 0;
  while (edgesBelow <= bins && edges[edgesBelow] < value) edgesBelow++;
  if (edgesBelow === 0) return edges[0] - value <= tolerance * width ? scores[0] : lowest;
  if (edgesBelow === bins + 1) return value - edges[bins] <= tolerance * width ? scores[bins - 1] : lowest;
  return scores[edgesBelow - 1];
}
