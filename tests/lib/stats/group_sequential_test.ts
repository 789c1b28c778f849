import assert from "node:assert/strict";
import { stream } from "../../../lib/random/mod.ts";
import {
  crossingProbabilities,
  evenSpending,
  nominalLevels,
  normalCdf,
  planLooks,
  repeatedIntervals,
  tInterval,
} from "../../../lib/stats/mod.ts";

const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, not ${expected}`);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

Deno.test("crossingProbabilities() of Pocock's and O'Brien and Fleming's tabled bounds sum to 5 %", () => {
  // Jennison and Turnbull 2000, Tables 2.1 and 2.3, two-sided α = 0.05.
  for (const [looks, pocock, obrien] of [[2, 2.178, 1.977], [5, 2.413, 2.040], [10, 2.555, 2.087]]) {
    near(sum(crossingProbabilities(Array<number>(looks).fill(pocock), upTo(looks))), 0.05, 2e-4);
    const falling = upTo(looks).map((look) => obrien * Math.sqrt(looks / look));
    near(sum(crossingProbabilities(falling, upTo(looks))), 0.05, 2e-4);
  }
  // Two looks far apart are nearly independent: 1 − (1 − α)².
  const bound = 1.959963984540054;
  near(sum(crossingProbabilities([bound, bound], [1, 10_000])), 1 - 0.95 ** 2, 2e-4);
});

Deno.test("nominalLevels() spend what is due at each look, and no more", () => {
  for (const looks of [[20], [10, 20], [5, 10, 15, 20], [3, 4, 7, 19, 20, 40]]) {
    const levels = nominalLevels(looks);
    // Back from levels to bounds, by bisection of Φ.
    const bounds = levels.map((level) => {
      let low = 0, high = 10;
      for (let i = 0; i < 80; i++) {
        if (2 * normalCdf(-(low + high) / 2) > level) low = (low + high) / 2;
        else high = (low + high) / 2;
      }
      return low;
    });
    const spent = crossingProbabilities(bounds, looks);
    looks.forEach((look, i) => {
      const due = 0.05 *
        (evenSpending(look / looks.at(-1)!) - evenSpending((looks[i - 1] ?? 0) / looks.at(-1)!));
      near(spent[i], due, 1e-8);
    });
    near(sum(spent), 0.05, 1e-8);
  }
  // Five equal looks, bounds of Lan and DeMets' Pocock-type spending: 2.438, 2.427, 2.410, 2.397, 2.386.
  const bounds = [2.438, 2.427, 2.410, 2.397, 2.386];
  nominalLevels([4, 8, 12, 16, 20]).forEach((level, i) => near(level, 2 * normalCdf(-bounds[i]), 1e-4));
  assert.throws(() => nominalLevels([]), /ascending integers/);
  assert.throws(() => nominalLevels([5, 5]), /ascending integers >= 1: current value is 5, 5/);
  assert.throws(() => nominalLevels([5], { alpha: 1 }), /alpha must be in \(0, 1\)/);
});

Deno.test("repeatedIntervals() are Student's at the looks that are reached", () => {
  const values = [1.2, 0.7, 1.9, 1.1, 0.4, 0.9, 2.2];
  const looks = planLooks([3, 6, 9]);
  const intervals = repeatedIntervals(values, looks);
  assert.deepEqual(intervals.map(({ count }) => count), [3, 6]);
  intervals.forEach(({ count, level, low, high, estimate }) =>
    assert.deepEqual({ low, high, estimate }, tInterval(values.slice(0, count), { level }))
  );
  assert.ok(intervals.every(({ level }) => level > 0.95 && level < 1));
});

/** How often the mean, 0, is outside an interval at any look: of normal values, or of t with 4 degrees. */
function everOutside(counts: readonly number[], { heavy, total }: { heavy: boolean; total: number }) {
  const looks = planLooks(counts);
  const draws = stream(11, "looks", counts.join(" "), String(heavy));
  const values = new Float64Array(counts.at(-1)!);
  let outside = 0;
  for (let run = 0; run < total; run++) {
    draws.normal(values);
    if (heavy) {
      for (let i = 0; i < values.length; i++) {
        const [a, b, c, d] = draws.normal(new Float64Array(4));
        values[i] /= Math.sqrt((a * a + b * b + c * c + d * d) / 4);
      }
    }
    if (repeatedIntervals(Array.from(values), looks).some(({ low, high }) => low > 0 || high < 0)) outside++;
  }
  return outside / total;
}

Deno.test("all repeatedIntervals() hold the mean in 95 % of cases, few looks or many, normal or not", () => {
  const total = 6000;
  const error = 3 * Math.sqrt(0.05 * 0.95 / total);
  for (const counts of [[5, 10, 15, 20], [3, 5, 8, 12, 20], upTo(20).slice(2)]) {
    const normal = everOutside(counts, { heavy: false, total });
    assert.ok(normal < 0.05 + error, `${counts}: ${normal}`);
    assert.ok(normal > 0.04, `${counts}: ${normal}, so it gives away`);
    const heavy = everOutside(counts, { heavy: true, total });
    assert.ok(heavy < 0.05 + error, `${counts}, heavy tails: ${heavy}`);
  }
  // What looking at the same data with plain intervals would do.
  const naive = stream(12, "naive");
  let outside = 0;
  for (let run = 0; run < 2000; run++) {
    const values = Array.from(naive.normal(new Float64Array(20)));
    if (
      [5, 10, 15, 20].some((count) => {
        const { low, high } = tInterval(values.slice(0, count));
        return low > 0 || high < 0;
      })
    ) outside++;
  }
  assert.ok(outside / 2000 > 0.09, String(outside / 2000));
});
