import type { Matrix } from "../stats/mod.ts";
import { checkTrainingRows, type Detector, hostDetector } from "./detector.ts";
import { neighbourIndex } from "./neighbours.ts";

/** Options of {@link fitKnn}. */
export interface KnnOptions {
  /** Number of neighbours, K. @default 5 */
  readonly k?: number;
  /** Distance to the K-th neighbour, or the mean of the K distances or of their squares. @default "kth" */
  readonly statistic?: "kth" | "mean" | "meanSquared";
}

/**
 * KNN: the score is the Euclidean distance to the K-th nearest training row (Ramaswamy et al. 2000).
 *
 * The paper's semi-supervised table has K = 5; its unsupervised one K = 32, where training rows include the
 * test rows.
 *
 * @param train `[N, d]` standardised training rows, finite; N ≥ K.
 * @throws {RangeError} If k is not an integer in [1, N], or a value is not finite.
 *
 * @example
 * ```ts
 * import { matrix } from "@refigure/refigure";
 * import { fitKnn } from "@refigure/refigure/anomaly";
 * import assert from "node:assert/strict";
 *
 * const detector = fitKnn(matrix([0, 1, 2, 3], { columns: 1 }), { k: 2 });
 * assert.deepEqual([...await detector.score(matrix([1, 10], { columns: 1 }))], [1, 8]);
 * ```
 */
export function fitKnn(train: Matrix, options: KnnOptions = {}): Detector {
  const { k = 5, statistic = "kth" } = options;
  checkTrainingRows(train, "KNN");
  if (!Number.isInteger(k) || k < 1 || k > train.rows) {
    throw new RangeError(
      `Cannot fit KNN as k must be an integer in [1, ${train.rows}]: current value is ${k}`,
    );
  }
  const index = neighbourIndex(train);
  const power = statistic === "meanSquared" ? 2 : 1;
  return hostDetector({ columns: train.columns, what: "KNN" }, (rows) => {
    const { distances } = index.search(rows, { k });
    return Float64Array.from({ length: rows.rows }, (_, i) => {
      if (statistic === "kth") return distances[i * k + k - 1];
      let sum = 0;
      for (let j = i * k; j < (i + 1) * k; j++) sum += distances[j] ** power;
      return sum / k;
    });
  });
}
