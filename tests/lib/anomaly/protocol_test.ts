import assert from "node:assert/strict";
import { replaceNaN, semiSupervisedSplit, unsupervisedSplit } from "../../../lib/anomaly/mod.ts";
import { NumpyRandom } from "../../../lib/random/mod.ts";
import { type Matrix, matrix } from "../../../lib/stats/mod.ts";

/** Column 0 numbers the rows, column 1 is a curve; every `every`-th row is an anomaly. */
function numbered(count: number, every: number): { rows: Matrix; labels: Uint8Array } {
  const values = Float64Array.from({ length: 2 * count }, (_, at) => at % 2 === 0 ? at / 2 : Math.sin(at));
  return {
    rows: matrix(values, { columns: 2 }),
    labels: Uint8Array.from({ length: count }, (_, i) => i % every === 0 ? 1 : 0),
  };
}

/** Which rows a split holds, found again from column 0, which it shifted and scaled. */
function rowNumbers({ data }: Matrix, [mean, std]: [number, number]): number[] {
  return Array.from({ length: data.length / 2 }, (_, i) => Math.round(data[2 * i] * std + mean));
}

function moments(values: number[]): [number, number] {
  const mean = values.reduce((a, b) => a + b) / values.length;
  return [mean, Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length)];
}

Deno.test("semiSupervisedSplit() trains on the first half of the normal rows, tests on the rest, then the anomalies", () => {
  const data = numbered(1200, 3);
  const normals = Array.from({ length: 1200 }, (_, i) => i).filter((i) => i % 3 !== 0);
  const anomalies = Array.from({ length: 400 }, (_, i) => 3 * i);
  const { train, test, testLabels } = semiSupervisedSplit(data, 4);
  const scale = moments(normals.slice(0, 400));
  assert.deepEqual(rowNumbers(train, scale), normals.slice(0, 400));
  assert.deepEqual(rowNumbers(test, scale), [...normals.slice(400), ...anomalies]);
  assert.deepEqual([...testLabels], [...new Array(400).fill(0), ...new Array(400).fill(1)]);
  assert.deepEqual(semiSupervisedSplit(data, 0), semiSupervisedSplit(data, 1));
});

Deno.test("semiSupervisedSplit() rounds half a row to the even number", () => {
  for (const [normals, trained] of [[1001, 500], [1003, 502], [1005, 502]]) {
    const labels = Uint8Array.from({ length: normals + 1 }, (_, i) => i === 0 ? 1 : 0);
    const rows = matrix(Float64Array.from(labels, (_, i) => i), { columns: 1 });
    assert.equal(semiSupervisedSplit({ rows, labels }, 0).train.rows, trained);
  }
});

Deno.test("semiSupervisedSplit() resamples small sets to 1000 rows by NumPy's choice", () => {
  const data = numbered(100, 5);
  const drawn = [...new NumpyRandom(6).choice(100, { size: 1000 })];
  const normals = drawn.filter((i) => i % 5 !== 0);
  const half = normals.length / 2;
  const { train, test } = semiSupervisedSplit(data, 6);
  const scale = moments(normals.slice(0, train.rows));
  assert.equal(train.rows, Number.isInteger(half) ? half : 2 * Math.round(half / 2));
  assert.deepEqual([...rowNumbers(train, scale), ...rowNumbers(test, scale)], [
    ...normals,
    ...drawn.filter((i) => i % 5 === 0),
  ]);
});

Deno.test("splits subsample sets above 50 000 rows by NumPy's permutation", () => {
  const data = numbered(50010, 10);
  const kept = [...new NumpyRandom(2).permutation(50010).subarray(0, 50000)];
  const { test, testLabels } = unsupervisedSplit(data, 2);
  assert.deepEqual(rowNumbers(test, moments(kept)), kept);
  assert.deepEqual([...testLabels], kept.map((i) => i % 10 === 0 ? 1 : 0));
});

Deno.test("unsupervisedSplit() tests on all rows in order and trains on their bootstrap", () => {
  const data = numbered(1500, 10);
  const random = new NumpyRandom(3);
  random.permutation(150);
  const drawn = [...random.choice(1500, { size: 1500 })];
  const { train, test, testLabels } = unsupervisedSplit(data, 3);
  const all = Array.from({ length: 1500 }, (_, i) => i);
  const scale = moments(all);
  assert.deepEqual(rowNumbers(test, scale), all);
  assert.deepEqual(rowNumbers(train, scale), drawn);
  assert.deepEqual(testLabels, data.labels);
});

Deno.test("splits leave their input as it is", () => {
  const data = numbered(40, 4);
  const before = structuredClone(data);
  semiSupervisedSplit(data, 0);
  unsupervisedSplit(data, 0);
  assert.deepEqual(data, before);
});

Deno.test("splits refuse labels that do not fit, and too few rows", () => {
  const { rows, labels } = numbered(10, 3);
  for (const split of [semiSupervisedSplit, unsupervisedSplit]) {
    assert.throws(() => split({ rows, labels: labels.subarray(1) }, 0), TypeError);
    assert.throws(
      () => split({ rows, labels: labels.map((l) => l + 1) }, 0),
      /current value of label 0 is 2/,
    );
    assert.throws(() => split({ rows: matrix([], { columns: 2 }), labels: new Uint8Array() }, 0), RangeError);
    assert.throws(() => split({ rows, labels }, -1), RangeError);
  }
  assert.throws(() => semiSupervisedSplit({ rows, labels: new Uint8Array(10).fill(1) }, 0), /2 normal rows/);
});

Deno.test("replaceNaN() puts 0 for NaN and leaves infinities", () => {
  assert.deepEqual([...replaceNaN(Float64Array.of(1, NaN, -Infinity))], [1, 0, -Infinity]);
});

Deno.test("splits refuse labels that they cannot read: texts, −1 and NaN would all pass for normal rows", () => {
  const { rows } = numbered(1200, 3);
  const labelled = (odd: unknown) =>
    Array.from({ length: 1200 }, (_, i) => i === 7 ? odd : 0) as unknown as Uint8Array;
  for (const odd of ["normal", "1", -1, NaN, 2, undefined, true]) {
    for (const split of [semiSupervisedSplit, unsupervisedSplit]) {
      assert.throws(
        () => split({ rows, labels: labelled(odd) }, 0),
        /labels must be the numbers 0 or 1: current value of label 7/,
        `${odd}`,
      );
    }
  }
  assert.throws(() => semiSupervisedSplit({ rows, labels: labelled("a") }, 0), /label 7 is "a"/);
});
