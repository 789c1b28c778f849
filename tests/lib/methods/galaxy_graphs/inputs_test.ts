import assert from "node:assert/strict";
import { generateGalaxies, groupStarts } from "../../../../lib/data/mod.ts";
import {
  axisProducts,
  conditionsOf,
  cutGroup,
  drawRotation,
  fitFeatures,
  groupGraphs,
  massBalanced,
  packGroups,
  partsOf,
  rotateVectors,
  writeConditions,
} from "../../../../lib/methods/galaxy_graphs/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { quantile } from "../../../../lib/stats/mod.ts";

const { catalogue } = generateGalaxies({ seed: 11, box: 40, mesh: 32, tidalScales: [2, 4] });

Deno.test("conditionsOf() scales by median and quartiles, cuts off at 5, and keeps the flag", () => {
  const { scalars, scalarCount, channels } = conditionsOf(catalogue, fitFeatures(catalogue));
  assert.equal(scalarCount, 4 + 6);
  assert.equal(channels, 10 + 18);
  const column = (c: number) =>
    Float64Array.from({ length: catalogue.galaxies }, (_, i) => scalars[i * scalarCount + c]);
  assert.deepEqual(column(0), Float64Array.from(catalogue.central));
  for (let c = 1; c < scalarCount; c++) {
    const values = column(c);
    assert.ok(Math.abs(quantile(values, 0.5)) < 1e-6);
    assert.ok(Math.abs(quantile(values, 0.75) - quantile(values, 0.25) - 1) < 1e-6);
    assert.ok(values.every((x) => Math.abs(x) <= 5));
  }
  const far = {
    ...catalogue,
    logStellarMass: catalogue.logStellarMass.map((x, i) => i === 0 ? 99 : i === 1 ? -99 : x),
  };
  const cut = conditionsOf(far, fitFeatures(catalogue)).scalars;
  assert.deepEqual([cut[1], cut[scalarCount + 1]], [5, -5]);
});

Deno.test("conditionsOf() uses the scaling of the training half, and refuses other columns", () => {
  const scaling = fitFeatures(catalogue);
  const shifted = {
    ...catalogue,
    logStellarMass: catalogue.logStellarMass.map((x) => x + scaling.columns[0].range),
  };
  const of = (c: typeof catalogue) => conditionsOf(c, scaling).scalars[1];
  assert.ok(Math.abs(of(shifted) - of(catalogue) - 1) < 1e-6);
  assert.throws(() => conditionsOf({ ...catalogue, tides: [] }, scaling), {
    name: "TypeError",
    message: "Cannot make inputs as the catalogue must have 2 tidal scales: current value is 0",
  });
});

Deno.test("writeConditions() rotates vectors, leaves scalars alone, and products do not know signs", () => {
  const rotation = drawRotation(stream(1, "rotation"));
  for (const tides of ["vectors", "products", "none"] as const) {
    const conditions = conditionsOf(catalogue, fitFeatures(catalogue, { tides }));
    const write = (c: typeof conditions, turn?: typeof rotation) => {
      const out = new Float32Array(conditions.channels);
      writeConditions(c, { galaxy: 7, rotation: turn, out });
      return out;
    };
    const plain = write(conditions), turned = write(conditions, rotation);
    const { scalarCount } = conditions;
    assert.equal(scalarCount, tides === "none" ? 4 : 10);
    assert.equal(conditions.channels, scalarCount + { vectors: 18, products: 24, none: 0 }[tides]);
    assert.deepEqual(turned.slice(0, scalarCount), plain.slice(0, scalarCount));
    const v = rotateVectors(catalogue.tides[0].vectors.slice(63, 66), rotation);
    if (tides === "vectors") {
      assert.deepEqual(turned.slice(scalarCount, scalarCount + 3), Float32Array.from(v));
    }
    if (tides === "products") {
      assert.deepEqual(turned.slice(scalarCount, scalarCount + 6), Float32Array.from(axisProducts(v)));
      // The third eigenvector comes next.
      const w = rotateVectors(catalogue.tides[0].vectors.slice(69, 72), rotation);
      assert.deepEqual(turned.slice(scalarCount + 6, scalarCount + 12), Float32Array.from(axisProducts(w)));
    }
    const flipped = write({ ...conditions, vectors: conditions.vectors.map((x) => -x) });
    if (tides !== "vectors") assert.deepEqual(flipped, plain);
  }
  assert.ok(Math.abs(Math.hypot(...axisProducts([0.6, 0, 0.8])) - 1) < 1e-15);
});

