import assert from "node:assert/strict";
import { encode } from "fast-png";
import { type ImageSplit, loadDataSet } from "../../../lib/data/mod.ts";
import { renderSvg } from "../../../lib/figures/mod.ts";
import {
  adaptToQuarterTurns,
  lookAround,
  pictureFromPng,
  resNetEnergy,
  resNetOnnx,
  turnedWithSlider,
  uprightPhotos,
} from "../../../reproductions/2310.01647/playground.ts";

Deno.test("pictureFromPng() takes the middle square and averages", () => {
  // 70 × 64, red on the left half of the middle square, blue on the right.
  const data = new Uint8Array(70 * 64 * 4).fill(255);
  for (let i = 0; i < 70 * 64; i++) data.set(i % 70 < 35 ? [255, 0, 0, 255] : [0, 0, 255, 255], 4 * i);
  const { data: pixels, size } = pictureFromPng(
    encode({ width: 70, height: 64, data, channels: 4, depth: 8 }),
  );
  assert.equal(size, 32);
  assert.deepEqual([...pixels.subarray(0, 3)], [1, 0, 0]);
  assert.deepEqual([...pixels.subarray(31 * 3, 32 * 3)], [0, 0, 1]);
  const small = encode({ width: 20, height: 40, data: new Uint8Array(20 * 40 * 3), channels: 3, depth: 8 });
  assert.throws(() => pictureFromPng(small), /current value is 20 × 40/);
  assert.throws(() => pictureFromPng(Uint8Array.of(1, 2, 3)), SyntaxError);
});

Deno.test("the playground adapts an exported network, and a slider turns the picture", async () => {
  const { value } = await loadDataSet<ImageSplit>("cifar10/subset", "stand-in");
  const load = async <T>(name: string) => await loadDataSet<T>(name, "stand-in");
  const model = await resNetOnnx(load, "cifar10-resnets/resnet56");
  const images = uprightPhotos(value, 40), energy = await resNetEnergy(load, "cifar10-resnets/resnet20");
  await using adapted = await adaptToQuarterTurns(model, { images, energy, epochs: 2, batchSize: 20 });
  const picture = { ...images, data: images.data.slice(0, 32 * 32 * 3), count: 1 };
  const poses = await lookAround(adapted, picture);
  assert.deepEqual(poses.map(({ degrees }) => degrees), [0, 90, 180, 270]);
  for (const pose of poses) {
    assert.deepEqual(pose.adapted, poses[0].adapted);
    assert.ok(Math.abs(pose.plain.reduce((sum, share) => sum + share, 0) - 1) < 1e-5);
  }
  assert.notDeepEqual(poses[1].plain, poses[0].plain);
  assert.equal((await renderSvg(turnedWithSlider(poses))).match(/<image /g)?.length, 1);
});
