/** Average precision of masks, on cases worked out by hand. */
import assert from "node:assert/strict";
import { maskAveragePrecision, maskIou } from "../../../lib/stats/mod.ts";

const mask = (text: string) => Uint8Array.from(text, (sign) => sign === "#" ? 1 : 0);
const close = (found: number, wanted: number) =>
  assert.ok(Math.abs(found - wanted) < 1e-12, `${found}, not ${wanted}`);

Deno.test("maskIou() counts pixels", () => {
  assert.equal(maskIou(mask("##.."), mask(".##.")), 1 / 3);
  assert.equal(maskIou(mask("...."), mask("....")), 0);
  assert.equal(maskIou(mask("##.."), mask("##..")), 1);
  assert.throws(() => maskIou(mask("#"), mask("##")), TypeError);
});

Deno.test("maskAveragePrecision() of perfect masks is 1, of none 0, whatever their order", () => {
  const objects = [{ image: 0, mask: mask("##..") }, { image: 0, mask: mask("..##") }, {
    image: 1,
    mask: mask("#..."),
  }];
  const perfect = objects.map((object, k) => ({ ...object, score: k / 10 }));
  close(maskAveragePrecision(perfect, objects), 1);
  close(maskAveragePrecision(perfect.toReversed(), objects), 1);
  close(maskAveragePrecision([], objects), 0);
  assert.throws(() => maskAveragePrecision(perfect, []), RangeError);
});

Deno.test("maskAveragePrecision() of a wrong mask between two right ones is 51/101 + 50/101 · 2/3", () => {
  const objects = [{ image: 0, mask: mask("##..") }, { image: 1, mask: mask("##..") }];
  const found = [
    { ...objects[0], score: 0.9 },
    { image: 0, mask: mask("..##"), score: 0.8 },
    { ...objects[1], score: 0.7 },
  ];
  close(maskAveragePrecision(found, objects), 51 / 101 + 50 / 101 * 2 / 3);
  // One object found of two: recalls up to 0.5 have precision 1.
  close(maskAveragePrecision(found.slice(0, 1), objects), 51 / 101);
  // A second mask of the same object is wrong, and comes after all recall there is.
  close(maskAveragePrecision([found[0], { ...found[0], score: 0.1 }], objects), 51 / 101);
  // A wrong one ahead of everything halves the precision.
  close(maskAveragePrecision([{ ...found[1], score: 2 }, found[0]], objects), 51 / 101 / 2);
});

Deno.test("maskAveragePrecision() keeps images and classes apart", () => {
  const objects = [{ image: 0, label: 1, mask: mask("##..") }, { image: 0, label: 2, mask: mask("..##") }];
  close(maskAveragePrecision(objects.map((object) => ({ ...object, score: 1 })), objects), 1);
  const swapped = objects.map((object) => ({ ...object, label: 3 - object.label, score: 1 }));
  close(maskAveragePrecision(swapped, objects), 0);
  close(maskAveragePrecision([{ ...objects[0], score: 1 }], objects), 0.5);
  close(maskAveragePrecision([{ ...objects[0], image: 1, score: 1 }], objects), 0);
});

Deno.test("maskAveragePrecision() falls with the overlap by thresholds: 0.6 counts for three of ten", () => {
  const objects = [{ image: 0, mask: mask("#####") }];
  close(maskAveragePrecision([{ image: 0, mask: mask("###.."), score: 1 }], objects), 0.3);
  close(maskAveragePrecision([{ image: 0, mask: mask("##..."), score: 1 }], objects), 0);
});
