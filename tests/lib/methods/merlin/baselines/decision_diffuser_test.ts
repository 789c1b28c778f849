import assert from "node:assert/strict";
import {
  cosineBetas,
  ddpmSteps,
  variancePreservingBetas,
} from "../../../../../lib/methods/merlin/baselines/_ddpm.ts";
import { goalReplay } from "../../../../../lib/methods/merlin/baselines/_replay.ts";
import { fitScaling } from "../../../../../lib/methods/merlin/baselines/_scaling.ts";
import {
  inverseError,
  planError,
  samplePlan,
  trainDecisionDiffuser,
  waySpreads,
} from "../../../../../lib/methods/merlin/mod.ts";
import { stream } from "../../../../../lib/random/mod.ts";
import { tf } from "../../../../../lib/tensor/mod.ts";
import { applyPlain, plainMlp, plainRows, toTensors } from "./_layers.ts";
import { assertClose, meanOf } from "./_numbers.ts";
import { assertLearns, pointEpisodes } from "./_trained.ts";

const embedding = (t: number) => {
  const angles = Array.from({ length: 8 }, (_, k) => t * 10000 ** (-k / 8));
  return [...angles.map(Math.cos), ...angles.map(Math.sin)];
};
/** Plans of three states of two numbers. */
const windows = plainRows(1, 4, 6), g = plainRows(2, 4, 1), noise = plainRows(3, 4, 4);
const denoiser = plainMlp(4, [4 + 2 + 16 + 1, 6, 4]), inverse = plainMlp(5, [4, 5, 2]);
/** σ of the ways to the second and third state. */
const spreads = Float32Array.of(0.5, 2, 0.25, 4);
const predict = (x: number[], k: number, i: number) =>
  applyPlain(denoiser, [...x, ...windows[i].slice(0, 2), ...embedding(k), ...g[i]]);

Deno.test("planError() is the mean squared error of the noise on the ways from the first state", () => {
  const steps = ddpmSteps(cosineBetas(10)), chosen = [0, 9, 4, 6].map((k) => steps[k]);
  const errors = chosen.flatMap(({ index, signal, noise: size }, i) => {
    const noisy = windows[i].slice(2).map((x, k) =>
      signal * (x - windows[i][k % 2]) / spreads[k] + size * noise[i][k]
    );
    return predict(noisy, index, i).map((e, k) => (noise[i][k] - e) ** 2);
  });
  tf.tidy(() => {
    const loss = planError(toTensors(denoiser), {
      ...{ window: tf.tensor2d(windows), goal: tf.tensor2d(g), drawn: tf.tensor2d(noise) },
      ...{ size: 2, spreads },
      index: tf.tensor1d(chosen.map(({ index }) => index)),
      signal: tf.tensor1d(chosen.map(({ signal }) => signal)),
      noise: tf.tensor1d(chosen.map(({ noise }) => noise)),
    });
    assertClose(loss.dataSync(), [meanOf(errors)]);
  });
});

Deno.test("inverseError() compares with the action between the first two states", () => {
  const actions = plainRows(6, 4, 2);
  const errors = actions.flatMap((row, i) =>
    applyPlain(inverse, windows[i].slice(0, 4)).map((x, k) => (Math.tanh(x) - row[k]) ** 2)
  );
  tf.tidy(() => {
    const loss = inverseError(toTensors(inverse), {
      ...{ window: tf.tensor2d(windows), action: tf.tensor2d(actions), size: 2 },
    });
    assertClose(loss.dataSync(), [meanOf(errors)]);
  });
});

