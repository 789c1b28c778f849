import assert from "node:assert/strict";
import { FEW, sortByCells } from "../../../../lib/methods/weight_sharing/_cell_sort.ts";
import { Sorter } from "../../../../lib/methods/weight_sharing/_sorter.ts";
import type { Weights } from "../../../../lib/methods/weight_sharing/types.ts";
import { stream } from "../../../../lib/random/mod.ts";

/** Numbers of very different kinds, by index. */
function numbers(d: number): Readonly<Record<string, number[]>> {
  const normal = Array.from(stream(d, "sorter").normal(new Float64Array(d)));
  return {
    normal,
    "all equal": normal.map(() => 0.1),
    descending: [...normal].sort((a, b) => b - a),
    "tied in twenty values": normal.map((x) => Math.round(5 * x) / 10),
    "clusters around twenty values": normal.map((x, i) => i % 20 + 1e-4 * x),
    "close together but for one": normal.map((x, i) => i === 3 ? 1e30 : x),
    "of all magnitudes": normal.map((x, i) => x * 10 ** (i % 60 - 30)),
    "smaller than a normal float32": normal.map((x) => Math.round(100 * x) * 2 ** -149),
    "zeros of both signs": normal.map((x) => x > 1 ? x : x > 0 ? 0 : -0),
    "as large as they get": normal.map((x) => Math.sign(x) * 3.4e38),
  };
}

function isSorted(sorter: Sorter, weights: Weights, message: string): void {
  const { sorted, order } = sorter;
  assert.equal(sorted.length, weights.length, message);
  const seen = new Uint8Array(weights.length);
  for (let k = 0; k < weights.length; k++) {
    if (seen[order[k]]++ > 0) assert.fail(`${message}: index ${order[k]} comes twice`);
    if (sorted[k] !== weights[order[k]]) assert.fail(`${message}: place ${k} holds another number`);
    if (k === 0 || sorted[k - 1] < sorted[k]) continue;
    const tie = sorted[k - 1] === sorted[k];
    if (!tie) assert.fail(`${message}: place ${k} is out of order`);
    if (sorted[k] !== 0 && order[k - 1] > order[k]) assert.fail(`${message}: ties at ${k} changed places`);
  }
}

for (const Kind of [Float32Array, Float64Array]) {
  Deno.test(`Sorter sorts every kind of ${Kind.name.slice(0, -5)}, in any order of calls`, () => {
    const sorter = new Sorter();
    for (const d of [1, 2, 100, FEW, 5000, FEW + 1, 3]) {
      for (const [name, values] of Object.entries(numbers(d))) {
        const weights = Kind.from(values), before = weights.slice();
        sorter.sort(weights);
        isSorted(sorter, weights, `${name}, d = ${d}`);
        assert.deepEqual(weights, before);
      }
    }
  });
}

Deno.test("sortByCells() sorts what is spread out, and gives up where its cells are too coarse", () => {
  const d = 5000, kinds = numbers(d);
  const sorts = (values: readonly number[]) =>
    sortByCells(Float32Array.from(values), new Float32Array(d), new Int32Array(d));
  assert.ok(sorts(kinds.normal));
  assert.ok(sorts(kinds["clusters around twenty values"]));
  assert.ok(!sorts(kinds["close together but for one"]));
  assert.ok(!sorts(kinds["of all magnitudes"]));
  for (const bad of [NaN, Infinity, -Infinity]) assert.ok(!sorts(kinds.normal.with(7, bad)));
});

Deno.test("Sorter is right in the sorts that do without cells, and after them", () => {
  const { normal, "close together but for one": outlier } = numbers(5000);
  const sorter = new Sorter();
  for (const values of [outlier, ...Array<number[]>(40).fill(normal), outlier, normal]) {
    const weights = Float32Array.from(values);
    sorter.sort(weights);
    isSorted(sorter, weights, "after an outlier");
  }
});
