import assert from "node:assert/strict";
import { compile } from "../../../../lib/compile/mod.ts";
import {
  compileMerlin,
  forwardNoise,
  gaussianNll,
  gaussianPolicy,
  horizonEmbedding,
  trainMerlin,
} from "../../../../lib/methods/merlin/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";

Deno.test("the embedding of 0 is 16 ones and 16 zeros; its first pair is cos h, sin h", async () => {
  const embed = await compile((h: Tensor) => horizonEmbedding(h), [hostTensor(Float32Array.of(0, 7))]);
  const { data, shape } = await embed.run(hostTensor(Float32Array.of(0, 7)));
  await embed.dispose();
  assert.deepEqual(shape, [2, 32]);
  assert.deepEqual([...data.subarray(0, 32)], [...new Array(16).fill(1), ...new Array(16).fill(0)]);
  const ratio = 50 ** (-1 / 16);
  assert.ok(Math.abs(ratio - 0.78309) < 1e-5);
  for (let k = 0; k < 16; k++) {
    assert.ok(Math.abs(data[32 + k] - Math.cos(7 * ratio ** k)) < 1e-6);
    assert.ok(Math.abs(data[48 + k] - Math.sin(7 * ratio ** k)) < 1e-6);
  }
});

const nll = (a: readonly number[], mean: readonly number[], std: readonly number[]) =>
  a.reduce(
    (sum, x, k) => sum + ((x - mean[k]) / std[k]) ** 2 / 2 + Math.log(std[k]) + Math.log(2 * Math.PI) / 2,
    0,
  );

Deno.test("the negative log likelihood and its gradient are those of the closed form", () => {
  const a = [0.3, -0.8], mean = [0.1, 0.4], std = [0.5, 1.7];
  tf.tidy(() => {
    const { value, grads } = valueAndGrad(
      (p: { mean: Tensor; std: Tensor }) => tf.sum(gaussianNll(tf.tensor2d([a]), p)),
      { mean: tf.tensor2d([mean]), std: tf.tensor2d([std]) },
    );
    assert.ok(Math.abs(value.dataSync()[0] - nll(a, mean, std)) < 1e-5);
    const e = 1e-5;
    for (let k = 0; k < 2; k++) {
      const moved = (list: number[], by: number) => list.map((x, i) => i === k ? x + by : x);
      const byMean = (nll(a, moved(mean, e), std) - nll(a, moved(mean, -e), std)) / (2 * e);
      const byStd = (nll(a, mean, moved(std, e)) - nll(a, mean, moved(std, -e))) / (2 * e);
      assert.ok(Math.abs(grads.mean.dataSync()[k] - byMean) < 1e-4);
      assert.ok(Math.abs(grads.std.dataSync()[k] - byStd) < 1e-4);
    }
  });
});

Deno.test("with zero weights the mean is 0 and the spread softplus(0) + 1e-5", () => {
  const policy = gaussianPolicy({ observationSize: 2, goalSize: 2, actionSize: 1, hidden: [4], bound: 2 });
  tf.tidy(() => {
    const layers = policy.init(stream(1, "policy")).map(({ weight, bias }) => ({
      weight: tf.zeros([...weight.shape]),
      bias: tf.zeros([...bias.shape]),
    }));
    const input = { observations: tf.ones([1, 2]), goals: tf.ones([1, 2]), horizons: tf.ones([1]) };
    const { mean, std } = policy.apply(layers, input);
    assert.equal(mean.dataSync()[0], 0);
    assert.ok(Math.abs(std.dataSync()[0] - 0.6931571806) < 1e-7);
    const saturated = layers.map((layer, i) => i === 0 ? layer : { ...layer, bias: tf.tensor1d([40, 0]) });
    assert.equal(policy.apply(saturated, input).mean.dataSync()[0], 2);
  });
});

Deno.test("training is repeatable, lowers the loss, and one compiled call is the network", async () => {
  const episodes = forwardNoise({ episodes: 20, stream: stream(1, "noise") });
  const options = {
    ratio: 1,
    steps: 300,
    batchSize: 64,
    seed: 5,
    learningRate: 1e-3,
    hidden: [32, 32],
    bounded: false,
  };
  const trained = await trainMerlin(episodes, options);
  assert.ok(trained.losses.at(-1)! < trained.losses[0] - 0.05, `${trained.losses}`);
  const again = await trainMerlin(episodes, options);
  assert.deepEqual({ ...again, policy: trained.policy }, trained);
  const program = await compileMerlin(trained, { batchSize: 3 });
  const observations = Float32Array.of(1, 2, -3, 4, 9, 0, 0, 5), goals = new Float32Array(8);
  const { mean } = await program.distribution({ observations, goals, rows: 4, horizon: 6 });
  assert.deepEqual(await program.at(6).act({ observations, goals, rows: 4 }), mean);
  await program.dispose();
  // One row by hand.
  const { normalisations, layers } = trained;
  const scaled = [[...observations.subarray(6)], [0, 0]].map((row, part) => {
    const { mean, std } = part === 0 ? normalisations!.observations : normalisations!.goals;
    return row.map((x, k) => (x - mean[k]) / (std[k] + 1e-6));
  }).flat();
  const embedded = Array.from({ length: 32 }, (_, k) => {
    const angle = 6 * 50 ** (-(k % 16) / 16);
    return k < 16 ? Math.cos(angle) : Math.sin(angle);
  });
  let row = [...scaled, ...embedded];
  layers.forEach(({ weight, bias }, i) => {
    const outputs = bias.data.length;
    row = Array.from({ length: outputs }, (_, j) => {
      const sum = row.reduce((sum, x, k) => sum + x * weight.data[k * outputs + j], bias.data[j]);
      return i < layers.length - 1 ? Math.max(sum, 0) : sum;
    });
  });
  assert.ok(Math.abs(row[0] - mean[6]) < 1e-4 && Math.abs(row[1] - mean[7]) < 1e-4);
});
