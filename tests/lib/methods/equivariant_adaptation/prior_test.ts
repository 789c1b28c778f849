/** The prior's losses. */
import assert from "node:assert/strict";
import {
  adaptationLoss,
  framePriorLoss,
  priorLoss,
} from "../../../../lib/methods/equivariant_adaptation/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { close } from "./_helpers.ts";

Deno.test("priorLoss() is log |G| where nothing is preferred, and 0 where the identity is certain", () => {
  for (const order of [4, 8]) {
    close(priorLoss(tf.zeros([3, order])), [Math.log(order)], 1e-6);
    const sure = tf.tensor2d(Array.from({ length: order }, (_, g) => g === 0 ? 60 : 0), [1, order]);
    close(priorLoss(sure), [0], 1e-6);
  }
});

Deno.test("priorLoss() has the gradient (softmax(A) − P_D)/batch, and that of differences", () => {
  const data = stream(1, "activations").normal(new Float32Array(12));
  const A = tf.tensor2d(data, [3, 4]);
  const slope = valueAndGrad((x: Tensor) => priorLoss(x), A).grads as unknown as Tensor;
  const identity = tf.tensor2d([1, 0, 0, 0], [1, 4]);
  close(slope, tf.div(tf.sub(tf.softmax(A), identity), 3), 1e-6);
  const at = (k: number, by: number) => {
    const moved = Float32Array.from(data, (value, i) => i === k ? value + by : value);
    return priorLoss(tf.tensor2d(moved, [3, 4])).dataSync()[0];
  };
  const [slopes, h] = [slope.dataSync(), 1e-2];
  data.forEach((_, k) => {
    assert.ok(Math.abs((at(k, h) - at(k, -h)) / (2 * h) - slopes[k]) < 1e-4);
    // The second derivative on the diagonal is s(1 − s)/3.
    const share = slopes[k] * 3 + (k % 4 === 0 ? 1 : 0);
    const second = (at(k, 0.1) - 2 * at(k, 0) + at(k, -0.1)) / 0.01;
    assert.ok(Math.abs(second - share * (1 - share) / 3) < 2e-3);
  });
});

Deno.test("priorLoss() of another prior is least at that prior", () => {
  const prior = [0.5, 0.25, 0.25, 0];
  const at = (shares: readonly number[]) =>
    priorLoss(tf.tensor2d(shares.map((share) => Math.log(share + 1e-9)), [1, 4]), { prior }).dataSync()[0];
  const entropy = 0.5 * Math.log(2) + 0.5 * Math.log(4);
  assert.ok(Math.abs(at(prior) - entropy) < 1e-5);
  for (const other of [[0.25, 0.25, 0.25, 0.25], [1, 0, 0, 0], [0.4, 0.3, 0.3, 0]]) {
    assert.ok(at(other) > entropy);
  }
  for (const wrong of [[0.5, 0.5], [0.5, 0.5, 0.5, 0.5], [1.5, -0.5, 0, 0]]) {
    assert.throws(() => priorLoss(tf.zeros([1, 4]), { prior: wrong }), RangeError);
  }
});

Deno.test("framePriorLoss() is (8/9) sin²(θ/2) about any axis, (6 − 2 tr R)/9, and 1 − cos θ in the plane", () => {
  const random = stream(2, "axes");
  for (const degrees of [0, 10, 45, 90, 120, 180]) {
    const angle = degrees * Math.PI / 180, [c, s] = [Math.cos(angle), Math.sin(angle)];
    const axis = random.normal(new Float64Array(3)), norm = Math.hypot(...axis);
    const [x, y, z] = axis.map((value) => value / norm), v = 1 - c;
    // Rodrigues' formula.
    const R = [
      c + x * x * v,
      x * y * v - z * s,
      x * z * v + y * s,
      y * x * v + z * s,
      c + y * y * v,
      y * z * v - x * s,
      z * x * v - y * s,
      z * y * v + x * s,
      c + z * z * v,
    ];
    const loss = framePriorLoss(tf.tensor3d(R, [1, 3, 3]));
    close(loss, [8 / 9 * Math.sin(angle / 2) ** 2], 1e-6);
    close(loss, [(6 - 2 * (R[0] + R[4] + R[8])) / 9], 1e-6);
    close(framePriorLoss(tf.tensor3d([c, -s, s, c], [1, 2, 2])), [1 - c], 1e-6);
    if (degrees === 90) close(loss, [4 / 9], 1e-6);
  }
});

Deno.test("adaptationLoss() leaves out terms of weight 0, and wants one", () => {
  const [task, prior] = [tf.scalar(2), tf.scalar(0.5)];
  close(adaptationLoss({ task, prior }), [52]);
  close(adaptationLoss({ task, prior: tf.scalar(NaN) }, { prior: 0 }), [2]);
  close(adaptationLoss({ prior }, { task: 0, prior: 1 }), [0.5]);
  assert.throws(() => adaptationLoss({ task }, { task: 0 }), RangeError);
});