Deno.test("massBalanced() draws every bin of mass equally often", () => {
  const masses = Array.from(stream(2, "masses").uniform(new Float64Array(2000)), (u) => 11 + 3 * u ** 3);
  const draw = massBalanced(masses);
  const counts = new Float64Array(16);
  const lowest = Math.min(...masses), width = (Math.max(...masses) - lowest) / 16;
  const total = 32000;
  for (const g of draw(stream(2, "draws"), total)) {
    counts[Math.min(Math.floor((masses[g] - lowest) / width), 15)]++;
  }
  counts.forEach((count) => assert.ok(Math.abs(count - total / 16) < 4.5 * Math.sqrt(total / 16)));
  assert.deepEqual([...massBalanced([12, 12])(stream(1, "same"), 5)].filter((g) => g > 1), []);
  assert.throws(() => massBalanced([]), { name: "RangeError" });
});

Deno.test("groupGraphs() has positions relative to the central, across the border of the box", () => {
  const graphs = groupGraphs(catalogue);
  const starts = groupStarts(catalogue);
  assert.equal(graphs.length, starts.length - 1);
  let satellites = 0;
  for (const { rows, positions, edges } of graphs) {
    assert.deepEqual([...positions.subarray(0, 3)], [0, 0, 0]);
    assert.equal(edges.receivers.length, rows.length * (rows.length - 1));
    // Nobody is further out than the virial radius of the heaviest halo, though groups lie across the border.
    for (let i = 1; i < rows.length; i++) {
      assert.ok(Math.hypot(...positions.subarray(3 * i, 3 * i + 3)) < 1.5);
      satellites++;
    }
  }
  assert.equal(satellites, catalogue.central.filter((flag) => flag === 0).length);
});

Deno.test("cutGroup() keeps the central and as many others as fit, with their own edges", () => {
  const graph = groupGraphs(catalogue).reduce((a, b) => a.rows.length > b.rows.length ? a : b);
  assert.ok(graph.rows.length > 5);
  const cut = cutGroup(stream(3, "cut"), { graph, most: 4, links: "star" });
  assert.equal(cut.rows.length, 4);
  assert.equal(cut.rows[0], graph.rows[0]);
  assert.equal(cut.edges.receivers.length, 6);
  cut.rows.forEach((row, i) => {
    const at = graph.rows.indexOf(row);
    assert.deepEqual(cut.positions.subarray(3 * i, 3 * i + 3), graph.positions.subarray(3 * at, 3 * at + 3));
  });
  assert.equal(cutGroup(stream(3, "cut"), { graph, most: 99, links: "star" }), graph);
});

Deno.test("partsOf() gives every satellite to one part, each with the central and about as large", () => {
  const graph = groupGraphs(catalogue).reduce((a, b) => a.rows.length > b.rows.length ? a : b);
  const parts = partsOf(graph, { most: 4, links: "complete" });
  assert.equal(parts.length, Math.ceil((graph.rows.length - 1) / 3));
  assert.deepEqual(parts.flatMap(({ rows }) => [...rows.subarray(1)]).sort((a, b) => a - b), [
    ...graph.rows.subarray(1),
  ]);
  for (const { rows, positions, edges } of parts) {
    assert.equal(rows[0], graph.rows[0]);
    assert.ok(rows.length <= 4 && rows.length >= parts[0].rows.length - 1);
    assert.equal(edges.receivers.length, rows.length * (rows.length - 1));
    rows.forEach((row, i) => {
      const at = graph.rows.indexOf(row);
      assert.deepEqual(positions.subarray(3 * i, 3 * i + 3), graph.positions.subarray(3 * at, 3 * at + 3));
    });
  }
  assert.deepEqual(partsOf(graph, { most: 99, links: "complete" }), [graph]);
  assert.throws(() => partsOf(graph, { most: 1, links: "complete" }), {
    name: "RangeError",
    message: "Cannot part a group as parts must have at least 2 members: current value is 1",
  });
});

Deno.test("packGroups() places all groups without overlap", () => {
  const sizes = Array.from(stream(4, "sizes").integers(new Int32Array(200), { low: 1, high: 17 }));
  const { places, blocks } = packGroups(sizes, { blockSize: 16 });
  const taken = new Uint8Array(16 * blocks);
  places.forEach(({ block, first }, g) => {
    assert.ok(first + sizes[g] <= 16);
    for (let i = 0; i < sizes[g]; i++) taken[16 * block + first + i]++;
  });
  assert.ok(taken.every((count) => count <= 1));
  const total = sizes.reduce((a, b) => a + b);
  // First fit decreasing needs at most 11/9 of the best number of blocks, and 6/9 more.
  assert.ok(blocks <= 11 / 9 * Math.ceil(total / 16) + 6 / 9 + 4, `${blocks} blocks for ${total} galaxies`);
  assert.throws(() => packGroups([17], { blockSize: 16 }), { name: "RangeError" });
});
