import assert from "node:assert/strict";
import {
  fitCblof,
  fitCopod,
  fitEcod,
  fitHbos,
  fitIsolationForest,
  fitKnn,
  fitLof,
  fitMcd,
  fitOcsvm,
  fitPca,
  kMeans,
} from "../../../lib/anomaly/mod.ts";
import { NumpyRandom, stream } from "../../../lib/random/mod.ts";
import { chiSquaredTail, chiSquaredTailInverse, type Matrix, matrix } from "../../../lib/stats/mod.ts";

// Values called "reference" come from scikit-learn 1.9.1 on the same rows.

function assertNear(actual: ArrayLike<number>, expected: readonly number[], tolerance = 1e-12): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => {
    assert(
      Math.abs(actual[i] - value) <= tolerance * Math.max(1, Math.abs(value)),
      `${i}: ${actual[i]}, not ${value}`,
    );
  });
}

const column = (...values: number[]) => matrix(values, { columns: 1 });

/** 80 correlated normal rows of which the first ten lie apart. */
function contaminated(): Matrix {
  const values = new NumpyRandom(0).standardNormal(240);
  for (let i = 0; i < 80; i++) {
    values[3 * i + 1] += 0.8 * values[3 * i];
    if (i < 10) { for (let j = 0; j < 3; j++) values[3 * i + j] += 6; }
  }
  return matrix(values, { columns: 3 });
}

const PICKED = [0, 1, 20, 50, 79];
const pick = (scores: Float64Array) => PICKED.map((i) => scores[i]);

Deno.test("fitKnn() has its three statistics", async () => {
  const train = column(0, 1, 3, 7), rows = column(0);
  assertNear(await fitKnn(train, { k: 3 }).score(rows), [3]);
  assertNear(await fitKnn(train, { k: 3, statistic: "mean" }).score(rows), [4 / 3]);
  assertNear(await fitKnn(train, { k: 3, statistic: "meanSquared" }).score(rows), [10 / 3]);
});

Deno.test("fitLof() is 1 on an even grid and by hand outside it", async () => {
  // K = 2, rows 0, 1, …, 10: every inner row has d_K = 1 and density 1 (up to 1e-10).
  const detector = fitLof(column(...Array.from({ length: 11 }, (_, i) => i)), { k: 2 });
  assertNear(await detector.score(column(5)), [1], 1e-9);
  // x = 20: neighbours 10 and 9 at 10 and 11, density 1/10.5. Row 10 has d_K = 2, so the densities of 9 and
  // 10 are 1/1.5.
  assertNear(await detector.score(column(20)), [10.5 / 1.5], 1e-9);
});

Deno.test("fitLof() equals the reference where copies and ties abound", async () => {
  const random = new NumpyRandom(3);
  const train = matrix(Float64Array.from(random.choice(4, { size: 900 })), { columns: 3 });
  const rows = matrix(Float64Array.from(random.choice(6, { size: 120 })), { columns: 3 });
  const scores = await fitLof(train).score(rows);
  assertNear(scores.subarray(0, 8), [
    0.9427956686129331,
    2.7724425949023663,
    1.8667692448074071,
    0.9663603896960071,
    1.2436008986799436,
    2.0132370682074554,
    1.4070426889696197,
    1.2611908856451444,
  ]);
  assertNear([scores.reduce((a, b) => a + b)], [67.33282991238892]);
});

Deno.test("fitOcsvm() equals the reference, copies included", async () => {
  const rows = contaminated();
  const scores = await fitOcsvm(rows, { tolerance: 1e-12 }).score(rows);
  assertNear(
    pick(scores),
    [2.5625506879447757, 4.543419390891947, -1.1117098328663442, 0, 1.3400857417919507],
    1e-6,
  );
  const copied = matrix([...rows.data, ...rows.data.subarray(0, 60)], { columns: 3 });
  assertNear(
    pick(await fitOcsvm(copied, { nu: 0.1, gamma: 0.05, tolerance: 1e-12 }).score(rows)),
    [-0.19715774189552837, 0, -0.33417507326200413, -0.2700701311427687, -0.07512171330582262],
    1e-6,
  );
});

Deno.test("fitOcsvm() leaves about a share ν outside and scores rows it has not seen by the kernel sum", async () => {
  const rows = contaminated();
  const detector = fitOcsvm(rows, { nu: 0.3, gamma: 0.2, tolerance: 1e-10 });
  const outside = (await detector.score(rows)).filter((score) => score > 1e-6).length;
  assert(outside <= 24 && outside >= 18, String(outside));
  // Far away the kernel vanishes: the score is ρ, above all others. Next to a row it is that row's score.
  const [far, beside, at] = await detector.score(
    matrix([1e3, 0, 0, rows.data[0] + 1e-9, rows.data[1], rows.data[2], ...rows.data.subarray(0, 3)], {
      columns: 3,
    }),
  );
  assert((await detector.score(rows)).every((score) => score < far));
  assertNear([beside], [at], 1e-6);
});

