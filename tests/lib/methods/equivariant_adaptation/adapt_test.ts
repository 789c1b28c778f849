/** Any classifier in ONNX, adapted. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { exportOnnx, openOnnx } from "../../../../lib/compile/mod.ts";
import { loadDataSet, type NamedTensors } from "../../../../lib/data/mod.ts";
import { adapt, type Images, turnTestImages } from "../../../../lib/methods/equivariant_adaptation/mod.ts";
import { cyclic } from "../../../../lib/nn/group/mod.ts";
import {
  type CifarResNet,
  cifarResNet,
  constants,
  foldCifarResNet,
  hostTensor,
} from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../../lib/tensor/mod.ts";

const SIZE = 16;

/** Images whose upper half is bright: upright is easy to tell. */
function brightAbove(count: number, name: string): Images {
  const random = stream(11, name);
  const data = random.uniform(new Float32Array(count * SIZE * SIZE * 3), { high: 0.5 });
  for (let i = 0; i < data.length; i++) {
    if (Math.floor(i / (SIZE * 3)) % SIZE < SIZE / 2) data[i] += 0.5;
  }
  return { data, count, size: SIZE, channels: 3 };
}

/** A residual network as somebody else might have exported it: channels first, one image at a time. */
async function exported(): Promise<Uint8Array> {
  const { value } = await loadDataSet<NamedTensors>("cifar10-resnets/resnet20", "stand-in");
  const network = foldCifarResNet(value);
  return exportOnnx(
    (x: Tensor) => cifarResNet(tf.transpose(x, [0, 2, 3, 1]), constants<CifarResNet>(network)),
    [hostTensor(new Float32Array(3 * SIZE * SIZE), [1, 3, SIZE, SIZE])],
  );
}

Deno.test("adapt() makes an exported ResNet invariant under quarter turns and leaves its file alone", async () => {
  const model = await exported();
  const digest = () => createHash("sha256").update(model).digest("hex");
  const before = digest();
  await using adapted = await adapt(model, {
    group: cyclic(4),
    images: brightAbove(96, "training"),
    epochs: 4,
    batchSize: 16,
    learningRate: 5e-3,
    stream: stream(1, "adapt"),
  });
  assert.equal(digest(), before);
  assert.ok(adapted.identityRate > 95, `${adapted.identityRate}`);
  const test = brightAbove(20, "test");
  const upright = await adapted.predict(test), plain = await adapted.predictPlain(test);
  assert.ok(upright.poses.every((pose) => pose === 0));
  // Found upright, an image gets the model's own logits.
  assert.deepEqual(upright.logits, plain.logits);
  for (const [quarter, degrees] of [[1, 90], [2, 180], [3, 270]]) {
    const turned = { ...test, data: turnTestImages(test, degrees) };
    const { logits, poses } = await adapted.predict(turned);
    assert.ok(poses.every((pose) => pose === quarter));
    assert.deepEqual(logits, upright.logits);
    assert.notDeepEqual((await adapted.predictPlain(turned)).logits, plain.logits);
  }
});

Deno.test("adapt() without the prior's ingredient finds poses no better than chance", async () => {
  // The images are in random poses: none is upright, so that there is nothing to learn.
  const images = brightAbove(96, "training");
  const area = SIZE * SIZE * 3, poses = stream(2, "poses").integers(new Int32Array(96), { high: 4 });
  const data = new Float32Array(images.data.length);
  poses.forEach((pose, i) => {
    const one = { ...images, count: 1, data: images.data.slice(i * area, (i + 1) * area) };
    data.set(turnTestImages(one, 90 * pose), i * area);
  });
  await using adapted = await adapt(await exported(), {
    group: cyclic(4),
    images: { ...images, data },
    epochs: 4,
    batchSize: 16,
    learningRate: 5e-3,
    stream: stream(1, "adapt"),
  });
  assert.ok(adapted.identityRate < 60, `${adapted.identityRate}`);
});

Deno.test("adapt() tells what does not fit", async () => {
  const model = await exported(), images = brightAbove(4, "training");
  const options = { group: cyclic(4), images, epochs: 1 };
  await assert.rejects(
    adapt(model, { ...options, images: { ...images, count: 5 } }),
    /must have 3840 numbers/,
  );
  await assert.rejects(adapt(Uint8Array.of(1, 2, 3), options), /engine refuses/);
  await using adapted = await adapt(model, options);
  const other = { data: new Float32Array(12 * 12 * 3), count: 1, size: 12, channels: 3 };
  await assert.rejects(adapted.predict(other), /must be of 16 × 16 × 3/);
  const broken = { ...images, data: images.data.map((value, i) => i === 800 ? NaN : value) };
  const message = "Cannot take the images as their numbers must be finite: current value of image 1 is NaN";
  await assert.rejects(adapt(model, { ...options, images: broken }), { name: "RangeError", message });
  await assert.rejects(adapted.predict(broken), { name: "RangeError", message });
});

Deno.test("openOnnx() names its ports, wants all inputs, and runs nothing without graphs", async () => {
  const file = exportOnnx((a: Tensor, b: Tensor) => tf.add(a, b), [hostTensor([1]), hostTensor([2])]);
  await using model = await openOnnx(file);
  assert.deepEqual([model.inputs, model.outputs], [["input0", "input1"], ["output0"]]);
  assert.equal((await model.run({ input0: hostTensor([1]), input1: hostTensor([2]) })).output0.data[0], 3);
  await assert.rejects(model.run({ input0: hostTensor([1]) }), /has no input1/);
  await assert.rejects(openOnnx(file, { executor: "eager" }), /run ONNX graphs/);
});
