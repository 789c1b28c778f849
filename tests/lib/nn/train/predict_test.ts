import assert from "node:assert/strict";
import { compilePredictor, type Dense, dense, initDense } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { matrix } from "../../../../lib/stats/mod.ts";
import { tf } from "../../../../lib/tensor/mod.ts";
import { assertClose, EXECUTORS } from "../_check.ts";

const layer = initDense(stream(1, "layer"), { inputs: 3, outputs: 2 });

for (const [count, batchSize] of [[1, 4], [4, 4], [11, 4], [0, 4], [3, 256]]) {
  Deno.test(`compilePredictor() applies the network to ${count} rows in batches of ${batchSize}`, async () => {
    const rows = matrix(stream(2, "rows").normal(new Float64Array(3 * count)), { columns: 3 });
    const { weight: { data: w }, bias: { data: b } } = layer;
    const wanted = Array.from({ length: 2 * count }, (_, i) => {
      const [row, k] = [Math.floor(i / 2), i % 2];
      return b[k] + [0, 1, 2].reduce((sum, j) => sum + rows.data[3 * row + j] * w[2 * j + k], 0);
    });
    const before = tf.memory().numTensors;
    for (const executor of EXECUTORS) {
      const predictor = await compilePredictor<Dense>((layer, x) => dense(x, layer), {
        parameters: layer,
        columns: 3,
        batchSize,
        executor,
      });
      const output = await predictor.predict(rows);
      await predictor.dispose();
      assert.deepEqual([output.rows, output.columns], [count, 2]);
      assertClose(output, wanted, { what: executor });
    }
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("compilePredictor() refuses rows of another width", async () => {
  const predictor = await compilePredictor<Dense>((layer, x) => dense(x, layer), {
    parameters: layer,
    columns: 3,
  });
  await assert.rejects(
    predictor.predict(matrix([1, 2], { columns: 2 })),
    new TypeError("Cannot apply the network as rows must have 3 columns: current value is 2"),
  );
  await predictor.dispose();
});
