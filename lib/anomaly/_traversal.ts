import type { Matrix } from "../stats/mod.ts";
import { buildBoxTree } from "./_box_tree.ts";
import { contraction } from "./_contraction.ts";

/** Walks points in roughly ascending distance from a query, leaving out those certainly too far. */
export interface Traversal {
  /** Sets the queries, `[queries, columns]`. */
  setQueries(queries: Matrix): void;
  /**
   * Calls `onPoint(square, point)` for every point whose squared distance to query `q` is at most the limit
   * at that moment; there is none at the start.
   */
  walk(q: number, onPoint: (square: number, point: number) => void): void;
  /** Lowers the limit on the squared distance; only within `walk`. */
  setLimit(square: number): void;
}

/** Prepares points, `[points, columns]`, for walks. */
export function traversal(table: Matrix): Traversal {
  const { columns, data } = table;
  const map = contraction(table);
  const tree = buildBoxTree(map.apply(table));
  const { columns: width, order, points, lower, upper, start, end, left, right } = tree;
  const wholePoints = new Float64Array(map.identity ? 0 : data.length);
  if (!map.identity) {
    order.forEach((i, at) => wholePoints.set(data.subarray(i * columns, (i + 1) * columns), at * columns));
  }
  const largestNorm = largest(norms(table));

  let narrow: Float64Array = new Float64Array(), whole = narrow, queryNorms = narrow;
  let narrowAt = 0, wholeAt = 0;
  // Contracted squared distances must not exceed `narrowLimit`; `slack` covers rounding in the contraction.
  let limit = Infinity, narrowLimit = Infinity, slack = 0;
  let report: (square: number, point: number) => void;

  function boxDistance(node: number): number {
    let sum = 0;
    for (let j = 0, at = node * width; j < width; j++, at++) {
      const value = narrow[narrowAt + j];
      const below = lower[at] - value;
      if (below > 0) sum += below * below;
      else {
        const above = value - upper[at];
        if (above > 0) sum += above * above;
      }
    }
    return sum;
  }

  function visit(node: number): void {
    if (left[node] < 0) return scan(start[node], end[node]);
    const a = boxDistance(left[node]), b = boxDistance(right[node]);
    if (a <= b) {
      if (a <= narrowLimit) visit(left[node]);
      if (b <= narrowLimit) visit(right[node]);
    } else {
      if (b <= narrowLimit) visit(right[node]);
      if (a <= narrowLimit) visit(left[node]);
    }
  }

  function scan(from: number, to: number): void {
    for (let i = from; i < to; i++) {
      let square = partialSquare(points, i * width, narrow, narrowAt, width, narrowLimit);
      if (square > narrowLimit) continue;
      if (!map.identity) {
        square = partialSquare(wholePoints, i * columns, whole, wholeAt, columns, limit);
        if (square > limit) continue;
      }
      report(square, order[i]);
    }
  }

  return {
    setQueries(queries) {
      narrow = map.apply(queries).data;
      whole = queries.data;
      queryNorms = norms(queries);
    },
    walk(q, onPoint) {
      narrowAt = q * width;
      wholeAt = q * columns;
      slack = 1e-12 * (largestNorm + queryNorms[q]);
      limit = narrowLimit = Infinity;
      report = onPoint;
      visit(0);
    },
    setLimit(square) {
      limit = square;
      narrowLimit = map.identity ? square : (Math.sqrt(square) + slack) ** 2;
    },
  };
}

/** Σ_j (a_j − b_j)², j in order, given up (at some value above the limit) once it exceeds the limit. */
function partialSquare(
  a: Float64Array,
  aAt: number,
  b: Float64Array,
  bAt: number,
  length: number,
  limit: number,
): number {
  let sum = 0, j = 0;
  for (; j + 4 <= length && sum <= limit; j += 4) {
    const d0 = a[aAt + j] - b[bAt + j];
    const d1 = a[aAt + j + 1] - b[bAt + j + 1];
    const d2 = a[aAt + j + 2] - b[bAt + j + 2];
    const d3 = a[aAt + j + 3] - b[bAt + j + 3];
    sum = sum + d0 * d0 + d1 * d1 + d2 * d2 + d3 * d3;
  }
  for (; j < length && sum <= limit; j++) {
    const d = a[aAt + j] - b[bAt + j];
    sum += d * d;
  }
  return sum;
}

function norms({ data, rows, columns }: Matrix): Float64Array {
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let j = i * columns; j < (i + 1) * columns; j++) out[i] += data[j] * data[j];
    out[i] = Math.sqrt(out[i]);
  }
  return out;
}

function largest(values: Float64Array): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}
