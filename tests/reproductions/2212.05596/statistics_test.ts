import assert from "node:assert/strict";
import { generateGalaxies } from "../../../lib/data/mod.ts";
import { drawRotation, rotateVectors } from "../../../lib/methods/galaxy_graphs/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import {
  halvesOf,
  radialVectors,
  scrambled,
  takeRows,
} from "../../../reproductions/2212.05596/experiments/_catalogue.ts";
import {
  clusteredMean,
  kolmogorovDistance,
} from "../../../reproductions/2212.05596/experiments/_statistics.ts";

const { catalogue } = generateGalaxies({ seed: 3, box: 30, mesh: 32 });

Deno.test("halvesOf() splits by group, completely and without overlap", () => {
  const { train, test } = halvesOf(catalogue, 1);
  assert.equal(new Set([...train.rows, ...test.rows]).size, catalogue.galaxies);
  const groups = (rows: Int32Array) => new Set([...rows].map((row) => catalogue.groups[row]));
  assert.equal(groups(train.rows).intersection(groups(test.rows)).size, 0);
  for (const { catalogue: half, rows } of [train, test]) {
    assert.deepEqual(half.positions, takeRows(catalogue.positions, rows, 3));
    assert.deepEqual(half.shapes.axes, takeRows(catalogue.shapes.axes, rows, 9));
  }
  assert.notDeepEqual(halvesOf(catalogue, 2).train.rows, train.rows);
});

Deno.test("scrambled() keeps the distances to the central and within the group, and changes directions", () => {
  const random = stream(1, "rotations");
  const turned = scrambled(catalogue, (_group, vectors) => rotateVectors(vectors, drawRotation(random)));
  const before = radialVectors(catalogue), after = radialVectors(turned);
  let changed = 0;
  for (let i = 0; i < catalogue.galaxies; i++) {
    const [a, b] = [before, after].map((vectors) => vectors.subarray(3 * i, 3 * i + 3));
    assert.ok(Math.abs(Math.hypot(...a) - Math.hypot(...b)) < 1e-9);
    if (Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) > 0.1 * Math.hypot(...a)) changed++;
  }
  assert.ok(changed > 0.9 * catalogue.central.filter((flag) => flag === 0).length);
  assert.ok(turned.positions.every((x) => x >= 0 && x < 30));
});

Deno.test("clusteredMean() has the usual error for independent values, and a larger one for copies", () => {
  const values = Array.from(stream(2, "values").normal(new Float64Array(400)));
  const alone = clusteredMean(values, values.map((_, i) => i))!;
  const std = Math.sqrt(values.reduce((sum, x) => sum + (x - alone.value) ** 2, 0) / 400);
  assert.ok(Math.abs(alone.error - std / 20) < 1e-12);
  const copies = clusteredMean([...values, ...values], [...values, ...values].map((_, i) => i % 400))!;
  assert.ok(Math.abs(copies.error - alone.error) < 1e-12);
  assert.equal(clusteredMean([], []), null);
});

Deno.test("kolmogorovDistance() by hand", () => {
  assert.equal(kolmogorovDistance(Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 2, 3, 4)), 0);
  assert.equal(kolmogorovDistance(Float64Array.of(1, 2), Float64Array.of(3, 4)), 1);
  assert.equal(kolmogorovDistance(Float64Array.of(1, 2, 3, 4), Float64Array.of(2.5, 5, 6, 7)), 0.75);
});
