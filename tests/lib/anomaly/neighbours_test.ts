import assert from "node:assert/strict";
import { neighbourIndex } from "../../../lib/anomaly/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { type Matrix, matrix, selectRows } from "../../../lib/stats/mod.ts";

/** A full scan, sorted by (distance, index). */
function scan(
  rows: Matrix,
  query: Float64Array,
  k: number,
  left = -1,
): { distances: number[]; indices: number[] } {
  const all = Array.from({ length: rows.rows }, (_, i) => {
    let square = 0;
    for (let j = 0; j < rows.columns; j++) square += (rows.data[i * rows.columns + j] - query[j]) ** 2;
    return { distance: Math.sqrt(square), index: i };
  }).filter(({ index }) => index !== left);
  all.sort((a, b) => a.distance - b.distance || a.index - b.index);
  return {
    distances: all.slice(0, k).map(({ distance }) => distance),
    indices: all.slice(0, k).map(({ index }) => index),
  };
}

const CASES: readonly {
  name: string;
  rows: number;
  columns: number;
  make(values: Float64Array): Float64Array;
}[] = [
  { name: "normal, 1 column", rows: 300, columns: 1, make: (v) => v },
  { name: "normal, 3 columns", rows: 500, columns: 3, make: (v) => v },
  { name: "normal, 16 columns", rows: 300, columns: 16, make: (v) => v },
  { name: "normal, 17 columns (contracted)", rows: 300, columns: 17, make: (v) => v },
  { name: "normal, 60 columns", rows: 200, columns: 60, make: (v) => v },
  {
    name: "few values, 2 columns (ties)",
    rows: 400,
    columns: 2,
    make: (v) => v.map((x) => Math.round(2 * x)),
  },
  {
    name: "few values, 25 columns (ties)",
    rows: 300,
    columns: 25,
    make: (v) => v.map((x) => Math.round(x / 2)),
  },
  { name: "far from the origin, 20 columns", rows: 200, columns: 20, make: (v) => v.map((x) => 1e6 + x) },
  {
    name: "one varying column of 30",
    rows: 200,
    columns: 30,
    make: (v) => v.map((x, i) => i % 30 === 4 ? x : 0),
  },
  { name: "all equal, 20 columns", rows: 60, columns: 20, make: (v) => v.fill(2) },
];

for (const { name, rows, columns, make } of CASES) {
  Deno.test(`neighbourIndex() finds what a full scan finds when data is ${name}`, () => {
    const random = stream(1, name);
    const distinct = matrix(make(random.normal(new Float64Array(rows * columns))), { columns });
    // A bootstrap, so that many rows and queries are copies.
    const table = selectRows(distinct, random.integers(new Int32Array(rows), { high: rows }));
    const queries = selectRows(distinct, Array.from({ length: 60 }, (_, i) => i));
    const index = neighbourIndex(table);
    for (const k of [1, 5, 32]) {
      const found = index.search(queries, { k });
      const others = index.searchOthers({ k });
      for (let i = 0; i < queries.rows; i++) {
        const expected = scan(table, queries.data.subarray(i * columns, (i + 1) * columns), k);
        assert.deepEqual([...found.indices.subarray(i * k, (i + 1) * k)], expected.indices);
        assert.deepEqual([...found.distances.subarray(i * k, (i + 1) * k)], expected.distances);
        const other = scan(table, table.data.subarray(i * columns, (i + 1) * columns), k, i);
        assert.deepEqual([...others.indices.subarray(i * k, (i + 1) * k)], other.indices);
        assert.deepEqual([...others.distances.subarray(i * k, (i + 1) * k)], other.distances);
      }
    }
  });
}

Deno.test("neighbourIndex() finds what a full scan finds in 20 000 points of a curved surface in R^16", () => {
  // Rows of walks in the plane, some of which stand still, seen through cosines: as learned states are.
  const random = stream(16, "surface"), weights = random.normal(new Float64Array(32));
  const walk = new Float64Array(40_000), data = new Float64Array(20_000 * 16);
  for (let i = 0; i < 20_000; i++) {
    const isStart = i % 50 === 0, stands = i % 7 === 0;
    for (const k of [0, 1]) {
      walk[2 * i + k] = isStart
        ? 5 * random.nextUniform()
        : walk[2 * i - 2 + k] + (stands ? 0 : random.nextUniform() - 0.5);
    }
    for (let j = 0; j < 16; j++) {
      data[16 * i + j] = Math.cos(weights[2 * j] * walk[2 * i] + weights[2 * j + 1] * walk[2 * i + 1] + j);
    }
  }
  const rows = matrix(data, { columns: 16 });
  const { distances, indices } = neighbourIndex(rows).searchOthers({ k: 1 });
  for (let i = 0; i < rows.rows; i += 501) {
    const wanted = scan(rows, data.subarray(16 * i, 16 * i + 16), 1, i);
    assert.deepEqual([distances[i], indices[i]], [wanted.distances[0], wanted.indices[0]], `row ${i}`);
  }
  assert.ok(distances.includes(0));
});

Deno.test("neighbourIndex() finds copies at distance exactly 0", () => {
  const table = matrix(stream(2).normal(new Float64Array(100 * 40), { mean: 100 }), { columns: 40 });
  const { distances } = neighbourIndex(table).search(table, { k: 1 });
  assert.deepEqual([...distances], new Array(100).fill(0));
});

Deno.test("neighbourIndex() takes no queries, a single row, and all rows as neighbours", () => {
  const one = neighbourIndex(matrix([1, 2], { columns: 2 }));
  assert.deepEqual([...one.search(matrix([4, 6], { columns: 2 }), { k: 1 }).distances], [5]);
  assert.equal(one.search(matrix([], { columns: 2 }), { k: 1 }).distances.length, 0);
  const three = neighbourIndex(matrix([5, 1, 3], { columns: 1 }));
  assert.deepEqual([...three.search(matrix([0], { columns: 1 }), { k: 3 }).indices], [1, 2, 0]);
});

Deno.test("neighbourIndex() refuses wrong k, widths and values", () => {
  const index = neighbourIndex(matrix([1, 2, 3], { columns: 1 }));
  for (const k of [0, 4, 1.5, NaN]) {
    assert.throws(() => index.search(matrix([1], { columns: 1 }), { k }), /k must be an integer in \[1, 3\]/);
  }
  assert.throws(() => index.searchOthers({ k: 3 }), RangeError);
  assert.throws(() => index.search(matrix([1, 2], { columns: 2 }), { k: 1 }), TypeError);
  assert.throws(() => index.search(matrix([NaN], { columns: 1 }), { k: 1 }), RangeError);
  assert.throws(() => neighbourIndex(matrix([1, Infinity], { columns: 1 })), RangeError);
  assert.throws(() => neighbourIndex(matrix([], { columns: 1 })), RangeError);
});
