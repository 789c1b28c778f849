import type { Matrix } from "./matrix.ts";
import { selectRows } from "./select_rows.ts";

/** The distinct rows of a matrix; made by {@link distinctRows}. */
export interface DistinctRows {
  /** `[distinct, columns]`, in order of first appearance. */
  readonly rows: Matrix;
  /** `[rows]`, the distinct row that each row equals. */
  readonly groupOf: Int32Array;
  /** `[distinct]`, how many rows equal it. */
  readonly counts: Int32Array;
  /** `[rows]`, row indices group by group, ascending within a group. */
  readonly members: Int32Array;
  /** `[distinct + 1]`, where each group begins in `members`. */
  readonly starts: Int32Array;
}

/**
 * Finds equal rows (−0 equals 0), so that bootstrap copies need not be computed twice.
 *
 * Time is linear in the number of rows, short of collisions of a 32-bit hash.
 *
 * @param table `[rows, columns]`, no NaN.
 */
export function distinctRows(table: Matrix): DistinctRows {
  const { data, rows: count, columns } = table;
  const groupOf = new Int32Array(count);
  const first = new Int32Array(count);
  const slots = 1 << (33 - Math.clz32(count)); // 2–4 per row
  const group = new Int32Array(slots).fill(-1);
  let distinct = 0;
  const value = new Float64Array(1);
  const bits = new Int32Array(value.buffer);
  for (let i = 0; i < count; i++) {
    let hash = 0;
    for (let k = i * columns; k < (i + 1) * columns; k++) {
      value[0] = data[k] + 0; // −0 + 0 = 0
      hash = Math.imul(hash ^ bits[0], 0x9e3779b1);
      hash = Math.imul(hash ^ (hash >>> 15) ^ bits[1], 0x85ebca6b);
    }
    let slot = (hash ^ (hash >>> 16)) & (slots - 1);
    while (group[slot] >= 0 && !equalRows(data, first[group[slot]] * columns, i * columns, columns)) {
      slot = (slot + 1) & (slots - 1);
    }
    if (group[slot] < 0) {
      first[distinct] = i;
      group[slot] = distinct++;
    }
    groupOf[i] = group[slot];
  }
  const counts = new Int32Array(distinct), starts = new Int32Array(distinct + 1);
  for (let i = 0; i < count; i++) counts[groupOf[i]]++;
  for (let g = 0; g < distinct; g++) starts[g + 1] = starts[g] + counts[g];
  const members = new Int32Array(count), next = starts.slice();
  for (let i = 0; i < count; i++) members[next[groupOf[i]]++] = i;
  return { rows: selectRows(table, first.subarray(0, distinct)), groupOf, counts, members, starts };
}

function equalRows(data: Float64Array, a: number, b: number, columns: number): boolean {
  for (let j = 0; j < columns; j++) if (data[a + j] !== data[b + j]) return false;
  return true;
}
