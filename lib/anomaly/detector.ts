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
 * @throws {RangeError} If there are no rows or columns, or a value is not finite.
 */
export function checkTrainingRows(rows: Matrix, what: string): void {
  if (rows.rows < 1 || rows.columns < 1) {
    throw new RangeError(
      `Cannot fit ${what} as there must be >= 1 row and column: current value is ${rows.rows} x ${rows.columns}`,
    );
  }
  checkValues(rows, `fit ${what}`);
}

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
  { columns, what }: { readonly columns: number; readonly what: string },
): void {
  if (rows.columns !== columns) {
    throw new TypeError(
      `Cannot score with ${what} as rows must have ${columns} columns like the training rows: ` +
        `current value is ${rows.columns}`,
    );
  }
  checkValues(rows, `score with ${what}`);
}

function checkValues({ data, rows, columns }: Matrix, action: string): void {
  if (data.length !== rows * columns) {
    throw new TypeError(
      `Cannot ${action} as ${rows} x ${columns} rows must hold ${rows * columns} values: ` +
        `current value is ${data.length}`,
    );
  }
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      throw new RangeError(
        `Cannot ${action} as values must be finite: current value in row ${Math.floor(i / columns)}, ` +
          `column ${i % columns} is ${data[i]}`,
      );
    }
  }
}
