import assert from "node:assert/strict";
import type { HostTensor, HostTree } from "../../../../lib/compile/mod.ts";
import { type Crystal, latticeFromParameters, prototype, supercell } from "../../../../lib/crystals/mod.ts";
import { decoratedLattices } from "../../../../lib/data/generators/decorated_lattices.ts";
import {
  CELL_GROUP_NAMES,
  cellColouring,
  cellGroup,
  countEcn,
  type CrystalGraph,
  type Ecn,
  type EcnConfig,
  initEcn,
  primitiveGraph,
  relabelCells,
  shuffleDifferences,
  supercellGraph,
  untieColours,
} from "../../../../lib/methods/crystal_symmetry/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { flattenTree, mapTree } from "../../../../lib/tensor/mod.ts";
import { distance, outputsOf, SMALL } from "./_helpers.ts";

const RULE = { cutoff: 4.2 };

/** Parameters half as large again as usual, so that the output feels everything. */
function loud(config: EcnConfig, colours: number, seed = 0): HostTree<Ecn> {
  return mapTree(initEcn(stream(seed, "weights"), { ...config, colours }), (leaf) => {
    const { data, shape } = leaf as unknown as HostTensor;
    return hostTensor((data as Float32Array).map((x) => 1.5 * x), shape);
  }) as unknown as HostTree<Ecn>;
}

/** A few crystals of several lattices. */
const CRYSTALS: readonly Crystal[] = [
  prototype("caesiumChloride"),
  prototype("perovskite"),
  ...decoratedLattices({
    samples: 5,
    lattices: ["ptriclinic", "fcubic", "phexagonal"],
    stream: stream(2, "network"),
  })
    .map(({ crystal }) => crystal),
];

/** Largest difference relative to the largest value. */
function relative(a: Float32Array, b: Float32Array): number {
  return distance(a, b) / Math.max(...a.map(Math.abs));
}

Deno.test("the grouped form equals the dense form, for all fifteen groups", async () => {
  const graphs = CRYSTALS.slice(0, 3).map((crystal) => supercellGraph(crystal, RULE));
  for (const name of CELL_GROUP_NAMES) {
    const colouring = cellColouring(name), config = { ...SMALL, breakSymmetry: true };
    const parameters = loud(config, colouring.colours);
    const options = { parameters, config, colouring, executor: "native" as const };
    const grouped = await outputsOf(graphs, options);
    const dense = await outputsOf(graphs, { ...options, form: "dense" });
    assert.ok(relative(grouped.outputs, dense.outputs) < 1e-5, name);
    assert.ok(relative(grouped.sites, dense.sites) < 1e-5, name);
    assert.ok(distance(grouped.outputs, new Float32Array(3)) > 0.1);
  }
});

Deno.test("the primitive form equals the supercell, whose copies of an atom are all alike", async () => {
  for (const name of ["set", "ptriclinic", "pcubic", "fcubic"] as const) {
    const colouring = cellColouring(name), parameters = loud(SMALL, colouring.colours);
    const options = { parameters, config: SMALL, colouring };
    const primitive = await outputsOf(CRYSTALS.map((crystal) => primitiveGraph(crystal, RULE)), options);
    const big = await outputsOf(CRYSTALS.map((crystal) => supercellGraph(crystal, RULE)), options);
    assert.ok(relative(primitive.outputs, big.outputs) < 1e-5, name);
    // Node 8 u + c against node u.
    const atoms = CRYSTALS.reduce((sum, { atomicNumbers }) => sum + atomicNumbers.length, 0);
    for (let u = 0; u < atoms; u++) {
      for (let c = 0; c < 8; c++) {
        const copy = big.sites.subarray((8 * u + c) * 6, (8 * u + c + 1) * 6);
        assert.ok(distance(copy, primitive.sites.subarray(6 * u, 6 * u + 6)) < 1e-4);
      }
    }
  }
});

Deno.test("with cell one-hots the copies of an atom differ", async () => {
  const colouring = cellColouring("ptriclinic"), config = { ...SMALL, breakSymmetry: true };
  const graph = supercellGraph(prototype("caesiumChloride"), RULE);
  const { sites } = await outputsOf([graph], { parameters: loud(config, 8), config, colouring });
  assert.ok(distance(sites.subarray(0, 6), sites.subarray(6, 12)) > 0.05);
});

