import assert from "node:assert/strict";
import { NumpyRandom, stream } from "../../../lib/random/mod.ts";
import {
  bootstrapInterval,
  chiSquaredTail,
  chiSquaredTailInverse,
  friedmanTest,
  matrix,
  nemenyiCriticalDifference,
  normalCdf,
  normalRangeCdf,
  pairedBootstrapInterval,
  wilcoxonSignedRank,
} from "../../../lib/stats/mod.ts";

// Reference values without another source come from SciPy 1.17.1.

const near = (actual: number, expected: number, tolerance: number) =>
  assert(Math.abs(actual - expected) <= tolerance, `${actual}, not ${expected}`);

Deno.test("normalCdf(), chiSquaredTail() and its inverse are accurate, tails included", () => {
  near(normalCdf(1.96), 0.9750021048517795, 1e-15);
  near(normalCdf(-8) / 6.22096057427174e-16, 1, 1e-12);
  near(chiSquaredTail(30, 5), 1 - 0.9999852514189616, 1e-15);
  near(chiSquaredTailInverse(0.5, 6), 5.348120627447118, 1e-12);
  near(chiSquaredTailInverse(0.025, 512), 576.5911422266107, 1e-9);
});

Deno.test("normalRangeCdf() equals the studentised range of infinite degrees of freedom", () => {
  near(normalRangeCdf(3.3, 4), 0.9094625027546241, 1e-10);
  // Of two numbers: P(|x − y| < q) = 2 Φ(q/√2) − 1
  for (const q of [0.3, 1, 4]) near(normalRangeCdf(q, 2), 2 * normalCdf(q / Math.SQRT2) - 1, 1e-12);
  assert.equal(normalRangeCdf(0, 3), 0);
});

Deno.test("wilcoxonSignedRank() equals SciPy's exact and approximate tests", () => {
  const x = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
  const y = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
  assert.deepEqual(wilcoxonSignedRank(x, y), { sumPositive: 40, pairs: 9, pValue: 0.0390625, exact: true });
  assert.equal(wilcoxonSignedRank(x, y, { alternative: "greater" }).pValue, 0.01953125);
  assert.equal(wilcoxonSignedRank(y, x, { alternative: "less" }).pValue, 0.01953125);

  const random = new NumpyRandom(1);
  const tenths = (value: number) => Math.round(10 * value) / 10;
  const long = Array.from(random.standardNormal(80), tenths);
  const other = Array.from(random.standardNormal(80), (value) => tenths(0.9 * value - 0.2));
  // Whole numbers, so that equal differences are equal to the last bit.
  const { pValue, exact } = wilcoxonSignedRank(
    long.map((v) => Math.round(10 * v)),
    other.map((v) => Math.round(10 * v)),
  );
  assert.equal(exact, false);
  near(pValue, 0.1963784455010702, 1e-12);
});

Deno.test("wilcoxonSignedRank() counts all sign patterns, also where ranks tie", () => {
  // |differences| 1, 1, 2, 3: ranks 1.5, 1.5, 3, 4; W⁺ = 8.5. By hand: P(W⁺ ≥ 8.5) = 3/16.
  const { sumPositive, pValue } = wilcoxonSignedRank([1, 0, 2, 3], [0, 1, 0, 0], { alternative: "greater" });
  assert.equal(sumPositive, 8.5);
  assert.equal(pValue, 3 / 16);
  assert.equal(wilcoxonSignedRank([1, 2], [1, 2]).pValue, 1);
  assert.throws(() => wilcoxonSignedRank([1], [1, 2]), TypeError);
  assert.throws(() => wilcoxonSignedRank([NaN], [1]), RangeError);
});

Deno.test("friedmanTest() equals SciPy's, ties corrected, and ranks the highest score first", () => {
  const noise = new NumpyRandom(2).standardNormal(60);
  const scores = matrix(noise.map((value, i) => Math.round(10 * (value + (i % 5) * 0.3)) / 10), {
    columns: 5,
  });
  const { statistic, degrees, pValue, meanRanks } = friedmanTest(scores);
  near(statistic, 9.485232067510555, 1e-12);
  near(pValue, 0.05005158165413814, 1e-14);
  assert.equal(degrees, 4);
  [3.45833333, 2.66666667, 3.70833333, 3.20833333, 1.95833333].forEach((rank, j) =>
    near(meanRanks[j], rank, 1e-8)
  );
  assert.throws(() => friedmanTest(matrix([1, 2], { columns: 1 })), RangeError);
});

Deno.test("nemenyiCriticalDifference() has the published quantiles", () => {
  // Demšar 2006, Table 5(a), α = 0.05 and 0.10; 26 methods from SciPy.
  const quantile = (methods: number, alpha: number) =>
    nemenyiCriticalDifference({ methods, dataSets: 1, alpha }) / Math.sqrt(methods * (methods + 1) / 6);
  near(quantile(2, 0.05), 1.960, 5e-4);
  near(quantile(5, 0.05), 2.728, 5e-4);
  near(quantile(10, 0.1), 2.920, 5e-4);
  near(quantile(26, 0.05), 3.677556175853078, 1e-6);
  assert.throws(() => nemenyiCriticalDifference({ methods: 1, dataSets: 5 }), RangeError);
});

Deno.test("bootstrapInterval() covers about as often as it says", () => {
  let covered = 0;
  for (let trial = 0; trial < 200; trial++) {
    const values = stream(trial, "sample").normal(new Float64Array(40), { mean: 3 });
    const { low, high, estimate } = bootstrapInterval(values, {
      stream: stream(trial, "bootstrap"),
      resamples: 400,
    });
    assert(low <= estimate && estimate <= high);
    if (low <= 3 && 3 <= high) covered++;
  }
  assert(covered >= 176 && covered <= 199, `${covered} of 200`);
});

Deno.test("pairedBootstrapInterval() is seeded, and narrower than unpaired noise", () => {
  const base = stream(0, "base").normal(new Float64Array(30), { std: 10 });
  const better = base.map((value, i) => value + 1 + 0.1 * (i % 3));
  const run = () => pairedBootstrapInterval(better, base, { stream: stream(1, "b"), resamples: 500 });
  assert.deepEqual(run(), run());
  assert(run().low > 1 && run().high < 1.2);
  assert.throws(() => pairedBootstrapInterval([1], [1, 2], { stream: stream(0) }), TypeError);
  assert.throws(() => bootstrapInterval([1], { stream: stream(0), level: 1 }), RangeError);
});
