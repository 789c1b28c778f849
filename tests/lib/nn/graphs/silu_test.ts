import assert from "node:assert/strict";
import { silu } from "../../../../lib/nn/graphs/silu.ts";
import { silu as plainSilu } from "../../../../lib/nn/mod.ts";
import { type Tensor, tf } from "../../../../lib/tensor/mod.ts";

Deno.test("silu() has the value and the first two derivatives of x σ(x)", () => {
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const x = tf.tensor1d([-6, -1.3, -0.2, 0, 0.4, 2, 7]);
    const derivatives = (f: (x: Tensor) => Tensor) => {
      const first = tf.grad((x) => tf.sum(f(x)));
      const second = tf.grad((x) => tf.sum(first(x)));
      return [f(x), first(x), second(x)].map((y) => y.dataSync());
    };
    const [actual, wanted] = [derivatives(silu), derivatives(plainSilu)];
    wanted.forEach((values, order) => {
      values.forEach((value, i) => {
        assert.ok(
          Math.abs(actual[order][i] - value) < 2e-6,
          `derivative ${order} at ${i}: ${actual[order][i]}`,
        );
      });
    });
  });
  assert.equal(tf.memory().numTensors, before);
});
