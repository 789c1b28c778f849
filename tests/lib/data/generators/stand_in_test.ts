import assert from "node:assert/strict";
import { EigenvalueDecomposition, Matrix as DenseMatrix } from "ml-matrix";
import { ADBENCH, type AnomalyData, anomalyStandIn, loadDataSet, sha256 } from "../../../../lib/data/mod.ts";
import type { Matrix } from "../../../../lib/stats/mod.ts";

const sets = await Promise.all(
  ADBENCH.map(async (set) => ({ set, data: (await loadDataSet<AnomalyData>(set.name, "stand-in")).value })),
);
const count = (labels: Uint8Array) => labels.reduce((sum, label) => sum + label, 0);
const digest = ({ data }: Matrix) => sha256(new Uint8Array(data.buffer));

Deno.test("a stand-in has the published d, at most 600 rows and the published share of anomalies", () => {
  for (const { set, data: { rows, labels } } of sets) {
    assert.deepEqual([rows.rows, rows.columns], [Math.min(set.rows, 600), set.columns], set.name);
    assert.equal(rows.data.length, rows.rows * rows.columns);
    assert.equal(labels.length, rows.rows);
    const wanted = Math.max(6, Math.round(rows.rows * set.anomalies / set.rows));
    assert.equal(count(labels), wanted, set.name);
    assert.ok(rows.data.every(Number.isFinite), set.name);
  }
});

Deno.test("anomalyStandIn() depends on the name and on nothing else", () => {
  const options = { rows: 100, columns: 4, anomalies: 10 };
  const [first, again, other] = ["a", "a", "b"].map((name) => anomalyStandIn({ name, ...options }));
  assert.deepEqual(first, again);
  assert.notDeepEqual(first.rows, other.rows);
});

Deno.test("loadDataSet() makes a stand-in without reading anything", {
  permissions: { read: false, env: false, net: false, write: false },
}, async () => {
  assert.equal((await loadDataSet("adbench/14_glass", "stand-in")).source, "stand-in");
});

/** AUROC in percent of a score on the second half of the normal rows and all anomalies, ties apart. */
function auroc(score: number[], labels: Uint8Array): number {
  let above = 0, pairs = 0;
  for (let i = 0; i < score.length; i++) {
    for (let j = 0; j < score.length; j++) {
      if (labels[i] !== 1 || labels[j] !== 0) continue;
      pairs++;
      if (score[i] > score[j]) above++;
    }
  }
  return 100 * above / pairs;
}

/** Two unlike detectors on standardised features: distance to the 5th nearest row, and to the mean. */
function scores({ rows: { data, rows: n, columns: d } }: AnomalyData): [number[], number[]] {
  const x = data.slice();
  for (let j = 0; j < d; j++) {
    let mean = 0, square = 0;
    for (let i = 0; i < n; i++) mean += x[i * d + j] / n;
    for (let i = 0; i < n; i++) square += (x[i * d + j] - mean) ** 2 / n;
    for (let i = 0; i < n; i++) x[i * d + j] = (x[i * d + j] - mean) / Math.sqrt(square);
  }
  const all = Array.from({ length: n }, (_, i) => i);
  const gap = (i: number, k: number) => {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += (x[i * d + j] - (k < 0 ? 0 : x[k * d + j])) ** 2;
    return sum;
  };
  return [
    all.map((i) => all.map((k) => gap(i, k)).sort((a, b) => a - b)[5]),
    all.map((i) => gap(i, -1)),
  ];
}

Deno.test("stand-ins can be told apart by detectors, which miss some anomalies and differ", () => {
  const tried = sets.filter(({ set }) => set.columns <= 40 && set.anomalies >= 30).slice(0, 12);
  const results = tried.map(({ data }) => scores(data).map((score) => auroc(score, data.labels)));
  const mean = (k: number) => results.reduce((sum, result) => sum + result[k], 0) / results.length;
  assert.equal(results.length, 12);
  for (const [nearest] of results) assert.ok(nearest > 60 && nearest < 99, `${nearest}`);
  assert.ok(mean(0) > 70 && mean(0) < 95, `${mean(0)}`);
  assert.ok(mean(0) - mean(1) > 3, `neighbours ${mean(0)}, mean ${mean(1)}`);
});

Deno.test("dte-toy/spiral has 500 points, standardised", async () => {
  const { value } = await loadDataSet<Matrix>("dte-toy/spiral", "real");
  assert.deepEqual([value.rows, value.columns], [500, 2]);
  for (const column of [0, 1]) {
    const x = value.data.filter((_, i) => i % 2 === column);
    const mean = x.reduce((sum, v) => sum + v, 0) / 500;
    const variance = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 500;
    assert.ok(Math.abs(mean) < 1e-12 && Math.abs(variance - 1) < 1e-12);
  }
});

Deno.test("dte-toy/embedding has 10 000 rows in 512 dimensions, 5 % anomalies, on 32 directions", async () => {
  const { value: { rows, labels } } = await loadDataSet<AnomalyData>("dte-toy/embedding", "real");
  assert.deepEqual([rows.rows, rows.columns, count(labels)], [10_000, 512, 500]);
  const [n, d] = [100, 512];
  const sample = new DenseMatrix(
    Array.from({ length: n }, (_, i) => [...rows.data.subarray(i * d, (i + 1) * d)]),
  );
  const { realEigenvalues } = new EigenvalueDecomposition(sample.mmul(sample.transpose()), {
    assumeSymmetric: true,
  });
  const spread = realEigenvalues.toSorted((a, b) => b - a);
  assert.ok(spread[31] > 5 * spread[32], `the 32nd direction ${spread[31]}, the 33rd ${spread[32]}`);
});

// If one of these changes on purpose, raise GENERATOR_VERSION in lib/data/load.ts, which is part of cache
// keys, and put the new digest here (accepted from a run of this file).
const DIGESTS: Readonly<Record<string, string>> = {
  "adbench/6_cardio": "b688c6917ec9daf2296aa0566e7361566ace8c8cd3f13a8e0aad03a151259bdb",
  "dte-toy/spiral": "4372b583f37c9f84c47354208fe307c64dad609078a3dc36f69d52f40942c9d7",
};
for (const [name, expected] of Object.entries(DIGESTS)) {
  Deno.test(`the generator of ${name} gives the bytes it always gave`, async () => {
    const { value } = await loadDataSet<Matrix | AnomalyData>(name, "stand-in");
    assert.equal(digest("labels" in value ? value.rows : value), expected);
  });
}
