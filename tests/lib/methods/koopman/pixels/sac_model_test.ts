import assert from "node:assert/strict";
import { stream } from "../../../../../lib/random/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../../lib/tensor/mod.ts";
import {
  type ControlDynamics,
  koopmanTransitions,
  pixelModel,
  squashedSample,
} from "../../../../../lib/methods/koopman/mod.ts";
import { largest, once, table } from "../control/_models.ts";

// deno-lint-ignore no-explicit-any -- trees of host tensors that are changed by hand
type Loose = any;
const numbers = (found: unknown) => Array.from((found as { data: Float32Array }).data);
const SIZE = 16, FRAMES = 2, BATCH = 2, STEPS = 3, LATENT = 6;
const images = (count: number, f: (i: number) => number = (i) => Math.sin(i) ** 2) =>
  table([count, BATCH, SIZE, SIZE, FRAMES], f);

const still: ControlDynamics = {
  name: "still",
  latent: LATENT,
  init: () => ({}),
  step: (_, z) => z,
  rollout: (_, { start, actions }) => tf.tile(tf.expandDims(start, 0), [actions.shape[0], 1, 1]),
};
const modelOf = (dynamics?: ControlDynamics) =>
  pixelModel({
    ...{ size: SIZE, frames: FRAMES, actionSize: 1, filters: 3, latent: LATENT, width: 5 },
    ...(dynamics && { dynamics }),
  });
const koopman = koopmanTransitions({ modes: LATENT / 2, actionSize: 1, width: 4 }) as ControlDynamics<Loose>;

Deno.test("squashedSample() has the density that the change of variables asks for", async () => {
  const outputs = table([5, 2], (i) => Math.cos(3 * i));
  const at = async (epsilon: number) => {
    const found = await once(
      (outputs: Tensor, noise: Tensor) => squashedSample(outputs, noise),
      outputs as never,
      table([5, 1], () => epsilon) as never,
    ) as Loose;
    return { action: numbers(found.action), logProb: numbers(found.logProb) };
  };
  const epsilon = 0.7, step = 1e-3;
  const [{ logProb }, { action: up }, { action: down }] = [
    await at(epsilon),
    await at(epsilon + step),
    await at(epsilon - step),
  ];
  logProb.forEach((found, i) => {
    // ln π(a) = ln N(ε; 0, 1) − ln |da/dε|
    const slope = (up[i] - down[i]) / (2 * step);
    const wanted = -(epsilon ** 2) / 2 - Math.log(2 * Math.PI) / 2 - Math.log(Math.abs(slope));
    assert.ok(Math.abs(found - wanted) < 5e-3, `${found}, ${wanted}`);
    assert.ok(Math.abs(up[i]) < 1);
  });
});

Deno.test("targets() are r + γ (min Q̄ − α ln π)", async () => {
  const model = modelOf();
  const critic: Loose = model.initCritic(stream(1)), average: Loose = model.initCritic(stream(2));
  average.values[0].layers[2].bias.data[0] = 3;
  average.values[1].layers[2].bias.data[0] = 2;
  critic.values[0].layers[2].bias.data[0] = -100;
  const found = await once(
    (networks: Loose, next: Tensor, noise: Tensor) => {
      const z = model.encode(networks.critic, next);
      return {
        y: model.targets(networks, { next, rewards: tf.tensor1d([1, 2]), noise }),
        logProb: squashedSample(
          tf.add(tf.matMul(z as tf.Tensor2D, tf.zeros([LATENT, 2])), networks.actor[2].bias),
          noise,
        ).logProb,
      };
    },
    {
      critic,
      average,
      temperature: table([], () => 0.3),
      // A policy that sees nothing.
      actor: model.initActor(stream(3)).map((layer, i) =>
        i === 2 ? { weight: table([5, 2], () => 0), bias: table([2], (k) => k ? -0.5 : 0.2) } : layer
      ),
    } as never,
    table([BATCH, SIZE, SIZE, FRAMES], (i) => Math.sin(i) ** 2) as never,
    table([BATCH, 1], (i) => i - 0.4) as never,
  ) as Loose;
  const logProb = numbers(found.logProb);
  numbers(found.y).forEach((y, i) => assert.ok(Math.abs(y - (i + 1 + 0.99 * (2 - 0.3 * logProb[i]))) < 1e-5));
});

