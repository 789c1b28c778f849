import assert from "node:assert/strict";
import { AdvantageQueue } from "../../../../../lib/methods/merlin/baselines/_advantage_queue.ts";
import { bellmanTarget } from "../../../../../lib/methods/merlin/baselines/_networks.ts";
import {
  trainWgcsl,
  weightedCloning,
  wgcslAdvantage,
  wgcslWeights,
} from "../../../../../lib/methods/merlin/mod.ts";
import { tf } from "../../../../../lib/tensor/mod.ts";
import { applyPlain, plainMlp, plainRows, toTensors } from "./_layers.ts";
import { assertClose } from "./_numbers.ts";
import { assertLearns, pointEpisodes } from "./_trained.ts";

const actor = plainMlp(1, [3, 5, 2]), critic = plainMlp(2, [5, 4, 1]);
const [s, next, g] = [plainRows(1, 6, 2), plainRows(2, 6, 2), plainRows(3, 6, 1)];
const act = (s: number[], g: number[]) => applyPlain(actor, [...s, ...g]).map(Math.tanh);

Deno.test("wgcslAdvantage() is r + γ V(s') − V(s) with V = Q(·, π(·))", () => {
  const value = (s: number[], g: number[]) => applyPlain(critic, [...s, ...g, ...act(s, g)])[0];
  const reward = [0, 1, 0, 0, 1, 1];
  const expected = s.map((_, i) => reward[i] + 0.9 * value(next[i], g[i]) - value(s[i], g[i]));
  tf.tidy(() => {
    const advantage = wgcslAdvantage({ actor: toTensors(actor), critic: toTensors(critic) }, {
      ...{ observation: tf.tensor2d(s), next: tf.tensor2d(next), goal: tf.tensor2d(g) },
      ...{ reward: tf.tensor1d(reward), discount: 0.9 },
    });
    assertClose(advantage.dataSync(), expected);
  });
});

Deno.test("wgcslWeights() are γ^Δ clip(e^A, 0, 10) ε(A)", () => {
  const advantage = [-2, 0.3, 0.5, 2, 5], delay = [0, 1, 7, 48, 3], bar = 0.5, discount = 0.98;
  const expected = advantage.map((a, i) =>
    discount ** delay[i] * Math.min(Math.exp(a), 10) * (a >= bar ? 1 : 0.05)
  );
  tf.tidy(() => {
    const options = { bar: tf.scalar(bar), discount };
    const weights = wgcslWeights(tf.tensor1d(advantage), { ...options, delay: tf.tensor1d(delay) });
    assertClose(weights.dataSync(), expected);
    const plain = wgcslWeights(tf.tensor1d(advantage), options);
    assertClose(plain.dataSync(), expected.map((w, i) => w / discount ** delay[i]));
    const all = wgcslWeights(tf.tensor1d(advantage), { bar: tf.scalar(-Infinity), discount });
    assertClose(all.dataSync(), advantage.map((a) => Math.min(Math.exp(a), 10)));
  });
});

Deno.test("weightedCloning() is the mean of w times a row's mean squared error", () => {
  const action = plainRows(4, 6, 2), weights = [0, 1, 2, 0.5, 3, 0.05];
  const errors = s.map((row, i) =>
    act(row, g[i]).reduce((sum, x, k) => sum + (x - action[i][k]) ** 2, 0) / 2 * weights[i]
  );
  tf.tidy(() => {
    const loss = weightedCloning(toTensors(actor), {
      ...{ observation: tf.tensor2d(s), goal: tf.tensor2d(g), action: tf.tensor2d(action) },
      weights: tf.tensor1d(weights),
    });
    assertClose(loss.dataSync(), [errors.reduce((sum, x) => sum + x) / 6]);
  });
});

Deno.test("bellmanTarget() is cut off at both ends", () => {
  tf.tidy(() => {
    const target = bellmanTarget(tf.tensor1d([-1, -1, 0, 1]), {
      next: tf.tensor1d([-60, -10, 3, 2]),
      ...{ discount: 0.98, low: -50, high: 0 },
    });
    assertClose(target.dataSync(), [-50, -10.8, 0, 0]);
  });
});

Deno.test("AdvantageQueue keeps the last values and interpolates between neighbours", () => {
  const queue = new AdvantageQueue(5);
  assert.equal(queue.percentile(0), -Infinity);
  queue.add(Float32Array.of(3, -1, 2));
  assert.deepEqual(
    [0, 25, 50, 80, 100].map((p) => queue.percentile(p)).map((x) => Math.round(x * 1e6) / 1e6),
    [
      -1,
      0.5,
      2,
      2.6,
      3,
    ],
  );
  queue.add(Float32Array.of(10, 20, 30, -40)); // 3 and −1 go
  assert.deepEqual([0, 25, 50, 75, 100].map((p) => queue.percentile(p)), [-40, 2, 10, 20, 30]);
});

Deno.test("trainWgcsl() reaches goals from random data", async () => {
  const options = { seed: 1, steps: 300, batchSize: 128, hidden: [64, 64], learningRate: 2e-3, threshold: 1 };
  await assertLearns(() => trainWgcsl(pointEpisodes(200), options), { least: 18 });
});
