import assert from "node:assert/strict";
import { stream } from "../../../lib/random/mod.ts";
import {
  binomialTail,
  meanAndStd,
  pairByUnit,
  signTest,
  studentTQuantile,
  tInterval,
} from "../../../lib/stats/mod.ts";

// Reference values without another source come from SciPy 1.10.1, whose quantiles of Student's t are good to
// 3e-11.

const near = (actual: number, expected: number, tolerance = 1e-12) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, not ${expected}`);

Deno.test("tInterval() equals SciPy's", () => {
  const x = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
  for (
    const [level, low, high] of [
      [0.9, 1.3231060954939526, 2.2102272378393804],
      [0.95, 1.2166123036588612, 2.316721029674472],
      [0.99, 0.9663014751470328, 2.5670318581863003],
    ]
  ) {
    const interval = tInterval(x, { level });
    near(interval.low, low, 1e-10);
    near(interval.high, high, 1e-10);
    near(interval.estimate, 1.7666666666666666);
  }
  assert.deepEqual(tInterval(x), tInterval(x, { level: 0.95 }));
});

Deno.test("tInterval() of two values is ± 12.7 half differences, of equal values a point", () => {
  const { low, high } = tInterval([1, 3]);
  const quantile = Math.tan(0.475 * Math.PI); // Cauchy's law
  near(low, 2 - quantile);
  near(high, 2 + quantile);
  assert.deepEqual(tInterval([4, 4, 4]), { estimate: 4, low: 4, high: 4 });
});

Deno.test("tInterval() holds the mean of normal values as often as it says, three values or ten", () => {
  const draws = stream(5, "coverage");
  for (const count of [3, 10]) {
    let held = 0;
    for (let i = 0; i < 4000; i++) {
      const { low, high } = tInterval(draws.normal(new Float64Array(count)));
      if (low <= 0 && 0 <= high) held++;
    }
    near(held / 4000, 0.95, 4 * Math.sqrt(0.95 * 0.05 / 4000));
  }
});

Deno.test("tInterval() asks for two values and a level below 1", () => {
  assert.throws(() => tInterval([1]), /must be >= 2 values .*: current values are 1 and 0\.95$/);
  for (const level of [0, 1, NaN]) assert.throws(() => tInterval([1, 2], { level }), RangeError);
});

Deno.test("studentTQuantile() has its closed forms at 1 and 2 degrees of freedom, and equals SciPy's beyond", () => {
  for (const probability of [0.6, 0.9, 0.975, 0.995]) {
    const part = 2 * probability - 1;
    near(studentTQuantile(probability, 1), Math.tan(Math.PI * part / 2), 1e-11);
    near(studentTQuantile(probability, 2), part * Math.sqrt(2 / (1 - part ** 2)), 1e-11);
  }
  near(studentTQuantile(0.975, 4), 2.7764451051977987, 1e-10);
  near(studentTQuantile(0.975, 30), 2.0422724563012373, 1e-10);
  near(studentTQuantile(0.025, 4), -studentTQuantile(0.975, 4));
});

Deno.test("signTest() equals SciPy's exact binomial test", () => {
  for (
    const [wins, losses, p] of [
      [5, 0, 0.0625],
      [6, 0, 0.03125],
      [9, 1, 0.021484375],
      [7, 3, 0.34375],
      [14, 4, 0.0308837890625],
      [3, 3, 1],
      [0, 0, 1],
    ]
  ) {
    near(signTest(wins, losses), p);
    near(signTest(losses, wins), p);
  }
});

Deno.test("binomialTail() counts the tosses of a fair coin", () => {
  for (
    const [count, total, wanted] of [[5, 5, 1 / 32], [4, 5, 6 / 32], [0, 5, 1], [3, 3, 1 / 8], [0, 0, 1]]
  ) {
    assert.equal(binomialTail(count, total), wanted);
  }
});

Deno.test("pairByUnit() keeps the units that both have, in the order of the first", () => {
  const first = new Map<string | number, number>([["wine", 3], [2, 4], ["glass", 5]]);
  const second = new Map<string | number, number>([["glass", 50], [3, 70], [2, 40]]);
  assert.deepEqual(pairByUnit(first, second), [
    { unit: 2, first: 4, second: 40 },
    { unit: "glass", first: 5, second: 50 },
  ]);
  assert.deepEqual(pairByUnit(first, new Map()), []);
  // The seed 2 is not the data set "2".
  assert.deepEqual(pairByUnit(new Map([["2", 1]]), second), []);
});

Deno.test("meanAndStd() divides by n − 1, and gives a single number no spread", () => {
  const { value, std } = meanAndStd([1, 2, 3, 6]);
  assert.equal(value, 3);
  near(std!, Math.sqrt(14 / 3));
  assert.deepEqual(meanAndStd([7]), { value: 7 });
  assert.deepEqual(meanAndStd([7, 7]), { value: 7, std: 0 });
  assert.throws(() => meanAndStd([]), RangeError);
});
