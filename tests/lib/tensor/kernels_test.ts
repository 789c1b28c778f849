/** The kernels of the reference backend that this folder replaces. */
import assert from "node:assert/strict";
import { compile } from "../../../lib/compile/mod.ts";
import { hostTensor, tf } from "../../../lib/tensor/mod.ts";

const numbers = (x: tf.Tensor) => Array.from(x.dataSync());

Deno.test("einsum() sums an axis that only one factor has, before and after the other", () => {
  tf.tidy(() => {
    const x = tf.reshape(tf.range(0, 24), [2, 3, 4]);
    const y = tf.tensor1d([1, -1, 2, 0]);
    // Σ_i Σ_k x_ijk y_k with x_ijk = 12 i + 4 j + k
    const expected = [0, 1, 2].map((j) =>
      [0, 1].reduce(
        (sum, i) =>
          sum + [1, -1, 2, 0].reduce((inner, weight, k) => inner + weight * (12 * i + 4 * j + k), 0),
        0,
      )
    );
    for (const result of [tf.einsum("ijk,k->j", x, y), tf.einsum("k, ijk -> j", y, x)]) {
      assert.deepEqual(result.shape, [3]);
      assert.deepEqual(numbers(result), expected);
    }
    assert.deepEqual(numbers(tf.einsum("->", tf.scalar(3))), [3]);
    assert.throws(() => tf.einsum("ij,jk->ik", tf.ones([2, 3]), tf.ones([4, 2])), {
      name: "TypeError",
      message: 'Cannot compute einsum "ij,jk->ik" as factor 0 must be of shape [2,4]: current value is [2,3]',
    });
  });
});

Deno.test("tensorScatterUpdate() leaves its input alone", () => {
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const x = tf.tensor1d([1, 2, 3]);
    const y = tf.tensorScatterUpdate(x, tf.tensor2d([[1]], [1, 1], "int32"), tf.tensor1d([9]));
    assert.deepEqual(numbers(y), [1, 9, 3]);
    assert.deepEqual(numbers(x), [1, 2, 3]);
  });
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("unsortedSegmentSum() refuses ids that are not one for each row, on all executors", async () => {
  const sum = (x: tf.Tensor, ids: tf.Tensor) => tf.unsortedSegmentSum(x, ids as tf.Tensor1D, 3);
  const x = hostTensor(new Float32Array(12), [1, 2, 3, 2]);
  const ids = { dtype: "int32", shape: [2, 3, 2], data: new Int32Array(12) } as const;
  for (const executor of ["eager", "native", "wasm"] as const) {
    const run = async () => await (await compile(sum, [x, ids], { executor })).run(x, ids);
    await assert.rejects(run, {
      name: "TypeError",
      message: /must begin with that of the ids: current values are \[1,2,3,2\] and \[2,3,2\]$/,
    }, executor);
  }
});

Deno.test("unsortedSegmentSum() leaves out ids out of range and keeps the type", () => {
  tf.tidy(() => {
    const ids = tf.tensor1d([1, -1, 1, 2], "int32");
    const sums = tf.unsortedSegmentSum(tf.tensor1d([1, 2, 3, 4], "int32"), ids, 2);
    assert.equal(sums.dtype, "int32");
    assert.deepEqual(numbers(sums), [0, 4]);
  });
});

Deno.test("cumsum() and cumprod() take axes counted from the back", () => {
  tf.tidy(() => {
    const x = tf.tensor2d([[1, 2], [3, 4]]);
    assert.deepEqual(numbers(tf.cumsum(x, -1)), [1, 3, 3, 7]);
    assert.deepEqual(numbers(tf.cumprod(x, -2)), [1, 2, 3, 8]);
  });
});
