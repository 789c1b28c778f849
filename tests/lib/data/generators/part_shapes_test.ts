/** Procedural shapes with part labels. */
import assert from "node:assert/strict";
import { PART_SHAPE_CLASSES, partShapes } from "../../../../lib/data/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";

const make = (options: Partial<Parameters<typeof partShapes>[1]> = {}) =>
  partShapes(stream(3, "shapes"), { shapesPerClass: 3, points: 400, ...options });

Deno.test("partShapes() are centred, fill the unit sphere and have every part of their class", () => {
  const { shapes, points, coordinates, labels, parts, partNames, classes } = make();
  assert.deepEqual([shapes, classes.length], [30, 10]);
  for (let shape = 0; shape < shapes; shape++) {
    const cloud = coordinates.subarray(shape * points * 3, (shape + 1) * points * 3);
    const mean = [0, 0, 0];
    cloud.forEach((value, i) => mean[i % 3] += value / points);
    assert.ok(mean.every((value) => Math.abs(value) < 1e-5));
    const radii = Array.from({ length: points }, (_, i) => Math.hypot(...cloud.subarray(3 * i, 3 * i + 3)));
    assert.ok(Math.abs(Math.max(...radii) - 1) < 1e-5);
    const found = new Set(
      Array.from(parts!.subarray(shape * points, (shape + 1) * points), (p) => partNames![p]),
    );
    const own = partNames!.filter((name) => name.startsWith(`${classes[labels[shape]]}/`));
    assert.deepEqual([...found].sort(), [...own].sort());
  }
});

Deno.test("partShapes() labels where the parts are: a table's top above its legs, a rocket's nose above its body", () => {
  for (
    const [name, upper, lower] of [["table", "top", "legs"], ["rocket", "nose", "body"], [
      "lamp",
      "shade",
      "base",
    ]]
  ) {
    const { points, coordinates, parts, partNames } = make({ classes: [name], shapesPerClass: 5 });
    for (let shape = 0; shape < 5; shape++) {
      const heights = (part: string) => {
        const label = partNames!.indexOf(`${name}/${part}`);
        return Array.from({ length: points }, (_, i) => shape * points + i)
          .filter((i) => parts![i] === label).map((i) => coordinates[3 * i + 2]);
      };
      const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      assert.ok(mean(heights(upper)) > mean(heights(lower)) + 0.3, name);
    }
  }
});

Deno.test("partShapes() spreads points by area", () => {
  // A table: the top's share of the points is that of its area, 2 w d of 2 w d + small, known from the legs'
  // thickness.
  const { points, parts } = make({ classes: ["mug"], shapesPerClass: 20, points: 500 });
  const handle = parts!.reduce((count, part) => count + (part === 1 ? 1 : 0), 0) / (20 * points);
  // Mean areas: body 2πr(h + r) with r = 0.425, h = 0.95; handle 4π² R ρ with R = 0.25, ρ = 0.06.
  const [body, ring] = [2 * Math.PI * 0.425 * (0.95 + 0.425), 4 * Math.PI ** 2 * 0.25 * 0.06];
  assert.ok(Math.abs(handle - ring / (body + ring)) < 0.03, `${handle}`);
});

Deno.test("partShapes() depend on seed, class and index only, and refuse nonsense", () => {
  const all = make(), one = make({ classes: ["mug"] });
  const index = PART_SHAPE_CLASSES.indexOf("mug") * 3 * 400 * 3;
  assert.deepEqual(all.coordinates.slice(index, index + 3600), one.coordinates);
  assert.notDeepEqual(all.coordinates.slice(0, 1200), all.coordinates.slice(1200, 2400));
  assert.throws(() => make({ classes: ["teapot"] }), RangeError);
  assert.throws(() => make({ points: 0 }), RangeError);
});
