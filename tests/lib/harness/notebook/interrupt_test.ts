import assert from "node:assert/strict";
import { hasFrontEnd, withLab } from "./_lab.ts";
import { NotebookKernel } from "./_kernel.ts";

const found = await hasFrontEnd();
const without = found ? "" : " (skipped: no Jupyter on the PATH)";

/** A training of years: the slope of a line. */
const TRAINING = `
import { hostTensor, meanSquaredError, rowBatches, sgd, stream, tf, train } from "../mod.ts";
import { interruption } from "../lib/compile/mod.ts";

const x = stream(1, "data").uniform(new Float32Array(100), { low: -1 }), y = x.map((x) => 3 * x);
console.log("begins");
await train(({ parameters: { slope }, batch: { x, y }, weights }) => ({
  loss: meanSquaredError(tf.mul(x, slope), { target: y, weights }),
}), {
  parameters: { slope: hostTensor(0) },
  batches: rowBatches({ x: hostTensor(x), y: hostTensor(y) }),
  optimiser: sgd({ momentum: 0.9 }),
  learningRate: 0.05,
  batchSize: 32,
  epochs: 1e9,
  stream: stream(1, "training"),
});
`;

Deno.test({
  name: `■ ends a training, a run and whatever asks for it; the kernel and finished jobs stay${without}`,
  ignore: !found,
  fn: () =>
    withLab(async (address) => {
      await using kernel = await NotebookKernel.start(address, "notebooks/2311.04293.ipynb");
      const interruptOn = (sign: RegExp) => {
        let pressed = false;
        return (text: string) => {
          if (pressed || !sign.test(text)) return;
          pressed = true;
          setTimeout(() => kernel.interrupt(), 1500);
        };
      };

      const training = await kernel.run(TRAINING, interruptOn(/begins/));
      assert.equal(training.status, "error");
      assert.match(training.error, /Interrupted by ■/);

      const own = await kernel.run(
        `
const signal = interruption();
console.log("waits");
while (true) {
  signal.throwIfAborted();
  await new Promise((resolve) => setTimeout(resolve, 20));
}`,
        interruptOn(/waits/),
      );
      assert.match(own.error, /Interrupted by ■/);

      const run = await kernel.run(
        `
import { notebookResults } from "../lib/harness/mod.ts";
await notebookResults("2311.04293", "smoke");`,
        interruptOn(/1 of \d+ jobs/),
      );
      assert.match(run.error, /Interrupted: [1-9]\d* of \d+ jobs are finished and kept/);

      // The same kernel computes on.
      assert.match((await kernel.run("console.log(6 * 7)")).shown, /42/);
    }),
});
