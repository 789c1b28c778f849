import assert from "node:assert/strict";
import { Checkpoints, type CheckpointStore, withCheckpoints } from "../../../../lib/checkpoints/mod.ts";
import type { ExecutorName } from "../../../../lib/compile/mod.ts";
import {
  adam,
  type BatchMaker,
  cosineDecay,
  hostTensor,
  meanSquaredError,
  PlateauRate,
  rowBatches,
  train,
  type Trained,
} from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type HostTensor, type Tensor, tf } from "../../../../lib/tensor/mod.ts";
import { memory } from "../../checkpoints/_memory.ts";
import { EXECUTORS } from "../_check.ts";

interface Weights {
  readonly first: Tensor;
  readonly second: Tensor;
}
interface Batch {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly noise: Tensor;
}
interface Buffers {
  readonly mean: Tensor;
}

const ROWS = 20, EPOCHS = 30, STEPS = EPOCHS * 3; // of 8 rows, the last one padded
const X = stream(1, "x").normal(new Float32Array(ROWS * 2));
const Y = Float32Array.from({ length: ROWS }, (_, i) => Math.sin(X[2 * i]) * X[2 * i + 1]);

/** Batches with random numbers: `found`, how `fill` is found again when a training goes on. */
function noisyBatches(found: "streams" | "filling", count = { filled: 0 }): BatchMaker<Batch> {
  const rows = rowBatches({ x: hostTensor(X, [ROWS, 2]), y: hostTensor(Y) }).ofSize(8);
  const noise = stream(2, "noise");
  const example = { ...rows.example, noise: hostTensor(new Float32Array(8)) };
  return {
    example,
    ...found === "streams" && { streams: [noise] },
    fill(batch, chosen) {
      count.filled++;
      rows.fill({ x: batch.x, y: batch.y }, chosen);
      noise.normal(batch.noise.data as Float32Array, { std: 0.1 });
    },
  };
}

interface Course {
  readonly evaluations: number[];
  best?: { readonly loss: number; readonly weights: HostTensor };
}

/** A training with all that changes: optimiser slots, buffers, streams, a plateau, curves, a best state. */
async function learn(
  executor: ExecutorName,
  options: {
    readonly batches: BatchMaker<Batch>;
    readonly signal?: AbortSignal;
    readonly plateau: boolean;
    /** Leaves out what callbacks collect. */
    readonly forgetful?: boolean;
    readonly epochs?: number;
  },
): Promise<{ readonly trained: Trained<Weights, Buffers>; readonly course: Course }> {
  const { epochs = EPOCHS } = options;
  const course: Course = { evaluations: [] };
  const plateau = new PlateauRate(0.05, { patience: 0, threshold: 0.05 });
  const draw = stream(3, "weights");
  const trained = await train<Weights, Batch, Buffers>(
    ({ parameters: { first, second }, batch: { x, y, noise }, weights, buffers }) => {
      const h = tf.tanh(tf.matMul(x as tf.Tensor2D, first as tf.Tensor2D));
      const found = tf.add(tf.reshape(tf.matMul(h as tf.Tensor2D, second as tf.Tensor2D), [-1]), noise);
      const mean = tf.add(tf.mul(buffers.mean, 0.9), tf.mul(tf.mean(h), 0.1));
      return { loss: meanSquaredError(found, { target: y, weights }), buffers: { mean } };
    },
    {
      parameters: {
        first: hostTensor(draw.normal(new Float32Array(10)), [2, 5]),
        second: hostTensor(draw.normal(new Float32Array(5)), [5, 1]),
      },
      buffers: { mean: hostTensor(0) },
      optimiser: adam({ weightDecay: 1e-3 }),
      learningRate: options.plateau ? plateau.rate : cosineDecay(0.05, { steps: STEPS }),
      rows: ROWS,
      batchSize: 8,
      epochs,
      batches: options.batches,
      stream: stream(4, "order"),
      executor,
      signal: options.signal,
      ...options.plateau && {
        ...!options.forgetful && { carried: { course, plateau: plateau.state } },
        async afterEpoch({ epochLosses, readState }) {
          const loss = epochLosses.at(-1)!;
          plateau.observe(loss);
          course.evaluations.push(plateau.rate(0));
          if (course.best === undefined || loss < course.best.loss) {
            course.best = { loss, weights: (await readState()).parameters.first };
          }
        },
      },
    },
  );
  return { trained, course };
}

