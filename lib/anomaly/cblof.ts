import type { Stream } from "../random/mod.ts";
import type { Matrix } from "../stats/mod.ts";
import { checkTrainingRows, type Detector, hostDetector } from "./detector.ts";
import { kMeans } from "./k_means.ts";

/** Options of {@link fitCblof}. */
export interface CblofOptions {
  /** Source of the clustering's starts. */
  readonly stream: Stream;
  /** Number of clusters. @default 8 */
  readonly clusters?: number;
  /** Share of rows that the large clusters hold together, in [0.5, 1]. @default 0.9 */
  readonly alpha?: number;
  /** How many times larger the smallest large cluster is than the largest small one, > 1. @default 5 */
  readonly beta?: number;
}

/**
 * CBLOF (He et al. 2003), unweighted: the Euclidean distance to the centre of the nearest large cluster.
 *
 * As in PyOD with k-means: in order of falling size, the large clusters end at the first place where they
 * hold at least α N rows and the next is β times smaller; failing that where they hold α N rows; failing that
 * where the next is β times smaller. Where none of these occurs (PyOD then gives up) all clusters are large.
 *
 * @param train `[N, d]` standardised training rows, finite.
 * @throws {RangeError} If an option is out of range, there are no rows, or a value is not finite.
 */
export function fitCblof(train: Matrix, options: CblofOptions): Detector {
  const { stream, clusters = 8, alpha = 0.9, beta = 5 } = options;
  checkTrainingRows(train, "CBLOF");
  if (!(alpha >= 0.5 && alpha <= 1 && beta > 1)) {
    throw new RangeError(
      `Cannot fit CBLOF as alpha must be in [0.5, 1] and beta > 1: current values are ${alpha} and ${beta}`,
    );
  }
  const { centres, sizes } = kMeans(train, { stream, clusters });
  const d = train.columns;
  const large = largeClusters(sizes, { enough: alpha * train.rows, beta });
  const largeCentres = large.map((c) => centres.data.subarray(c * d, (c + 1) * d));
  return hostDetector({ columns: d, what: "CBLOF" }, (rows) => {
    return Float64Array.from({ length: rows.rows }, (_, i) => {
      let nearest = Infinity;
      for (const centre of largeCentres) {
        let square = 0;
        for (let j = 0; j < d; j++) square += (rows.data[i * d + j] - centre[j]) ** 2;
        if (square < nearest) nearest = square;
      }
      return Math.sqrt(nearest);
    });
  });
}

/** Indices of the large clusters. */
function largeClusters(
  sizes: Float64Array,
  { enough, beta }: { readonly enough: number; readonly beta: number },
): number[] {
  const order = Array.from(sizes.keys()).sort((a, b) => sizes[b] - sizes[a] || a - b);
  const holdEnough: boolean[] = [], dropAfter: boolean[] = [];
  let held = 0;
  for (let i = 1; i < order.length; i++) {
    held += sizes[order[i - 1]];
    holdEnough.push(held >= enough);
    dropAfter.push(sizes[order[i - 1]] / sizes[order[i]] >= beta);
  }
  const both = holdEnough.findIndex((yes, i) => yes && dropAfter[i]);
  const end = [both, holdEnough.indexOf(true), dropAfter.indexOf(true)].find((at) => at >= 0);
  return end === undefined ? order : order.slice(0, end + 1);
}
