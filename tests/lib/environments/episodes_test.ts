import assert from "node:assert/strict";
import {
  countTransitions,
  digestEpisodes,
  EnvironmentBatch,
  explore,
  linearAction,
  oscillatorPolicy,
  pendulum,
  policyOf,
  randomSearch,
  recordEpisode,
  scalingOf,
  slowManifold,
  splitEpisodes,
  standardiseEpisodes,
  windowsOf,
} from "../../../lib/environments/mod.ts";
import { stream } from "../../../lib/random/mod.ts";

const record = (seed: number, steps: number) => {
  const environment = pendulum();
  const policy = oscillatorPolicy(environment, { stream: stream(seed, "policy") });
  return recordEpisode(environment, { policy, stream: stream(seed, "start"), steps });
};

const SET = { observationSize: 3, actionSize: 1, episodes: [7, 5, 9, 3].map((steps, i) => record(i, steps)) };

Deno.test("recordEpisode() keeps what the environment gives, with clipped actions", () => {
  const environment = pendulum();
  const episode = recordEpisode(environment, { policy: () => [50], stream: stream(1, "start"), steps: 4 });
  const again = pendulum();
  const first = again.reset(stream(1, "start"));
  assert.deepEqual(episode.observations.slice(0, 3), Float32Array.from(first));
  for (let t = 0; t < 4; t++) {
    const { observation, reward } = again.step([2]);
    assert.deepEqual(episode.observations.slice(3 * t + 3, 3 * t + 6), Float32Array.from(observation));
    assert.equal(episode.rewards[t], Math.fround(reward));
    assert.equal(episode.actions[t], 2);
  }
  assert.deepEqual(record(3, 6), record(3, 6));
});

Deno.test("windowsOf() never leaves an episode", () => {
  const windows = windowsOf(SET, 5);
  assert.deepEqual(windows, [
    ...[0, 1, 2].map((start) => ({ episode: 0, start })),
    { episode: 1, start: 0 },
    ...[0, 1, 2, 3, 4].map((start) => ({ episode: 2, start })),
  ]);
  for (const { episode, start } of windows) assert.ok(start + 5 <= SET.episodes[episode].steps);
});

Deno.test("splitEpisodes() parts the episodes", () => {
  const [train, test] = splitEpisodes(SET, { share: 0.25, stream: stream(1, "split") });
  assert.deepEqual([train.episodes.length, test.episodes.length], [3, 1]);
  assert.equal(countTransitions(train) + countTransitions(test), countTransitions(SET));
  assert.ok(!train.episodes.includes(test.episodes[0]));
  assert.throws(
    () => splitEpisodes({ ...SET, episodes: SET.episodes.slice(1, 2) }, { share: 0.5, stream: stream(1) }),
    /number of episodes must be >= 2: current value is 1/,
  );
});

Deno.test("standardiseEpisodes() gives mean 0 and standard deviation 1 on its own scaling", () => {
  const { observations, actions, rewards } = scalingOf(standardiseEpisodes(SET, scalingOf(SET)));
  for (const { mean, std } of [observations, actions, rewards]) {
    mean.forEach((value, i) => assert.ok(Math.abs(value) < 1e-6 && Math.abs(std[i] - 1) < 1e-6));
  }
});

Deno.test("randomSearch() raises the return of a task that a linear policy can do", () => {
  // Keep x₂ of the slow manifold at zero: pushing it back helps.
  const search = (seed: number) =>
    randomSearch(slowManifold(), {
      stream: stream(seed, "search"),
      iterations: 40,
      directions: 8,
      best: 4,
      noise: 0.3,
      stepSize: 0.3,
      steps: 30,
    });
  const { returns, episodes, policies } = search(1);
  const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
  assert.ok(mean(returns.slice(-10)) > mean(returns.slice(0, 10)) + 1, `${returns}`);
  assert.equal(episodes.length, 40 * 16);
  assert.deepEqual(search(1).policies.at(-1), policies.at(-1));
  assert.ok(linearAction(policies.at(-1)!, [0, 100])[0] < 0, "x₂ is pushed back");
  assert.throws(
    () => randomSearch(slowManifold(), { stream: stream(1), iterations: 1, directions: 2, best: 3 }),
    /best must be an integer in \[1, 2\]: current value is 3/,
  );
});

Deno.test("policyOf() takes the best policy, or the first that is good enough", () => {
  const policies = [1, 2, 3, 4].map((weight) => ({
    weights: Float64Array.of(weight),
    mean: Float64Array.of(0),
    std: Float64Array.of(1),
  }));
  const returns = [-3, 6, 10, 7];
  assert.equal(policyOf(policies, { returns, share: 1 }), policies[2]);
  assert.equal(policyOf(policies, { returns, share: 0.5 }), policies[1]);
  assert.throws(
    () => policyOf(policies, { returns, share: 0 }),
    /share must be in \(0, 1\]: current value is 0/,
  );
  assert.throws(() => policyOf(policies, { returns: [1], share: 1 }), /one return for each of 4 policies/);
  assert.throws(
    () => policyOf(policies, { returns: [-1, -2, -3, -4], share: 1 }),
    /the best return must be > 0: current value is -1/,
  );
});