Deno.test("fitEcod() and fitCopod() are sums of -ln tail shares", async () => {
  // Stack 1, 2, 3, 10 | 10: skewed right. Row 10: share ≥ 10 is 2/5; share ≤ 10 is 1.
  const train = column(1, 2, 3, 10);
  assertNear(await fitEcod(train).score(column(10)), [-Math.log(2 / 5)]);
  assertNear(await fitCopod(train).score(column(10)), [-Math.log(2 / 5)]);
  // Stack 1, 2, 3, 10 | 1: the left tail 2/5 counts for ECOD; for COPOD its mean with the right one, −ln 1.
  assertNear(await fitEcod(train).score(column(1)), [-Math.log(2 / 5)]);
  assertNear(await fitCopod(train).score(column(1)), [-Math.log(2 / 5) / 2]);
  // Without skewness (−1, 0, 1 | 0) the tails add: share ≤ 0 and share ≥ 0 are 3/4.
  assertNear(await fitEcod(column(-1, 0, 1)).score(column(0)), [-2 * Math.log(3 / 4)]);
});

Deno.test("fitHbos() looks values up in right-closed bins, with half a bin of tolerance outside", async () => {
  // Edges 0, 1, …, 10; bin 0 holds 0 and 0.5, bin 9 holds 9.5 and 10, the others one value each, of 12.
  const train = column(0, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10);
  const full = -Math.log2(2 / 12 + 0.1), single = -Math.log2(1 / 12 + 0.1);
  const scores = await fitHbos(train).score(column(0, 1, 1.01, 9, 9.01, 10, -0.5, -0.51, 10.5, 10.51));
  assertNear(scores, [full, full, single, single, full, full, full, single, full, single]);
});

Deno.test("fitHbos() gives a constant column the range ± 0.5", async () => {
  const scores = await fitHbos(column(3, 3, 3)).score(column(3, 2.9, 3.05, 9));
  // Width 0.1, density 10 in the bin left-closed at 3; 3 itself is looked up to the left of it.
  const empty = -Math.log2(0.1), full = -Math.log2(10.1);
  assertNear(scores, [empty, empty, full, empty]);
});

Deno.test("fitPca() weights distances to the axes as PyOD does", async () => {
  const rows = contaminated();
  assertNear(
    pick(await fitPca(rows).score(rows)),
    [278.7292602898472, 284.08691450939114, 86.96939025987137, 78.39481267060624, 115.40122475363972],
    1e-10,
  );
});

Deno.test("fitPca() has closed forms for uncorrelated columns", async () => {
  // Columns ±1 and ±1: standardised as they are, both axes have variance 4/3.
  const train = matrix([1, 1, 1, -1, -1, 1, -1, -1], { columns: 2 });
  const rows = matrix([2, 0, 3, 4], { columns: 2 });
  assertNear(await fitPca(train, { score: "mahalanobis" }).score(rows), [3, 18.75]);
  assertNear(await fitPca(train, { score: "reconstruction", variance: 1 }).score(rows), [0, 0]);
});

Deno.test("fitPca() finds no more axes than rows and ranks by length where axes have no variance", async () => {
  const train = matrix([1, 2, 3, 4, 0, 0, 2, 1], { columns: 4 });
  const scores = await fitPca(train).score(matrix([0.5, 1, 2.5, 2.5, 9, 9, 9, 9], { columns: 4 }));
  assert(scores.every(Number.isFinite) && scores[1] > scores[0]);
});

Deno.test("fitIsolationForest() gives 1/2 to identical rows and its closed form to two rows", async () => {
  const same = fitIsolationForest(column(...new Array(300).fill(2)), { stream: stream(0) });
  assertNear(await same.score(column(2, 5)), [0.5, 0.5]);
  // Two rows: one split, path length 1 = c(2).
  assertNear(await fitIsolationForest(column(0, 1), { stream: stream(0) }).score(column(-1, 0, 2)), [
    0.5,
    0.5,
    0.5,
  ]);
  assertNear(await fitIsolationForest(column(1), { stream: stream(0) }).score(column(3)), [1]);
});