/** The network with two colours, written as plain message passing in float64. */
function plainMessagePassing(graph: CrystalGraph, parameters: HostTree<Ecn>): number {
  const { site: S = 0, bondBasis: B = 0 } = SMALL;
  const swish = (x: number) => x / (1 + Math.exp(-x));
  const affine = (x: readonly number[], layer: { weight: HostTensor; bias: HostTensor }, colour = 0) => {
    const outputs = layer.bias.data.length, offset = colour * x.length * outputs;
    return Array.from(
      { length: outputs },
      (_, o) =>
        x.reduce(
          (sum, value, i) => sum + value * layer.weight.data[offset + i * outputs + o],
          layer.bias.data[o],
        ),
    );
  };
  // deno-lint-ignore no-explicit-any
  const p = parameters as any;
  const n = graph.atomicNumbers.length;
  let h = Array.from(graph.atomicNumbers, (z) => {
    const code = new Array<number>(103).fill(0);
    code[z - 1] = 1;
    return affine(code, p.site);
  });
  for (const { all, own, attention, update } of p.layers) {
    const message = (v: readonly number[], layer: typeof all, self: boolean) => {
      const [same, other] = [0, 1].map((c) => affine(v, layer.first, c).map(swish));
      const mix = (a: readonly number[], b: readonly number[]) => {
        const zero = new Array(S).fill(0);
        const bias = affine(zero, layer.second, 0);
        return a.map((_, s) =>
          swish(affine(a, layer.second, 0)[s] + affine(b, layer.second, 1)[s] - bias[s])
        );
      };
      // From the sender's own cell: itself and seven others; from another: the sender's, its own and six
      // others.
      const seven = other.map((x) => 7 * x), rest = other.map((x, s) => same[s] + 6 * x);
      const m = self ? mix(same, seven) : mix(other, rest);
      const [gate] = affine(m, attention);
      return m.map((x) => x / (1 + Math.exp(-gate)));
    };
    const sums = h.map(() => new Array<number>(S).fill(0));
    graph.receivers.forEach((i, e) => {
      const j = graph.senders[e], d = graph.distances[e];
      const gauss = Array.from({ length: B }, (_, k) => Math.exp(-(((6 * k / (B - 1) - d) / (12 / B)) ** 2)));
      const v = [...h[i], ...h[j], ...affine(gauss, p.bond)];
      const self = graph.differences[e] === 0;
      for (const layer of graph.atoms[i] === graph.atoms[j] ? [all, own] : [all]) {
        message(v, layer, self).forEach((x, s) => sums[i][s] += x);
      }
    });
    h = h.map((features, i) => {
      const change = affine(affine([...sums[i], ...features], update[0]).map(swish), update[1]);
      return features.map((x, s) => x + change[s]);
    });
  }
  const nodes = h.map((features) => affine(affine(features, p.head[0]).map(swish), p.head[1]));
  const mean = nodes[0].map((_, q) => nodes.reduce((sum, node) => sum + node[q], 0) / n);
  return affine(affine(mean, p.head[2]).map(swish), p.head[3])[0];
}

Deno.test("with two colours the network is plain message passing", async () => {
  const colouring = cellColouring("set"), parameters = loud(SMALL, 2);
  const graphs = CRYSTALS.map((crystal) => primitiveGraph(crystal, RULE));
  const { outputs } = await outputsOf(graphs, { parameters, config: SMALL, colouring });
  const wanted = graphs.map((graph) => plainMessagePassing(graph, parameters));
  assert.ok(
    distance(outputs, wanted) < 1e-5 * Math.max(...wanted.map(Math.abs)),
    `${outputs}, wanted ${wanted}`,
  );
});

Deno.test("every group's network contains that of the symmetric group", async () => {
  const parameters = loud(SMALL, 2);
  const graphs = CRYSTALS.map((crystal) => primitiveGraph(crystal, RULE));
  const set = await outputsOf(graphs, { parameters, config: SMALL, colouring: cellColouring("set") });
  for (const name of CELL_GROUP_NAMES) {
    const colouring = cellColouring(name);
    const untied = untieColours(parameters, colouring);
    const { outputs } = await outputsOf(graphs, { parameters: untied, config: SMALL, colouring });
    assert.ok(relative(set.outputs, outputs) < 3e-5, name);
  }
});

Deno.test("the output does not depend on the colours' names, but on which edges have which", async () => {
  const colouring = cellColouring("pcubic"), parameters = loud(SMALL, 4);
  const graph = primitiveGraph(prototype("perovskite"), RULE);
  const [plain, shuffled] = [graph, shuffleDifferences(graph, stream(1, "shuffle"))];
  const { outputs } = await outputsOf([plain, shuffled], { parameters, config: SMALL, colouring });
  assert.ok(Math.abs(outputs[0] - outputs[1]) > 1e-3);
  assert.deepEqual([...plain.differences].sort(), [...shuffled.differences].sort());
  plain.distances.forEach((d, e) => d === 0 && assert.equal(shuffled.differences[e], 0));
});

Deno.test("relabelling the cells by the group changes nothing without cell one-hots, whatever the graph", async () => {
  for (const name of ["set", "pcubic", "fcubic", "phexagonal"] as const) {
    const colouring = cellColouring(name), parameters = loud(SMALL, colouring.colours);
    const graph = supercellGraph(prototype("caesiumChloride"), RULE);
    // The symmetric group's permutations need not keep differences: those of the group of the cube do.
    const group = cellGroup(name === "set" ? "pcubic" : name);
    const graphs = [graph, ...group.map((g) => relabelCells(graph, g))];
    const { outputs } = await outputsOf(graphs, { parameters, config: SMALL, colouring });
    assert.ok(distance(outputs, outputs.map(() => outputs[0])) < 1e-5 * Math.abs(outputs[0]), name);
  }
});

