/**
 * Many steps must not grow memory: tested as a slope over steps, since its level says nothing about a leak.
 */
import assert from "node:assert/strict";
import v8 from "node:v8";
import vm from "node:vm";
import { compileLoop } from "../../../lib/compile/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { spread } from "./_host.ts";

const STEPS = 10_000, STEPS_PER_CALL = 10, CALLS_PER_SAMPLE = 50;
/** A state of 64 KiB: if a call kept one, memory would grow by 6 554 bytes a step. */
const LENGTH = 16_384;
/** Bytes a step that pass for none: a tenth of the leak of one state a call. */
const BOUND = LENGTH * 4 / STEPS_PER_CALL / 10;

// What is garbage already must not count.
v8.setFlagsFromString("--expose-gc");
const collectGarbage: () => void = vm.runInNewContext("gc");

/** Least squares: slope of y over x, with its standard error. */
function slopeOf(x: readonly number[], y: readonly number[]): { slope: number; error: number } {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [xMean, yMean] = [mean(x), mean(y)];
  const spreadOfX = x.reduce((sum, value) => sum + (value - xMean) ** 2, 0);
  const slope = x.reduce((sum, value, i) => sum + (value - xMean) * (y[i] - yMean), 0) / spreadOfX;
  const rest = y.reduce((sum, value, i) => sum + (value - yMean - slope * (x[i] - xMean)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (x.length - 2) / spreadOfX) };
}

/** Bytes that the process gains per step, counting what its heaps hold and what it occupies. */
async function growth(call: () => Promise<unknown>) {
  const samples = STEPS / STEPS_PER_CALL / CALLS_PER_SAMPLE;
  const steps: number[] = [], held: number[] = [], resident: number[] = [];
  // The first third is not counted: until then the heap and the engine's arena find their size.
  for (let sample = -samples / 2; sample < samples; sample++) {
    for (let i = 0; i < CALLS_PER_SAMPLE; i++) await call();
    collectGarbage();
    if (sample < 0) continue;
    steps.push(sample * CALLS_PER_SAMPLE * STEPS_PER_CALL);
    const { rss, heapUsed, external } = Deno.memoryUsage();
    held.push(heapUsed + external);
    resident.push(rss);
  }
  return { held: slopeOf(steps, held), resident: slopeOf(steps, resident) };
}

for (const executor of ["native", "wasm"] as const) {
  Deno.test(`${STEPS} steps on ${executor} grow neither live tensors nor the process`, async () => {
    const tensors = tf.memory().numTensors;
    const state = spread([LENGTH]);
    const loop = await compileLoop(
      (w: Tensor, x: Tensor) => ({
        state: tf.add(tf.mul(w, 0.5), x),
        metrics: { sum: w.sum() },
      }),
      { state, batch: spread([]) },
      { executor },
    );
    const batches = spread([STEPS_PER_CALL]);
    const grown = await growth(() => loop.run(batches));
    assert.equal(tf.memory().numTensors, tensors);
    for (const [what, { slope, error }] of Object.entries(grown)) {
      assert.ok(
        slope + 2 * error < BOUND,
        `${what}: ${slope} ± ${error} bytes per step must be below ${BOUND}`,
      );
    }

    // The measurement sees a leak: here the caller keeps what it read.
    const kept: unknown[] = [];
    const { held: { slope, error } } = await growth(async () => {
      await loop.run(batches);
      kept.push(await loop.readState());
    });
    assert.ok(slope - 2 * error > BOUND, `${slope} ± ${error} bytes per step is a leak`);
    await loop.dispose();
  });
}
