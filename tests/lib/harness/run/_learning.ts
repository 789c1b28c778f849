import type { Experiment } from "../../../../lib/harness/mod.ts";
import { hostTensor, meanSquaredError, rowBatches, sgd, train } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { tf } from "../../../../lib/tensor/mod.ts";

/** What comes out of {@link learning}. */
export type Learnt = {
  readonly slope: number;
  readonly losses: readonly number[];
  /** Epochs that this process has seen, by training. */
  readonly seen: readonly number[];
};

/** Two trainings one after the other, of so many epochs of one step. */
export const learning: Experiment<{ epochs: number }, Learnt> = {
  id: "learning",
  title: "Learning",
  module: import.meta.url,
  usesExecutor: true,
  async run({ epochs }, { executor, seed }) {
    const x = stream(seed, "data").uniform(new Float32Array(64)), y = x.map((x) => 3 * x);
    const losses: number[] = [], seen: number[] = [];
    let slope = 0;
    for (const name of ["first", "second"]) {
      let first: number | undefined;
      const trained = await train(({ parameters: { slope }, batch: { x, y: target }, weights }) => ({
        loss: meanSquaredError(tf.mul(x, slope), { target, weights }),
      }), {
        parameters: { slope: hostTensor(slope) },
        batches: rowBatches({ x: hostTensor(x), y: hostTensor(y) }),
        optimiser: sgd(),
        learningRate: 1e-4,
        batchSize: 64,
        epochs,
        stream: stream(seed, name),
        executor,
        // So that every epoch is a call of its own, and takes its time.
        stopEarly: (all) => (first ??= all.length, false),
      });
      slope = trained.parameters.slope.data[0];
      losses.push(...trained.epochLosses.slice(-20));
      seen.push(first === undefined ? 0 : epochs - first + 1);
    }
    return { slope, losses, seen };
  },
};
