import assert from "node:assert/strict";
import { stream } from "../../../../../lib/random/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../../lib/tensor/mod.ts";
import { type ControlDynamics, tdMpcModel } from "../../../../../lib/methods/koopman/mod.ts";
import { ACTION, DYNAMICS, largest, once, table } from "./_models.ts";

const STEPS = 3, BATCH = 2, N = 4;
const modelOf = (dynamics: ControlDynamics) =>
  tdMpcModel({ dynamics, observationSize: N, actionSize: ACTION, encoderWidth: 5, width: 6 });
const batch = {
  observations: table([STEPS + 1, BATCH, N], (i) => Math.sin(i)),
  actions: table([STEPS, BATCH, ACTION], (i) => Math.cos(2 * i)),
  rewards: table([STEPS, BATCH], (i) => i / 4),
  weights: table([BATCH], (i) => 1 - i / 2),
};
const noise = table([STEPS, BATCH, ACTION], () => 0);
const numbers = (found: unknown) => Array.from((found as { data: Float32Array }).data);
// deno-lint-ignore no-explicit-any -- trees of host tensors that are changed by hand
type Loose = any;

Deno.test("targets() are r + γ min Q̄ of the averaged values, and the averaged encoder's states", async () => {
  const model = modelOf(DYNAMICS[1]);
  const world: Loose = model.initWorld(stream(1)), average: Loose = model.initWorld(stream(2));
  average.values[0].layers[2].bias.data[0] = 3;
  average.values[1].layers[2].bias.data[0] = 2;
  world.values[0].layers[2].bias.data[0] = -100;
  const found = await once(
    (networks: Loose, batch: Loose, noise: Tensor) => ({
      ...model.targets(networks, batch, noise),
      encoded: model.encode(networks.average, tf.reshape(tf.slice(batch.observations, 1), [-1, N])),
    }),
    { world, policy: model.initPolicy(stream(3)), average } as never,
    batch as never,
    noise as never,
  ) as Loose;
  const y = numbers(found.values);
  y.forEach((value, i) => assert.ok(Math.abs(value - (i / 4 + 0.99 * 2)) < 1e-6));
  assert.deepEqual(numbers(found.latents), numbers(found.encoded));
});

Deno.test("worldLoss() weights steps by ρ^t, parts by theirs and windows by their importance", async () => {
  // z' = z + a, padded; the reward is its last bias, as are the values: every error is known.
  const sum: ControlDynamics = {
    name: "sum",
    latent: ACTION,
    init: () => ({}),
    step: (_, z, action) => tf.add(z, action),
    rollout: (_, { start, actions }) => tf.add(tf.cumsum(actions, 0), tf.expandDims(start, 0)),
  };
  const model = modelOf(sum);
  const world: Loose = model.initWorld(stream(1));
  world.reward[2].bias.data[0] = 0.5;
  world.values[0].layers[2].bias.data[0] = 1;
  world.values[1].layers[2].bias.data[0] = -1;
  const latents = table([STEPS, BATCH, ACTION], (i) => Math.sin(5 * i));
  const y = (i: number) => i / 3;
  const found = await once(
    (world: Loose, batch: Loose, targets: Loose) => model.worldLoss(world, batch, targets),
    world as never,
    batch as never,
    { latents, values: table([STEPS, BATCH], y) } as never,
  ) as Loose;
  const z = numbers(found.latents);
  let total = 0;
  const priorities = [0, 0];
  for (let t = 0; t < STEPS; t++) {
    for (let b = 0; b < BATCH; b++) {
      const at = t * BATCH + b, rho = 0.5 ** t;
      let consistency = 0;
      for (let k = 0; k < ACTION; k++) {
        const next = z[at * ACTION + k] + batch.actions.data[at * ACTION + k];
        consistency += (next - latents.data[at * ACTION + k]) ** 2 / ACTION;
      }
      const reward = (0.5 - batch.rewards.data[at]) ** 2;
      const values = (1 - y(at)) ** 2 + (-1 - y(at)) ** 2;
      const weight = batch.weights.data[b] / BATCH / STEPS;
      total += weight * rho * (2 * consistency + 0.5 * reward + 0.1 * values);
      priorities[b] += rho * (Math.abs(1 - y(at)) + Math.abs(-1 - y(at)));
    }
  }
  assert.ok(Math.abs(numbers(found.total)[0] - total) < 1e-5 * total, `${numbers(found.total)}, ${total}`);
  assert.ok(largest(numbers(found.priorities).map((p, b) => p - priorities[b])) < 1e-5);
});

