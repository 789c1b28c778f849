import { type DistinctRows, distinctRows, type Matrix } from "../stats/mod.ts";
import { type Traversal, traversal } from "./_traversal.ts";
import { checkScoredRows, checkTrainingRows } from "./detector.ts";

/** The k nearest rows of each query, nearest first. */
export interface Neighbours {
  /** Number of neighbours of each query. */
  readonly k: number;
  /** `[queries, k]`, Euclidean distances, ascending along a row. */
  readonly distances: Float64Array;
  /** `[queries, k]`, indices of the rows; equal distances are ordered by index. */
  readonly indices: Int32Array;
}

/** Options of a neighbour search. */
export interface NeighbourOptions {
  /** Number of neighbours, K ≥ 1. */
  readonly k: number;
}

/** Exact nearest-neighbour search in a fixed set of rows; made by {@link neighbourIndex}. */
export interface NeighbourIndex {
  /** Number of rows searched. */
  readonly size: number;
  /**
   * The k nearest rows of each query.
   *
   * @param queries `[queries, columns]`, finite.
   * @throws {TypeError} If the number of columns differs.
   * @throws {RangeError} If k is not an integer in [1, size], or a value is not finite.
   */
  search(queries: Matrix, options: NeighbourOptions): Neighbours;
  /**
   * The k nearest *other* rows of each indexed row (another row with the same values counts, at distance 0).
   *
   * @throws {RangeError} If k is not an integer in [1, size − 1].
   */
  searchOthers(options: NeighbourOptions): Neighbours;
}

/**
 * Indexes rows for exact Euclidean nearest-neighbour search.
 *
 * The result is that of a full scan, ties included: distances are √Σ_j (a_j − b_j)² by float64 differences
 * (never ‖a‖² + ‖b‖² − 2a·b, which loses the zero distance of equal rows). Equal rows and equal queries are
 * computed once; candidates come from a tree of bounding boxes over at most 16 coordinates that never
 * overstate a distance.
 *
 * @param rows `[rows, columns]`, finite.
 * @throws {RangeError} If there are no rows, or a value is not finite.
 *
 * @example
 * ```ts
 * import { matrix } from "@refigure/refigure";
 * import { neighbourIndex } from "@refigure/refigure/anomaly";
 * import assert from "node:assert/strict";
 *
 * const index = neighbourIndex(matrix([0, 0, 3, 4, 6, 8], { columns: 2 }));
 * const { distances, indices } = index.search(matrix([0, 0], { columns: 2 }), { k: 2 });
 * assert.deepEqual([...distances], [0, 5]);
 * assert.deepEqual([...indices], [0, 1]);
 * ```
 */
export function neighbourIndex(rows: Matrix): NeighbourIndex {
  checkTrainingRows(rows, "a neighbour index");
  const groups = distinctRows(rows);
  const walker = traversal(groups.rows);
  const searchDistinct = nearestSearcher(groups, walker);
  return {
    size: rows.rows,
    search(queries, { k }) {
      checkScoredRows(queries, { columns: rows.columns, what: "a neighbour index" });
      checkK(k, rows.rows);
      const asked = distinctRows(queries);
      const found = searchDistinct(asked.rows, k);
      const out = emptyNeighbours(queries.rows, k);
      asked.groupOf.forEach((group, i) => {
        out.distances.set(found.distances.subarray(group * k, (group + 1) * k), i * k);
        out.indices.set(found.indices.subarray(group * k, (group + 1) * k), i * k);
      });
      return out;
    },
    searchOthers({ k }) {
      checkK(k, rows.rows - 1);
      // One more than asked, less the row itself (or the last, where more than k copies come before it).
      const found = searchDistinct(groups.rows, k + 1);
      const out = emptyNeighbours(rows.rows, k);
      groups.groupOf.forEach((group, i) => {
        for (let from = group * (k + 1), to = i * k; to < (i + 1) * k; from++) {
          if (found.indices[from] === i) continue;
          out.distances[to] = found.distances[from];
          out.indices[to++] = found.indices[from];
        }
      });
      return out;
    },
  };
}

/** Finds, for distinct queries, the k nearest rows by (distance, index). */
function nearestSearcher(
  groups: DistinctRows,
  walker: Traversal,
): (queries: Matrix, k: number) => Neighbours {
  const { members, starts } = groups;
  return (queries, k) => {
    const out = emptyNeighbours(queries.rows, k);
    const squares = new Float64Array(k), indices = new Int32Array(k);

    /** Keeps the k least by (distance, index); returns whether this one was kept. */
    function insert(square: number, index: number): boolean {
      let at = k - 1;
      if (square > squares[at] || (square === squares[at] && index > indices[at])) return false;
      for (; at > 0; at--) {
        const before = squares[at - 1];
        if (before < square || (before === square && indices[at - 1] < index)) break;
        squares[at] = before;
        indices[at] = indices[at - 1];
      }
      squares[at] = square;
      indices[at] = index;
      return true;
    }

    function offer(square: number, group: number): void {
      let m = starts[group];
      while (m < starts[group + 1] && insert(square, members[m])) m++;
      if (m > starts[group]) walker.setLimit(squares[k - 1]);
    }

    walker.setQueries(queries);
    for (let q = 0; q < queries.rows; q++) {
      squares.fill(Infinity);
      indices.fill(members.length);
      walker.walk(q, offer);
      for (let j = 0; j < k; j++) out.distances[q * k + j] = Math.sqrt(squares[j]);
      out.indices.set(indices, q * k);
    }
    return out;
  };
}

function emptyNeighbours(queries: number, k: number): Neighbours {
  return { k, distances: new Float64Array(queries * k), indices: new Int32Array(queries * k) };
}

function checkK(k: number, most: number): void {
  if (!Number.isInteger(k) || k < 1 || k > most) {
    throw new RangeError(
      `Cannot search neighbours as k must be an integer in [1, ${most}]: current value is ${k}`,
    );
  }
}
