import assert from "node:assert/strict";
import {
  categoricalObjective,
  diffusionSchedule,
  GAUSSIAN_OBJECTIVE,
  inverseGammaObjective,
  type TimeObjective,
} from "../../../../lib/methods/diffusion_time/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { assertClose, evaluate } from "./_check.ts";

const schedule = diffusionSchedule(400);
const BATCH = 5;

/** Loss and gradient of raw outputs; targets belong to the given times. */
async function lossOf(objective: TimeObjective, outputs: Float32Array, times: readonly number[]) {
  const width = objective.targetWidth;
  const target = new Float32Array(times.length * width);
  times.forEach((time, i) =>
    objective.writeTarget(target.subarray(i * width, (i + 1) * width), time, schedule)
  );
  const { value, grads } = await evaluate(
    "native",
    (outputs: Tensor, target: Tensor, weights: Tensor) => {
      const { value, grads } = valueAndGrad((o: Tensor) => objective.loss(o, { target, weights }), outputs);
      return { value, grads };
    },
    hostTensor(outputs, [times.length, objective.outputs]),
    hostTensor(target, [times.length, width]),
    hostTensor(new Float32Array(times.length).fill(1)),
  );
  return { value: value.data[0], gradient: grads.data };
}

const OBJECTIVES = {
  "DTE-C": categoricalObjective(7, false),
  "DTE-C, single softmax": categoricalObjective(7, true),
  "DTE-IG": inverseGammaObjective(9),
  "DTE-Gaussian": GAUSSIAN_OBJECTIVE,
};

for (const [name, objective] of Object.entries(OBJECTIVES)) {
  Deno.test(`${name}: the gradient of the loss equals central differences`, async () => {
    const outputs = stream(4, name).normal(new Float32Array(BATCH * objective.outputs));
    const times = [3, 99, 200, 320, 399];
    const { gradient } = await lossOf(objective, outputs, times);
    // The quadratic loss of the time index is large: a larger step loses fewer digits, and is exact.
    const h = name === "DTE-Gaussian" ? 4 : 1e-2;
    const shifted = async (i: number, by: number) =>
      (await lossOf(objective, outputs.map((value, k) => k === i ? value + by : value), times)).value;
    const differences: number[] = [];
    for (let i = 0; i < Math.min(outputs.length, 10); i++) {
      differences.push((await shifted(i, h) - await shifted(i, -h)) / (2 * h));
    }
    assertClose(gradient.slice(0, 10), differences, 3e-3, name);
    assert.ok(differences.some((difference) => Math.abs(difference) > 1e-2));
  });
}

Deno.test("DTE-C: the second softmax bounds the loss below by ln(e + B − 1) − 1", async () => {
  const perfect = Float32Array.from({ length: 7 }, (_, bin) => bin === 3 ? 60 : -60);
  const time = 200; // in bin 3
  const bound = Math.log(Math.E + 6) - 1;
  assertClose(bound, 1.16542, 5e-6);
  assertClose((await lossOf(OBJECTIVES["DTE-C"], perfect, [time])).value, bound, 1e-6);
  assertClose((await lossOf(OBJECTIVES["DTE-C, single softmax"], perfect, [time])).value, 0, 1e-6);
  const uniform = new Float32Array(7);
  for (const name of ["DTE-C", "DTE-C, single softmax"] as const) {
    assertClose((await lossOf(OBJECTIVES[name], uniform, [time])).value, Math.log(7), 1e-6);
  }
});

Deno.test("DTE-IG: for one variance the loss is smallest at f² = a v − 1e-5", async () => {
  const d = 9, a = d / 2 - 1;
  for (const time of [60, 200, 399]) {
    const v = schedule.variances[time];
    const best = Math.sqrt(a * v - 1e-5);
    const slope = async (f: number) =>
      (await lossOf(inverseGammaObjective(d), Float32Array.of(f), [time])).gradient[0];
    assertClose(await slope(best), 0, 1e-4 / v);
    assert.ok(await slope(0.95 * best) < 0 && await slope(1.05 * best) > 0);
    assertClose(await slope(-best), 0, 1e-4 / v);
  }
});

Deno.test("objectives leave no tensor behind", () => {
  const before = tf.memory().numTensors;
  for (const { loss, outputs, targetWidth } of Object.values(OBJECTIVES)) {
    tf.tidy(() => {
      const target = tf.ones([2, targetWidth]);
      return loss(tf.ones([2, outputs]), { target, weights: tf.ones([2]) });
    }).dispose();
  }
  assert.equal(tf.memory().numTensors, before);
});
