import assert from "node:assert/strict";
import { gcslLoss, trainGcsl, trainGoalBc } from "../../../../../lib/methods/merlin/mod.ts";
import { tf } from "../../../../../lib/tensor/mod.ts";
import { assertClose } from "./_numbers.ts";
import { assertLearns, pointEpisodes, pointReturn } from "./_trained.ts";

const SMALL = { seed: 1, steps: 400, batchSize: 128, hidden: [64, 64], learningRate: 2e-3 };

Deno.test("gcslLoss() is the mean squared error of tanh(W [s, g] + b)", () => {
  tf.tidy(() => {
    const layers = [{ weight: tf.tensor2d([[0.5, 0], [0, -1], [1, 2]]), bias: tf.tensor1d([0.1, 0]) }];
    const loss = gcslLoss(layers, {
      observation: tf.tensor2d([[1, 2], [0, -1]]),
      goal: tf.tensor2d([[0.3], [-0.2]]),
      action: tf.tensor2d([[0.5, 0.5], [-1, 1]]),
    });
    const rows = [[0.5 + 0.3 + 0.1, -2 + 0.6], [-0.2 + 0.1, 1 - 0.4]], actions = [[0.5, 0.5], [-1, 1]];
    const squares = rows.flatMap((row, i) => row.map((x, k) => (Math.tanh(x) - actions[i][k]) ** 2));
    assertClose(loss.dataSync(), [squares.reduce((sum, x) => sum + x) / 4]);
  });
});

Deno.test("trainGcsl() reaches goals from random data, which cloning does not", async () => {
  const episodes = pointEpisodes(200);
  await assertLearns(() => trainGcsl(episodes, SMALL), { least: 15 });
  await using cloned = await trainGoalBc(episodes, SMALL);
  assert.ok(await pointReturn(cloned) < 4);
});

Deno.test("trainGoalBc() copies the expert; a training repeats itself", async () => {
  const episodes = pointEpisodes(200, { expert: true });
  await assertLearns(() => trainGoalBc(episodes, SMALL), { least: 15 });
  const query = { observations: Float32Array.of(1, 2), goals: Float32Array.of(-3, 0), rows: 1 };
  const answers = [];
  for (let k = 0; k < 2; k++) {
    await using policy = await trainGcsl(episodes, { ...SMALL, steps: 20 });
    answers.push(await policy.act(query));
  }
  assert.deepEqual(answers[0], answers[1]);
});

Deno.test("trainGcsl() says which option is wrong", async () => {
  const episodes = pointEpisodes(2);
  await assert.rejects(() => trainGcsl(episodes, { ...SMALL, steps: 0 }), {
    message: "Cannot train a baseline as steps must be an integer >= 1: current value is 0",
  });
  await assert.rejects(() => trainGcsl(episodes, { ...SMALL, hidden: [8, 0.5] }), {
    message: "Cannot train a baseline as hidden[1] must be an integer >= 1: current value is 0.5",
  });
});
