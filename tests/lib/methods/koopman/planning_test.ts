import assert from "node:assert/strict";
import {
  koopmanDynamics,
  latentModel,
  latentPlanner,
  planActions,
  searchActions,
} from "../../../../lib/methods/koopman/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { tf } from "../../../../lib/tensor/mod.ts";

const SAMPLES = 128;

/** −Σ (a − target)² of sequences of one action. */
const near = (target: readonly number[], scale = 100) => (actions: Float32Array) =>
  Promise.resolve(Float64Array.from(
    { length: SAMPLES },
    (_, s) => -scale * target.reduce((sum, wanted, k) => sum + (actions[k * SAMPLES + s] - wanted) ** 2, 0),
  ));

Deno.test("planActions() finds the best sequence, within bounds", async () => {
  const target = [0.3, -0.7, 0, 2];
  const plan = await planActions(near(target), {
    horizon: 4,
    bounds: [[-1, 1]],
    iterations: 10,
    stream: stream(1, "plan"),
  });
  [0.3, -0.7, 0, 1].forEach((wanted, k) => assert.ok(Math.abs(plan[k] - wanted) < 0.1, `${k}: ${plan[k]}`));
});

Deno.test("planActions() starts from the last plan, moved by a step", async () => {
  const seen: number[] = [];
  await planActions((actions) => {
    for (let k = 0; k < 3; k++) {
      const row = actions.subarray(k * SAMPLES, (k + 1) * SAMPLES);
      seen.push(row.reduce((sum, a) => sum + a, 0) / SAMPLES);
    }
    return Promise.resolve(new Float64Array(SAMPLES));
  }, {
    horizon: 3,
    bounds: [[-10, 10]],
    iterations: 1,
    stream: stream(2, "plan"),
    last: Float64Array.of(9, 5, -5),
  });
  // Means of clipped normal draws of standard deviation 10.
  assert.ok(seen[0] > 1 && seen[1] < -1 && Math.abs(seen[2]) < 2, `${seen}`);
});

Deno.test("planActions() gives nothing to values that are not finite, and refuses too few elites", async () => {
  const value = async (actions: Float32Array) =>
    (await near([0.5])(actions)).map((v, s) => actions[s] < 0 ? NaN : v);
  const options = { horizon: 1, bounds: [[-1, 1]], iterations: 6, stream: stream(3, "plan") } as const;
  const [action] = await planActions(value, options);
  assert.ok(Math.abs(action - 0.5) < 0.1, `${action}`);
  await assert.rejects(planActions(value, { ...options, elites: 1 }), /elites must be in \[2, 128\]/);
});

