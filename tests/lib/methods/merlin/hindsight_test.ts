import assert from "node:assert/strict";
import {
  forwardNoise,
  HindsightSampler,
  normalise,
  RunningNormaliser,
} from "../../../../lib/methods/merlin/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { chiSquaredTail } from "../../../../lib/stats/mod.ts";

const DRAWS = 100_000;

/** Pearson's χ² of counts against probabilities. */
const statistic = (counts: readonly number[], probabilities: readonly number[]) =>
  counts.reduce((sum, count, k) => {
    const expected = DRAWS * probabilities[k];
    return sum + (count - expected) ** 2 / expected;
  }, 0);

const tail = (counts: readonly number[], probabilities: readonly number[]) =>
  chiSquaredTail(statistic(counts, probabilities), counts.length - 1);

const episodes = forwardNoise({ episodes: 7, stream: stream(3, "episodes") });

Deno.test("horizons and times follow the law of a uniform pair", () => {
  const sampler = new HindsightSampler(episodes, { ratio: 1 }), draws = stream(11, "draws");
  const horizons = new Array(49).fill(0), times = new Array(49).fill(0), which = new Array(7).fill(0);
  for (let k = 0; k < DRAWS; k++) {
    const { episode, time, goalTime, horizon } = sampler.draw(draws);
    assert.ok(0 <= time && time < goalTime && goalTime <= 49 && horizon === goalTime - time);
    horizons[horizon - 1]++;
    times[time]++;
    which[episode]++;
  }
  const law = Array.from({ length: 49 }, (_, k) => (49 - k) / 1225);
  assert.ok(tail(horizons, law) > 1e-3);
  assert.ok(tail(times, law) > 1e-3);
  assert.ok(tail(which, new Array(7).fill(1 / 7)) > 1e-3);
  // The test sees a uniform horizon.
  assert.ok(statistic(horizons, new Array(49).fill(1 / 49)) > 10_000);
});

Deno.test("without hindsight the goal is the desired one, and all that is left of the episode the horizon", () => {
  const sampler = new HindsightSampler(episodes, { ratio: 0 }), draws = stream(12, "draws");
  for (let k = 0; k < 1000; k++) {
    const { time, goalTime, horizon } = sampler.draw(draws);
    assert.equal(goalTime, -1);
    assert.equal(horizon, 50 - time);
  }
  const half = new HindsightSampler(episodes, { ratio: 0.3 });
  let hindsight = 0;
  for (let k = 0; k < DRAWS; k++) hindsight += half.draw(draws).goalTime < 0 ? 0 : 1;
  assert.ok(Math.abs(hindsight / DRAWS - 0.3) < 4 * Math.sqrt(0.21 / DRAWS));
});

Deno.test("a batch holds the rows that were drawn", () => {
  const sampler = new HindsightSampler(episodes, { ratio: 0.5 }), rows = 200;
  const batch = {
    observations: new Float32Array(2 * rows),
    goals: new Float32Array(2 * rows),
    horizons: new Float32Array(rows),
    actions: new Float32Array(2 * rows),
  };
  sampler.fill(batch, { stream: stream(5, "batch") });
  const draws = stream(5, "batch");
  for (let row = 0; row < rows; row++) {
    const { episode, time, goalTime, horizon } = sampler.draw(draws);
    const state = 2 * (episode * 50 + time), action = 2 * (episode * 49 + time);
    const goal = 2 * (episode * 50 + goalTime);
    const pair = (values: Float32Array, at: number) => [...values.subarray(at, at + 2)];
    assert.deepEqual(pair(batch.observations, 2 * row), pair(episodes.observations, state));
    assert.deepEqual(pair(batch.actions, 2 * row), pair(episodes.actions, action));
    assert.deepEqual(
      pair(batch.goals, 2 * row),
      goalTime < 0 ? pair(episodes.desired, 2 * episode) : pair(episodes.achieved, goal),
    );
    assert.equal(batch.horizons[row], horizon);
  }
});

Deno.test("the normaliser's first mean is Σ/(n + 1), and its spread has a floor", () => {
  const normaliser = new RunningNormaliser(2);
  normaliser.update(Float32Array.of(1, 3, 2, 3, 6, 3));
  assert.deepEqual([...normaliser.freeze().mean], [9 / 4, 9 / 4]);
  for (let k = 0; k < 20_000; k++) normaliser.update(Float32Array.of(0, 3, 0, 3));
  const { mean, std } = normaliser.freeze();
  // A constant: the count that starts at 1 still moves the mean a little, but not the floor.
  assert.ok(Math.abs(mean[1] - 3) < 1e-3 && Math.abs(std[1] - Math.sqrt(3 * mean[1] - mean[1] ** 2)) < 1e-6);
  const constant = new RunningNormaliser(1);
  constant.update(new Float32Array(1000));
  assert.equal(constant.freeze().std[0], 0.01);
  assert.deepEqual(
    [...normalise(Float32Array.of(-9, 1, 9), { mean: Float64Array.of(0), std: Float64Array.of(1 - 1e-6) })],
    [-5, 1, 5],
  );
});

Deno.test("HindsightSampler refuses columns that do not fit its episodes", () => {
  const short = { ...episodes, actions: episodes.actions.slice(1) };
  assert.throws(() => new HindsightSampler(short, { ratio: 1 }), {
    name: "RangeError",
    message: `Cannot draw goals as actions must have ${episodes.actions.length} numbers: ` +
      `current value is ${episodes.actions.length - 1}`,
  });
});
