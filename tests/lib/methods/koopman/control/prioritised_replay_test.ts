import assert from "node:assert/strict";
import { hostTensor } from "../../../../../lib/nn/mod.ts";
import { stream } from "../../../../../lib/random/mod.ts";
import { PrioritisedReplay } from "../../../../../lib/methods/koopman/mod.ts";

const HORIZON = 3;
/** Episodes whose observations count on from `first`. */
const episode = (first: number, steps: number) => ({
  observations: Float32Array.from({ length: steps + 1 }, (_, i) => first + i),
  actions: Float32Array.from({ length: steps }, (_, i) => -(first + i)),
  rewards: Float32Array.from({ length: steps }, (_, i) => 10 * (first + i)),
  steps,
});
const filled = () => {
  const replay = new PrioritisedReplay({ observationSize: 1, actionSize: 1, horizon: HORIZON });
  replay.add(episode(0, 7));
  replay.add(episode(100, 4));
  return replay;
};

Deno.test("PrioritisedReplay draws windows as often as their priorities say", () => {
  const replay = filled();
  assert.equal(replay.count, 5 + 2);
  const errors = [0.5, 1, 2, 4, 0.1, 3, 1];
  replay.update([0, 1, 2, 3, 4, 5, 6], errors);
  const powers = errors.map((error) => error ** 0.6), total = powers.reduce((sum, p) => sum + p, 0);
  const draws = 200_000, counts = new Array(7).fill(0);
  for (const window of replay.draw(draws, stream(1))) counts[window]++;
  powers.forEach((power, i) => {
    const p = power / total;
    assert.ok(Math.abs(replay.probability(i) - p) < 1e-12);
    assert.ok(Math.abs(counts[i] / draws - p) < 4 * Math.sqrt(p / draws), `${i}: ${counts[i] / draws}, ${p}`);
  });
});

Deno.test("PrioritisedReplay gives new windows the largest priority, and copies windows with their weights", () => {
  const replay = filled();
  replay.update([2], [5]);
  replay.add(episode(200, HORIZON));
  assert.equal(replay.probability(7), replay.probability(2));
  const tensor = (...shape: number[]) => hostTensor(new Float32Array(shape.reduce((a, b) => a * b)), shape);
  const batch = {
    observations: tensor(HORIZON + 1, 2, 1),
    actions: tensor(HORIZON, 2, 1),
    rewards: tensor(HORIZON, 2),
    weights: tensor(2),
  };
  replay.write(batch, [2, 6]);
  assert.deepEqual([...batch.observations.data], [2, 101, 3, 102, 4, 103, 5, 104]);
  assert.deepEqual([...batch.actions.data], [-2, -101, -3, -102, -4, -103]);
  assert.deepEqual([...batch.rewards.data], [20, 1010, 30, 1020, 40, 1030]);
  // w ∝ (N P)^−0.4, the largest 1.
  const ratio = (replay.probability(2) / replay.probability(6)) ** -0.4;
  assert.ok(Math.abs(batch.weights.data[0] - ratio) < 1e-6 && batch.weights.data[1] === 1);
  assert.throws(() => replay.add(episode(0, 2)), /at least 3 steps: current number is 2/);
});
