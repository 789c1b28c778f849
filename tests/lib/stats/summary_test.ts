import assert from "node:assert/strict";
import { NumpyRandom } from "../../../lib/random/mod.ts";
import { mean, quantile, ranks, skewness, spearman, std } from "../../../lib/stats/mod.ts";

const near = (actual: number, expected: number, tolerance = 1e-13) =>
  assert(Math.abs(actual - expected) <= tolerance, `${actual}, not ${expected}`);

/**
 * Two lists of 80 numbers rounded to one digit, for which SciPy 1.17.1 and NumPy 2.4.6 gave the values below.
 */
function roundedLists(): [number[], number[]] {
  const random = new NumpyRandom(1);
  const round = (x: number) => Math.round(10 * x) / 10;
  const x = Array.from(random.standardNormal(80), round);
  return [x, Array.from(random.standardNormal(80), (value) => round(0.9 * value - 0.2))];
}

Deno.test("skewness(), quantile() and spearman() equal SciPy's and NumPy's", () => {
  const [x, y] = roundedLists();
  near(skewness(x), 0.007469764176382649);
  near(quantile(x, 0.37), -0.3);
  near(spearman(x, y), 0.2235840657412892);
});

Deno.test("mean() and std() have their closed forms", () => {
  assert.equal(mean([1, 2, 3, 6]), 3);
  near(std([1, 2, 3, 6]), Math.sqrt(14 / 4));
  near(std([1, 2, 3, 6], { ddof: 1 }), Math.sqrt(14 / 3));
  assert.equal(std([5]), 0);
  assert.throws(() => mean([]), RangeError);
  assert.throws(() => std([5], { ddof: 1 }), /must be >= 2: current value is 1/);
});

Deno.test("quantile() interpolates between order statistics", () => {
  assert.deepEqual([0, 0.25, 0.5, 0.75, 1].map((p) => quantile([40, 10, 30, 20], p)), [
    10,
    17.5,
    25,
    32.5,
    40,
  ]);
  assert.equal(quantile([3], 0.3), 3);
  assert.throws(() => quantile([1], 1.5), RangeError);
  assert.throws(() => quantile([], 0.5), RangeError);
});

Deno.test("skewness() changes sign under reflection and is NaN for constants", () => {
  const values = [0, 0, 1, 5];
  near(skewness(values.map((value) => -value)), -skewness(values));
  assert(Number.isNaN(skewness([2, 2, 2])));
  // A mean that rounding moves off 0.1 leaves second moments near 1e-34.
  assert(Number.isNaN(skewness(new Array(1000).fill(0.1))));
});

Deno.test("ranks() shares the mean rank among ties", () => {
  assert.deepEqual([...ranks([10, 20, 10, 30, 20, 20])], [1.5, 4, 1.5, 6, 4, 4]);
  assert.deepEqual([...ranks([])], []);
  assert.throws(() => ranks([1, NaN]), RangeError);
});

Deno.test("spearman() is 1 for any increasing relation, NaN for a constant", () => {
  const x = [0.1, 5, 2, 9];
  near(spearman(x, x.map((value) => value ** 3)), 1);
  near(spearman(x, x.map((value) => -value)), -1);
  assert(Number.isNaN(spearman(x, [1, 1, 1, 1])));
  assert.throws(() => spearman(x, [1]), TypeError);
});