for (const executor of EXECUTORS) {
  Deno.test(`train() goes on where it was, bit for bit, wherever it was killed: ${executor}`, async () => {
    for (const plateau of [false, true]) {
      for (const found of ["streams", "filling"] as const) {
        const whole = await learn(executor, { batches: noisyBatches(found), plateau });
        const files = new Map<string, Uint8Array>();
        // Killed again and again, each time after a few more checkpoints, until it comes to its end.
        let result: Awaited<ReturnType<typeof learn>> | undefined, kills = 0;
        while (result === undefined) {
          const { store, signal } = memory(files, { stopAfter: 2 + kills });
          const batches = noisyBatches(found);
          try {
            result = await withCheckpoints(
              new Checkpoints(store, { everySeconds: 0 }),
              () => learn(executor, { batches, plateau, signal }),
            );
          } catch (error) {
            assert.equal((error as Error).message, "killed");
            kills++;
          }
        }
        assert.ok(kills >= 2, `killed ${kills} times only`);
        assert.deepEqual(result, whole);
        assert.equal(result.trained.steps, STEPS);
      }
    }
  });
}

Deno.test("train() takes no step twice, and fills a batch again only where it must", async () => {
  for (const found of ["streams", "filling"] as const) {
    const files = new Map<string, Uint8Array>();
    const { store, signal } = memory(files, { stopAfter: 20 });
    const before = { filled: 0 }, after = { filled: 0 };
    const within = (store: CheckpointStore, work: () => ReturnType<typeof learn>) =>
      withCheckpoints(new Checkpoints(store, { everySeconds: 0 }), work);
    await assert.rejects(
      within(store, () => learn("native", { batches: noisyBatches(found, before), plateau: true, signal })),
      /killed/,
    );
    const { store: rest } = memory(files);
    await within(rest, () => learn("native", { batches: noisyBatches(found, after), plateau: true }));
    // The first batch tells which training it is.
    const wanted = found === "streams" ? STEPS - before.filled + 1 : STEPS;
    assert.equal(after.filled, wanted);
  }
});

Deno.test("train() that has ended is not run again, and another training is not taken for it", async () => {
  const files = new Map<string, Uint8Array>();
  const again = async (epochs: number, forgetful = false) => {
    const count = { filled: 0 };
    const batches = noisyBatches("streams", count);
    const { store } = memory(files);
    const work = () => learn("native", { batches, plateau: true, epochs, forgetful });
    const result = await withCheckpoints(new Checkpoints(store, { everySeconds: 0 }), work);
    return { ...result, ...count };
  };
  const first = await again(EPOCHS);
  assert.equal(first.filled, STEPS);
  const second = await again(EPOCHS);
  assert.equal(second.filled, 1);
  assert.deepEqual(second.trained, first.trained);
  assert.deepEqual(second.course, first.course);
  assert.equal((await again(EPOCHS - 1)).filled, STEPS - 3);
  files.clear();
  // What `afterEpoch` collects is not known: nothing is saved.
  await again(EPOCHS, true);
  assert.equal(files.size, 0);
});

Deno.test("train() writes nothing in its first minutes", async () => {
  const files = new Map<string, Uint8Array>();
  const { store } = memory(files);
  const batches = noisyBatches("streams");
  await withCheckpoints(new Checkpoints(store), () => learn("native", { batches, plateau: true }));
  assert.equal(files.size, 0);
});
