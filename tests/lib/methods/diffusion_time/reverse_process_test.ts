import assert from "node:assert/strict";
import { compileReverseProcess, diffusionSchedule } from "../../../../lib/methods/diffusion_time/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { matrix } from "../../../../lib/stats/mod.ts";
import { type Tensor, tf } from "../../../../lib/tensor/mod.ts";
import { assertClose, EXECUTORS } from "./_check.ts";

const schedule = diffusionSchedule(1000);
const zero = (x: Tensor) => tf.zerosLike(x);
const rows = matrix(stream(1, "rows").normal(new Float64Array(21)), { columns: 3 });
const random = stream(1, "noise");

Deno.test("compileReverseProcess() with a zero network multiplies by 1/√ᾱ", async () => {
  const factor = 1 / Math.sqrt(1 - 0.283755);
  assertClose(factor, 1.1816, 5e-6);
  const before = tf.memory().numTensors;
  for (const executor of EXECUTORS) {
    const process = compileReverseProcess(zero, { columns: 3, schedule, start: 250, executor });
    const { rows: end, pathChange } = await process.reconstruct(rows, { random });
    await process.dispose();
    assertClose(end, rows.data.map((value) => value * factor), 1e-5, executor);
    // Σ_t mean_j (x_t − x_{t+1})² for x_t = x/√(ᾱ_249/ᾱ_{t−1})
    const wanted = Float64Array.from({ length: rows.rows }, (_, i) => {
      const square = [0, 1, 2].reduce((sum, k) => sum + rows.data[3 * i + k] ** 2, 0) / 3;
      let total = 0, scale = 1;
      for (let t = 249; t >= 0; t--) {
        const next = scale / Math.sqrt(schedule.alphas[t]);
        total += square * (next - scale) ** 2;
        scale = next;
      }
      return total;
    });
    assertClose(pathChange, wanted, 1e-6, executor);
    assert.ok(wanted.every((change) => change > 1e-6));
  }
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("compileReverseProcess() follows the exact noise prediction of Gaussian data", async () => {
  // For x_0 ~ N(0, s²): E[ε | x_t] = √v_t x_t/(ᾱ_t s² + v_t).
  const s2 = 0.3, steps = 60;
  const small = diffusionSchedule(steps, { lastBeta: 0.05 });
  const table = Float32Array.from(
    small.variances.map((v, t) => Math.sqrt(v) / (small.alphaBars[t] * s2 + v)),
  );
  const exact = (x: Tensor, time: Tensor) =>
    tf.mul(x, tf.gather(tf.tensor1d(table), tf.reshape(tf.cast(time, "int32"), [])));
  const process = compileReverseProcess(exact, { columns: 3, schedule: small, start: steps });
  const { rows: end } = await process.reconstruct(rows, { random });
  await process.dispose();
  let factor = 1;
  for (let t = steps - 1; t >= 0; t--) {
    const { betas, alphas, alphaBars, variances } = small;
    factor *= (1 - betas[t] / (alphaBars[t] * s2 + variances[t])) / Math.sqrt(alphas[t]);
  }
  assert.ok(factor < 0.75);
  assertClose(end, rows.data.map((value) => value * factor), 1e-5);
});

Deno.test("compileReverseProcess() adds noise of the posterior variance when stochastic", async () => {
  const start = 20, n = 4000;
  const origin = matrix(new Float64Array(3 * n), { columns: 3 });
  const process = compileReverseProcess(zero, {
    columns: 3,
    schedule,
    start,
    stochastic: true,
    batchSize: n,
  });
  const run = async () => (await process.reconstruct(origin, { random: random.split("again") })).rows.data;
  const end = await run();
  assert.deepEqual(await run(), end);
  await process.dispose();
  let variance = 0;
  for (let t = start - 1; t >= 0; t--) {
    const { betas, alphas, alphaBars, variances } = schedule;
    variance = variance / alphas[t] + (t > 0 ? betas[t] * (1 - alphaBars[t - 1]) / variances[t] : 0);
  }
  const found = end.reduce((sum, value) => sum + value ** 2, 0) / end.length;
  // Five standard errors of a sample variance.
  assert.ok(
    Math.abs(found / variance - 1) < 5 * Math.sqrt(2 / end.length),
    `${found} instead of ${variance}`,
  );
});

Deno.test("compileReverseProcess() gives the same in batches", async () => {
  const run = async (batchSize: number) => {
    const process = compileReverseProcess((x) => tf.tanh(x), { columns: 3, schedule, start: 10, batchSize });
    const result = await process.reconstruct(rows, { random });
    await process.dispose();
    return result;
  };
  const [whole, parts] = [await run(1000), await run(3)];
  assertClose(parts.rows, whole.rows.data, 1e-6);
  assertClose(parts.pathChange, whole.pathChange, 1e-6);
});

Deno.test("compileReverseProcess() refuses a start outside the schedule and rows of another width", async () => {
  for (const start of [0, 1001, 2.5]) {
    assert.throws(
      () => compileReverseProcess(zero, { columns: 3, schedule, start }),
      new RegExp(`start must be an integer in \\[1, 1000\\]: current value is ${start}`),
    );
  }
  const process = compileReverseProcess(zero, { columns: 2, schedule, start: 1 });
  await assert.rejects(process.reconstruct(rows, { random }), /rows must have 2 columns: current value is 3/);
});
