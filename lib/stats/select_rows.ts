import type { Matrix } from "./matrix.ts";

/**
 * Copies the chosen rows, in the given order (an index may come more than once).
 *
 * @param indices integers in [0, rows).
 * @throws {RangeError} If an index is out of range.
 */
export function selectRows({ data, rows, columns }: Matrix, indices: ArrayLike<number>): Matrix {
  const out = new Float64Array(indices.length * columns);
  for (let at = 0; at < indices.length; at++) {
    const i = indices[at];
    if (!(i >= 0 && i < rows)) {
      throw new RangeError(`Cannot select a row as indices must be in [0, ${rows}): current value is ${i}`);
    }
    out.set(data.subarray(i * columns, (i + 1) * columns), at * columns);
  }
  return { data: out, rows: indices.length, columns };
}