Deno.test("act() adds noise, keeps to ±1, and lets the gradient through at the limits", async () => {
  const model = modelOf(DYNAMICS[0]);
  const policy = model.initPolicy(stream(4)) as Loose;
  const z = table([2, 6], (i) => Math.sin(i));
  const acted = (by: number) =>
    once(
      (policy: Loose, z: Tensor, noise: Tensor) => {
        const { value, grads } = valueAndGrad(
          (p: Loose) => tf.sum(model.act(p, z, noise)),
          policy,
        );
        return { action: model.act(policy, z, noise), value, slope: (grads as Loose)[2].bias as Tensor };
      },
      policy as never,
      z as never,
      table([2, ACTION], () => by) as never,
    ) as Promise<Loose>;
  const [free, limited] = [await acted(0.1), await acted(5)];
  assert.ok(largest(numbers(free.action)) < 1);
  assert.deepEqual(numbers(limited.action), new Array(4).fill(1));
  // The slope is that of tanh, with and without a limit.
  assert.deepEqual(numbers(limited.slope), numbers(free.slope));
  assert.ok(largest(numbers(free.slope)) > 0.1);
});

Deno.test("gradients of both losses equal finite differences, for both dynamics", async () => {
  for (const dynamics of DYNAMICS) {
    const model = modelOf(dynamics);
    const world: Loose = model.initWorld(stream(5)), policy: Loose = model.initPolicy(stream(6));
    for (const q of world.values) stream(7).normal(q.layers[2].weight.data, { std: 0.5 });
    stream(8).normal(world.reward[2].weight.data, { std: 0.5 });
    const targets = {
      latents: table([STEPS, BATCH, 6], (i) => Math.sin(5 * i)),
      values: table([STEPS, BATCH], (i) => i / 3),
    };
    const latents = table([STEPS + 1, BATCH, 6], (i) => Math.cos(i));
    const more = table([STEPS + 1, BATCH, ACTION], () => 0);
    const losses = {
      world: (p: Loose, rest: Loose): Tensor => model.worldLoss(p.world, rest.batch, rest.targets).total,
      policy: (p: Loose, rest: Loose): Tensor =>
        model.policyLoss(p.policy, { world: p.world, latents: rest.latents, noise: rest.more }),
    };
    const rest = { batch, targets, latents, more };
    for (const name of ["world", "policy"] as const) {
      const loss = losses[name];
      const { slope } = await once(
        (p: Loose, rest: Loose) => ({ slope: valueAndGrad((p: Loose) => loss(p, rest), p).grads }),
        { world, policy } as never,
        rest as never,
      ) as Loose;
      const leaves = (tree: Loose) =>
        name === "policy"
          ? [tree.policy[0].weight, tree.policy[2].bias]
          : [tree.world.encoder[0].weight, tree.world.reward[0].bias, tree.world.values[1].layers[0].weight];
      for (const [which, leaf] of leaves({ world, policy }).entries()) {
        const at = async (by: number) => {
          const kept = leaf.data[1];
          leaf.data[1] += by;
          const [value] = numbers(await once(loss, { world, policy } as never, rest as never));
          leaf.data[1] = kept;
          return value;
        };
        const difference = (await at(4e-3) - await at(-4e-3)) / 8e-3;
        const got = leaves(slope)[which].data[1];
        assert.ok(
          Math.abs(got - difference) < 2e-3 * Math.abs(difference) + 5e-5,
          `${dynamics.name}, ${name}, ${which}: ${got}, ${difference}`,
        );
      }
    }
  }
});

