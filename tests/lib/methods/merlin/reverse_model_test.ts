import assert from "node:assert/strict";
import { forwardNoise, generateReverse } from "../../../../lib/methods/merlin/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";

Deno.test("of s′ = s + a the reverse model learns Δ = a, and its episodes obey it", async () => {
  const data = forwardNoise({ episodes: 300, length: 10, bound: Infinity, stream: stream(6, "data") });
  const { episodes, dynamicsLoss, dropped } = await generateReverse(data, {
    seed: 2,
    dynamicsSteps: 600,
    behaviourSteps: 200,
    hidden: 24,
    width: 32,
    batchSize: 64,
    learningRate: 4e-3,
    count: 50,
    achievedOf: (observation) => observation,
  });
  // In units of the spread of Δ: predicting the mean has 1.
  assert.ok(dynamicsLoss < 0.02, `${dynamicsLoss}`);
  assert.deepEqual([episodes.episodes, episodes.length, dropped], [50, 10, 0]);
  let worst = 0, mean = 0;
  for (let e = 0; e < 50; e++) {
    for (let t = 0; t < 9; t++) {
      for (let k = 0; k < 2; k++) {
        const at = 2 * (10 * e + t) + k, action = episodes.actions[2 * (9 * e + t) + k];
        const error = Math.abs(episodes.observations[at + 2] - episodes.observations[at] - action);
        worst = Math.max(worst, error);
        mean += error / 900;
      }
    }
    // The goal is what the last state achieved, and that state is one of the data's last.
    assert.deepEqual(
      [...episodes.desired.subarray(2 * e, 2 * e + 2)],
      [...episodes.achieved.subarray(20 * e + 18, 20 * e + 20)],
    );
    assert.deepEqual([...episodes.observations.subarray(20 * e + 18, 20 * e + 20)], [0, 0]);
  }
  assert.ok(mean < 0.15 && worst < 1, `${mean}, ${worst}`);
});
