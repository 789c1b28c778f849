/** Numbers as other people have them: infinite, missing, huge, tiny, and equal on paper only. */
import assert from "node:assert/strict";
import { fitStandardiser, matrix, quantile, wilcoxonSignedRank } from "../../../lib/stats/mod.ts";

Deno.test("quantile() takes infinities, and refuses NaN by its place", () => {
  assert.equal(quantile([1, 2, Infinity, Infinity], 1), Infinity);
  assert.equal(quantile([1, 2, Infinity, Infinity], 0.9), Infinity);
  assert.equal(quantile([1, 2, Infinity], 0.5), 2);
  assert.equal(quantile([-Infinity, -Infinity, 3], 0.1), -Infinity);
  assert.equal(quantile([1, Infinity], 0.5), Infinity);
  assert.ok(Number.isNaN(quantile([-Infinity, Infinity], 0.5)));
  assert.throws(() => quantile([1, NaN, 3], 0.5), { name: "RangeError", message: /current value 1 is NaN/ });
});

const whole = (values: readonly number[], factor: number) =>
  values.map((value) => Math.round(value * factor));
Deno.test("wilcoxonSignedRank() ties decimals that tie on paper", () => {
  const cases: [number[], number[], number][] = [
    [[0.5, 0.825, 0.375, 0.5], [0.525, 0.775, 0.325, 0.55], 1000],
    [[0.3, 0.7, 1.1, 2.9, 0.8], [0.1, 0.9, 1.3, 2.7, 0.8], 10],
    [[92.3, 81.1, 70.7, 65.2, 99.9], [92.1, 81.3, 70.4, 65.5, 99.6], 10],
    [[0.1 + 0.2, 1.1], [0.3, 1], 10],
    [[1234567.1, 1234567.4], [1234567.2, 1234567.3], 10],
  ];
  for (const [x, y, factor] of cases) {
    for (const alternative of ["two-sided", "greater", "less"] as const) {
      const wanted = wilcoxonSignedRank(whole(x, factor), whole(y, factor), { alternative });
      assert.deepEqual(wilcoxonSignedRank(x, y, { alternative }), wanted, `${x}`);
    }
  }
  // What differs by more stays apart: no chain of small steps ties the ends.
  const steps = Array.from({ length: 30 }, (_, i) => 1 + i * 2 ** -49);
  assert.equal(wilcoxonSignedRank(steps, steps.map(() => 0)).pairs, 30);
});

Deno.test("fitStandardiser() refuses an infinity by row and column, and takes NaN for missing", () => {
  for (const value of [Infinity, -Infinity]) {
    assert.throws(() => fitStandardiser(matrix([1, 2, 3, value], { columns: 2 })), {
      name: "RangeError",
      message: new RegExp(`row 1, column 1 is ${value}$`),
    });
  }
  assert.deepEqual([...fitStandardiser(matrix([1, NaN, 3], { columns: 1 })).mean], [2]);
});

Deno.test("fitStandardiser() gives the same rows whatever the unit of a column", () => {
  const column = [0.3, -1.7, 2.2, 0.9, 5.1, -0.4];
  const wanted = fitStandardiser(matrix(column, { columns: 1 })).apply(matrix(column, { columns: 1 })).data;
  for (const unit of [2 ** 664, 2 ** -664, 2 ** 1000, 2 ** -1000, 1e200, 1e-200, 3e307, 1e-300]) {
    const rows = matrix(column.map((value) => value * unit), { columns: 1 });
    const standardiser = fitStandardiser(rows);
    standardiser.apply(rows).data.forEach((value, i) =>
      assert.ok(Math.abs(value - wanted[i]) < 1e-12, `${unit}`)
    );
    assert.ok(
      Math.abs(standardiser.std[0] / unit - fitStandardiser(matrix(column, { columns: 1 })).std[0]) < 1e-12,
    );
  }
  for (const constant of [0, 1e200, 1e-200, 1e-320, 2 ** 53]) {
    const rows = matrix([constant, constant, constant], { columns: 1 });
    assert.deepEqual([...fitStandardiser(rows).apply(rows).data], [0, 0, 0], `${constant}`);
  }
});
