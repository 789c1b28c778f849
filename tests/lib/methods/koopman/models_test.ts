import assert from "node:assert/strict";
import { compile, type HostTensor } from "../../../../lib/compile/mod.ts";
import {
  type EpisodeSet,
  oscillatorPolicy,
  recordEpisode,
  scalingOf,
  slowManifold,
  slowManifoldEigenvalues,
  splitEpisodes,
  standardiseEpisodes,
} from "../../../../lib/environments/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../../lib/tensor/mod.ts";
import {
  countParameters,
  denseLinearDynamics,
  diagonalSsmDynamics,
  evaluateLatentModel,
  fitLinearControl,
  gradientNorms,
  gruDynamics,
  initEigenvalues,
  koopmanDynamics,
  type LatentDynamics,
  latentModel,
  mlpDynamics,
  predictSequences,
  referenceRollout,
  rollLinearControl,
  trainLatentModel,
  transformerDynamics,
  WindowSampler,
} from "../../../../lib/methods/koopman/mod.ts";

const LATENT = 8;

/** All latent models, small. */
// deno-lint-ignore no-explicit-any -- each has parameters of its own
const DYNAMICS: readonly LatentDynamics<any>[] = [
  koopmanDynamics({ modes: LATENT / 2 }),
  denseLinearDynamics({ latent: LATENT }),
  mlpDynamics({ latent: LATENT, hidden: [16, 16] }),
  { ...mlpDynamics({ latent: LATENT, hidden: [16, 16], residual: true }), name: "MLP, residual" },
  gruDynamics({ latent: LATENT }),
  transformerDynamics({ latent: LATENT, heads: 2, blocks: 2, hidden: 16, maxSteps: 20 }),
  diagonalSsmDynamics({ latent: LATENT, layers: 2, modes: 6 }),
];

/** Episodes of the slow manifold, driven by noise. */
function episodes(count: number, steps: number): EpisodeSet {
  const environment = slowManifold();
  return {
    observationSize: 2,
    actionSize: 1,
    episodes: Array.from({ length: count }, (_, i) => {
      const policy = oscillatorPolicy(environment, { stream: stream(i, "policy"), amplitude: 0, noise: 0.3 });
      return recordEpisode(environment, { policy, stream: stream(i, "start"), steps });
    }),
  };
}

for (const dynamics of DYNAMICS) {
  Deno.test(`${dynamics.name}: an action changes all that follows and nothing before`, async () => {
    const steps = 10, parameters = dynamics.init(stream(1, dynamics.name));
    const draws = stream(2, "input");
    const start = hostTensor(draws.normal(new Float32Array(3 * LATENT)), [3, LATENT]);
    const actions = hostTensor(draws.normal(new Float32Array(steps * 3 * LATENT)), [steps, 3, LATENT]);
    const program = await compile(
      (parameters: unknown, start: Tensor, actions: Tensor) =>
        dynamics.rollout(parameters, { start, actions }),
      [parameters, start, actions],
    );
    const run = async (a: HostTensor) =>
      (await program.run(parameters, start, a) as HostTensor).data as Float32Array;
    const before = await run(actions);
    assert.equal(before.length, steps * 3 * LATENT);
    const changed = Float32Array.from(actions.data);
    const row = 3 * LATENT;
    for (let i = 6 * row; i < 7 * row; i++) changed[i] += 1 + i % 3;
    const after = await run(hostTensor(changed, actions.shape));
    await program.dispose();
    assert.deepEqual(after.slice(0, 6 * row), before.slice(0, 6 * row));
    // x̂_{t+7}, the first that the seventh action reaches, and the last.
    for (const k of [6, 9]) {
      assert.ok(
        after.slice(k * row, (k + 1) * row).some((x, i) => Math.abs(x - before[k * row + i]) > 1e-7),
        `${k}`,
      );
    }
  });
}

