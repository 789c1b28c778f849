import { disposable } from "../compile/mod.ts";
import { type Stream, stream as streamOf } from "../random/mod.ts";
import { fitStandardiser, type Matrix, quantile, selectRows } from "../stats/mod.ts";
import { expectedTime } from "./_expected_time.ts";
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
  /**
   * Longest time, in seconds, that fitting and each scoring may take. More than 20 000 rows are tried out on
   * samples before: what is expected to take longer is refused at once. KNN and LOF scan all rows for each in
   * 20 dimensions or more; MCD and CBLOF take minutes for a million rows. @default an hour
   */
  readonly mostSeconds?: number;
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
   * How much of each row's score is due to each feature. Exact where the detector has it (DTE-NP: the shares
   * add up to the score), else what the score loses when the feature takes its mean over the training rows
   * (occlusion, d + 1 scores a row).
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
 * @throws {RangeError} If there are no rows, a value is infinite, an option is out of range, the detector
 *   cannot be fitted, or it is expected to take longer than `mostSeconds`.
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
    mostSeconds = 3600,
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
  if (!(mostSeconds > 0)) {
    throw new RangeError(
      `Cannot fit a detector as mostSeconds must be > 0: current value is ${mostSeconds}`,
    );
  }
  const { mean, apply } = fitStandardiser(rows);
  const chosen = rows.rows <= mostRows
    ? rows
    : selectRows(rows, stream.permutation(rows.rows).subarray(0, Math.floor(mostRows)).sort());
  const train = apply(chosen);
  const expected = mostSeconds === Infinity ? undefined : await expectedTime(train, async (sample) => {
    const tried = await make(sample);
    await tried.score(sample).finally(() => tried.dispose());
  });
  if (expected && expected.seconds > mostSeconds) {
    throw new RangeError(
      `Cannot fit a detector to ${train.rows} rows and score them as it must take <= ${mostSeconds} s: about ` +
        `${seconds(expected.seconds)} are expected; give mostRows, e.g. ${
          rounded(expected.rowsWithin(mostSeconds))
        }, ` +
        "or a larger mostSeconds",
    );
  }
  const detector = await make(train);
  const clock = performance.now();
  const own = await detector.score(train);
  const secondsPerRow = (performance.now() - clock) / 1000 / train.rows;
  const score = (rows: Matrix, times = 1) => {
    const needed = times * rows.rows * secondsPerRow;
    if (needed > mostSeconds) {
      throw new RangeError(
        `Cannot score ${rows.rows} rows as it must take <= ${mostSeconds} s: about ${seconds(needed)} are ` +
          "expected; score fewer at a time, fit with mostRows, or give a larger mostSeconds",
      );
    }
    return detector.score(apply(rows));
  };
  const threshold = quantile(own, 1 - contamination);
  return {
    epochLosses: detector.epochLosses,
    threshold,
    // deno-lint-ignore require-await -- errors must reject
    score: async (rows) => score(rows),
    predict: async (rows) => Uint8Array.from(await score(rows), (value) => value > threshold ? 1 : 0),
    async attributions(rows) {
      if (detector.attributions) return await detector.attributions(apply(rows));
      const whole = await score(rows, rows.columns + 1);
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

/** Seconds to two digits, or in words that are easier to read. */
function seconds(count: number): string {
  return count < 7200
    ? `${rounded(count)} s`
    : count < 172_800
    ? `${rounded(count / 3600)} hours`
    : `${rounded(count / 86_400)} days`;
}

/** Two digits. */
function rounded(value: number): number {
  return Number(value.toPrecision(2));
}
