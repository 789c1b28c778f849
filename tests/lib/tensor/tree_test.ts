import assert from "node:assert/strict";
import { flattenTree, mapTree, tf, unflattenTree, zipTrees } from "../../../lib/tensor/mod.ts";

/** A leaf that is not a tensor: trees hold host tensors as well. */
const leaf = (value: number) => ({ dtype: "float32", shape: [] as number[], value });

Deno.test("flattenTree() orders leaves by sorted key and index, whatever the insertion order", () => {
  const one = { layers: [{ weight: leaf(1), bias: leaf(2) }, leaf(3)], gain: leaf(4) };
  const two = { gain: leaf(4), layers: [{ bias: leaf(2), weight: leaf(1) }, leaf(3)] };
  assert.deepEqual(flattenTree(one), flattenTree(two));
  assert.deepEqual(flattenTree(one).paths, ["gain", "layers[0].bias", "layers[0].weight", "layers[1]"]);
});

Deno.test("flattenTree() accepts a single leaf, empty branches and absent entries", () => {
  assert.deepEqual(flattenTree(leaf(1)).paths, [""]);
  assert.deepEqual(flattenTree({ a: {}, b: [], c: undefined }).paths, []);
});

Deno.test("flattenTree() throws on a leaf that is not a tensor and names it", () => {
  assert.throws(() => flattenTree({ layers: [{ rate: 0.1 }] }), {
    name: "TypeError",
    message: 'Cannot read the tree as its leaf "layers[0].rate" must be a tensor: current value is 0.1',
  });
  for (const bad of [null, "text", new Map(), Float32Array.of(1)]) {
    assert.throws(() => flattenTree({ bad }), /"bad" must be a tensor/);
  }
});

Deno.test("unflattenTree() inverts flattenTree()", () => {
  const tree = { layers: [{ weight: leaf(1), bias: leaf(2) }], gain: leaf(4) };
  assert.deepEqual(unflattenTree(tree, flattenTree(tree).leaves), tree);
  assert.throws(() => unflattenTree(tree, [1, 2]), {
    name: "RangeError",
    message: "Cannot build the tree as the number of leaves must be 3: current value is 2",
  });
});

Deno.test("mapTree() keeps the form and passes paths", () => {
  const tree = { a: [leaf(1)], b: leaf(2) };
  assert.deepEqual(mapTree(tree, ({ value }, path) => `${path}=${value}`), { a: ["a[0]=1"], b: "b=2" });
});

Deno.test("zipTrees() joins leaf by leaf and names the first difference in form", () => {
  const tree = { a: leaf(1), b: [leaf(2)] };
  assert.deepEqual(zipTrees([tree, tree, tree], (leaves) => leaves.map(({ value }) => value)), {
    a: [1, 1, 1],
    b: [[2, 2, 2]],
  });
  assert.throws(() => zipTrees<unknown, unknown>([tree, { a: leaf(1), b: [] }], () => 0), {
    name: "TypeError",
    message: 'Cannot zip trees as leaf "b[0]" must be in all of them: current value is "(absent)"',
  });
});

Deno.test("trees of tensors keep their tensors", () => {
  tf.tidy(() => {
    const tree = { w: tf.scalar(2) };
    assert.equal(flattenTree(tree).leaves[0], tree.w);
    assert.equal(mapTree(tree, (x) => x.square()).w.dataSync()[0], 4);
  });
});
