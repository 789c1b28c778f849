import assert from "node:assert/strict";
import {
  type BatchMaker,
  hostTensor,
  meanSquaredError,
  sgd,
  train,
  type TrainOptions,
  type TrainProgress,
} from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../../lib/tensor/mod.ts";
import { assertClose, EXECUTORS } from "../_check.ts";

interface Line {
  slope: Tensor;
  intercept: Tensor;
}
interface Points {
  x: Tensor;
  y: Tensor;
}
interface Counter {
  steps: Tensor;
}

const ROWS = 10, BATCH = 4, RATE = 0.1;
const X = stream(1, "x").uniform(new Float32Array(ROWS), { low: -1 });
const Y = X.map((x) => 3 * x - 1);

function points(batchSize = BATCH): BatchMaker<Points> {
  return {
    example: { x: hostTensor(new Float32Array(batchSize)), y: hostTensor(new Float32Array(batchSize)) },
    fill(batch, rows) {
      rows.forEach((row, i) => {
        batch.x.data[i] = X[row];
        batch.y.data[i] = Y[row];
      });
    },
  };
}

const OPTIONS: TrainOptions<Line, Points, Counter> = {
  parameters: { slope: hostTensor(new Float32Array(1), []), intercept: hostTensor(new Float32Array(1), []) },
  buffers: { steps: hostTensor(new Float32Array(1), []) },
  optimiser: sgd(),
  learningRate: RATE,
  rows: ROWS,
  batchSize: BATCH,
  epochs: 6,
  batches: points(),
  stream: stream(1, "training"),
};

function fit(options: Partial<TrainOptions<Line, Points, Counter>> = {}) {
  return train<Line, Points, Counter>(({ parameters: { slope, intercept }, batch, weights, buffers }) => ({
    loss: meanSquaredError(tf.add(tf.mul(batch.x, slope), intercept), { target: batch.y, weights }),
    buffers: { steps: tf.add(buffers.steps, 1) },
  }), { ...OPTIONS, ...options });
}

/** The same training in plain float64 arithmetic. */
function reference(epochs: number, dropLast: boolean) {
  let slope = 0, intercept = 0;
  const epochLosses: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = OPTIONS.stream.split("epoch", String(epoch)).permutation(ROWS);
    const losses: number[] = [];
    for (let start = 0; start < ROWS; start += BATCH) {
      const rows = [...order.subarray(start, start + BATCH)];
      if (dropLast && rows.length < BATCH) break;
      const residuals = rows.map((row) => slope * X[row] + intercept - Y[row]);
      const mean = (f: (i: number) => number) => rows.reduce((sum, _, i) => sum + f(i), 0) / rows.length;
      losses.push(mean((i) => residuals[i] ** 2));
      const gradients = [mean((i) => 2 * residuals[i] * X[rows[i]]), mean((i) => 2 * residuals[i])];
      slope -= RATE * gradients[0];
      intercept -= RATE * gradients[1];
    }
    epochLosses.push(losses.reduce((sum, loss) => sum + loss, 0) / losses.length);
  }
  return { slope, intercept, epochLosses };
}

for (const dropLast of [false, true]) {
  Deno.test(`train() takes the steps of plain arithmetic when dropLast is ${dropLast}`, async () => {
    const wanted = reference(6, dropLast);
    for (const executor of EXECUTORS) {
      const { parameters, buffers, epochLosses, steps } = await fit({ executor, dropLast });
      assertClose(parameters.slope, [wanted.slope], { what: `${executor} slope` });
      assertClose(parameters.intercept, [wanted.intercept], { what: `${executor} intercept` });
      assertClose(epochLosses, wanted.epochLosses, { what: `${executor} losses` });
      assert.equal(steps, dropLast ? 12 : 18);
      assert.equal(buffers.steps.data[0], steps);
    }
  });
}

Deno.test("train() gives the same bytes again, and when calls end at epochs", async () => {
  const [first, second, cut] = [
    await fit({ epochs: 200 }),
    await fit({ epochs: 200 }),
    await fit({ epochs: 200, stopEarly: () => false }),
  ];
  assert.deepEqual(second, first);
  assert.deepEqual(cut, first);
});

Deno.test("train() stops early exactly at the end of an epoch", async () => {
  const stopped = await fit({ epochs: 50, stopEarly: (losses) => losses.length === 7 });
  assert.equal(stopped.epochLosses.length, 7);
  assert.deepEqual(stopped, await fit({ epochs: 7 }));
});

