import type { Matrix } from "../stats/mod.ts";
import { checkTrainingRows, type Detector, hostDetector } from "./detector.ts";
import { neighbourIndex, type Neighbours } from "./neighbours.ts";
import { scikitKdTree } from "./_scikit_kd_tree.ts";

/** Options of {@link fitLof}. */
export interface LofOptions {
  /** Number of neighbours, K; at most N − 1 are used. @default 20 */
  readonly k?: number;
}

/** Keeps densities of duplicated rows finite (as scikit-learn). */
const DENSITY_FLOOR = 1e-10;

/** Up to this many columns scikit-learn searches a k-d tree, beyond it every row. */
const MOST_TREE_COLUMNS = 15;

/**
 * LOF, the local outlier factor (Breunig et al. 2000), scoring new rows against the training rows:
 * lrd(x) = 1 / (mean_o max(‖x − o‖, d_K(o)) + 10⁻¹⁰), score = mean_o lrd(o) / lrd(x), o over the K nearest
 * training rows and d_K(o) the distance of o to its own K-th nearest other training row.
 *
 * The paper uses PyOD's default K = 20. As in scikit-learn's novelty mode a scored row that equals a training
 * row counts that row among its neighbours. Which of several rows that tie for the last place enters is
 * arbitrary but moves AUROC by up to 0.1 points on integer-valued sets; up to 15 columns the choice is
 * scikit-learn's, beyond it the lowest index.
 *
 * @param train `[N, d]` standardised training rows, finite; N ≥ 2.
 * @throws {RangeError} If k is not an integer ≥ 1, N < 2, or a value is not finite.
 *
 * @example
 * ```ts
 * import { matrix } from "@refigure/refigure";
 * import { fitLof } from "@refigure/refigure/anomaly";
 * import assert from "node:assert/strict";
 *
 * const detector = fitLof(matrix([0, 1, 2, 3, 4], { columns: 1 }), { k: 2 });
 * const [inside, outside] = await detector.score(matrix([2, 9], { columns: 1 }));
 * assert(outside > 3 && inside < 1.5);
 * ```
 */
export function fitLof(train: Matrix, options: LofOptions = {}): Detector {
  checkTrainingRows(train, "LOF");
  const { k: wanted = 20 } = options;
  const { rows: n, columns: d } = train;
  if (!Number.isInteger(wanted) || wanted < 1 || n < 2) {
    throw new RangeError(
      `Cannot fit LOF as k must be an integer >= 1 and there must be >= 2 rows: ` +
        `current values are ${wanted} and ${n}`,
    );
  }
  const k = Math.min(wanted, n - 1);
  const index = neighbourIndex(train);
  const tree = d <= MOST_TREE_COLUMNS && k < n >> 1 ? scikitKdTree(train) : undefined;

  /** Indices of the k neighbours of row i, given one neighbour more to see whether the last place is tied. */
  function neighbours(
    rows: Matrix,
    i: number,
    { found, own }: { found: Neighbours; own?: number },
  ): Int32Array {
    const { distances, indices, k: more } = found;
    const last = i * more + k - 1;
    if (tree === undefined || more === k || distances[last] < distances[last + 1]) {
      return indices.subarray(i * more, last + 1);
    }
    const point = rows.data.subarray(i * d, (i + 1) * d);
    if (own === undefined) return tree(point, k);
    // Left out is the row itself, or the first found where k + 1 copies hide it.
    const withOwn = tree(point, k + 1);
    const at = Math.max(0, withOwn.indexOf(own));
    return withOwn.filter((_, j) => j !== at);
  }

  const others = index.searchOthers({ k: Math.min(k + 1, n - 1) });
  const reach = Float64Array.from({ length: n }, (_, i) => others.distances[i * others.k + k - 1]);

  /** Local reachability density; `distances` ascending, which ties leave as they are. */
  function density(near: Int32Array, distances: Float64Array): number {
    let sum = 0;
    for (let j = 0; j < k; j++) sum += Math.max(distances[j], reach[near[j]]);
    return 1 / (sum / k + DENSITY_FLOOR);
  }

  const trainDensity = reach.map((_, i) =>
    density(neighbours(train, i, { found: others, own: i }), others.distances.subarray(i * others.k))
  );
  return hostDetector({ columns: d, what: "LOF" }, (rows) => {
    const found = index.search(rows, { k: Math.min(k + 1, n) });
    return Float64Array.from({ length: rows.rows }, (_, i) => {
      const near = neighbours(rows, i, { found });
      let sum = 0;
      for (const row of near) sum += trainDensity[row];
      return sum / k / density(near, found.distances.subarray(i * found.k));
    });
  });
}
