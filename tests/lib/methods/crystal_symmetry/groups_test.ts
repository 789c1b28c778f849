import assert from "node:assert/strict";
import { developmentFile } from "../../../_development_data.ts";
import { type BravaisName, findSymmetry, pointOperations, prototype } from "../../../../lib/crystals/mod.ts";
import { decoratedLattices } from "../../../../lib/data/generators/decorated_lattices.ts";
import {
  CELL_GROUP_NAMES,
  cellColouring,
  cellCoordinates,
  cellGroup,
  type CellGroupName,
  cellIndex,
  CELLS,
  crystalColouring,
  groupElements,
  pairOrbits,
  pairOrbitsBySweeps,
  regularGroup,
} from "../../../../lib/methods/crystal_symmetry/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";

/** Order on the eight cells, sizes of the colours seen from cell 0, size of the regular representation. */
const TABLE: Readonly<Record<CellGroupName, readonly [number, readonly number[], number?]>> = {
  ptriclinic: [8, [1, 1, 1, 1, 1, 1, 1, 1], 16],
  pmonoclinic: [8, [1, 1, 1, 1, 1, 1, 1, 1], 32],
  cmonoclinic: [16, [1, 1, 2, 2, 1, 1], 32],
  porthorhombic: [8, [1, 1, 1, 1, 1, 1, 1, 1], 64],
  corthorhombic: [16, [1, 1, 2, 2, 1, 1], 64],
  borthorhombic: [32, [1, 4, 1, 1, 1], 64],
  forthorhombic: [32, [1, 2, 2, 2, 1], 64],
  ptetragonal: [16, [1, 1, 2, 2, 1, 1], 128],
  btetragonal: [64, [1, 4, 2, 1], 128],
  prhombohedral: [48, [1, 3, 3, 1], 96],
  phexagonal: [48, [1, 1, 3, 3], 192],
  pcubic: [48, [1, 3, 3, 1], 384],
  bcubic: [192, [1, 4, 3], 384],
  fcubic: [192, [1, 6, 1], 384],
  set: [40320, [1, 7]],
};

const LATTICES = CELL_GROUP_NAMES.filter((name): name is BravaisName => name !== "set");

Deno.test("cellGroup() has the order, and cellColouring() the colours of each lattice", () => {
  for (const name of CELL_GROUP_NAMES) {
    const [order, sizes] = TABLE[name];
    assert.equal(groupElements(cellGroup(name)).length, order, name);
    const colouring = cellColouring(name);
    assert.equal(colouring.colours, sizes.length, name);
    assert.deepEqual([...colouring.sizes], sizes, name);
  }
});

const file = await developmentFile("ecn-golden/colour_matrices.json");

Deno.test({
  name: `cellColouring() equals the golden colour matrices${
    file === undefined ? " (needs REFIGURE_DATA)" : ""
  }`,
  ignore: file === undefined,
  fn() {
    interface Golden {
      readonly generators: readonly (readonly number[])[];
      readonly colour_matrix: readonly (readonly number[])[];
    }
    const { lattices } = JSON.parse(Deno.readTextFileSync(file!)) as { lattices: Record<string, Golden> };
    assert.deepEqual(Object.keys(lattices).sort(), [...CELL_GROUP_NAMES].sort());
    for (const name of CELL_GROUP_NAMES) {
      const { generators, colour_matrix } = lattices[name];
      assert.deepEqual([...cellColouring(name).matrix], colour_matrix.flat(), name);
      // The same group, though by other generators.
      const elements = (some: readonly ArrayLike<number>[]) =>
        groupElements(some).map((element) => element.join()).sort();
      assert.deepEqual(elements(cellGroup(name)), elements(generators), name);
    }
  },
});

Deno.test("the colours are as many as Burnside's lemma says: Σ_g fix(g)²/|G|", () => {
  for (const name of CELL_GROUP_NAMES) {
    const elements = groupElements(cellGroup(name));
    const sum = elements.reduce(
      (total, g) => total + g.filter((image, cell) => image === cell).length ** 2,
      0,
    );
    assert.equal(sum / elements.length, cellColouring(name).colours, name);
  }
});

