import assert from "node:assert/strict";
import { compileLoop } from "../../../../lib/compile/mod.ts";
import { hostTensor, runSteps } from "../../../../lib/nn/mod.ts";
import { type Tensor, tf } from "../../../../lib/tensor/mod.ts";

const STEPS = 5000;

async function sumUp(options: { segment?: number; stopAt?: number } = {}) {
  const scalar = () => hostTensor(new Float32Array(1), []);
  const loop = await compileLoop((state: { sum: Tensor }, batch: { x: Tensor }) => {
    const sum = tf.add(state.sum, batch.x);
    return { state: { sum }, metrics: { sum } };
  }, { state: { sum: scalar() }, batch: { x: scalar() } });
  const filled: number[] = [], sums: number[] = [], calls: { firstStep: number; count: number }[] = [];
  await runSteps(loop, {
    example: { x: scalar() },
    steps: STEPS,
    segment: options.segment,
    fill(batch, step) {
      filled.push(step);
      batch.x.data[0] = step % 10;
    },
    onMetrics(metrics, firstStep, count) {
      calls.push({ firstStep, count });
      sums.push(...metrics.sum.data);
      return sums.length === options.stopAt;
    },
  });
  const { sum } = await loop.readState();
  await loop.dispose();
  return { total: sum.data[0], filled, sums, calls };
}

Deno.test("runSteps() takes every step once, in order, several per call", async () => {
  const { total, filled, sums, calls } = await sumUp();
  assert.deepEqual(filled, Array.from({ length: STEPS }, (_, step) => step));
  assert.equal(total, 4.5 * STEPS);
  assert.equal(sums.length, STEPS);
  assert.ok(calls.length < STEPS / 10, `${calls.length} calls`);
  assert.ok(
    calls.every(({ firstStep }, i) => i === 0 || firstStep === calls[i - 1].firstStep + calls[i - 1].count),
  );
});

Deno.test("runSteps() does not reach over a segment and can end at its end", async () => {
  const { calls, total } = await sumUp({ segment: 70, stopAt: 140 });
  assert.ok(calls.every(({ firstStep, count }) => firstStep % 70 + count <= 70));
  assert.equal(total, 4.5 * 140);
});