Deno.test("selfPrediction() is 0 where all stands still, and what cosines say where it does not", async () => {
  const model = modelOf(still);
  const critic: Loose = model.initCritic(stream(1));
  const one = table([LATENT, LATENT], (i) => Number(Math.floor(i / LATENT) === i % LATENT));
  critic.prediction.predictor = { weight: one, bias: table([LATENT], () => 0) };
  critic.prediction.projection = critic.prediction.predictor;
  const at = (all: Loose) =>
    once(
      (critic: Loose, all: Tensor) => {
        const actions = tf.zeros([STEPS, BATCH, 1]), first: Tensor = tf.squeeze(tf.slice(all, 0, 1), [0]);
        const batch = { images: all, actions, rewards: tf.zeros([BATCH]) };
        const z = model.encode(critic, first);
        const flat = tf.reshape(tf.slice(all, 1), [STEPS * BATCH, SIZE, SIZE, FRAMES]);
        return {
          loss: model.selfPrediction(critic, { z, batch, average: critic }),
          z,
          future: model.encode(critic, flat),
        };
      },
      critic as never,
      all as never,
    ) as Promise<Loose>;
  const picture = BATCH * SIZE * SIZE * FRAMES;
  const same = await at(images(STEPS + 1, (i) => Math.sin(i % picture) ** 2));
  assert.ok(Math.abs(numbers(same.loss)[0]) < 1e-5);
  const moving = await at(images(STEPS + 1));
  const z = numbers(moving.z), future = numbers(moving.future);
  let mean = 0;
  for (let row = 0; row < STEPS * BATCH; row++) {
    const a = z.slice((row % BATCH) * LATENT, (row % BATCH + 1) * LATENT);
    const b = future.slice(row * LATENT, (row + 1) * LATENT);
    const dot = (p: number[], q: number[]) => p.reduce((sum, x, k) => sum + x * q[k], 0);
    mean += dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)) / (STEPS * BATCH);
  }
  assert.ok(Math.abs(numbers(moving.loss)[0] - (1 - mean)) < 1e-5);
  assert.ok(numbers(moving.loss)[0] > 1e-3);
});

Deno.test("gradients of critic and policy equal finite differences, and averages get none", async () => {
  const model = modelOf(koopman);
  const critic: Loose = model.initCritic(stream(5)), average: Loose = model.initCritic(stream(6));
  const actor: Loose = model.initActor(stream(7));
  for (const q of critic.values) stream(8).normal(q.layers[2].weight.data, { std: 0.5 });
  const rest = {
    batch: {
      images: images(STEPS + 1),
      actions: table([STEPS, BATCH, 1], (i) => Math.cos(2 * i)),
      rewards: table([BATCH], (i) => i),
    },
    targets: table([BATCH], (i) => 1 + i),
    z: table([BATCH, LATENT], (i) => Math.cos(i)),
    noise: table([BATCH, 1], (i) => i - 0.3),
  };
  const losses = {
    critic: (p: Loose, rest: Loose): Tensor =>
      model.criticLoss(p.critic, rest.batch, { targets: rest.targets, average: p.average }),
    actor: (p: Loose, rest: Loose): Tensor =>
      model.actorLoss(p.actor, {
        ...{ critic: p.critic, z: rest.z, noise: rest.noise, temperature: tf.scalar(0.2) },
      }).value,
  };
  const parameters = { critic, average, actor };
  for (const name of ["critic", "actor"] as const) {
    const { slope } = await once(
      (p: Loose, rest: Loose) => ({ slope: valueAndGrad((p: Loose) => losses[name](p, rest), p).grads }),
      parameters as never,
      rest as never,
    ) as Loose;
    const leaves = (tree: Loose) =>
      name === "actor" ? [tree.actor[0].weight, tree.actor[2].bias] : [
        tree.critic.head.bias,
        tree.critic.values[1].layers[0].weight,
        tree.critic.prediction.predictor.weight,
        tree.critic.prediction.dynamics.actionEncoder[0].weight,
      ];
    for (const [which, leaf] of leaves(parameters).entries()) {
      const at = async (by: number) => {
        const kept = leaf.data[1];
        leaf.data[1] += by;
        const [value] = numbers(await once(losses[name], parameters as never, rest as never));
        leaf.data[1] = kept;
        return value;
      };
      const difference = (await at(4e-3) - await at(-4e-3)) / 8e-3, got = leaves(slope)[which].data[1];
      const allowed = 5e-3 * Math.abs(difference) + 1e-4;
      assert.ok(Math.abs(got - difference) < allowed, `${name}, ${which}: ${got}, ${difference}`);
    }
    if (name === "critic") {
      const { average: still } = slope;
      assert.equal(largest(numbers(still.head.weight)), 0);
      assert.equal(largest(numbers(still.prediction.projection.weight)), 0);
    }
  }
});
