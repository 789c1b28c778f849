/** Sorting numbers by the cell of their range that they are in. */
import type { Weights } from "./types.ts";

/** Bits of each of the two digits of a cell's number. */
const BITS = 11;

/** Below this many moves per number, insertion is faster than another way to sort. */
const MOVES = 8;

/**
 * Up to this many numbers, passes by 11 bits are faster than by 8: the 2¹¹ places that a pass writes to in
 * turn stay in the nearest cache.
 */
export const FEW = 1 << 17;

// Scratch memory of one call. Loops over constants are a quarter faster than over arguments, of which less is
// known.
const LOWER = new Int32Array(1 << BITS);
const UPPER = new Int32Array(1 << BITS);
const INDICES = new Int32Array(2 * FEW);
const NUMBERS = new Float32Array(INDICES.buffer);

/**
 * Cuts the numbers' range into 2²² cells of equal width, sorts by cell with two passes of a radix sort, and
 * then by insertion. Stable.
 *
 * @param weights `[d]`, d at most {@link FEW}.
 * @param sorted `[d]` gets the numbers in ascending order.
 * @param order `[d]` gets the index that each had.
 * @returns False, and nothing is sorted, if a number is not finite or insertion would take many moves, as
 * where most numbers are close together and some far away.
 */
export function sortByCells(weights: Float32Array, sorted: Float32Array, order: Int32Array): boolean {
  const cells = cellsOf(weights);
  if (!Number.isFinite(cells.lowest)) return false;
  countCells(weights, cells);
  sortByLower(weights, cells);
  sortByUpper(cells, sorted, order);
  return finishRuns(sorted, order);
}

/** Cell of a number x: the integer part of (x − lowest) · perCell. */
interface Cells {
  readonly lowest: number;
  readonly perCell: number;
}

/** `lowest` is NaN if a number is not finite. */
function cellsOf(weights: Float32Array): Cells {
  let lowest = Infinity, highest = -Infinity;
  for (let i = 0; i < weights.length; i++) {
    const x = weights[i];
    lowest = Math.min(lowest, x);
    highest = Math.max(highest, x);
  }
  const range = highest - lowest;
  if (!(range < Infinity)) return { lowest: NaN, perCell: 0 };
  return { lowest, perCell: range > 0 ? (2 ** (2 * BITS) - 1) / range : 0 };
}

const MASK = (1 << BITS) - 1;

function countCells(weights: Float32Array, { lowest, perCell }: Cells): void {
  LOWER.fill(0);
  UPPER.fill(0);
  for (let i = 0; i < weights.length; i++) {
    const cell = (weights[i] - lowest) * perCell | 0;
    LOWER[cell & MASK]++;
    UPPER[cell >>> BITS]++;
  }
  startsOf(LOWER);
  startsOf(UPPER);
}

/** Turns counts into where each digit starts, in place. */
export function startsOf(counts: Int32Array): Int32Array {
  let sum = 0;
  for (let digit = 0; digit < counts.length; digit++) {
    const count = counts[digit];
    counts[digit] = sum;
    sum += count;
  }
  return counts;
}

/** To pairs of a number and its index, in {@link NUMBERS} and {@link INDICES}. */
function sortByLower(weights: Float32Array, { lowest, perCell }: Cells): void {
  for (let i = 0; i < weights.length; i++) {
    const x = weights[i];
    const cell = (x - lowest) * perCell | 0;
    const at = 2 * LOWER[cell & MASK]++;
    NUMBERS[at] = x;
    INDICES[at + 1] = i;
  }
}

function sortByUpper({ lowest, perCell }: Cells, sorted: Float32Array, order: Int32Array): void {
  for (let i = 0; i < sorted.length; i++) {
    const x = NUMBERS[2 * i];
    const cell = (x - lowest) * perCell | 0;
    const at = UPPER[cell >>> BITS]++;
    sorted[at] = x;
    order[at] = INDICES[2 * i + 1];
  }
}

/** Sorts short runs that are out of order by insertion; false if that takes too many moves. */
export function finishRuns(sorted: Weights, order: Int32Array): boolean {
  let moves = MOVES * sorted.length;
  for (let k = 1; k < sorted.length; k++) {
    const x = sorted[k];
    if (!(sorted[k - 1] > x)) continue;
    const from = order[k];
    let at = k;
    do {
      sorted[at] = sorted[at - 1];
      order[at] = order[at - 1];
      at--;
    } while (at > 0 && sorted[at - 1] > x);
    sorted[at] = x;
    order[at] = from;
    if ((moves -= k - at) < 0) return false;
  }
  return true;
}
