import assert from "node:assert/strict";
import {
  koopmanDynamics,
  latentModel,
  latentPlanner,
  planActions,
} from "../../../../lib/methods/koopman/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { tf } from "../../../../lib/tensor/mod.ts";

const SAMPLES = 128;

/** −Σ (a − target)² of sequences of one action. */
const near = (target: readonly number[], scale = 100) => (actions: Float32Array) =>
  Promise.resolve(Float64Array.from(
    { length: SAMPLES },
    (_, s) => -scale * target.reduce((sum, wanted, k) => sum + (actions[k * SAMPLES + s] - wanted) ** 2, 0),
  ));

Deno.test("planActions() finds the best sequence, within bounds", async () => {
  const target = [0.3, -0.7, 0, 2];
  const plan = await planActions(near(target), {
    horizon: 4,
    bounds: [[-1, 1]],
    iterations: 10,
    stream: stream(1, "plan"),
  });
  [0.3, -0.7, 0, 1].forEach((wanted, k) => assert.ok(Math.abs(plan[k] - wanted) < 0.1, `${k}: ${plan[k]}`));
});

Deno.test("planActions() starts from the last plan, moved by a step", async () => {
  const seen: number[] = [];
  await planActions((actions) => {
    for (let k = 0; k < 3; k++) {
      const row = actions.subarray(k * SAMPLES, (k + 1) * SAMPLES);
      seen.push(row.reduce((sum, a) => sum + a, 0) / SAMPLES);
    }
    return Promise.resolve(new Float64Array(SAMPLES));
  }, {
    horizon: 3,
    bounds: [[-10, 10]],
    iterations: 1,
    stream: stream(2, "plan"),
    last: Float64Array.of(9, 5, -5),
  });
  // Means of clipped normal draws of standard deviation 10.
  assert.ok(seen[0] > 1 && seen[1] < -1 && Math.abs(seen[2]) < 2, `${seen}`);
});

Deno.test("planActions() gives nothing to values that are not finite, and refuses too few elites", async () => {
  const value = async (actions: Float32Array) =>
    (await near([0.5])(actions)).map((v, s) => actions[s] < 0 ? NaN : v);
  const options = { horizon: 1, bounds: [[-1, 1]], iterations: 6, stream: stream(3, "plan") } as const;
  const [action] = await planActions(value, options);
  assert.ok(Math.abs(action - 0.5) < 0.1, `${action}`);
  await assert.rejects(planActions(value, { ...options, elites: 1 }), /elites must be in \[2, 128\]/);
});

Deno.test("latentPlanner() plans the same again from the same stream, and frees what it holds", async () => {
  const model = latentModel({
    dynamics: koopmanDynamics({ modes: 2 }),
    observationSize: 3,
    actionSize: 2,
    width: 6,
    smallWidth: 4,
  });
  const before = tf.memory().numTensors;
  {
    await using planner = await latentPlanner(model, {
      parameters: model.init(stream(1)),
      horizon: 3,
      bounds: [[-1, 1], [-2, 0]],
      samples: 16,
      elites: 4,
    });
    await assert.rejects(planner.act([0, 0, 0]), /reset must come first/);
    const episode = async () => {
      planner.reset(stream(5, "noise"));
      return [await planner.act([0, 1, 0]), await planner.act([0.5, 1, 0])];
    };
    const [one, two] = [await episode(), await episode()];
    assert.deepEqual(one, two);
    for (const [a, b] of one) assert.ok(Math.abs(a) <= 1 && b <= 0 && b >= -2);
  }
  assert.equal(tf.memory().numTensors, before);
});
