import assert from "node:assert/strict";
import { drawPoints, pointReach, recordGoalEpisodes } from "../../../../lib/environments/mod.ts";
import { compilePixelMerlin, pixelPolicy, trainPixelMerlin } from "../../../../lib/methods/merlin/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../../lib/tensor/mod.ts";

const SIZES = { goalSize: 2, actionSize: 2, bound: 1 };

Deno.test("images of 48 and of 84 pixels have the features of the released network; smaller ones none", () => {
  assert.equal(pixelPolicy({ imageSize: 48, ...SIZES }).features, 1600);
  assert.equal(pixelPolicy({ imageSize: 84, ...SIZES }).features, 6400);
  assert.throws(() => pixelPolicy({ imageSize: 8, ...SIZES }), /imageSize must be >= 14: current value is 8/);
  assert.equal(pixelPolicy({ imageSize: 14, ...SIZES }).features, 64);
});

Deno.test("with zero weights the mean is 0, the spread softplus(0) + 1e-5, whatever the image", () => {
  const policy = pixelPolicy({ imageSize: 16, ...SIZES, widths: [2, 2, 2], hidden: [4] });
  tf.tidy(() => {
    const zeros = <T extends { readonly weight: { readonly shape: readonly number[] } }>({ weight }: T) => ({
      weight: tf.zeros([...weight.shape]) as Tensor,
      bias: tf.zeros([weight.shape.at(-1)!]) as Tensor,
    });
    const { convolutions, layers } = policy.init(stream(1, "policy"));
    const { mean, std } = policy.apply(
      { convolutions: convolutions.map(zeros), layers: layers.map(zeros) },
      { images: tf.ones([3, 16, 16, 3]), goals: tf.ones([3, 2]), horizons: tf.ones([3]) },
    );
    assert.deepEqual([...mean.dataSync()], new Array(6).fill(0));
    for (const value of std.dataSync()) assert.ok(Math.abs(value - 0.6931571806) < 1e-6);
  });
});

Deno.test("training lowers the loss; the policy reads images, in batches of any number of rows", async () => {
  const task = pointReach();
  const episodes = recordGoalEpisodes(task, {
    episodes: 40,
    policy: task.expert,
    noise: { std: 0.1, uniform: 0 },
    stream: stream(1, "data"),
  });
  const trained = await trainPixelMerlin(episodes, {
    ...{ imageSize: 48, ratio: 1, steps: 300, batchSize: 32, seed: 3, learningRate: 3e-3 },
    ...{ widths: [4, 8, 8], hidden: [32] },
    draw: (positions, out) => drawPoints(positions, { out }),
  });
  assert.equal(trained.losses.length, 10);
  assert.ok(trained.losses[9] < trained.losses[0] - 0.1, `${trained.losses}`);
  await using policy = await compilePixelMerlin(trained, { batchSize: 2 });
  const observations = drawPoints([-3, 0, 3, 0, -3, 0]);
  const actions = await policy.at(1).act({ observations, goals: new Float32Array(6), rows: 3 });
  assert.equal(actions.length, 6);
  assert.ok(Math.abs(actions[0] - actions[4]) < 1e-6 && Math.abs(actions[1] - actions[5]) < 1e-6);
  assert.ok(Math.abs(actions[0] - actions[2]) > 1e-3, `${actions}`);
});
