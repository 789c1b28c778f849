import assert from "node:assert/strict";
import { adam, meanSquaredError, rowBatches, train, type TrainOptions } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { hostTensor, type Tensor, tf } from "../../../../lib/tensor/mod.ts";

const x = stream(1, "x").normal(new Float32Array(40)), y = x.map((value) => 2 * value - 1);
const data = {
  x: hostTensor(x, [20, 2]),
  deeper: [hostTensor(Int32Array.from({ length: 20 }, (_, i) => i))],
};

Deno.test("rowBatches() copies the chosen rows of every leaf, whatever its type", () => {
  const batches = rowBatches(data);
  assert.equal(batches.rows, 20);
  const { example, fill } = batches.ofSize(3);
  assert.deepEqual(example.x, hostTensor(new Float32Array(6), [3, 2]));
  assert.deepEqual(example.deeper, [hostTensor(new Int32Array(3))]);
  fill(example, Int32Array.of(19, 0, 4));
  assert.deepEqual(example.x.data, Float32Array.of(x[38], x[39], x[0], x[1], x[8], x[9]));
  assert.deepEqual(example.deeper[0].data, Int32Array.of(19, 0, 4));
});

Deno.test("rowBatches() refuses leaves that differ in their rows, and none", () => {
  const two = hostTensor([1, 2]);
  assert.throws(() => rowBatches({ a: two, b: hostTensor([1]) }), {
    name: "RangeError",
    message:
      'Cannot make batches as all leaves must have the same number of rows >= 1: current value of "b" is 1',
  });
  assert.throws(() => rowBatches({ a: hostTensor([]) }), /rows >= 1: current value of "a" is 0/);
  assert.throws(() => rowBatches({ a: hostTensor(3) }), RangeError);
});

/** y = slope · x + offset. */
const line = ({ slope, offset }: { slope: Tensor; offset: Tensor }, x: Tensor) =>
  tf.add(tf.mul(x, slope), offset);
const shared = {
  parameters: { slope: hostTensor(0), offset: hostTensor(0) },
  optimiser: adam(),
  learningRate: 0.1,
  batchSize: 16,
  epochs: 40,
};

Deno.test("train() takes rows from rowBatches(): the same training as by hand, partial batches included", async () => {
  const columns = { x: hostTensor(x), y: hostTensor(y) };
  const { parameters, steps } = await train(
    ({ parameters, batch, weights }) => ({
      loss: meanSquaredError(line(parameters, batch.x), { target: batch.y, weights }),
    }),
    { ...shared, batches: rowBatches(columns), stream: stream(3) },
  );
  assert.equal(steps, 3 * 40);
  assert.ok(Math.abs(parameters.slope.data[0] - 2) < 0.05 && Math.abs(parameters.offset.data[0] + 1) < 0.05);

  type Parameters = { slope: Tensor; offset: Tensor };
  type Batch = { x: Tensor; y: Tensor };
  const byHand: TrainOptions<Parameters, Batch, Record<never, Tensor>> = {
    ...shared,
    rows: 40,
    batches: {
      example: { x: hostTensor(new Float32Array(16)), y: hostTensor(new Float32Array(16)) },
      fill(batch, rows) {
        rows.forEach((row, i) => [batch.x.data[i], batch.y.data[i]] = [x[row], y[row]]);
      },
    },
    stream: stream(3),
  };
  const again = await train<Parameters, Batch>(
    ({ parameters, batch, weights }) => ({
      loss: meanSquaredError(line(parameters, batch.x), { target: batch.y, weights }),
    }),
    byHand,
  );
  assert.deepEqual(again.parameters, parameters);
});

Deno.test("train() takes the first rows only, if so told, and refuses more than there are", async () => {
  const run = (rows?: number) =>
    train(
      ({ parameters, batch }) => ({ loss: tf.mean(tf.square(tf.sub(batch.x, parameters.slope))) }),
      { ...shared, epochs: 1, rows, batches: rowBatches({ x: hostTensor(x) }), stream: stream(3) },
    );
  assert.equal((await run(16)).steps, 1);
  await assert.rejects(run(41), {
    name: "RangeError",
    message: "Cannot train as rows must be <= 40, those of the batches: current value is 41",
  });
});
