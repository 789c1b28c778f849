import assert from "node:assert/strict";
import { stream } from "../../../lib/random/mod.ts";
import {
  interquartileMean,
  mean,
  optimalityGap,
  stratifiedBootstrapInterval,
} from "../../../lib/stats/mod.ts";

Deno.test("interquartileMean() leaves out a quarter on each side, rounded down", () => {
  // As SciPy's trim_mean(x, 0.25) for these.
  assert.equal(interquartileMean([5]), 5);
  assert.equal(interquartileMean([9, 1, 2]), 4);
  assert.equal(interquartileMean([100, 1, 2, -50]), 1.5);
  assert.equal(interquartileMean([8, 1, 7, 2, 6, 3, 5, 4]), 4.5);
  assert.equal(interquartileMean([1, 2, 3, 4, 1000]), 3);
  assert.throws(() => interquartileMean([]), RangeError);
  assert.throws(() => interquartileMean([1, NaN]), /one is NaN/);
});

Deno.test("optimalityGap() counts only what falls short", () => {
  assert.equal(optimalityGap([0.5, 2, 1]), 0.5 / 3);
  assert.equal(optimalityGap([300, 1200], { target: 1000 }), 350);
});

/** All ways to draw `values.length` of values with replacement. */
function draws(values: readonly number[]): number[][] {
  return values.reduce<number[][]>((lists) => lists.flatMap((list) => values.map((v) => [...list, v])), [[]]);
}

Deno.test("stratifiedBootstrapInterval() has the distribution of all resamples, task by task", () => {
  const strata = [[0, 1, 5], [10, 14, 15, 11]];
  const every = draws(strata[0]).flatMap((a) => draws(strata[1]).map((b) => [...a, ...b]));
  assert.equal(every.length, 27 * 256);
  for (const statistic of [mean, interquartileMean]) {
    const exact = every.map((list) => statistic(list)).sort((a, b) => a - b);
    const share = (x: number) => exact.filter((value) => value <= x + 1e-9).length / exact.length;
    for (const level of [0.5, 0.8, 0.95]) {
      const { estimate, low, high } = stratifiedBootstrapInterval(strata, statistic, {
        ...{ stream: stream(1, `${level}`), resamples: 20_000, level },
      });
      assert.equal(estimate, statistic(strata.flat()));
      // The ends are values of the exact distribution around its quantiles, within the error of 20 000 draws.
      for (const [end, p] of [[low, (1 - level) / 2], [high, (1 + level) / 2]]) {
        assert.ok(
          share(end) >= p - 0.01 && share(end - 1e-6) <= p + 0.01,
          `${level}: ${end} has ${share(end)}`,
        );
      }
    }
  }
  // Drawn from all together it would reach further.
  const apart = stratifiedBootstrapInterval([strata.flat()], mean, { stream: stream(1) });
  const within = stratifiedBootstrapInterval(strata, mean, { stream: stream(1) });
  assert.ok(apart.high - apart.low > 1.5 * (within.high - within.low));
});

Deno.test("stratifiedBootstrapInterval() refuses empty strata and levels", () => {
  const options = { stream: stream(1) };
  assert.throws(() => stratifiedBootstrapInterval([], mean, options), /there is no stratum/);
  assert.throws(() => stratifiedBootstrapInterval([[1], []], mean, options), /stratum 1 has none/);
  assert.throws(() => stratifiedBootstrapInterval([[1]], mean, { ...options, level: 1 }), /level must be in/);
});
