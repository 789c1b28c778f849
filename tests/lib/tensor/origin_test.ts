import assert from "node:assert/strict";
import { euclideanNorm, type Tensor, tf } from "../../../lib/tensor/mod.ts";

const numbers = (f: () => Tensor): number[] => tf.tidy(() => [...f().dataSync()]);

Deno.test("the gradient of atan2 is that of the angle, and 0 at the origin", () => {
  const a = [1, 0, -2, 0, 3], b = [2, 0, 1, -1, 0];
  const gradients = (at: number) =>
    numbers(() => tf.grads((a, b) => tf.atan2(a, b))([tf.tensor1d(a), tf.tensor1d(b)])[at]);
  const square = (i: number) => a[i] ** 2 + b[i] ** 2 || 1;
  const near = (found: number[], wanted: number[]) =>
    found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 1e-6, `${found}`));
  near(gradients(0), a.map((_, i) => b[i] / square(i)));
  near(gradients(1), a.map((_, i) => -a[i] / square(i)));
  // Broadcast, and differentiated twice: d²/da² atan2(a, 1) = −2a/(1 + a²)².
  const once = (a: Tensor) => tf.grad((a: Tensor) => tf.sum(tf.atan2(a, tf.scalar(1))))(a);
  near(numbers(() => tf.grad((a: Tensor) => tf.sum(once(a)))(tf.tensor1d([0.5, 0]))), [-1 / 1.25 ** 2, 0]);
});

Deno.test("euclideanNorm() is the norm, with a gradient of 0 at 0", () => {
  const rows = tf.tensor2d([[3, 4], [0, 0], [0, -2]]);
  assert.deepEqual(numbers(() => euclideanNorm(rows, { axis: 1 })), [5, 0, 2]);
  assert.deepEqual(
    numbers(() => tf.grad((x) => tf.sum(euclideanNorm(x, { axis: 1 })))(rows)),
    [3 / 5, 4 / 5, 0, 0, 0, -1].map(Math.fround),
  );
  assert.deepEqual(tf.tidy(() => euclideanNorm(rows, { axis: [0, 1], keepDims: true }).shape), [1, 1]);
  rows.dispose();
});
