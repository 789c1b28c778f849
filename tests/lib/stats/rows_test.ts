import assert from "node:assert/strict";
import { stream } from "../../../lib/random/mod.ts";
import { distinctRows, fitStandardiser, matrix, mean, selectRows, std } from "../../../lib/stats/mod.ts";

Deno.test("fitStandardiser() gives columns mean 0 and standard deviation 1", () => {
  const rows = matrix(stream(0).normal(new Float64Array(300), { mean: 50, std: 3 }), { columns: 3 });
  const { data } = fitStandardiser(rows).apply(rows);
  for (let j = 0; j < 3; j++) {
    const column = data.filter((_, i) => i % 3 === j);
    assert(Math.abs(mean(column)) < 1e-13 && Math.abs(std(column) - 1) < 1e-13);
  }
});

Deno.test("fitStandardiser() leaves the scale of a column that is constant, if but for rounding", () => {
  // The mean of a thousand 0.1 is not 0.1 in floating point.
  const standardiser = fitStandardiser(matrix(new Float64Array(1000).fill(0.1), { columns: 1 }));
  assert.equal(standardiser.std[0], 1);
  assert(Math.abs(standardiser.apply(matrix([0.1], { columns: 1 })).data[0]) < 1e-14);
  assert.equal(fitStandardiser(matrix([7], { columns: 1 })).apply(matrix([9], { columns: 1 })).data[0], 2);
});

Deno.test("fitStandardiser() leaves out NaN and fills it with the scaled column's mean, or 0", () => {
  const standardiser = fitStandardiser(matrix([1, NaN, 3, NaN, NaN, NaN], { columns: 2 }));
  assert.deepEqual([...standardiser.mean], [2, 0]);
  const filled = standardiser.apply(matrix([1, NaN, 5, NaN, NaN, NaN], { columns: 2 }));
  assert.deepEqual([...filled.data], [-1, 0, 3, 0, 1, 0]);
});

Deno.test("fitStandardiser() refuses no rows and other widths", () => {
  assert.throws(() => fitStandardiser(matrix([], { columns: 2 })), RangeError);
  const standardiser = fitStandardiser(matrix([1, 2], { columns: 2 }));
  assert.throws(() => standardiser.apply(matrix([1, 2, 3], { columns: 3 })), TypeError);
});

Deno.test("distinctRows() groups equal rows and keeps the order of first appearance", () => {
  const { rows, groupOf, counts, members, starts } = distinctRows(
    matrix([1, 2, 3, 4, 1, 2, 0, 0, -0, 0, 1, 2], { columns: 2 }),
  );
  assert.deepEqual([...rows.data], [1, 2, 3, 4, 0, 0]);
  assert.deepEqual([...groupOf], [0, 1, 0, 2, 2, 0]);
  assert.deepEqual([...counts], [3, 1, 2]);
  assert.deepEqual([...members], [0, 2, 5, 1, 3, 4]);
  assert.deepEqual([...starts], [0, 3, 4, 6]);
});

Deno.test("distinctRows() agrees with a comparison of texts on random bootstraps", () => {
  for (const columns of [1, 3, 17]) {
    const random = stream(columns, "distinct");
    const pool = matrix(random.integers(new Float64Array(60 * columns), { high: 3 }), { columns });
    const table = selectRows(pool, random.integers(new Int32Array(500), { high: 60 }));
    const texts = Array.from(
      { length: 500 },
      (_, i) => table.data.slice(i * columns, (i + 1) * columns).join(),
    );
    const order = [...new Set(texts)];
    const { groupOf, rows } = distinctRows(table);
    assert.deepEqual([...groupOf], texts.map((text) => order.indexOf(text)));
    assert.equal(rows.rows, order.length);
  }
});

Deno.test("selectRows() copies rows and refuses indices out of range", () => {
  const table = matrix([1, 2, 3, 4], { columns: 2 });
  assert.deepEqual(selectRows(table, [1, 1, 0]), matrix([3, 4, 3, 4, 1, 2], { columns: 2 }));
  for (const index of [-1, 2, NaN]) assert.throws(() => selectRows(table, [index]), RangeError);
});