Deno.test("samplePlan() takes the reverse steps one after the other", () => {
  const steps = ddpmSteps(variancePreservingBetas(3)), limit = 5, temperature = 0.25;
  const chain = Array.from({ length: 4 }, (_, k) => plainRows(10 + k, 4, 4));
  const expected = chain[0].map((start, i) => {
    let x = start;
    for (const [j, step] of steps.toReversed().entries()) {
      const e = predict(x, step.index, i);
      x = x.map((value, k) => {
        const clean = Math.max(-limit, Math.min(limit, (value - step.noise * e[k]) / step.signal));
        return step.fromClean * clean + step.fromNoisy * value + 0.5 * step.std * chain[j + 1][i][k];
      });
    }
    return x.map((way, k) => windows[i][k % 2] + spreads[k] * way);
  });
  tf.tidy(() => {
    const plan = samplePlan(toTensors(denoiser), {
      observation: tf.tensor2d(windows.map((row) => row.slice(0, 2))),
      ...{ goal: tf.tensor2d(g), noise: tf.tensor3d(chain), steps, spreads, temperature },
    });
    assertClose(plan.dataSync(), expected.flat(), 1e-4);
  });
});

Deno.test("waySpreads() are root mean squares of ways over all windows, with a floor", () => {
  const episodes = pointEpisodes(3), scaling = fitScaling(episodes), horizon = 20;
  const { observation: { std } } = scaling, found = waySpreads(episodes, { scaling, horizon });
  assert.equal(found.length, 19 * 2);
  for (const [i, k] of [[1, 0], [1, 1], [7, 0], [19, 1]]) {
    const squares = [0, 1, 2].flatMap((e) =>
      Array.from({ length: 31 }, (_, t) => {
        const at = (time: number) => episodes.observations[(50 * e + time) * 2 + k];
        return ((at(t + i) - at(t)) / (std[k] + 1e-6)) ** 2;
      })
    );
    assertClose([found[2 * (i - 1) + k]], [Math.sqrt(meanOf(squares))], 1e-4);
  }
  const still = { ...episodes, observations: new Float32Array(episodes.observations.length) };
  assert.ok(waySpreads(still, { scaling, horizon }).every((spread) => spread === Math.fround(0.01)));
});

Deno.test("windows are successive states of one episode", () => {
  const episodes = pointEpisodes(5), size = 7, batchSize = 300;
  const replay = goalReplay(episodes, { fields: ["window"], batchSize, relabel: 1, window: size });
  replay.fill(replay.example, stream(1, "draws"));
  const { observation: { mean, std } } = fitScaling(episodes), starts = new Set<number>();
  for (let i = 0; i < batchSize; i++) {
    const row = replay.example.window.data.slice(i * size * 2, (i + 1) * size * 2)
      .map((x, k) => x * (std[k % 2] + 1e-6) + mean[k % 2]);
    const matches = (from: number) =>
      row.every((x, k) => Math.abs(x - episodes.observations[from * 2 + k]) < 1e-4);
    const from = Array.from({ length: 5 * 50 }, (_, s) => s).filter((s) => s % 50 <= 50 - size).find(matches);
    assert.ok(from !== undefined);
    starts.add(from % 50);
  }
  assert.equal(Math.max(...starts), 50 - size);
  assert.equal(Math.min(...starts), 0);
});

Deno.test("trainDecisionDiffuser() copies the expert by plans", async () => {
  const options = {
    ...{ seed: 1, steps: 1500, batchSize: 256, hidden: [128, 128], learningRate: 2e-3 },
    ...{ horizon: 4, denoisingSteps: 10, relabel: 0 },
  };
  await assertLearns(() => trainDecisionDiffuser(pointEpisodes(200, { expert: true }), options), {
    least: 15,
  });
  await assert.rejects(() => trainDecisionDiffuser(pointEpisodes(1), { ...options, horizon: 51 }), {
    message: "Cannot train Decision Diffuser as horizon must be an integer in [2, 50]: current value is 51",
  });
  await assert.rejects(() => trainDecisionDiffuser(pointEpisodes(1), { ...options, temperature: 1.5 }), {
    message: "Cannot train Decision Diffuser as temperature must be in [0, 1]: current value is 1.5",
  });
});
