/** Turned images, boxes and masks. */
import assert from "node:assert/strict";
import {
  type Box,
  fromCanonicalPose,
  mirrorBox,
  toCanonicalPose,
  transformBox,
  transformImages,
  turnBox,
  turnImages,
  turnTestImages,
  untransformImages,
} from "../../../../lib/methods/equivariant_adaptation/mod.ts";
import {
  cyclic,
  groupAngles,
  groupOrder,
  rotateImages,
  selectStraightThrough,
} from "../../../../lib/nn/group/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { C4, close, D4, images } from "./_helpers.ts";

const NINE = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const nine = () => tf.tensor4d(NINE, [1, 3, 3, 1]);

Deno.test("turnImages() gives the oracle's turns by 90° and, with zeros outside, by 45°", () => {
  close(turnImages(nine(), 90), [3, 6, 9, 2, 5, 8, 1, 4, 7], 0);
  const by45 = [1.171573, 3.585786, 3.514719, 2.171573, 5, 7.828427, 2.343146, 6.414214, 4.686292];
  close(rotateImages(nine(), tf.tensor1d([45])), by45, 2e-6);
  // Quarter turns by permutation are those of the general rule.
  for (const angle of [0, 90, 180, 270, -90, 450]) {
    const x = images(2);
    close(turnImages(x, angle), rotateImages(x, tf.fill([2], angle)), 0);
  }
});

Deno.test("turnImages() turns each image of a batch as that image alone, to the last bit", () => {
  const x = images(3, { channels: 2 });
  for (const angle of [45, 90, 200]) {
    const turned = turnImages(x, angle);
    close(turned, rotateImages(x, tf.fill([3], angle), { padding: "border" }), 0);
  }
});

Deno.test("padding by the border leaves a constant image constant; without it corners go dark", () => {
  const ones = tf.ones([1, 5, 5, 1]) as Tensor;
  for (let angle = 0; angle < 360; angle += 15) close(turnImages(ones, angle), ones, 1e-6);
  const corner = rotateImages(ones, tf.tensor1d([45])).dataSync()[0];
  assert.ok(Math.abs(corner - 0.1716) < 1e-4);
});

Deno.test("g⁻¹ g x = x exactly for C₄ and D₄", () => {
  const x = images(2);
  for (const group of [C4, D4]) {
    for (let element = 0; element < groupOrder(group); element++) {
      close(untransformImages(transformImages(x, { group, element }), { group, element }), x, 0);
    }
  }
});

Deno.test("toCanonicalPose() takes the chosen element back, and fromCanonicalPose() undoes it", () => {
  const x = images(1);
  for (let element = 0; element < 8; element++) {
    const selected = tf.oneHot(tf.tensor1d([element], "int32"), 8).toFloat() as Tensor;
    const choice = { group: D4, selected };
    close(toCanonicalPose(transformImages(x, { group: D4, element }), choice), x, 1e-6);
    close(fromCanonicalPose(toCanonicalPose(x, choice), choice), x, 1e-6);
  }
});

Deno.test("boxes turn along with masks, four quarter turns are none, and mirrors swap sides", () => {
  const size = 12, box: Box = [1, 2, 4, 8];
  const maskOf = ([x0, y0, x1, y1]: Box) =>
    tf.tensor4d(
      Float32Array.from({ length: size * size }, (_, i) => {
        const [x, y] = [i % size, Math.floor(i / size)];
        return x >= x0 && x < x1 && y >= y0 && y < y1 ? 1 : 0;
      }),
      [1, size, size, 1],
    );
  for (let element = 0; element < 8; element++) {
    const turned = transformImages(maskOf(box), { group: D4, element });
    close(turned, maskOf(transformBox(box, { group: D4, element, size })), 0, `element ${element}`);
  }
  let again = box;
  for (let k = 0; k < 4; k++) again = turnBox(again, { degrees: 90, size });
  assert.deepEqual(again, box);
  assert.deepEqual(mirrorBox(mirrorBox(box, { size }), { size }), box);
  // Forth and back a mask is the same: IoU 1.
  for (const degrees of [90, 180, 270]) {
    close(turnImages(turnImages(maskOf(box), degrees), -degrees), maskOf(box), 0);
  }
});

Deno.test("the choice is exact in training and evaluation, and its angle has the softmax's slope", () => {
  const group = cyclic(8), angles = groupAngles(group);
  const A = tf.tensor2d([0.3, -0.1, 0.8, 0.2, 0.1, -0.4, 0.6, 0], [1, 8]);
  const angle = (A: Tensor, beta: number) =>
    tf.sum(tf.mul(selectStraightThrough(A, { beta }), tf.tensor1d(angles))) as Tensor;
  for (const beta of [0.5, 1, 3]) {
    close(angle(A, beta), [90], 0);
    // dθ/dA_k = β s_k (θ_k − Σ s θ)
    const soft = Array.from(tf.softmax(tf.mul(A, beta)).dataSync());
    const mean = soft.reduce((sum, share, k) => sum + share * angles[k], 0);
    close(
      valueAndGrad((x: Tensor) => angle(x, beta), A).grads as unknown as Tensor,
      angles.map((at, k) => beta * soft[k] * (at - mean)),
      1e-4,
    );
  }
});

Deno.test("turnTestImages() permutes pixels by quarter turns, and leaves constants alone", () => {
  const of = (
    data: readonly number[],
    degrees: number,
    size = 3,
  ) => [...turnTestImages({ data: Float32Array.from(data), count: 1, size, channels: 1 }, degrees)];
  assert.deepEqual(of(NINE, 90), [3, 6, 9, 2, 5, 8, 1, 4, 7]);
  assert.deepEqual(of(of(NINE, 90), 270), NINE);
  assert.deepEqual(of(NINE, 360), NINE);
  for (const degrees of [30, 45, 135]) assert.deepEqual(of(Array(64).fill(7), degrees, 8), Array(64).fill(7));
  // Nearest and bilinear agree at multiples of 90°.
  const x = images(1, { channels: 3 });
  const data = Float32Array.from(x.dataSync());
  for (const degrees of [90, 180, 270]) {
    const turned = turnTestImages({ data, count: 1, size: 12, channels: 3 }, degrees);
    close(turnImages(x, degrees), [...turned], 0);
  }
});