Deno.test("explore() adds noise of its size to the policy's actions, in units of the bound", () => {
  const policy = { weights: Float64Array.of(0.5), mean: Float64Array.of(0), std: Float64Array.of(1) };
  const act = (noise: number) => {
    const own = explore(policy, { stream: stream(1), bound: 2, noise });
    return Array.from({ length: 4000 }, () => own(Float64Array.of(1), 0)[0]);
  };
  assert.ok(act(0).every((action) => action === 1));
  const noisy = act(0.1), mean = noisy.reduce((a, b) => a + b) / noisy.length;
  const std = Math.sqrt(noisy.reduce((sum, a) => sum + (a - mean) ** 2, 0) / noisy.length);
  assert.ok(Math.abs(mean - 1) < 0.02 && Math.abs(std - 0.2) < 0.01, `${mean} ± ${std}`);
});

Deno.test("digestEpisodes() is SHA-256 of sizes and numbers, little-endian", () => {
  const episode = {
    observations: Float32Array.of(0, 1.5, -2),
    actions: Float32Array.of(0.25, 1),
    rewards: Float32Array.of(3, -0.5),
    steps: 2,
  };
  const set = { observationSize: 1, actionSize: 1, episodes: [episode] };
  // Python: sha256(struct.pack("<4I7f", 1, 1, 1, 2, 0, 1.5, -2, 0.25, 1, 3, -0.5)).hexdigest()
  assert.equal(digestEpisodes(set), "67c9031352fec5950c5bbe7180b5089381e343808de15572fce80f46343f6774");
  // The same numbers as another set.
  assert.notEqual(digestEpisodes({ ...set, episodes: [episode, episode] }), digestEpisodes(set));
  const moved = { ...episode, actions: Float32Array.of(0.25, 1.0000001) };
  assert.notEqual(digestEpisodes({ ...set, episodes: [moved] }), digestEpisodes(set));
});

Deno.test("oscillatorPolicy() without noise is a sine of its frequency", () => {
  const environment = pendulum();
  const policy = oscillatorPolicy(environment, { stream: stream(1), frequency: 2, amplitude: 0.5, noise: 0 });
  const [now, later] = [0, 10].map((step) => policy(new Float64Array(3), step)[0]);
  // 10 steps of 0.05 s are one period of 2 Hz.
  assert.ok(Math.abs(now - later) < 1e-12 && Math.abs(now) <= 1);
});

Deno.test("oscillatorPolicy() takes a gait's phases, one for each action", () => {
  const policy = oscillatorPolicy(pendulum(), {
    stream: stream(1),
    phases: [Math.PI / 2],
    amplitude: 0.5,
    noise: 0,
  });
  // Half of the bound of 2.
  assert.ok(Math.abs(policy(new Float64Array(3), 0)[0] - 1) < 1e-12);
  assert.throws(
    () => oscillatorPolicy(pendulum(), { stream: stream(1), phases: [0, 0] }),
    /its length must be 1: current value is 2/,
  );
});

Deno.test("simulators, batches and recordings name an action or a state that is no number", () => {
  const environment = pendulum();
  environment.reset(stream(1));
  assert.throws(() => environment.step([NaN]), {
    name: "RangeError",
    message: "Cannot apply the action as its numbers must not be NaN: current value 0 is NaN",
  });
  // An infinite action is cut off at its bound, and nothing was lost.
  assert.ok(environment.step([Infinity]).observation.every(Number.isFinite));
  assert.throws(() => environment.setState([0, Infinity]), {
    name: "RangeError",
    message: "Cannot set the state as its numbers must be finite: current value 1 is Infinity",
  });
  assert.throws(
    () => recordEpisode(environment, { policy: () => [NaN], stream: stream(1), steps: 3 }),
    /take the policy's action as its numbers must not be NaN/,
  );
  const batch = new EnvironmentBatch(pendulum, { rows: 2 });
  batch.reset(stream(1));
  assert.throws(() => batch.step(Float32Array.of(0, NaN)), /apply the actions .* current value 1 is NaN/);
  assert.throws(() => batch.step(new Float32Array(3)), /its length must be 2: current value is 3/);
  batch.dispose();
});

Deno.test("episodes: no share that is no number, no moments of nothing", () => {
  for (const share of [NaN, -1, 2]) {
    assert.throws(
      () => splitEpisodes(SET, { share, stream: stream(1) }),
      new RegExp(`share must be in \\[0, 1\\]: current value is ${share}`),
    );
  }
  assert.throws(() => scalingOf({ ...SET, episodes: [] }), /there must be an episode: there is none/);
});