Deno.test("fitIsolationForest() isolates the ends of three rows as often as probability says", async () => {
  // Rows 0, 1, 4: the first split parts off 4 with probability 3/4, else 0. E h(0) = 2 · 3/4 + 1/4, E h(4) =
  // 3/4 + 2/4.
  const trees = 20000, c = 2 * (Math.log(2) + 0.5772156649015329) - 4 / 3;
  const scores = await fitIsolationForest(column(0, 1, 4), { stream: stream(0), trees }).score(
    column(0, 1, 4),
  );
  assertNear(Array.from(scores, (score) => -c * Math.log2(score)), [1.75, 2, 1.25], 0.015);
});

Deno.test("fitMcd() finds the reference's estimate", async () => {
  const rows = contaminated();
  // The reference also scales the covariance by the consistency factor of a 97.5 % cut.
  const cut = chiSquaredTailInverse(0.025, 3);
  const factor = 0.975 / (1 - chiSquaredTail(cut, 5));
  assertNear(
    pick(await fitMcd(rows, { stream: stream(0) }).score(rows)).map((score) => score / factor),
    [101.15187437183648, 99.53009148836455, 0.9704883426870408, 3.728487207261536, 5.4568618821086385],
    1e-9,
  );
});

Deno.test("fitMcd() ignores contamination, also in parts, and does not depend on scale", async () => {
  const values = stream(1).normal(new Float64Array(2000 * 3));
  for (let at = 0; at < 3 * 400; at++) values[at] = values[at] * 0.3 + 8;
  const rows = matrix(values, { columns: 3 });
  const scores = await fitMcd(rows, { stream: stream(0) }).score(rows);
  const least = scores.subarray(0, 400).reduce((a, b) => Math.min(a, b));
  assert(least > 50, String(least));
  assert(scores.subarray(400).filter((score) => score > 9.348).length < 80);
  const scaled = matrix(values.map((value, at) => value * [1, 100, 0.01][at % 3]), { columns: 3 });
  assertNear(await fitMcd(scaled, { stream: stream(0) }).score(scaled), [...scores], 1e-8);
});

Deno.test("kMeans() finds the reference's optimum", () => {
  const { data } = contaminated();
  const values = [[0, 0], [20, 0], [0, 20]].flatMap(([x, y]) =>
    Array.from({ length: 160 }, (_, at) => data[3 * Math.floor(at / 2) + at % 2] + (at % 2 === 0 ? x : y))
  );
  const { inertia, sizes } = kMeans(matrix(values, { columns: 2 }), {
    stream: stream(0),
    clusters: 4,
    restarts: 30,
    tolerance: 0,
  });
  assertNear([inertia], [2296.8797050010403]);
  assert.deepEqual([...sizes].sort((a, b) => a - b), [10, 70, 80, 80]);
});

Deno.test("kMeans() leaves every row with its nearest centre, centres at the means", () => {
  const rows = matrix(stream(5).normal(new Float64Array(600)), { columns: 3 });
  const { centres, sizes, inertia } = kMeans(rows, { stream: stream(6), tolerance: 0 });
  const sums = new Float64Array(24), counts = new Float64Array(8);
  let total = 0;
  for (let i = 0; i < 200; i++) {
    const squares = Array.from({ length: 8 }, (_, c) => {
      let sum = 0;
      for (let j = 0; j < 3; j++) sum += (rows.data[3 * i + j] - centres.data[3 * c + j]) ** 2;
      return sum;
    });
    const nearest = squares.indexOf(Math.min(...squares));
    total += squares[nearest];
    counts[nearest]++;
    for (let j = 0; j < 3; j++) sums[3 * nearest + j] += rows.data[3 * i + j];
  }
  assert.deepEqual(counts, sizes);
  assertNear([inertia], [total]);
  assertNear(centres.data, Array.from(sums, (sum, at) => sum / counts[Math.floor(at / 3)]));
});

Deno.test("kMeans() makes no more clusters than there are distinct rows", () => {
  const { centres, sizes, inertia } = kMeans(column(1, 1, 5, 5, 5), { stream: stream(0) });
  assert.deepEqual([...centres.data].sort(), [1, 5]);
  assert.deepEqual([...sizes].sort(), [2, 3]);
  assert.equal(inertia, 0);
});

Deno.test("fitCblof() measures distance to large clusters only", async () => {
  // Ten clusters' worth of rows at 0 and 10 (45 each), few at 50: the latter are small and far from a large
  // centre.
  const train = column(...new Array(45).fill(0), ...new Array(45).fill(10), ...new Array(4).fill(50));
  const scores = await fitCblof(train, { stream: stream(0), clusters: 3 }).score(column(0, 4, 50));
  assertNear(scores, [0, 4, 40]);
});
