import { disposable, type NativeResource } from "../compile/mod.ts";
import type { Matrix } from "../stats/mod.ts";

/**
 * A fitted anomaly detector: the larger the score, the more anomalous. Networks hold a compiled program, so
 * every detector is disposed of, `await using detector = await fitX(…)`; those without one lose nothing by
 * it.
 */
export interface Detector extends NativeResource {
  /** Mean training loss of each epoch; empty if it is not trained in epochs. */
  readonly epochLosses: readonly number[];
  /**
   * Anomaly scores.
   *
   * @param rows `[n, d]`, finite, standardised like the training rows; left unchanged.
   * @returns `[n]`; NaN where the method has no score (the paper's protocol then takes 0, see `replaceNaN`).
   * @throws {TypeError} If the number of columns differs from the training rows'.
   * @throws {RangeError} If a value is not finite.
   */
  score(rows: Matrix): Promise<Float64Array>;
  /**
   * How much of each row's score is due to each feature, exactly: a row's shares add up to its score. Absent
   * where a score is no such sum.
   *
   * @param rows As for `score`.
   * @returns `[n, d]`.
   */
  attributions?(rows: Matrix): Promise<Matrix>;
}

/** A detector that scores checked rows on the host. */
export function hostDetector(
  training: { readonly columns: number; readonly what: string },
  score: (rows: Matrix) => Float64Array,
): Detector {
  return {
    epochLosses: [],
    // deno-lint-ignore require-await -- errors must reject, as those of networks do
    async score(rows) {
      checkScoredRows(rows, training);
      return score(rows);
    },
    ...disposable(() => Promise.resolve()),
  };
}

/**
 * Checks training rows at a public door.
 *
 * @param what names the detector in the message, e.g. `KNN`.
 * @throws {TypeError} If the data's length is not rows × columns.
 * @throws {RangeError} If there are no rows or columns, or a value is not finite, or so large or small that
 *   squares overflow or vanish (the message names row and column).
 */
export function checkTrainingRows(rows: Matrix, what: string, options: SizeOptions = {}): void {
  if (rows.rows < 1 || rows.columns < 1) {
    throw new RangeError(
      `Cannot fit ${what} as there must be >= 1 row and column: current value is ${rows.rows} x ${rows.columns}`,
    );
  }
  checkValues(rows, `fit ${what}`, options);
  let largest = 0;
  for (const value of rows.data) largest = Math.max(largest, Math.abs(value));
  const least = 1 / (options.largest ?? LARGEST);
  if (largest > 0 && largest < least) {
    throw new RangeError(
      `Cannot fit ${what} as values must not all be below ${least}: current largest is ${largest}; ` +
        "standardise the rows",
    );
  }
}

/** What sizes of values a detector can take. */
export interface SizeOptions {
  /** Largest magnitude. @default 1e100, of which cubes are numbers yet */
  readonly largest?: number;
}

const LARGEST = 1e100;

/** The largest magnitude for networks, which compute in float32: squares must be numbers. */
export const LARGEST_FOR_NETWORKS = 1e15;

/**
 * Checks rows to be scored at a public door.
 *
 * @param columns number of columns of the training rows.
 * @param what names the detector in the message, e.g. `KNN`.
 * @throws {TypeError} If the number of columns differs, or the data's length is not rows × columns.
 * @throws {RangeError} If a value is not finite.
 */
export function checkScoredRows(
  rows: Matrix,
  { columns, what, ...options }: { readonly columns: number; readonly what: string } & SizeOptions,
): void {
  if (rows.columns !== columns) {
    throw new TypeError(
      `Cannot score with ${what} as rows must have ${columns} columns like the training rows: ` +
        `current value is ${rows.columns}`,
    );
  }
  checkValues(rows, `score with ${what}`, options);
}

function checkValues(
  { data, rows, columns }: Matrix,
  action: string,
  { largest = LARGEST }: SizeOptions,
): void {
  if (data.length !== rows * columns) {
    throw new TypeError(
      `Cannot ${action} as ${rows} x ${columns} rows must hold ${rows * columns} values: ` +
        `current value is ${data.length}`,
    );
  }
  for (let i = 0; i < data.length; i++) {
    if (!(Math.abs(data[i]) <= largest)) {
      const wanted = Number.isFinite(data[i]) ? `at most ${largest} in size` : "finite";
      throw new RangeError(
        `Cannot ${action} as values must be ${wanted}: current value in row ${Math.floor(i / columns)}, ` +
          `column ${i % columns} is ${data[i]}${Number.isFinite(data[i]) ? "; standardise the rows" : ""}`,
      );
    }
  }
}