Deno.test("latentModel() learns with every dynamics, well below the mean predictor's error", async () => {
  const all = episodes(24, 40);
  const [train, test] = splitEpisodes(all, { share: 0.25, stream: stream(1, "split") });
  const scaling = scalingOf(train);
  const [sequences, held] = [train, test].map((set) => standardiseEpisodes(set, scaling));
  for (const dynamics of DYNAMICS) {
    const model = latentModel({ dynamics, observationSize: 2, actionSize: 1, width: 32, smallWidth: 16 });
    const settings = { horizon: 12, batchSize: 32, seed: 5 };
    const { parameters, losses } = await trainLatentModel(model, {
      ...settings,
      sequences,
      steps: 1000,
      every: 500,
      learningRate: 3e-3,
    });
    assert.ok(losses.at(-1)! < losses[0] / 2, `${dynamics.name}: ${losses}`);
    const errors = await evaluateLatentModel(model, {
      parameters,
      sequences: held,
      horizon: 12,
      windows: 100,
      seed: 1,
    });
    const mean = errors.state.reduce((sum, e) => sum + e, 0) / 12;
    assert.ok(mean < 0.7, `${dynamics.name}: ${mean}`);
    const [norms, again] = await gradientNorms(model, {
      ...settings,
      parameters: [parameters, parameters],
      sequences,
      batches: 2,
    });
    assert.ok(norms.every((norm) => norm > 0 && Number.isFinite(norm)));
    assert.deepEqual(norms, again);
  }
});

Deno.test("trainLatentModel() gives the same numbers again, and others with another seed", async () => {
  const sequences = episodes(4, 20);
  const model = latentModel({
    dynamics: DYNAMICS[0],
    observationSize: 2,
    actionSize: 1,
    width: 8,
    smallWidth: 4,
  });
  const train = (seed: number) =>
    trainLatentModel(model, { sequences, horizon: 5, batchSize: 4, steps: 6, seed });
  assert.deepEqual(await train(1), await train(1));
  assert.notDeepEqual(await train(1), await train(2));
  await assert.rejects(
    trainLatentModel(model, { sequences, horizon: 21, batchSize: 4, steps: 6, seed: 1 }),
    /longest episode's 20 steps: current value is 21/,
  );
});

Deno.test("WindowSampler draws all windows alike, none across an end", () => {
  const sequences = {
    ...episodes(1, 10),
    episodes: [4, 2, 6].map((steps, e) => ({
      steps,
      observations: Float32Array.from({ length: 2 * (steps + 1) }, (_, i) => 100 * e + Math.floor(i / 2)),
      actions: Float32Array.from({ length: steps }, (_, i) => 100 * e + i),
      rewards: Float32Array.from({ length: steps }, (_, i) => -100 * e - i),
    })),
  };
  const sampler = new WindowSampler(sequences, 3);
  assert.equal(sampler.count, 2 + 0 + 4);
  const batch = sampler.example(1), draws = stream(1, "draws");
  const seen = new Map<number, number>();
  for (let i = 0; i < 6000; i++) {
    sampler.fill(batch, draws);
    const [first] = batch.observations.data;
    assert.deepEqual(
      [...batch.observations.data].filter((_, k) => k % 2 === 0),
      [0, 1, 2, 3].map((k) => first + k),
    );
    assert.deepEqual([...batch.actions.data], [0, 1, 2].map((k) => first + k));
    assert.deepEqual([...batch.rewards.data], [0, 1, 2].map((k) => -first - k));
    seen.set(first, (seen.get(first) ?? 0) + 1);
  }
  assert.deepEqual([...seen.keys()].sort((a, b) => a - b), [0, 1, 200, 201, 202, 203]);
  for (const count of seen.values()) assert.ok(Math.abs(count - 1000) < 5 * Math.sqrt(1000));
});

