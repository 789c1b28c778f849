/**
 * A dense table of numbers: `rows × columns`, row-major, element (i, j) at `data[i * columns + j]`.
 *
 * This is how data crosses module borders; linear algebra itself is `npm:ml-matrix`.
 */
export interface Matrix<T extends Float32Array | Float64Array = Float64Array> {
  /** Row after row, `[rows × columns]`. */
  readonly data: T;
  /** Number of rows. */
  readonly rows: number;
  /** Number of columns. */
  readonly columns: number;
}

/** Options of {@link matrix}. */
export interface MatrixOptions {
  /** Number of columns, d ≥ 1; the number of rows follows from the data's length. */
  readonly columns: number;
}

/**
 * Wraps (or, for other kinds of list, copies) numbers into a float64 {@link Matrix}.
 *
 * @param values `[rows * columns]` numbers, row by row.
 * @throws {RangeError} If the length is not a multiple of `columns`.
 *
 * @example
 * ```ts
 * import { matrix } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * assert.equal(matrix([1, 2, 3, 4, 5, 6], { columns: 3 }).rows, 2);
 * ```
 */
export function matrix(values: ArrayLike<number>, options: MatrixOptions): Matrix {
  const { columns } = options;
  if (!Number.isInteger(columns) || columns < 1) {
    throw new RangeError(
      `Cannot make a matrix as columns must be an integer >= 1: current value is ${columns}`,
    );
  }
  if (values.length % columns !== 0) {
    throw new RangeError(
      `Cannot make a matrix as the number of values must be a multiple of ${columns} columns: ` +
        `current value is ${values.length}`,
    );
  }
  const data = values instanceof Float64Array ? values : Float64Array.from(values);
  return { data, rows: values.length / columns, columns };
}