Deno.test("sequenceValue() sums rewards to the horizon and adds the worse value at its end", async () => {
  const model = modelOf(DYNAMICS[1]), sequences = 3, gamma = 0.99;
  const world: Loose = model.initWorld(stream(5));
  world.reward[2].bias.data[0] = 0.7;
  world.values[0].layers[2].bias.data[0] = 4;
  world.values[1].layers[2].bias.data[0] = 5;
  for (const horizon of [1, 3, 5]) {
    const found = await once(
      (networks: Loose, input: Loose) => model.sequenceValue(networks, input),
      { world, policy: model.initPolicy(stream(6)) } as never,
      {
        latent: table([1, 6], (i) => i),
        actions: table([5, sequences, ACTION], (i) => Math.sin(i)),
        rewardWeights: table([5], (t) => t < horizon ? gamma ** t : 0),
        valueWeights: table([5], (t) => t === horizon - 1 ? gamma ** horizon : 0),
        noise: table([sequences, ACTION], () => 0),
      } as never,
    );
    const wanted = 0.7 * (1 - gamma ** horizon) / (1 - gamma) + gamma ** horizon * 4;
    for (const value of numbers(found)) {
      assert.ok(Math.abs(value - wanted) < 1e-5 * wanted, `${value}, ${wanted}`);
    }
  }
});

Deno.test("sequenceValue() reads state by state, and imagine() acts in the states that it comes to", async () => {
  for (const dynamics of DYNAMICS) {
    const model = modelOf(dynamics), sequences = 2, steps = 4;
    const world: Loose = model.initWorld(stream(5)), policy: Loose = model.initPolicy(stream(6));
    stream(8).normal(world.reward[2].weight.data);
    for (const q of world.values) stream(7).normal(q.layers[2].weight.data);
    const found = await once(
      (networks: Loose, latent: Tensor, noise: Tensor) => {
        const own = model.imagine(networks, { latent, noise });
        let z: Tensor = tf.tile(latent, [sequences, 1]);
        const actions: Tensor[] = [], states = [z];
        for (const drawn of tf.unstack(noise)) {
          actions.push(model.act(networks.policy, z, drawn));
          z = dynamics.step(networks.world.dynamics, z, actions.at(-1)!);
          states.push(z);
        }
        const end = tf.zeros([sequences, ACTION]);
        const weights = (f: (t: number) => number) =>
          tf.tensor1d(Array.from({ length: steps }, (_, t) => f(t)));
        const whole = model.sequenceValue(networks, {
          ...{ latent, actions: own, noise: end },
          rewardWeights: weights((t) => t < 3 ? 2 ** -t : 0),
          valueWeights: weights((t) => t === 2 ? 0.25 : 0),
        });
        // One step at a time, from each state.
        const single = (t: number, state: Tensor, action: Tensor) =>
          tf.concat(
            tf.split(state, sequences).map((row, s) =>
              model.sequenceValue(networks, {
                latent: row,
                actions: tf.expandDims(tf.slice(action, s, 1), 0),
                rewardWeights: tf.tensor1d([2 ** -t]),
                valueWeights: tf.tensor1d([t === 2 ? 0.25 : 0]),
                noise: tf.zeros([1, ACTION]),
              })
            ),
          );
        const parts = tf.addN([0, 1, 2].map((t) => single(t, states[t], actions[t])));
        return { own, actions: tf.stack(actions) as Tensor, whole, parts: parts as Tensor };
      },
      { world, policy } as never,
      table([1, 6], (i) => Math.cos(i)) as never,
      table([steps, sequences, ACTION], (i) => 0.05 * Math.sin(7 * i)) as never,
    ) as Loose;
    const apart = (a: Loose, b: Loose) => largest(numbers(a).map((x, i) => x - numbers(b)[i]));
    assert.ok(apart(found.own, found.actions) < 1e-5, dynamics.name);
    assert.ok(apart(found.whole, found.parts) < 1e-4, dynamics.name);
    assert.ok(largest(numbers(found.whole)) > 0.1);
  }
});
