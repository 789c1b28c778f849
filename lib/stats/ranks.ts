import { mean } from "./summary.ts";

/**
 * Indices that sort the values ascending; equal values keep their order.
 *
 * @throws {RangeError} If a value is NaN.
 */
export function argsort(values: ArrayLike<number>): Int32Array {
  const order = new Int32Array(values.length);
  for (let i = 0; i < order.length; i++) {
    if (Number.isNaN(values[i])) throw new RangeError(`Cannot sort as value ${i} is NaN`);
    order[i] = i;
  }
  return order.sort((a, b) => values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : a - b);
}

/**
 * Ranks 1..n, ascending; tied values share the mean of their ranks.
 *
 * @throws {RangeError} If a value is NaN.
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = argsort(values);
  const out = new Float64Array(order.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    // Ranks start+1 .. end, whose mean is (start + 1 + end) / 2.
    for (let i = start; i < end; i++) out[order[i]] = (start + 1 + end) / 2;
    start = end;
  }
  return out;
}

/**
 * Spearman's rank correlation: Pearson's correlation of the ranks (ties averaged); NaN if a side is constant.
 *
 * @throws {TypeError} If the lengths differ or are below 2.
 * @throws {RangeError} If a value is NaN.
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length !== y.length || x.length < 2) {
    throw new TypeError(
      `Cannot correlate as both lists must have the same length >= 2: current values are ${x.length} and ${y.length}`,
    );
  }
  const rankX = ranks(x), rankY = ranks(y);
  const center = mean(rankX);
  let xx = 0, yy = 0, xy = 0;
  for (let i = 0; i < rankX.length; i++) {
    const a = rankX[i] - center, b = rankY[i] - center;
    xx += a * a;
    yy += b * b;
    xy += a * b;
  }
  return xy / Math.sqrt(xx * yy);
}
