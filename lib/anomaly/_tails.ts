import { type Matrix, skewness } from "../stats/mod.ts";

/** −ln of the empirical tail probabilities of one column, and the side its skewness points to. */
export interface ColumnTails {
  /** `[n]`, −ln(fraction of values ≤ x). */
  readonly left: Float64Array;
  /** `[n]`, −ln(fraction of values ≥ x). */
  readonly right: Float64Array;
  /**
   * `[n]`, the tail on the skewed side: right if skewness > 0, left if < 0, the sum if 0; NaN if constant.
   */
  readonly skewed: Float64Array;
}

/**
 * Sums a per-column score over the columns of training and scored rows stacked, for the scored rows.
 *
 * @param combine of one column and one row.
 */
export function sumOverColumns(
  train: Matrix,
  rows: Matrix,
  combine: (tails: ColumnTails, row: number) => number,
): Float64Array {
  const count = train.rows + rows.rows, d = train.columns;
  const scores = new Float64Array(rows.rows);
  const column = new Float64Array(count);
  for (let j = 0; j < d; j++) {
    for (let i = 0; i < train.rows; i++) column[i] = train.data[i * d + j];
    for (let i = 0; i < rows.rows; i++) column[train.rows + i] = rows.data[i * d + j];
    const tails = columnTails(column);
    for (let i = 0; i < rows.rows; i++) scores[i] += combine(tails, train.rows + i);
  }
  return scores;
}

function columnTails(column: Float64Array): ColumnTails {
  const n = column.length;
  const sorted = column.slice().sort();
  const left = new Float64Array(n), right = new Float64Array(n), skewed = new Float64Array(n);
  const side = Math.sign(skewness(column));
  for (let i = 0; i < n; i++) {
    left[i] = -Math.log(countBelow(sorted, column[i], true) / n);
    right[i] = -Math.log((n - countBelow(sorted, column[i], false)) / n);
    // U_s = −U_l sign(s − 1) + U_r sign(s + 1), s = sign of the skewness
    skewed[i] = -left[i] * Math.sign(side - 1) + right[i] * Math.sign(side + 1);
  }
  return { left, right, skewed };
}

/** How many sorted values are < x, or ≤ x if `inclusive`. */
function countBelow(sorted: Float64Array, x: number, inclusive: boolean): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < x || (inclusive && sorted[middle] === x)) low = middle + 1;
    else high = middle;
  }
  return low;
}