Deno.test("latentPlanner() plans the same again from the same stream, and frees what it holds", async () => {
  const model = latentModel({
    dynamics: koopmanDynamics({ modes: 2 }),
    observationSize: 3,
    actionSize: 2,
    width: 6,
    smallWidth: 4,
  });
  const before = tf.memory().numTensors;
  {
    await using planner = await latentPlanner(model, {
      parameters: model.init(stream(1)),
      horizon: 3,
      bounds: [[-1, 1], [-2, 0]],
      samples: 16,
      elites: 4,
    });
    await assert.rejects(planner.act([0, 0, 0]), /reset must come first/);
    const episode = async () => {
      planner.reset(stream(5, "noise"));
      return [await planner.act([0, 1, 0]), await planner.act([0.5, 1, 0])];
    };
    const [one, two] = [await episode(), await episode()];
    assert.deepEqual(one, two);
    for (const [a, b] of one) assert.ok(Math.abs(a) <= 1 && b <= 0 && b >= -2);
  }
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("searchActions() finds the plan of a linear system with quadratic cost, whose optimum is known", async () => {
  // x' = x + v, v' = v + a; cost Σ x² + v² + a²/2 from (1, 0): the gradient in a is linear, A a = b.
  const horizon = 4;
  const states = (a: readonly number[]) => {
    let x = 1, v = 0;
    return a.flatMap((u) => [x += v, v += u]);
  };
  const still = states(new Array(horizon).fill(0));
  const answers = Array.from(
    { length: horizon },
    (_, j) => states(Array.from({ length: horizon }, (_, k) => Number(k === j))).map((s, i) => s - still[i]),
  );
  const dot = (p: readonly number[], q: readonly number[]) => p.reduce((sum, s, i) => sum + s * q[i], 0);
  const rows = answers.map((p, j) => [
    ...answers.map((q, k) => dot(p, q) + (j === k ? 0.5 : 0)),
    -dot(p, still),
  ]);
  rows.forEach((pivot, j) => {
    for (const [k, row] of rows.entries()) {
      if (k === j) continue;
      const by = row[j] / pivot[j];
      row.forEach((_, i) => row[i] -= by * pivot[i]);
    }
  });
  const optimum = rows.map((row, j) => row[horizon] / row[j]);
  const cost = (a: readonly number[]) => {
    const s = states(a);
    return dot(s, s) + dot(a, a) / 2;
  };
  const value = (sequences: number) => (actions: Float32Array) =>
    Promise.resolve(Float64Array.from(
      { length: sequences },
      (_, s) => -100 * cost(Array.from({ length: horizon }, (_, k) => actions[k * sequences + s])),
    ));
  const options = {
    horizon,
    bounds: [[-2, 2]],
    samples: 256,
    elites: 16,
    stream: stream(4, "plan"),
  } as const;
  const { mean } = await searchActions(value(256), { ...options, iterations: 12 });
  optimum.forEach((a, k) => assert.ok(Math.abs(mean[k] - a) < 0.06, `${mean}; ${optimum}`));
  assert.ok(cost([...mean]) < cost(optimum) * 1.002);
  assert.ok(cost([0, 0, 0, 0]) > cost(optimum) * 1.3);
  // What is proposed is valued with the rest: here it is the best.
  const proposals = Float32Array.from(optimum);
  const { elites, weights } = await searchActions(value(257), { ...options, iterations: 1, proposals });
  optimum.forEach((a, k) => assert.equal(elites[16 * k], Math.fround(a)));
  assert.equal(Math.max(...weights), weights[0]);
});

Deno.test("searchActions() weights elites by e^{τ (V − V_max)}: mean, spread and limits by hand", async () => {
  let seen = new Float32Array();
  const values = Float64Array.from({ length: 6 }, (_, s) => [3, -1, 7, 2, 6.5, 0][s]);
  const { mean, spread, elites, weights } = await searchActions((actions) => {
    seen = actions.slice();
    return Promise.resolve(values);
  }, {
    ...{ horizon: 2, bounds: [[-1, 1]], samples: 4, elites: 3, iterations: 1, stream: stream(6) },
    ...{ temperature: 0.5, momentum: 0.25, leastSpread: 0.1, startSpread: 2 },
    last: Float64Array.of(9, 0.5),
    proposals: Float32Array.of(0.1, 0.2, -0.3, -0.4),
  });
  assert.deepEqual([...seen.slice(4, 6), ...seen.slice(10)], [0.1, 0.2, -0.3, -0.4].map(Math.fround));
  const raw = [7, 6.5, 3].map((v) => Math.exp(0.5 * (v - 7))), total = raw[0] + raw[1] + raw[2];
  raw.forEach((w, e) => assert.ok(Math.abs(weights[e] - w / total) < 1e-12));
  [0.5, 0].forEach((start, step) => {
    const chosen = [2, 4, 0].map((s) => seen[step * 6 + s]);
    assert.deepEqual([...elites.slice(3 * step, 3 * step + 3)], chosen);
    const average = chosen.reduce((sum, a, e) => sum + weights[e] * a, 0);
    const variance = chosen.reduce((sum, a, e) => sum + weights[e] * (a - average) ** 2, 0);
    assert.ok(Math.abs(mean[step] - (0.25 * start + 0.75 * average)) < 1e-12);
    assert.ok(Math.abs(spread[step] - Math.max(Math.sqrt(variance), 0.1)) < 1e-12);
  });
});
