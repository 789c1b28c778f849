import assert from "node:assert/strict";
import type { GalaxyShapes } from "../../../../lib/data/mod.ts";
import {
  drawRotation,
  type Matrix3,
  projectShapes,
  rotateVectors,
} from "../../../../lib/methods/galaxy_graphs/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";

const shape = (axes: readonly number[], q: number, s: number): GalaxyShapes => ({
  axes: Float64Array.from(axes),
  intermediateRatio: Float64Array.of(q),
  minorRatio: Float64Array.of(s),
});
const project = (shapes: GalaxyShapes) => {
  const { e1, e2 } = projectShapes(shapes);
  return [e1[0], e2[0]] as const;
};
const close = (a: number, b: number, tolerance = 1e-12) =>
  assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

const ALONG_XYZ = [1, 0, 0, 0, 1, 0, 0, 0, 1];
/** a along z, b along x. */
const ALONG_ZXY = [0, 0, 1, 1, 0, 0, 0, 1, 0];
const aboutZ = (angle: number): Matrix3 => [
  Math.cos(angle),
  -Math.sin(angle),
  0,
  Math.sin(angle),
  Math.cos(angle),
  0,
  0,
  0,
  1,
];

Deno.test("projectShapes() has the closed forms", () => {
  const generic = [...drawRotation(stream(1, "axes"))];
  close(project(shape(generic, 1, 1))[0], 0);
  close(project(shape(generic, 1, 1))[1], 0);
  const [q, s] = [0.7, 0.4];
  assert.deepEqual(project(shape(ALONG_XYZ, q, s)).map((x) => x.toFixed(12)), [
    ((1 - q) / (1 + q)).toFixed(12),
    "0.000000000000",
  ]);
  close(project(shape(ALONG_ZXY, q, s))[0], (q - s) / (q + s));
  close(project(shape(ALONG_ZXY, q, s))[1], 0);
  // Axes have no sign.
  const flipped = generic.map((x, i) => i < 3 ? -x : x);
  assert.deepEqual(project(shape(flipped, q, s)), project(shape(generic, q, s)));
});

Deno.test("projectShapes(): turning a galaxy about the line of sight by ψ turns (e1, e2) by 2ψ", () => {
  const axes = [...drawRotation(stream(2, "axes"))];
  const [e1, e2] = project(shape(axes, 0.7, 0.4));
  for (const angle of [0.3, 1, 2.5, Math.PI / 2, Math.PI]) {
    const turned = project(shape([...rotateVectors(Float64Array.from(axes), aboutZ(angle))], 0.7, 0.4));
    close(turned[0], e1 * Math.cos(2 * angle) - e2 * Math.sin(2 * angle));
    close(turned[1], e1 * Math.sin(2 * angle) + e2 * Math.cos(2 * angle));
  }
});

Deno.test("projectShapes(): a rotation that is not about the line of sight is no rotation of (e1, e2)", () => {
  const axes = Float64Array.from(drawRotation(stream(3, "axes")));
  const size = Math.hypot(...project(shape([...axes], 0.7, 0.4)));
  const rotation = drawRotation(stream(3, "rotation"));
  const turned = Math.hypot(...project(shape([...rotateVectors(axes, rotation)], 0.7, 0.4)));
  assert.ok(Math.abs(turned - size) > 0.02, `|e| ${size} → ${turned}`);
});

Deno.test("projectShapes() agrees with the outline of the projected ellipsoid", () => {
  const random = stream(4, "axes");
  for (let k = 0; k < 5; k++) {
    const axes = Float64Array.from(drawRotation(random));
    const [q, s] = [0.8 - 0.1 * k, 0.7 - 0.12 * k];
    const lengths = [1, q, s];
    // Support function of the outline: h(φ)² = Σ w_μ² (s_μ · u)², u = (cos φ, sin φ, 0); found here by brute
    // force over 10⁵ points of the surface.
    const widths = new Float64Array(180);
    const point = new Float64Array(3);
    for (let n = 0; n < 1e5; n++) {
      random.normal(point);
      const length = Math.hypot(...point);
      let x = 0, y = 0;
      for (let axis = 0; axis < 3; axis++) {
        const part = point[axis] / length * lengths[axis];
        x += part * axes[3 * axis];
        y += part * axes[3 * axis + 1];
      }
      for (let angle = 0; angle < 180; angle += 5) {
        const reach = x * Math.cos(angle * Math.PI / 180) + y * Math.sin(angle * Math.PI / 180);
        if (reach > widths[angle]) widths[angle] = reach;
      }
    }
    // h² = A + B cos 2φ + C sin 2φ of an ellipse with matrix W: A = (Wxx + Wyy)/2, B = (Wxx − Wyy)/2, C =
    // Wxy.
    let a = 0, b = 0, c = 0;
    for (let angle = 0; angle < 180; angle += 5) {
      const square = widths[angle] ** 2;
      a += square / 36;
      b += square * Math.cos(angle * Math.PI / 90) / 18;
      c += square * Math.sin(angle * Math.PI / 90) / 18;
    }
    const root = Math.sqrt(a * a - b * b - c * c);
    const [e1, e2] = project(shape([...axes], q, s));
    close(e1, b / (a + root), 3e-3);
    close(e2, c / (a + root), 3e-3);
    // |e| = (1 − β)/(1 + β) with the outline's axis ratio β.
    const beta = Math.sqrt((a - Math.hypot(b, c)) / (a + Math.hypot(b, c)));
    close(Math.hypot(e1, e2), (1 - beta) / (1 + beta), 3e-3);
  }
});

Deno.test("projectShapes() gives 0 where there is no shape", () => {
  assert.deepEqual(project(shape(ALONG_XYZ, 0, 0)), [0, 0]);
});
