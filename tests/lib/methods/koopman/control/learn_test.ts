import assert from "node:assert/strict";
import { type Environment, simulator } from "../../../../../lib/environments/mod.ts";
import {
  koopmanTransitions,
  learnTdMpc,
  type LearnTdMpcOptions,
  linearSchedule,
  mlpTransitions,
  PrioritisedReplay,
  tdMpcModel,
  tdMpcTrainer,
} from "../../../../../lib/methods/koopman/mod.ts";
import { stream } from "../../../../../lib/random/mod.ts";
import { tf } from "../../../../../lib/tensor/mod.ts";

/** A cart that is to be at 0: x' = x + a/2, reward 1 − |x|. */
const cart = (): Environment =>
  simulator({
    ...{ name: "cart", stateSize: 1, observationSize: 1, bound: 1, timeStep: 1, episodeSteps: 12 },
    advance: (state, control) => void (state[0] += control / 2),
    observe: (state) => state.slice(),
    reward: ([x]) => 1 - Math.abs(x),
    start: (draws) => draws.uniform(new Float64Array(1), { low: -2, high: 2 }),
  });

const sizes = { observationSize: 1, actionSize: 1, encoderWidth: 16, width: 16 };
const MODELS = {
  mlp: tdMpcModel({ ...sizes, dynamics: mlpTransitions({ latent: 8, actionSize: 1, width: 16 }) }),
  koopman: tdMpcModel({
    ...sizes,
    dynamics: koopmanTransitions({ modes: 4, actionSize: 1, width: 8, timeStep: 0.05 }),
  }),
};
const OPTIONS: LearnTdMpcOptions = {
  ...{ horizon: 3, episodes: 20, randomEpisodes: 8, schedule: 100, evaluations: 4, seed: 1 },
  search: { samples: 32, elites: 6, iterations: 2 },
  training: { batchSize: 32, learningRate: 3e-3, updatesPerCall: 4 },
};
const average = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;

Deno.test("learnTdMpc() learns to act, with both models, and keeps no tensors", async () => {
  const before = tf.memory().numTensors;
  for (const [name, model] of Object.entries(MODELS)) {
    const { returns, evaluations: [{ returns: tested }] } = await learnTdMpc<never>(
      cart(),
      model as never,
      OPTIONS,
    );
    const random = average(returns.slice(0, 8));
    // From |x| = 1 on average, at most two steps away from 0.
    assert.ok(average(tested) > 8.5 && average(tested) > random + 3, `${name}: ${random}, ${tested}`);
  }
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("learnTdMpc() comes to the same again, and to something else with another seed", async () => {
  const short = { ...OPTIONS, episodes: 6, randomEpisodes: 4, evaluations: 1 };
  const [one, two, other] = [
    await learnTdMpc(cart(), MODELS.koopman, short),
    await learnTdMpc(cart(), MODELS.koopman, short),
    await learnTdMpc(cart(), MODELS.koopman, { ...short, seed: 2 }),
  ];
  assert.deepEqual(one, two);
  assert.notDeepEqual(one.returns, other.returns);
  assert.equal(one.last.length, 13);
  await assert.rejects(
    learnTdMpc(cart(), MODELS.koopman, { ...short, episodeSteps: 2 }),
    /at least 3 steps: current number is 2/,
  );
});

Deno.test("tdMpcTrainer() makes the errors of what it has seen smaller, and changes priorities", async () => {
  const replay = new PrioritisedReplay({ observationSize: 1, actionSize: 1, horizon: 3 });
  const draws = stream(3);
  for (let i = 0; i < 4; i++) {
    replay.add({
      observations: draws.uniform(new Float32Array(13)),
      actions: draws.uniform(new Float32Array(12)),
      rewards: new Float32Array(12).fill(1),
      steps: 12,
    });
  }
  const before = replay.probability(5);
  await using trainer = await tdMpcTrainer(MODELS.koopman, { ...OPTIONS.training, horizon: 3, seed: 1 });
  const first = await trainer.update(replay, 10);
  const later = await trainer.update(replay, 200);
  const last = await trainer.update(replay, 10);
  assert.ok(last.world < first.world / 2 && later.world < first.world, `${first.world}, ${last.world}`);
  assert.notEqual(replay.probability(5), before);
});

Deno.test("linearSchedule() goes along a line and stays", () => {
  const at = (step: number) => linearSchedule(1, 5, { steps: 8, step });
  assert.deepEqual([0, 2, 8, 100].map(at), [1, 2, 5, 5]);
});
