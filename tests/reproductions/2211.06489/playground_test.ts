import assert from "node:assert/strict";
import { type ImageSplit, loadDataSet } from "../../../lib/data/mod.ts";
import { renderSvg } from "../../../lib/figures/mod.ts";
import { digitsWithSliders, drawn, trainPlayground } from "../../../reproductions/2211.06489/playground.ts";

const BAR = "####\n####";

Deno.test("drawn() centres the ink wherever it stands in the text", () => {
  const bar = drawn(BAR);
  assert.deepEqual(drawn(`\n   ${BAR.replace("\n", "\n...")}\n`), bar);
  const mass = (weight: (x: number, y: number) => number) =>
    bar.reduce((sum, value, i) => sum + value * weight(i % 28 - 13.5, Math.floor(i / 28) - 13.5), 0);
  assert.ok(Math.abs(mass((x) => x)) < 1e-4 && Math.abs(mass((_, y) => y)) < 1e-4);
  assert.ok(Math.abs(mass(() => 1) - 32) < 1, "four by eight pixels of ink");
  assert.throws(() => drawn("#".repeat(15)), /<= 14: current value is 15$/);
});

Deno.test("the playground's canonical poses and logits stay put under quarter turns, and sliders show them", async () => {
  const { value } = await loadDataSet<ImageSplit>("mnist/digits", "stand-in");
  const { look, digits, error } = await trainPlayground(value, { order: 4, train: 128, epochs: 1 });
  assert.ok(error >= 0 && error <= 100 && digits.length > 10);
  const list = [await look(digits[0], 8), await look(drawn("####\n   #\n  ##"), 8)];
  for (const poses of list) {
    assert.deepEqual(poses.map(({ angle }) => angle), [0, 45, 90, 135, 180, 225, 270, 315]);
    for (const { canonical, logits } of [poses[2], poses[4], poses[6]]) {
      assert.deepEqual(canonical, poses[0].canonical);
      assert.deepEqual(logits, poses[0].logits);
    }
    assert.notDeepEqual(poses[2].original, poses[0].original);
  }
  const svg = await renderSvg(digitsWithSliders(list));
  assert.equal(
    svg.match(/<image /g)?.length,
    2,
    "one digit in one pose, as it is and as the network sees it",
  );
});
