import assert from "node:assert/strict";
import type { HostTensor, HostTree } from "../../../../lib/compile/mod.ts";
import { type BravaisName, prototype } from "../../../../lib/crystals/mod.ts";
import { decoratedLattices } from "../../../../lib/data/mod.ts";
import {
  cellColouring,
  cellGroup,
  CELLS,
  countEcn,
  type Ecn,
  ecnModel,
  initEcn,
  primitiveGraph,
  regularGroup,
  regularMaps,
  relabelCells,
  supercellGraph,
} from "../../../../lib/methods/crystal_symmetry/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { flattenTree, mapTree } from "../../../../lib/tensor/mod.ts";
import { distance, outputsOf, SMALL } from "./_helpers.ts";

const RULE = { cutoff: 4.2 };
const CRYSTALS = [
  prototype("caesiumChloride"),
  prototype("perovskite"),
  decoratedLattices({ samples: 1, lattices: ["ptriclinic"], stream: stream(2, "regular") })[0].crystal,
];

/** Weights half as large again as usual, so that the output feels everything. */
function networkOf(name: BravaisName) {
  const regular = regularMaps(name), colouring = cellColouring(name);
  const drawn = initEcn(stream(0, "weights"), { ...SMALL, colours: colouring.colours, regular });
  const parameters = mapTree(drawn, (leaf) => {
    const { data, shape } = leaf as unknown as HostTensor;
    return hostTensor((data as Float32Array).map((x) => 1.5 * x), shape);
  }) as unknown as HostTree<Ecn>;
  return { parameters, config: SMALL, colouring, regular };
}

Deno.test("regularMaps() counts every element of the group once, whichever element it starts from", () => {
  for (const name of ["ptriclinic", "prhombohedral", "pcubic"] as const) {
    const { size, points, lift, middle, back, middleCounts, backCounts } = regularMaps(name);
    assert.equal(size, CELLS * points);
    assert.equal(middleCounts.reduce((a, b) => a + b), CELLS * size);
    assert.equal(backCounts.reduce((a, b) => a + b), CELLS * size);
    // From any sender and any element of a colour, by brute force.
    for (let g = 0; g < size; g += 7) {
      const sender = g % CELLS, counts = new Float32Array(CELLS * size);
      for (let h = 0; h < size; h++) counts[lift[h * CELLS + sender] * size + middle[g * size + h]]++;
      const e = lift[g * CELLS + sender];
      assert.deepEqual(counts, middleCounts.slice(e * CELLS * size, (e + 1) * CELLS * size), name);
    }
    // Back: the counts are the same for all differences of a colour, up to the names of the colours f and e.
    const { ofDifference } = cellColouring(name);
    for (let k = 0; k < CELLS; k++) {
      const first = ofDifference.indexOf(ofDifference[k]);
      const sorted = (at: number) => backCounts.slice(at * 64, at * 64 + 64).sort();
      assert.deepEqual(sorted(k), sorted(first), name);
    }
    assert.equal(back.length, CELLS * size);
  }
});

Deno.test("messages by counts equal those by maps between functions on the group", async () => {
  for (const name of ["ptriclinic", "pmonoclinic", "cmonoclinic", "forthorhombic"] as const) {
    const graphs = CRYSTALS.slice(0, name === "ptriclinic" ? 3 : 1).map((crystal) =>
      supercellGraph(crystal, RULE)
    );
    const options = { ...networkOf(name), executor: "native" as const };
    const grouped = await outputsOf(graphs, options);
    const dense = await outputsOf(graphs, { ...options, form: "dense" });
    const most = Math.max(...dense.outputs.map(Math.abs));
    assert.ok(distance(grouped.outputs, dense.outputs) < 1e-5 * most, name);
    assert.ok(distance(grouped.sites, dense.sites) < 1e-5, name);
    assert.ok(most > 0.1);
  }
});

Deno.test("renaming cells by the group changes nothing, by another group it does; nor does the primitive cell", async () => {
  const triclinic = supercellGraph(CRYSTALS[2], RULE);
  for (
    const [name, other] of [["pmonoclinic", "pcubic"], ["pcubic", "fcubic"], ["bcubic", "fcubic"]] as const
  ) {
    const network = networkOf(name);
    const change = async (group: readonly (readonly number[])[]) => {
      const graphs = [triclinic, ...group.map((g) => relabelCells(triclinic, g))];
      const { outputs } = await outputsOf(graphs, network);
      return distance(outputs, outputs.map(() => outputs[0])) / Math.abs(outputs[0]);
    };
    assert.ok(await change(cellGroup(name)) < 1e-5, name);
    assert.ok(await change(cellGroup(other)) > 1e-3, name);
    const { outputs: [small] } = await outputsOf([primitiveGraph(CRYSTALS[2], RULE)], network);
    const { outputs: [large] } = await outputsOf([triclinic], network);
    assert.ok(Math.abs(small - large) < 1e-5 * Math.abs(large), name);
  }
});

Deno.test("countEcn() counts the regular representation's matrices, and set has none", () => {
  const regular = regularMaps("pmonoclinic");
  const leaves = flattenTree(initEcn(stream(0, "count"), { ...SMALL, colours: 8, regular })).leaves;
  const total = (leaves as unknown as HostTensor[]).reduce((sum, { data }) => sum + data.length, 0);
  assert.equal(countEcn(SMALL, { colours: 8, regular }), total);
  assert.equal(ecnModel({ ...SMALL, group: "pmonoclinic", regular: true }).parameterCount, total);
  assert.equal(regular.size, regularGroup("pmonoclinic")[0].length);
  assert.throws(() => ecnModel({ ...SMALL, group: "set", regular: true }), /regular must be false with set/);
});
