import assert from "node:assert/strict";
import { renderSvg } from "../../../lib/figures/mod.ts";
import {
  CELL_GROUP_NAMES,
  cellColouring,
  cellGroup,
  CELLS,
  groupElements,
} from "../../../lib/methods/crystal_symmetry/mod.ts";
import { latticeFigure, latticeTable } from "../../../reproductions/2211.15420/playground.ts";

Deno.test("latticeTable() puts every cell into one orbit", () => {
  for (const name of CELL_GROUP_NAMES) {
    const { rows } = latticeTable(name);
    assert.equal(rows.length, cellColouring(name).colours, name);
    const cells = rows.flatMap(({ cells }) => (cells as string).match(/\([01 ]+\)/g) ?? []);
    assert.equal(new Set(cells).size, CELLS, name);
    assert.equal(cells.length, CELLS, name);
    assert.deepEqual(rows.map(({ size }) => size), [...cellColouring(name).sizes]);
  }
});

Deno.test("latticeFigure() draws every group with its order and the number of its weights", async () => {
  for (const name of CELL_GROUP_NAMES) {
    const svg = await renderSvg(latticeFigure(name));
    const order = groupElements(cellGroup(name)).length, { colours } = cellColouring(name);
    assert.ok(svg.includes(`${name}: ${order} permutations of the cells, ${colours} weights`), name);
  }
});
