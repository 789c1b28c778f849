import assert from "node:assert/strict";
import { FEW, sortByCells } from "../../../../lib/methods/weight_sharing/_cell_sort.ts";
import { Sorter } from "../../../../lib/methods/weight_sharing/_sorter.ts";
import type { Weights } from "../../../../lib/methods/weight_sharing/types.ts";
import { numbers } from "./_inputs.ts";

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
