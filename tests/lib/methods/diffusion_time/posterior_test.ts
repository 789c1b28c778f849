import assert from "node:assert/strict";
import {
  analyticTimePosterior,
  diffusionSchedule,
  inverseGammaLogDensity,
  inverseGammaMean,
  inverseGammaMode,
  nonParametricTimePosterior,
  timePosterior,
} from "../../../../lib/methods/diffusion_time/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { matrix } from "../../../../lib/stats/mod.ts";
import { assertClose } from "./_check.ts";

const schedule = diffusionSchedule(300);

/** ∫ f(v) p(v) dv on a fine grid in ln v, from e^−15 to e^25. */
function expectation(shape: number, scale: number, f: (v: number) => number): number {
  const step = 1e-3;
  let sum = 0;
  for (let u = -15; u <= 25; u += step) {
    const v = Math.exp(u);
    sum += f(v) * Math.exp(inverseGammaLogDensity(v, { shape, scale })) * v * step;
  }
  return sum;
}

for (const [shape, scale] of [[0.5, 0.2], [1.5, 1], [4, 2.5], [30, 10]]) {
  Deno.test(`inverse Gamma with a = ${shape}, b = ${scale} has total 1, its mean and its mode`, () => {
    // For a = 1/2 the tail beyond e^25 holds √(2b/(π e^25)).
    const tail = shape < 1 ? 4e-6 : 1e-9;
    assertClose(expectation(shape, scale, () => 1), 1, tail);
    if (shape > 2) assertClose(expectation(shape, scale, (v) => v), inverseGammaMean({ shape, scale }), 1e-6);
    const mode = inverseGammaMode({ shape, scale });
    // d/dv ln p = −(a + 1)/v + b/v², and numerically.
    assertClose(-(shape + 1) / mode + scale / mode ** 2, 0, 1e-9);
    const h = 1e-5 * mode, logDensity = (v: number) => inverseGammaLogDensity(v, { shape, scale });
    assertClose((logDensity(mode + h) - logDensity(mode - h)) / (2 * h) * mode, 0, 1e-6);
  });
}

Deno.test("timePosterior() has its mode at r²/d and needs d > 2", () => {
  for (const dimension of [3, 6, 21]) {
    assertClose(inverseGammaMode(timePosterior(1.7, { dimension })), 1.7 / dimension, 1e-15);
  }
  assertClose(inverseGammaMean(timePosterior(1.2, { dimension: 6 })), 0.6, 1e-15);
  assert.equal(inverseGammaMean(timePosterior(1, { dimension: 4 })), Infinity);
  assert.throws(() => timePosterior(1, { dimension: 2 }), /dimension must be > 2/);
});

Deno.test("analyticTimePosterior() of one data point is the inverse Gamma on the grid", () => {
  const data = matrix([0.1, -0.2, 0.3, 0.5, 0], { columns: 5 });
  const row = matrix([0.6, 0.1, -0.4, 0.2, 0.9], { columns: 5 });
  const distanceSquared = 0.25 + 0.09 + 0.49 + 0.09 + 0.81;
  const density = schedule.variances.map((v) =>
    Math.exp(inverseGammaLogDensity(v, timePosterior(distanceSquared, { dimension: 5 })))
  );
  const total = density.reduce((sum, p) => sum + p, 0);
  const wanted = density.map((p) => p / total);
  assertClose(analyticTimePosterior(row, { data, schedule }), wanted, 1e-10);
  assertClose(nonParametricTimePosterior(distanceSquared, { dimension: 5, schedule }), wanted, 1e-10);
  // A second point at the same distance does not change the curve.
  const two = matrix([...data.data, ...[1.1, 0.4, -1.1, -0.1, 1.8]], { columns: 5 });
  assertClose(analyticTimePosterior(row, { data: two, schedule }), wanted, 1e-10);
});

Deno.test("analyticTimePosterior() equals the sum over all data, near and far", () => {
  const data = matrix(stream(1, "data").normal(new Float64Array(40 * 3)), { columns: 3 });
  const rows = matrix(stream(1, "rows").normal(new Float64Array(10 * 3), { std: 2 }), { columns: 3 });
  const { data: found } = analyticTimePosterior(rows, { data, schedule });
  for (let i = 0; i < rows.rows; i++) {
    const likelihood = schedule.variances.map((v) => {
      let sum = 0;
      for (let j = 0; j < data.rows; j++) {
        const r2 = [0, 1, 2].reduce((r2, k) => r2 + (rows.data[3 * i + k] - data.data[3 * j + k]) ** 2, 0);
        sum += v ** -1.5 * Math.exp(-r2 / (2 * v));
      }
      return sum;
    });
    const total = likelihood.reduce((sum, p) => sum + p, 0);
    assertClose(found.subarray(300 * i, 300 * (i + 1)), likelihood.map((p) => p / total), 1e-12);
  }
});

Deno.test("analyticTimePosterior() does not depend on the order of the data", () => {
  const values = stream(2, "data").normal(new Float64Array(30));
  const rows = matrix(values.slice(0, 6).map((value) => value + 0.3), { columns: 3 });
  const data = matrix(values, { columns: 3 });
  const reversed = matrix(
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0].flatMap((i) => [...values.slice(3 * i, 3 * i + 3)]),
    {
      columns: 3,
    },
  );
  assert.deepEqual(
    analyticTimePosterior(rows, { data: reversed, schedule }),
    analyticTimePosterior(rows, { data, schedule }),
  );
});

Deno.test("analyticTimePosterior() moves to later times for noisier points", () => {
  const random = stream(3, "toy");
  const data = matrix(random.normal(new Float64Array(100 * 6)), { columns: 6 });
  const means = [20, 100, 180, 260].map((s) => {
    const noise = random.normal(new Float64Array(600), { std: Math.sqrt(schedule.variances[s]) });
    const rows = matrix(data.data.map((value, i) => value + noise[i]), { columns: 6 });
    const { data: p } = analyticTimePosterior(rows, { data, schedule });
    return p.reduce((sum, value, i) => sum + value * (i % 300), 0) / 100;
  });
  assert.deepEqual(means, means.toSorted((a, b) => a - b));
  assert.ok(means[3] - means[0] > 100);
});

Deno.test("analyticTimePosterior() refuses rows of another width", () => {
  const data = matrix([1, 2], { columns: 2 }), rows = matrix([1, 2, 3], { columns: 3 });
  assert.throws(() => analyticTimePosterior(rows, { data, schedule }), /rows must have 2 columns.*is 3/);
});

/** [d, m, likeliest index for T = 300]. */
const MODES = [[6, 1.5, 128], [6, 3, 201], [10, 2, 113], [3, 0.3, 76], [3, 100, 299], [3, 0, 0]] as const;

for (const [dimension, m, index] of MODES) {
  Deno.test(`nonParametricTimePosterior() is largest at ${index} for d = ${dimension}, m = ${m}`, () => {
    const p = nonParametricTimePosterior(m, { dimension, schedule });
    assert.equal(p.indexOf(Math.max(...p)), index);
    assertClose(p.reduce((sum, value) => sum + value, 0), 1, 1e-12);
    // Doubling every feature doubles m and d: same mode.
    const doubled = nonParametricTimePosterior(2 * m, { dimension: 2 * dimension, schedule });
    assert.equal(doubled.indexOf(Math.max(...doubled)), index);
  });
}
