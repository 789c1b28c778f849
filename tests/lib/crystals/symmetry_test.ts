import assert from "node:assert/strict";
import {
  BRAVAIS_LATTICES,
  bravaisLattice,
  type Crystal,
  determinant,
  findNeighbours,
  findSymmetry,
  latticeRotations,
  multiply3,
  pointOperations,
  prototype,
  type PrototypeName,
} from "../../../lib/crystals/mod.ts";
import { decoratedLattices } from "../../../lib/data/generators/decorated_lattices.ts";
import { stream } from "../../../lib/random/mod.ts";
import { close } from "./_check.ts";

/**
 * Space group, lattice, atoms of the primitive cell and order of the point group, from the International
 * Tables.
 */
const KNOWN: readonly (readonly [PrototypeName, number, string, number, number])[] = [
  ["caesiumChloride", 221, "pcubic", 2, 48],
  ["rockSalt", 225, "fcubic", 2, 48],
  ["silicon", 227, "fcubic", 2, 48],
  ["iron", 229, "bcubic", 1, 48],
  ["copper", 225, "fcubic", 1, 48],
  ["perovskite", 221, "pcubic", 5, 48],
  ["magnesium", 194, "phexagonal", 2, 24],
  ["rutile", 136, "ptetragonal", 6, 16],
  ["quartz", 154, "phexagonal", 9, 12 / 2],
];

Deno.test("findSymmetry() knows the space groups of known crystals", () => {
  for (const [name, spaceGroup, bravais, atoms, order] of KNOWN) {
    const found = findSymmetry(prototype(name));
    assert.equal(found.spaceGroup, spaceGroup, name);
    assert.equal(found.bravais, bravais, name);
    assert.equal(found.primitive.atomicNumbers.length, atoms, name);
    assert.equal(pointOperations(found.primitive).length, order, name);
  }
  assert.deepEqual([...findSymmetry(prototype("silicon")).orbits], [0, 0, 0, 0, 0, 0, 0, 0]);
});

Deno.test("findSymmetry() keeps the crystal: distances per atom of the primitive cell are those of the given one", () => {
  const crystals = [
    ...KNOWN.map(([name]) => prototype(name)),
    ...decoratedLattices({ samples: 14, stream: stream(3, "symmetry") }).map(({ crystal }) => crystal),
  ];
  const spectrum = (crystal: Crystal) => {
    const { distances } = findNeighbours(crystal, { cutoff: 6 });
    return { distances: distances.sort(), atoms: crystal.atomicNumbers.length };
  };
  for (const crystal of crystals) {
    const given = spectrum(crystal), primitive = spectrum(findSymmetry(crystal).primitive);
    const times = given.atoms / primitive.atoms;
    const repeated = [...primitive.distances].flatMap((d) => new Array<number>(times).fill(d));
    close(given.distances, repeated, 1e-6);
  }
});

Deno.test("pointOperations() are isometries of the lattice with determinant ±1", () => {
  for (const [name] of KNOWN) {
    const { primitive } = findSymmetry(prototype(name));
    const { lattice } = primitive;
    const columns = lattice.map((_, index) => lattice[3 * (index % 3) + Math.floor(index / 3)]);
    const metric = multiply3(lattice, columns);
    for (const rotation of pointOperations(primitive)) {
      const turned = rotation.map((_, index) => rotation[3 * (index % 3) + Math.floor(index / 3)]);
      // Rᵀ M R = M with the metric M = A Aᵀ.
      close(multiply3(multiply3(turned, metric), rotation), metric, 1e-6);
      assert.equal(Math.abs(determinant(rotation)), 1);
    }
  }
});

Deno.test("decorated lattices have the lattice they were made from, in our primitive basis", () => {
  for (const { id, crystal } of decoratedLattices({ samples: 70, stream: stream(4, "symmetry") })) {
    const [name] = id.split(" ");
    const { bravais, primitive } = findSymmetry(crystal);
    assert.equal(bravais, name);
    assert.equal(primitive.atomicNumbers.length, crystal.atomicNumbers.length);
    // Its point operations in the standard basis contain the generators that are derived from the lattice's
    // name; but the unique axis of a monoclinic lattice is along x there, and along y in the standard.
    const operations = new Set(pointOperations(primitive).map((rotation) => rotation.join()));
    if (!["pmonoclinic", "cmonoclinic"].includes(name)) {
      for (const rotation of latticeRotations(bravais)) {
        assert.ok(operations.has(rotation.join()), `${id}: ${rotation}`);
      }
    }
  }
});

Deno.test("bravaisLattice() finds by name and by Pearson's letters, and findSymmetry() says what it cannot", () => {
  for (const { name, pearson } of BRAVAIS_LATTICES) {
    assert.equal(bravaisLattice(name).pearson, pearson);
    assert.equal(bravaisLattice(pearson).name, name);
  }
  assert.equal(bravaisLattice("oA").name, "corthorhombic");
  assert.throws(() => bravaisLattice("cX"), /must be one of ptriclinic/);
  const iron = prototype("iron");
  assert.throws(
    () => findSymmetry({ ...iron, positions: new Float64Array(6) }),
    /Cannot find the symmetry of the crystal within 0.01 Å/,
  );
});
