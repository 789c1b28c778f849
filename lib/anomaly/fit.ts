import { disposable } from "../compile/mod.ts";
import { type Stream, stream as streamOf } from "../random/mod.ts";
import { fitStandardiser, type Matrix, quantile, selectRows } from "../stats/mod.ts";
import type { Detector } from "./detector.ts";
import { fitKnn } from "./knn.ts";

/** Options of {@link fit}. */
export interface FitOptions {
  /**
   * Fits a detector to standardised rows without missing values, e.g. `(rows) => fitIsolationForest(rows, {
   * stream })`.
   *
   * @default KNN with 5 neighbours
   */
  readonly detector?: (train: Matrix) => Detector | Promise<Detector>;
  /** Share of anomalies that the training rows are thought to hold, in [0, 0.5]. @default 0.1 */
  readonly contamination?: number;
  /** Most rows that the detector is fitted to; of more a random choice is taken. @default all */
  readonly mostRows?: number;
  /** Chooses the rows. @default a fixed one */
  readonly stream?: Stream;
}

/** A detector for rows as they come: not scaled, with NaN for what is missing. */
export interface FittedDetector extends Detector {
  /** Scores above it are called anomalies: the (1 − contamination) quantile of the training rows' scores. */
  readonly threshold: number;
  /**
   * Which rows are anomalies.
   *
   * @returns `[n]`, 1 for an anomaly.
   */
  predict(rows: Matrix): Promise<Uint8Array>;
  /**
   * How much of each row's score is due to each feature: what the score loses when the feature takes its mean
   * over the training rows (occlusion). Of any detector; d + 1 scores a row.
   *
   * @returns `[n, d]`.
   */
  attributions(rows: Matrix): Promise<Matrix>;
}

/**
 * Fits a detector to one's own rows: standardises each column, puts the column's mean in place of missing
 * values (NaN), fits, and sets the threshold above which rows are called anomalies. Rows to be scored are
 * treated as the training rows were. Dispose of it, `await using detector = await fit(rows)`.
 *
 * The threshold is that of scores on the rows that the detector was fitted to, as in PyOD.
 *
 * @param rows `[N, d]`; NaN marks a missing value.
 * @throws {RangeError} If there are no rows, a value is infinite, an option is out of range, or the detector
 *   cannot be fitted.
 *
 * @example
 * ```ts
 * import { matrix, stream } from "@refigure/refigure";
 * import { fit } from "@refigure/refigure/anomaly";
 * import assert from "node:assert/strict";
 *
 * // Heights in metres and weights in kilograms; one weight is not known.
 * const values = stream(0, "example").normal(new Float64Array(400));
 * const people = matrix(values.map((z, i) => i % 2 === 0 ? 1.7 + 0.1 * z : 70 + 10 * z), { columns: 2 });
 * people.data[3] = NaN;
 * await using detector = await fit(people, { contamination: 0.05 });
 * const strangers = matrix([1.7, 71, 1.7, 160], { columns: 2 });
 * assert.deepEqual([...await detector.predict(strangers)], [0, 1]);
 * const [height, weight] = (await detector.attributions(strangers)).data.slice(2);
 * assert.ok(weight > 10 * Math.abs(height));
 * ```
 */
export async function fit(rows: Matrix, options: FitOptions = {}): Promise<FittedDetector> {
  const {
    detector: make = (train) => fitKnn(train),
    contamination = 0.1,
    mostRows = Infinity,
    stream = streamOf(0, "rows that a detector is fitted to"),
  } = options;
  if (!(contamination >= 0 && contamination <= 0.5)) {
    throw new RangeError(
      `Cannot fit a detector as contamination must be in [0, 0.5]: current value is ${contamination}`,
    );
  }
  if (!(mostRows >= 1)) {
    throw new RangeError(`Cannot fit a detector as mostRows must be >= 1: current value is ${mostRows}`);
  }
  const { mean, apply } = fitStandardiser(rows);
  const chosen = rows.rows <= mostRows
    ? rows
    : selectRows(rows, stream.permutation(rows.rows).subarray(0, Math.floor(mostRows)).sort());
  const train = apply(chosen);
  const detector = await make(train);
  const score = (rows: Matrix) => detector.score(apply(rows));
  const threshold = quantile(await detector.score(train), 1 - contamination);
  return {
    epochLosses: detector.epochLosses,
    threshold,
    score,
    predict: async (rows) => Uint8Array.from(await score(rows), (value) => value > threshold ? 1 : 0),
    async attributions(rows) {
      const whole = await score(rows);
      const out = { data: new Float64Array(rows.data.length), rows: rows.rows, columns: rows.columns };
      for (let j = 0; j < rows.columns; j++) {
        const data = Float64Array.from(rows.data);
        for (let i = j; i < data.length; i += rows.columns) data[i] = mean[j];
        const without = await score({ ...rows, data });
        for (let i = 0; i < rows.rows; i++) out.data[i * rows.columns + j] = whole[i] - without[i];
      }
      return out;
    },
    ...disposable(() => detector.dispose()),
  };
}
