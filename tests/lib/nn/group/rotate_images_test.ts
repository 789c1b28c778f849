/** Turning images: values known by hand, exact permutations, the derivative in the angle. */
import assert from "node:assert/strict";
import { mirrorImages, rotateImages } from "../../../../lib/nn/group/mod.ts";
import { gridSample } from "../../../../lib/nn/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { assertClose, evaluate, EXECUTORS, host } from "../_check.ts";
import { gap, gaussian } from "./_rotations.ts";

const NINE = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
const turned = (images: Tensor, angle: number) =>
  Array.from(rotateImages(images, tf.fill([images.shape[0]], angle)).dataSync());

Deno.test("rotateImages() gives the values known by hand", () => {
  tf.tidy(() => {
    assert.deepEqual(turned(NINE, 90), [3, 6, 9, 2, 5, 8, 1, 4, 7]);
    assert.deepEqual(turned(NINE, 180), [9, 8, 7, 6, 5, 4, 3, 2, 1]);
    assert.deepEqual(turned(NINE, 360), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assertClose(
      turned(NINE, 45),
      [1.171573, 3.585786, 3.514719, 2.171573, 5, 7.828427, 2.343146, 6.414214, 4.686292],
    );
    const corner = turned(tf.ones([1, 5, 5, 1]), 45).slice(0, 5);
    assertClose(corner, [0.1716, 0.8787, 1, 0.8787, 0.1716], { tolerance: 5e-5 });
    const delta = tf.tensor1d(Float32Array.from({ length: 25 }, (_, i) => i === 14 ? 1 : 0));
    assert.equal(turned(tf.reshape(delta, [1, 5, 5, 1]), 90).indexOf(1), 2);
    assert.deepEqual(Array.from(mirrorImages(NINE).dataSync()), [3, 2, 1, 6, 5, 4, 9, 8, 7]);
  });
});

Deno.test("rotateImages() by quarter turns is a permutation, to the bit, on every executor", async () => {
  const image = gaussian(1, [4, 28, 28, 2]);
  const pixels = { dtype: "float32" as const, shape: image.shape, data: image.dataSync<"float32">() };
  for (const executor of EXECUTORS) {
    const back = await evaluate(
      executor,
      (x: Tensor) => {
        const angles = tf.tensor1d([90, 180, 270, 360]);
        return rotateImages(rotateImages(x, angles), tf.neg(angles));
      },
      pixels,
    );
    assert.deepEqual(back.data, pixels.data, executor);
  }
});

Deno.test("rotateImages() equals gridSample() on the turned grid, with both paddings", () => {
  tf.tidy(() => {
    const images = gaussian(2, [1, 6, 6, 1]);
    const angle = 33 * Math.PI / 180;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const grid = Array.from({ length: 36 }, (_, i) => {
      const [dx, dy] = [i % 6 - 2.5, Math.floor(i / 6) - 2.5];
      return [(c * dx - s * dy) / 2.5, (s * dx + c * dy) / 2.5];
    }).flat();
    for (const padding of ["zeros", "border"] as const) {
      const wanted = gridSample(images, tf.tensor4d(grid, [1, 6, 6, 2]), { padding, alignCorners: true });
      const found = rotateImages(images, tf.tensor1d([33]), { padding });
      assert.ok(gap(found, wanted) < 1e-5, padding);
    }
  });
});

Deno.test("rotateImages() with border padding is edge-pad, turn, crop", () => {
  tf.tidy(() => {
    const images = gaussian(3, [1, 5, 5, 1]);
    const pad = 5;
    const indices = Array.from({ length: 15 }, (_, i) => Math.min(4, Math.max(0, i - pad)));
    const padded = tf.gather(tf.gather(images, indices, 1), indices, 2);
    const wanted = tf.slice(rotateImages(padded, tf.tensor1d([77])), [0, pad, pad, 0], [1, 5, 5, 1]);
    assert.ok(gap(rotateImages(images, tf.tensor1d([77]), { padding: "border" }), wanted) < 1e-5);
  });
});

const SIDE = 28;
/** A blurred blob, so that the bilinear surface is smooth between pixels. */
const blob = Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
  const [x, y] = [i % SIDE - 11, Math.floor(i / SIDE) - 16];
  return Math.exp(-(x * x / 60 + y * y / 20 + x * y / 50));
});
const weights = Float32Array.from(blob, (_, i) => Math.sin(i % SIDE / 5) + Math.cos(i / 140));

/** Σ weights ⊙ turned blob in float64, by the definition. */
function reference(degrees: number): number {
  const angle = degrees * Math.PI / 180, [c, s] = [Math.cos(angle), Math.sin(angle)], centre = (SIDE - 1) / 2;
  let sum = 0;
  weights.forEach((weight, i) => {
    const [dx, dy] = [i % SIDE - centre, Math.floor(i / SIDE) - centre];
    const [u, v] = [c * dx - s * dy + centre, s * dx + c * dy + centre];
    for (let q = Math.max(0, Math.floor(v)); q <= Math.min(SIDE - 1, Math.floor(v) + 1); q++) {
      for (let p = Math.max(0, Math.floor(u)); p <= Math.min(SIDE - 1, Math.floor(u) + 1); p++) {
        sum += weight * (1 - Math.abs(u - p)) * (1 - Math.abs(v - q)) * blob[q * SIDE + p];
      }
    }
  });
  return sum;
}

Deno.test("rotateImages() has the angle's derivative of central differences", async () => {
  const program = (x: Tensor, angle: Tensor, weight: Tensor) => {
    const along = ({ angle }: { angle: Tensor }) => tf.sum(tf.mul(rotateImages(x, angle), weight));
    const { value, grads } = valueAndGrad(along, { angle });
    return { value, slope: grads.angle };
  };
  const shape = [1, SIDE, SIDE, 1], step = 1e-4;
  const difference = (reference(17 + step) - reference(17 - step)) / (2 * step);
  for (const executor of EXECUTORS) {
    const { value, slope } = await evaluate(
      executor,
      program,
      host({ shape, data: [...blob] }),
      host({ shape: [1], data: [17] }),
      host({ shape, data: [...weights] }),
    );
    assertClose(value, [reference(17)], { what: `${executor} value` });
    assert.ok(
      Math.abs(slope.data[0] - difference) < 1e-3 * Math.abs(difference),
      `${executor}: ${slope.data[0]} instead of ${difference}`,
    );
  }
});

Deno.test("rotateImages() wants one angle per image and leaks nothing", () => {
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    rotateImages(NINE, tf.tensor1d([12]));
    assert.throws(() => rotateImages(NINE, tf.tensor1d([1, 2])), TypeError);
  });
  assert.equal(tf.memory().numTensors, before);
});
