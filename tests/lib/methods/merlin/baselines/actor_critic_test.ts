import assert from "node:assert/strict";
import { actorLoss } from "../../../../../lib/methods/merlin/baselines/_actor_critic.ts";
import {
  drawGumbel,
  shuffleRows,
  trainActionableModel,
  trainDdpg,
  unseenActionValue,
} from "../../../../../lib/methods/merlin/mod.ts";
import { stream } from "../../../../../lib/random/mod.ts";
import { tf, valueAndGrad } from "../../../../../lib/tensor/mod.ts";
import { applyPlain, type PlainMlp, plainMlp, plainRows, toTensors } from "./_layers.ts";
import { assertClose, meanOf } from "./_numbers.ts";
import { assertLearns, pointEpisodes } from "./_trained.ts";

const actor = plainMlp(1, [3, 4, 2]), critic = plainMlp(2, [5, 4, 1]);
const s = plainRows(1, 5, 2), g = plainRows(2, 5, 1);
const inputs = () => ({ observation: tf.tensor2d(s), goal: tf.tensor2d(g) });

Deno.test("actorLoss() is −Q + mean squared action, and its gradient that of differences", () => {
  const plain = (layers: PlainMlp) =>
    meanOf(s.map((row, i) => {
      const action = applyPlain(layers, [...row, ...g[i]]).map(Math.tanh);
      return 0.3 * meanOf(action.map((x) => x * x)) - applyPlain(critic, [...row, ...g[i], ...action])[0];
    }));
  tf.tidy(() => {
    const { value, grads } = valueAndGrad(
      (parameters: ReturnType<typeof toTensors>) =>
        actorLoss(parameters, { ...inputs(), critic: toTensors(critic), actionPenalty: 0.3 }),
      toTensors(actor),
    );
    assertClose(value.dataSync(), [plain(actor)]);
    const e = 1e-5;
    const slopes = actor[0].weight.flatMap((row, j) =>
      row.map((_, k) => {
        const moved = (by: number) => {
          const copy = structuredClone(actor) as { weight: number[][]; bias: number[] }[];
          copy[0].weight[j][k] += by;
          return plain(copy);
        };
        return (moved(e) - moved(-e)) / (2 * e);
      })
    );
    assertClose(grads[0].weight.dataSync(), slopes, 1e-4);
  });
});

Deno.test("unseenActionValue() draws in proportion to e^Q", () => {
  const count = 3, rows = 20_000, actions = plainRows(3, count, 2);
  const values = actions.map((a) => applyPlain(critic, [...s[0], ...g[0], ...a])[0]);
  const total = values.reduce((sum, q) => sum + Math.exp(q), 0);
  const gumbel = new Float32Array(rows * count);
  drawGumbel(gumbel, stream(1, "gumbel"));
  tf.tidy(() => {
    const drawn = unseenActionValue(toTensors(critic), {
      observation: tf.tile(tf.tensor2d([s[0]]), [rows, 1]),
      goal: tf.tile(tf.tensor2d([g[0]]), [rows, 1]),
      actions: tf.tile(tf.tensor2d(actions), [rows, 1]),
      gumbel: tf.tensor2d(gumbel, [rows, count]),
    }).dataSync();
    const shares = values.map((q) => drawn.filter((value) => Math.abs(value - q) < 1e-5).length / rows);
    assertClose([shares.reduce((sum, x) => sum + x)], [1]);
    assertClose(shares, values.map((q) => Math.exp(q) / total), 0.015);
  });
});

Deno.test("shuffleRows() permutes whole rows of the second part", () => {
  const values = Float32Array.from({ length: 40 }, (_, i) => i);
  shuffleRows(values, { from: 8, columns: 2, stream: stream(3, "shuffle") });
  assert.deepEqual([...values.subarray(0, 16)], Array.from({ length: 16 }, (_, i) => i));
  const rows = Array.from({ length: 12 }, (_, i) => [...values.subarray(16 + 2 * i, 18 + 2 * i)]);
  assert.ok(rows.every(([a, b]) => a % 2 === 0 && b === a + 1));
  assert.notDeepEqual(rows.flat(), Array.from({ length: 24 }, (_, i) => 16 + i));
  assert.deepEqual(
    rows.map(([a]) => a).sort((a, b) => a - b),
    Array.from({ length: 12 }, (_, i) => 16 + 2 * i),
  );
});

const SMALL = {
  seed: 1,
  steps: 600,
  batchSize: 128,
  hidden: [64, 64],
  threshold: 1,
  learningRate: 2e-3,
  targetEvery: 5,
};

Deno.test("trainDdpg() reaches goals from random data", async () => {
  await assertLearns(() => trainDdpg(pointEpisodes(200), SMALL), { least: 10 });
});

Deno.test("trainActionableModel() reaches goals from random data", async () => {
  await assertLearns(() => trainActionableModel(pointEpisodes(200), SMALL), { least: 10 });
});
