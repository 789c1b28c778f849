/**
 * Which rows scikit-learn's `KDTree` returns where several are equally near: those that its walk meets first,
 * less what its heap happens to drop. LOF depends on that choice, so scores that are to equal published ones
 * need the same tree (leaves of at most 30 rows, halved by the C++ library's `nth_element` on the widest
 * coordinate), walk and heap.
 */

import type { Matrix } from "../stats/mod.ts";
import { partition } from "./_introselect.ts";

const LEAF_SIZE = 30;

/** A heap of nearest rows: the root is the farthest kept. */
interface NearestHeap {
  readonly squares: Float64Array;
  readonly rows: Int32Array;
}

/**
 * Builds the tree over `[N, d]` rows.
 *
 * @returns the k nearest rows of a point `[d]`, by ascending distance, in arbitrary order where these tie.
 */
export function scikitKdTree(
  { data, rows: n, columns: d }: Matrix,
): (point: Float64Array, k: number) => Int32Array {
  const levels = Math.floor(Math.log2(Math.max(1, (n - 1) / LEAF_SIZE)) + 1);
  const nodes = 2 ** levels - 1;
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const start = new Int32Array(nodes), end = new Int32Array(nodes);
  const lower = new Float64Array(nodes * d).fill(Infinity),
    upper = new Float64Array(nodes * d).fill(-Infinity);

  function build(node: number, from: number, to: number): void {
    start[node] = from;
    end[node] = to;
    let widest = 0, width = 0;
    for (let j = 0; j < d; j++) {
      const at = node * d + j;
      for (let i = from; i < to; i++) {
        lower[at] = Math.min(lower[at], data[order[i] * d + j]);
        upper[at] = Math.max(upper[at], data[order[i] * d + j]);
      }
      if (upper[at] - lower[at] > width) {
        widest = j;
        width = upper[at] - lower[at];
      }
    }
    if (2 * node + 1 >= nodes) return;
    const half = (to - from) >> 1;
    partition(order.subarray(from, to), half, (a, b) => {
      const x = data[a * d + widest], y = data[b * d + widest];
      return x === y ? a < b : x < y;
    });
    build(2 * node + 1, from, from + half);
    build(2 * node + 2, from + half, to);
  }
  build(0, 0, n);

  function boxSquare(node: number, point: Float64Array): number {
    let sum = 0;
    for (let j = 0; j < d; j++) {
      const beyond = Math.max(lower[node * d + j] - point[j], point[j] - upper[node * d + j], 0);
      sum += beyond * beyond;
    }
    return sum;
  }

  function visit(
    node: number,
    bound: number,
    { point, heap }: { point: Float64Array; heap: NearestHeap },
  ): void {
    if (bound > heap.squares[0]) return;
    if (2 * node + 1 >= nodes) {
      for (let i = start[node]; i < end[node]; i++) {
        let square = 0;
        for (let j = 0; j < d; j++) {
          const offset = point[j] - data[order[i] * d + j];
          square += offset * offset;
        }
        if (square < heap.squares[0]) replaceRoot(heap, square, order[i]);
      }
      return;
    }
    const left = boxSquare(2 * node + 1, point), right = boxSquare(2 * node + 2, point);
    const nearer = left <= right ? 1 : 2;
    visit(2 * node + nearer, Math.min(left, right), { point, heap });
    visit(2 * node + 3 - nearer, Math.max(left, right), { point, heap });
  }

  return (point, k) => {
    const heap = { squares: new Float64Array(k).fill(Infinity), rows: new Int32Array(k) };
    visit(0, boxSquare(0, point), { point, heap });
    const ranked = Array.from(heap.rows.keys()).sort((a, b) => heap.squares[a] - heap.squares[b]);
    return Int32Array.from(ranked, (at) => heap.rows[at]);
  };
}

function replaceRoot({ squares, rows }: NearestHeap, square: number, row: number): void {
  const size = squares.length;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1, right = left + 1;
    const child = right < size && squares[right] > squares[left] ? right : left;
    if (child >= size || squares[child] <= square) break;
    squares[at] = squares[child];
    rows[at] = rows[child];
    at = child;
  }
  squares[at] = square;
  rows[at] = row;
}