Deno.test("The slow manifold is exact with hand-set encoder and eigenvalues, to 1e-12 over 30 steps", () => {
  // In the modes y₁, y₂ − c y₃ and y₃ with c = b/(b − 2a) the lifted system is diagonal.
  const [a, b, twice] = slowManifoldEigenvalues();
  const h = 0.1, c = b / (b - twice), steps = 30;
  const control = (t: number) => ((5 * t) % 9 - 4) / 4;
  const real = (values: number[]) => ({ re: Float64Array.from(values), im: new Float64Array(values.length) });
  const [x1, x2] = [1.2, -0.5];
  const modes = referenceRollout({
    exponent: real([a * h, b * h, twice * h]),
    start: real([x1, x2 - c * x1 ** 2, x1 ** 2]),
    inputs: real(
      Array.from({ length: steps }, (_, t) => [0, (Math.exp(b * h) - 1) / b * control(t), 0]).flat(),
    ),
  }).re;
  const system = slowManifold();
  system.setState([x1, x2]);
  for (let t = 0; t < steps; t++) {
    const [s1, s2] = system.step([control(t)]).observation;
    const [y1, v, y3] = modes.slice(3 * t, 3 * t + 3);
    assert.ok(Math.abs(s1 - y1) < 1e-12 && Math.abs(s2 - (v + c * y3)) < 1e-12, `step ${t}`);
  }
});

Deno.test("fitLinearControl() finds a linear system, and rolls it out", () => {
  const draws = stream(1, "linear");
  const rows = 200, A = [[0.9, 0.2], [-0.1, 0.8]], B = [0.5, -0.3], offset = [0.1, 0];
  const states = draws.normal(new Float64Array(2 * rows)), actions = draws.normal(new Float64Array(rows));
  const step = (x: ArrayLike<number>, u: number) =>
    A.map((row, i) => row[0] * x[0] + row[1] * x[1] + B[i] * u + offset[i]);
  const next = Float64Array.from(
    Array.from({ length: rows }, (_, r) => step(states.subarray(2 * r, 2 * r + 2), actions[r])).flat(),
  );
  const model = fitLinearControl({ states, actions, next, stateSize: 2, actionSize: 1 });
  let x = [1, -1];
  const rolled = rollLinearControl(model, { start: x, actions: [1, -1, 0.5] });
  [1, -1, 0.5].forEach((u, t) => {
    x = step(x, u);
    assert.ok(Math.abs(rolled[2 * t] - x[0]) < 1e-6 && Math.abs(rolled[2 * t + 1] - x[1]) < 1e-6);
  });
  assert.throws(
    () => fitLinearControl({ states: states.with(5, NaN), actions, next, stateSize: 2, actionSize: 1 }),
    /states must be finite: current value in row 2, column 1 is NaN/,
  );
  assert.throws(
    () => fitLinearControl({ states, actions: actions.slice(1), next, stateSize: 2, actionSize: 1 }),
    /same number of rows.*current lengths are 400, 199, 400/,
  );
});

Deno.test("initEigenvalues() has the variants of the paper, and refuses what is out of range", () => {
  const draws = stream(1, "eigenvalues");
  const range = [-0.3, -0.1] as const;
  assert.equal(initEigenvalues(draws, { modes: 3, real: { fixed: 0 } }).real, undefined);
  assert.deepEqual(
    [...initEigenvalues(draws, { modes: 3, real: { start: 0.1 } }).real!.data],
    new Array(3).fill(Math.fround(0.1)),
  );
  const { real } = initEigenvalues(draws, { modes: 3, real: { start: -0.15, range } });
  for (const theta of real!.data) assert.ok(Math.abs(-0.2 + 0.1 * Math.tanh(theta) + 0.15) < 1e-6);
  assert.notDeepEqual(
    initEigenvalues(draws, { modes: 3, frequencies: "random" }).frequency.data,
    initEigenvalues(draws, { modes: 3 }).frequency.data,
  );
  assert.throws(
    () => initEigenvalues(draws, { modes: 3, real: { start: -0.35, range } }),
    /start must be inside \(-0.3,-0.1\): current value is -0.35/,
  );
  assert.throws(() => initEigenvalues(draws, { modes: 0 }), /modes must be an integer >= 1/);
  assert.throws(() => initEigenvalues(draws, { modes: 1, timeStep: 0 }), /timeStep must be > 0/);
});