Deno.test("train() shows the parameters after every epoch and stops when asked", async () => {
  const seen: number[] = [];
  const stopped = await fit({
    epochs: 50,
    async afterEpoch({ epochLosses, readState }) {
      const { parameters, buffers } = await readState();
      seen.push(parameters.slope.data[0]);
      assert.equal(buffers.steps.data[0], 3 * epochLosses.length);
      return epochLosses.length === 7;
    },
  });
  assert.deepEqual(stopped, await fit({ epochs: 7 }));
  assert.deepEqual(seen[2], (await fit({ epochs: 3 })).parameters.slope.data[0]);
  assert.deepEqual(seen[6], stopped.parameters.slope.data[0]);
});

Deno.test("train() names the step at which the loss stops being a number", async () => {
  let filled = 0;
  const { example, fill } = points();
  const batches: BatchMaker<Points> = {
    example,
    fill(batch, rows) {
      fill(batch, rows);
      if (filled++ === 8) batch.y.data[2] = NaN;
    },
  };
  await assert.rejects(
    fit({ batches }),
    (error: Error) => {
      assert.equal(
        error.message,
        "Training diverged: loss is NaN at step 8 (epoch 2, counted from 0); " +
          "the input of step 8 is not finite: number 2 of batch.y is NaN",
      );
      return error instanceof RangeError;
    },
  );
});

Deno.test("train() finds parameters that diverge in the last step", async () => {
  const options = { epochs: 1, batchSize: 10, batches: points(10), learningRate: 1e39 };
  await assert.rejects(fit(options), /Training diverged: parameters\.intercept holds -?Infinity at step 0/);
});

Deno.test("train() reports progress up to 1 and ends when the signal is aborted", async () => {
  const seen: TrainProgress[] = [];
  await fit({ epochs: 300, onProgress: (progress) => seen.push(progress) });
  assert.deepEqual(seen.map(({ step }) => step), seen.map(({ step }) => step).toSorted((a, b) => a - b));
  const { fraction, epoch, step, loss } = seen.at(-1)!;
  assert.deepEqual([fraction, epoch, step, Number.isFinite(loss)], [1, 300, 900, true]);

  const controller = new AbortController();
  const aborted = fit({
    epochs: 1e6,
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("enough")),
  });
  await assert.rejects(aborted, /enough/);
});

Deno.test("train() lowers the rate as its schedule says", async () => {
  const { parameters } = await fit({ epochs: 30, learningRate: (step) => step < 18 ? RATE : 0 });
  const wanted = reference(6, false);
  assertClose(parameters.slope, [wanted.slope]);
});

Deno.test("train() changes parameters after every step, and only those asked for", async () => {
  for (const executor of EXECUTORS) {
    const steps: number[] = [];
    const { parameters } = await fit({
      executor,
      afterStep: {
        paths: ["slope"],
        update([slope], step) {
          steps.push(step);
          slope.data[0] = 3;
        },
      },
    });
    assert.deepEqual(steps, Array.from({ length: 18 }, (_, step) => step));
    assert.equal(parameters.slope.data[0], 3);
    // With the slope in place the intercept gets there sooner than in a descent on both.
    assert.ok(Math.abs(parameters.intercept.data[0] + 1) < Math.abs(reference(6, false).intercept + 1));
  }
  await assert.rejects(
    fit({ afterStep: { paths: ["slop"], update() {} } }),
    /path must be one of intercept, slope: current value is slop/,
  );
});

Deno.test("train() refuses to train on nothing", async () => {
  await assert.rejects(
    fit({ rows: 3, dropLast: true }),
    /number of rows must be an integer >= 4: current value is 3/,
  );
  await assert.rejects(fit({ rows: 0 }), /number of rows must be an integer >= 1: current value is 0/);
  await assert.rejects(fit({ epochs: 0 }), /epochs must be an integer >= 1: current value is 0/);
  await assert.rejects(fit({ batchSize: 1.5 }), /batchSize must be an integer >= 1: current value is 1.5/);
});

Deno.test("train() leaves no tensor behind", async () => {
  const before = tf.memory().numTensors;
  for (const executor of EXECUTORS) await fit({ executor });
  assert.equal(tf.memory().numTensors, before);
});