Deno.test("with cell one-hots a relabelling must be a symmetry of the crystal, too", async () => {
  const config = { ...SMALL, breakSymmetry: true };
  const graph = supercellGraph(prototype("caesiumChloride"), RULE);
  const change = async (name: "set" | "pcubic" | "fcubic", group: readonly (readonly number[])[]) => {
    const colouring = cellColouring(name), parameters = loud(config, colouring.colours);
    const graphs = [graph, ...group.map((g) => relabelCells(graph, g))];
    const { outputs } = await outputsOf(graphs, { parameters, config, colouring });
    return Math.max(...outputs.map((x) => Math.abs(x - outputs[0]))) / Math.abs(outputs[0]);
  };
  assert.ok(await change("pcubic", cellGroup("pcubic")) < 1e-5);
  // The face-centred group mixes axes and diagonals of a simple cubic crystal.
  assert.ok(await change("fcubic", cellGroup("fcubic")) > 1e-4);
});

Deno.test("order of crystals and atoms, rigid motion, origin and padding do not matter", async () => {
  const colouring = cellColouring("pcubic"), parameters = loud(SMALL, 4);
  const options = { parameters, config: SMALL, colouring };
  const graphs = CRYSTALS.map((crystal) => primitiveGraph(crystal, RULE));
  const { outputs } = await outputsOf(graphs, options);
  const reversed = await outputsOf(graphs.toReversed(), options);
  assert.ok(relative(outputs, reversed.outputs.toReversed()) < 1e-5);

  const { lattice, atomicNumbers, positions } = prototype("perovskite");
  const order = [3, 0, 4, 2, 1];
  const [cos, sin] = [Math.cos(0.7), Math.sin(0.7)];
  const turned: Crystal = {
    lattice: lattice.map((_, index) => {
      const [x, y, z] = lattice.subarray(index - index % 3, index - index % 3 + 3);
      return [cos * x - sin * y, sin * x + cos * y, -z][index % 3];
    }),
    atomicNumbers: Uint8Array.from(order, (u) => atomicNumbers[u]),
    positions: Float64Array.from(
      order.flatMap((u) => [0, 1, 2].map((k) => positions[3 * u + k] + 0.31 * (k + 1))),
    ),
  };
  const alone = await outputsOf([primitiveGraph(turned, RULE)], options);
  assert.ok(Math.abs(alone.outputs[0] - outputs[1]) < 1e-5 * Math.abs(outputs[1]));
});

Deno.test("supercellGraph() has the edges of a neighbour search in the supercell", () => {
  const crystal: Crystal = {
    lattice: latticeFromParameters({ a: 3.3, b: 4.1, c: 5.2, alpha: 71, beta: 99, gamma: 112 }),
    atomicNumbers: Uint8Array.of(6, 8),
    positions: Float64Array.of(0.1, 0.2, 0.3, 0.6, 0.9, 0.7),
  };
  const key = (graph: CrystalGraph, node: (i: number) => number) =>
    Array.from(
      graph.receivers,
      (i, e) => [node(i), node(graph.senders[e]), graph.distances[e].toFixed(6)].join(),
    )
      .sort();
  const big = supercell(crystal, [2, 2, 2]);
  assert.deepEqual(
    key(supercellGraph(crystal, RULE), (i) => i),
    key(primitiveGraph(big.crystal, RULE), (i) => {
      const [n1, n2, n3] = big.cells.subarray(3 * i, 3 * i + 3);
      return 8 * big.atoms[i] + 4 * n2 + 2 * n1 + n3;
    }),
  );
});

Deno.test("countEcn() is the number of parameters, and the published number for each number of colours", () => {
  for (const variant of [{}, { breakSymmetry: true }, { hierarchical: true }, { outputs: 3 }]) {
    for (const colours of [2, 5]) {
      const config = { ...SMALL, ...variant };
      const leaves = flattenTree(initEcn(stream(0, "count"), { ...config, colours }))
        .leaves as unknown as HostTensor[];
      const total = leaves.reduce((sum, { data }) => sum + data.length, 0);
      assert.equal(countEcn(config, { colours }), total);
    }
  }
  const published = { 2: 994_933, 3: 1_378_933, 4: 1_762_933, 5: 2_146_933, 6: 2_530_933, 8: 3_298_933 };
  for (const [colours, count] of Object.entries(published)) {
    assert.equal(
      countEcn({ elements: 104, breakSymmetry: true }, { colours: Number(colours), published: true }),
      count,
    );
  }
  assert.throws(
    () => countEcn({ site: 0 }, { colours: 2 }),
    /site must be an integer >= 1: current value is 0/,
  );
});