Deno.test("countParameters() counts; models keep no tensors", async () => {
  const model = latentModel({
    dynamics: DYNAMICS[0],
    observationSize: 3,
    actionSize: 2,
    width: 5,
    smallWidth: 4,
  });
  const parameters = model.init(stream(1));
  // Encoder 3-5-5-8, action encoder 2-4-8, decoder 8-5-5-3, reward head 16-4-1, 4 frequencies and Δt.
  const layers = [[3, 5], [5, 5], [5, 8], [2, 4], [4, 8], [8, 5], [5, 5], [5, 3], [16, 4], [4, 1]];
  assert.equal(countParameters(parameters), layers.reduce((sum, [i, o]) => sum + (i + 1) * o, 0) + 5);
  const before = tf.memory().numTensors;
  const program = await compile((s: Tensor, a: Tensor) => {
    const tensors = model.options.dynamics.rollout(
      { frequency: tf.ones([4]), logTimeStep: tf.scalar(-3) },
      { start: s, actions: a },
    );
    return tensors;
  }, [hostTensor(new Float32Array(8), [1, 8]), hostTensor(new Float32Array(16), [2, 1, 8])]);
  await program.dispose();
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("latentModel() is smooth with gelu, and has corners with relu", async () => {
  const slopes = async (activation: "relu" | "gelu") => {
    const model = latentModel({
      dynamics: DYNAMICS[0],
      observationSize: 1,
      actionSize: 1,
      width: 6,
      smallWidth: 4,
      activation,
    });
    const parameters = model.init(stream(2));
    const x = hostTensor(Float32Array.from({ length: 401 }, (_, i) => (i - 200) / 100), [401, 1]);
    const encode = await compile((p: Parameters<typeof model.encode>[0], x: Tensor) => model.encode(p, x), [
      parameters,
      x,
    ]);
    const { data, shape } = await encode.run(parameters, x) as unknown as {
      data: Float32Array;
      shape: number[];
    };
    await encode.dispose();
    const first = Array.from({ length: 401 }, (_, i) => data[i * shape[1]]);
    const steps = first.slice(1).map((y, i) => (y - first[i]) / 0.01);
    return Math.max(...steps.slice(1).map((slope, i) => Math.abs(slope - steps[i])));
  };
  const [corner, smooth] = [await slopes("relu"), await slopes("gelu")];
  assert.ok(corner > 5 * smooth, `${corner}, ${smooth}`);
});

Deno.test("predictSequences() predicts what evaluateLatentModel() judges", async () => {
  const sequences = episodes(1, 6);
  const model = latentModel({
    dynamics: DYNAMICS[0],
    observationSize: 2,
    actionSize: 1,
    width: 8,
    smallWidth: 4,
  });
  const parameters = model.init(stream(3));
  const [{ observations, actions, rewards }] = sequences.episodes;
  const found = await predictSequences(model, { parameters, starts: observations.slice(0, 2), actions });
  // The only window of six steps.
  const errors = await evaluateLatentModel(model, { parameters, sequences, horizon: 6, windows: 1, seed: 1 });
  assert.equal(found.steps, 6);
  for (let k = 0; k < 6; k++) {
    const [dx, dy] = [0, 1].map((i) => found.observations[2 * k + i] - observations[2 * k + 2 + i]);
    assert.ok(Math.abs((dx * dx + dy * dy) / 2 - errors.state[k]) < 1e-5 * (1 + errors.state[k]));
    assert.ok(
      Math.abs((found.rewards[k] - rewards[k]) ** 2 - errors.reward[k]) < 1e-5 * (1 + errors.reward[k]),
    );
  }
  await assert.rejects(
    predictSequences(model, { parameters, starts: [1, 2, 3], actions }),
    /current lengths are 3 and 6/,
  );
});

Deno.test("WindowSampler names an episode whose numbers do not fit its steps", () => {
  const episode = {
    observations: new Float32Array(8),
    actions: new Float32Array(3),
    rewards: new Float32Array(2),
    steps: 3,
  };
  assert.throws(() => new WindowSampler({ observationSize: 2, actionSize: 1, episodes: [episode] }, 2), {
    name: "RangeError",
    message:
      "Cannot draw windows as rewards of episode 0 must have 3 numbers, it has 3 steps: current value is 2",
  });
});
