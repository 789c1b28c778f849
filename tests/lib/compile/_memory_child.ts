/** Measures how memory grows over many steps, in a process of its own, as tests share theirs. Prints JSON. */
import v8 from "node:v8";
import vm from "node:vm";
import { compileLoop, type ExecutorName } from "../../../lib/compile/mod.ts";
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

/** A least-squares slope with its standard error, in bytes per step. */
export interface Slope {
  readonly slope: number;
  readonly error: number;
}

/** What the script prints. */
export interface Growth {
  readonly steps: number;
  /** Slopes above this are a leak. */
  readonly bound: number;
  /** Tensors that live after the steps and did not before. */
  readonly tensors: number;
  /** What the heaps hold. */
  readonly held: Slope;
  /** What the process occupies. */
  readonly resident: Slope;
  /** What the heaps hold where the caller keeps what it reads. */
  readonly leak: Slope;
}

/** Least squares: slope of y over x, with its standard error. */
function slopeOf(x: readonly number[], y: readonly number[]): Slope {
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

const executor = Deno.args[0] as ExecutorName;
const before = tf.memory().numTensors;
const loop = await compileLoop(
  (w: Tensor, x: Tensor) => ({
    state: tf.add(tf.mul(w, 0.5), x),
    metrics: { sum: w.sum() },
  }),
  { state: spread([LENGTH]), batch: spread([]) },
  { executor },
);
const batches = spread([STEPS_PER_CALL]);
const grown = await growth(() => loop.run(batches));
const tensors = tf.memory().numTensors - before;
const kept: unknown[] = [];
const { held: leak } = await growth(async () => {
  await loop.run(batches);
  kept.push(await loop.readState());
});
await loop.dispose();
const result: Growth = { steps: STEPS, bound: BOUND, tensors, ...grown, leak };
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(result)}\n`));