Deno.test("pairOrbits() equals the search by sweeps", () => {
  for (const name of CELL_GROUP_NAMES) {
    const generators = cellGroup(name);
    assert.deepEqual(pairOrbits(generators), pairOrbitsBySweeps(generators), name);
  }
  const regular = regularGroup("prhombohedral"), cells = cellGroup("prhombohedral");
  assert.deepEqual(pairOrbits(cells, regular), pairOrbitsBySweeps(cells, regular));
});

Deno.test("the regular representation is regular, with 8, 8 |P| and 8 colours to, in and from it", () => {
  for (const name of LATTICES) {
    const regular = regularGroup(name), cells = cellGroup(name), size = TABLE[name][2]!;
    assert.equal(regular[0].length, size, name);
    assert.equal(pairOrbits(regular, cells).count, CELLS, name);
    assert.equal(pairOrbits(cells, regular).count, CELLS, name);
    if (size <= 128) assert.equal(groupElements(regular).length, size, name);
    assert.equal(pairOrbits(regular).count, size, name);
  }
});

Deno.test("colours form an association scheme: Σ A_c = J and A_c A_d = Σ_k p^k_cd A_k", () => {
  for (const name of CELL_GROUP_NAMES) {
    const { colours, matrix, intersections } = cellColouring(name);
    const adjacency = Array.from({ length: colours }, (_, c) => matrix.map((colour) => Number(colour === c)));
    for (let pair = 0; pair < CELLS * CELLS; pair++) {
      assert.equal(adjacency.reduce((sum, one) => sum + one[pair], 0), 1);
    }
    for (let c = 0; c < colours; c++) {
      for (let d = 0; d < colours; d++) {
        for (let i = 0; i < CELLS; i++) {
          for (let j = 0; j < CELLS; j++) {
            let product = 0, sum = 0;
            for (let n = 0; n < CELLS; n++) {
              product += adjacency[c][CELLS * i + n] * adjacency[d][CELLS * n + j];
            }
            for (let k = 0; k < colours; k++) {
              sum += intersections[(k * colours + c) * colours + d] * adjacency[k][CELLS * i + j];
            }
            assert.equal(product, sum, `${name}: ${c}, ${d} at ${i}, ${j}`);
          }
        }
      }
    }
  }
});

Deno.test("pcubic has the intersection numbers of the cube", () => {
  assert.deepEqual([...cellColouring("pcubic").intersections], [
    ...[1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1],
    ...[0, 1, 0, 0, 1, 0, 2, 0, 0, 2, 0, 1, 0, 0, 1, 0],
    ...[0, 0, 1, 0, 0, 2, 0, 1, 1, 0, 2, 0, 0, 1, 0, 0],
    ...[0, 0, 0, 1, 0, 0, 3, 0, 0, 3, 0, 0, 1, 0, 0, 0],
  ]);
});

Deno.test("crystalColouring() of a crystal with the full symmetry of its lattice is the lattice's", () => {
  for (const { id, crystal } of decoratedLattices({ samples: 56, stream: stream(5, "groups") })) {
    const { bravais, primitive } = findSymmetry(crystal);
    const { matrix, name } = crystalColouring(pointOperations(primitive));
    assert.deepEqual([...matrix], [...cellColouring(bravais).matrix], id);
    assert.equal(name, "crystal");
  }
});

Deno.test("crystalColouring() of a crystal with less symmetry refines its lattice's", () => {
  for (const name of ["silicon", "rutile", "quartz", "magnesium"] as const) {
    const { bravais, primitive } = findSymmetry(prototype(name));
    const own = crystalColouring(pointOperations(primitive)), lattice = cellColouring(bravais);
    assert.ok(own.colours >= lattice.colours);
    own.ofDifference.forEach((colour, d) => {
      const first = own.ofDifference.indexOf(colour);
      assert.equal(lattice.ofDifference[d], lattice.ofDifference[first], name);
    });
  }
});

Deno.test("cells are numbered 4 n₂ + 2 n₁ + n₃", () => {
  for (let cell = 0; cell < CELLS; cell++) assert.equal(cellIndex(...cellCoordinates(cell)), cell);
  assert.equal(cellIndex(3, -1, 2), 6);
  assert.throws(() => pairOrbits([]), /one at least/);
  assert.throws(() => groupElements(cellGroup("set"), { most: 100 }), /at most 100 elements/);
  assert.throws(() => cellColouring("cubic" as CellGroupName), /must be one of/);
});
