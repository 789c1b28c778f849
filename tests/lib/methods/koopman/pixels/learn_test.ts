import assert from "node:assert/strict";
import { simulator } from "../../../../../lib/environments/mod.ts";
import {
  type ControlDynamics,
  koopmanTransitions,
  learnFromPixels,
  mlpTransitions,
  pixelModel,
  PixelReplay,
  shiftedCopy,
} from "../../../../../lib/methods/koopman/mod.ts";
import { hostTensor } from "../../../../../lib/nn/mod.ts";
import { stream } from "../../../../../lib/random/mod.ts";
import { tf } from "../../../../../lib/tensor/mod.ts";

Deno.test("shiftedCopy() pads by the border and crops", () => {
  const size = 5, shift = 2, frame = Float32Array.from({ length: size * size }, (_, i) => i);
  const wide = size + 2 * shift;
  const padded = Array.from({ length: wide * wide }, (_, i) => {
    const inside = (k: number) => Math.min(Math.max(k - shift, 0), size - 1);
    return frame[inside(Math.floor(i / wide)) * size + inside(i % wide)];
  });
  for (const [down, right] of [[0, 0], [2, -1], [-2, 2], [1, 1]]) {
    const out = new Float32Array(2 * size * size);
    shiftedCopy(frame, { out, size, channels: 2, channel: 1, down, right });
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const wanted = padded[(row + shift - down) * wide + column + shift - right];
        assert.equal(out[(row * size + column) * 2 + 1], wanted);
      }
    }
    assert.ok(out.every((value, i) => i % 2 === 1 || value === 0));
  }
});

Deno.test("PixelReplay stacks frames, repeats the first, and keeps to an episode", () => {
  const replay = new PixelReplay({ size: 1, frames: 2, actionSize: 1, horizon: 2 });
  for (const first of [10, 20]) {
    replay.add({
      frames: [0, 1, 2, 3].map((k) => Float32Array.of(first + k)),
      actions: Float32Array.of(first, first + 1, first + 2),
      rewards: Float32Array.of(-first, -first - 1, -first - 2),
    });
  }
  assert.equal(replay.count, 4);
  const zeros = (...shape: number[]) => hostTensor(new Float32Array(shape.reduce((a, b) => a * b)), shape);
  const batch = { images: zeros(3, 50, 1, 1, 2), actions: zeros(2, 50, 1), rewards: zeros(50) };
  replay.fill(batch, stream(1));
  const seen = new Set<number>();
  for (let column = 0; column < 50; column++) {
    const at = (
      k: number,
    ) => [...batch.images.data.subarray((k * 50 + column) * 2, (k * 50 + column) * 2 + 2)];
    const now = at(0)[1];
    seen.add(now);
    const before = now % 10 === 0 ? now : now - 1;
    assert.deepEqual([0, 1, 2].map(at), [[before, now], [now, now + 1], [now + 1, now + 2]]);
    assert.deepEqual([0, 1].map((k) => batch.actions.data[k * 50 + column]), [now, now + 1]);
    assert.equal(batch.rewards.data[column], -now);
  }
  assert.deepEqual([...seen].sort(), [10, 11, 20, 21]);
});

/** A dot that is to be in the middle; only its picture is seen. */
const dot = () =>
  simulator({
    ...{ name: "dot", stateSize: 1, observationSize: 1, bound: 1, timeStep: 1, episodeSteps: 10 },
    advance: (state, control) => void (state[0] = Math.min(Math.max(state[0] + control / 2, -1), 1)),
    observe: (state) => state.slice(),
    reward: ([x]) => 1 - 2 * Math.abs(x),
    start: (draws) => draws.uniform(new Float64Array(1), { low: -1 }),
  });
const SIZE = 16;
const draw = ([x]: Float64Array) =>
  Float32Array.from(
    { length: SIZE * SIZE },
    (_, i) =>
      Math.exp(-(((i % SIZE) / 7.5 - 1 - 0.8 * x) ** 2 + (Math.floor(i / SIZE) / 7.5 - 1) ** 2) / 0.05),
  );

Deno.test("learnFromPixels() learns with and without self-prediction, and keeps no tensors", async () => {
  const before = tf.memory().numTensors,
    average = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
  // deno-lint-ignore no-explicit-any -- each has parameters of its own
  const dynamics: (ControlDynamics<any> | undefined)[] = [
    undefined,
    mlpTransitions({ latent: 8, actionSize: 1, width: 8 }),
    koopmanTransitions({ modes: 4, actionSize: 1, width: 8 }),
  ];
  for (const own of dynamics) {
    const model = pixelModel({
      ...{ size: SIZE, frames: 1, actionSize: 1, filters: 4, latent: 8, width: 16, discount: 0.8 },
      ...(own && { dynamics: own }),
    });
    const { returns, evaluations } = await learnFromPixels(dot(), model, {
      ...{ draw, horizon: 2, episodes: 70, randomEpisodes: 10, evaluations: 8, shift: 0, seed: 2 },
      training: { batchSize: 32, learningRate: 3e-3 },
    });
    const random = average(returns.slice(0, 10));
    assert.ok(average(evaluations) > random + 3, `${own?.name}: ${random}, ${average(evaluations)}`);
  }
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("learnFromPixels() comes to the same again", async () => {
  const model = pixelModel({ size: SIZE, frames: 2, actionSize: 1, filters: 2, latent: 4, width: 4 });
  const run = (seed: number) =>
    learnFromPixels(dot(), model, {
      ...{ draw, horizon: 1, episodes: 3, randomEpisodes: 2, evaluations: 1, shift: 1, seed },
      training: { batchSize: 4 },
    });
  assert.deepEqual(await run(1), await run(1));
  assert.notDeepEqual(await run(1), await run(2));
});
