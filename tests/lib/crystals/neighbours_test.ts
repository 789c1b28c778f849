import assert from "node:assert/strict";
import {
  covalentRadius,
  type Crystal,
  facetAreas,
  findNeighbours,
  prototype,
  PROTOTYPE_NAMES,
  supercell,
  toCartesian,
} from "../../../lib/crystals/mod.ts";
import { close, randomCrystal } from "./_check.ts";

Deno.test("findNeighbours() refuses what is not finite, does not fit, or would take hours", () => {
  const polonium = prototype(PROTOTYPE_NAMES[0]);
  const broken = polonium.positions.slice().fill(NaN, 1, 2);
  const cases: readonly (readonly [Crystal, number, RegExp])[] = [
    [{ ...polonium, positions: broken }, 3, /coordinates must be finite: current value of atom 0 is NaN/],
    [{ ...polonium, positions: polonium.positions.slice(1) }, 3, /must have \d+ coordinates/],
    [{ ...polonium, lattice: polonium.lattice.map(() => NaN) }, 3, /volume must be positive.* NaN/],
    [
      polonium,
      1e4,
      /at most 10000000 cells may lie within the distance: current value is .*; take a shorter/,
    ],
  ];
  for (const [crystal, cutoff, message] of cases) {
    assert.throws(() => findNeighbours(crystal, { cutoff }), { name: "RangeError", message });
  }
});

/** Distances of all pairs within a cut-off, from images in a range that is far too large. */
function bruteForce({ positions, lattice, atomicNumbers }: Crystal, cutoff: number, range: number): number[] {
  const found: number[] = [];
  const p = atomicNumbers.length;
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) {
      for (let a = -range; a <= range; a++) {
        for (let b = -range; b <= range; b++) {
          for (let c = -range; c <= range; c++) {
            const f = [a, b, c].map((n, k) => positions[3 * j + k] + n - positions[3 * i + k]);
            const d = Math.hypot(...toCartesian(f, lattice));
            if (d <= cutoff && d > 1e-8) found.push(d);
          }
        }
      }
    }
  }
  return found.sort((x, y) => x - y);
}

Deno.test("findNeighbours() equals brute force in skewed cells", () => {
  let most = 0;
  for (let seed = 0; seed < 12; seed++) {
    const crystal = randomCrystal(seed, 2);
    const found = [...findNeighbours(crystal, { cutoff: 5 }).distances].sort((x, y) => x - y);
    // 5 Å reach at most 5 |b_k| cells; the positions lie up to 4 cells apart.
    const wanted = bruteForce(crystal, 5, 18);
    close(found, wanted, 1e-10);
    most = Math.max(most, found.length);
  }
  assert.ok(most > 50, `${most}`);
});

Deno.test("findNeighbours() gives every edge's vector and its reverse", () => {
  const crystal = randomCrystal(5, 4);
  const { receivers, senders, offsets, distances } = findNeighbours(crystal, { cutoff: 4 });
  const key = (i: number, j: number, n: ArrayLike<number>, sign: number) =>
    [i, j, ...Array.from(n, (x) => sign * x + 0)].join();
  const edges = new Set<string>();
  distances.forEach((distance, e) => {
    const n = offsets.subarray(3 * e, 3 * e + 3), [i, j] = [receivers[e], senders[e]];
    const f = [0, 1, 2].map((k) => crystal.positions[3 * j + k] + n[k] - crystal.positions[3 * i + k]);
    close([Math.hypot(...toCartesian(f, crystal.lattice))], [distance], 1e-12);
    edges.add(key(i, j, n, 1));
  });
  assert.equal(edges.size, distances.length);
  distances.forEach((_, e) => {
    assert.ok(edges.has(key(senders[e], receivers[e], offsets.subarray(3 * e, 3 * e + 3), -1)));
  });
});

Deno.test("findNeighbours() counts the shells of known crystals", () => {
  const shell = (name: Parameters<typeof prototype>[0], cutoff: number) => {
    const crystal = prototype(name), { receivers, distances } = findNeighbours(crystal, { cutoff });
    const own = distances.filter((_, e) => receivers[e] === 0).sort();
    return own;
  };
  const caesium = shell("caesiumChloride", 4.2);
  assert.equal(caesium.length, 14);
  close(caesium.subarray(0, 8), new Float64Array(8).fill(4.123 * Math.sqrt(3) / 2), 1e-12);
  close(caesium.subarray(8), new Float64Array(6).fill(4.123), 1e-12);
  const copper = shell("copper", 3);
  close(copper, new Float64Array(12).fill(3.615 / Math.SQRT2), 1e-12);
  const silicon = shell("silicon", 3);
  close(silicon, new Float64Array(4).fill(5.431 * Math.sqrt(3) / 4), 1e-12);
});

Deno.test("findNeighbours() finds the same in a supercell, and wherever the origin lies", () => {
  const quartz = prototype("quartz"), rule = { cutoff: 4.5 };
  const once = findNeighbours(quartz, rule).distances;
  const twice = findNeighbours(supercell(quartz, [2, 2, 2]).crystal, rule).distances;
  assert.equal(twice.length, 8 * once.length);
  const moved = { ...quartz, positions: quartz.positions.map((x, k) => x + [7.3, -2.1, 0.4][k % 3]) };
  close(findNeighbours(moved, rule).distances.sort(), once.slice().sort(), 1e-12);
});

Deno.test("findNeighbours() by covalent radii keeps bonds, and facets leave the touching ones out", () => {
  const crystal = prototype("rockSalt");
  const bonded = findNeighbours(crystal, { covalent: 0.5 });
  const limit = covalentRadius(11) + covalentRadius(17) + 0.5;
  assert.ok(limit > 2.82 && bonded.distances.some((d) => Math.abs(d - 2.82) < 1e-9));
  for (let e = 0; e < bonded.distances.length; e++) {
    const sum = [bonded.receivers[e], bonded.senders[e]]
      .reduce((total, atom) => total + covalentRadius(crystal.atomicNumbers[atom]), 0.5);
    assert.ok(bonded.distances[e] < sum);
  }
  // In simple cubic order, second neighbours touch in edges only: with facets 6 are left.
  const facets = findNeighbours(crystal, { covalent: 3, facets: true });
  assert.equal(facets.distances.length, 8 * 6);
  assert.ok(facets.distances.every((d) => Math.abs(d - 2.82) < 1e-9));
  const iron = findNeighbours(prototype("iron"), { covalent: 3, facets: true });
  assert.equal(iron.distances.length, 2 * 14);
});

Deno.test("facetAreas() fills the cell: Σ area · distance/2/3 is its volume", () => {
  for (let seed = 20; seed < 26; seed++) {
    const crystal = randomCrystal(seed, 1);
    const { offsets, distances } = findNeighbours(crystal, { cutoff: 12 });
    const areas = facetAreas(toCartesian(offsets, crystal.lattice), { within: 12 });
    const volume = areas.reduce((sum, area, e) => sum + area * distances[e] / 6, 0);
    // One atom a cell: its Voronoi cell has the volume of the lattice's.
    const [u, v, w] = [0, 3, 6].map((k) => crystal.lattice.subarray(k, k + 3));
    const cell = Math.abs(
      u[0] * (v[1] * w[2] - v[2] * w[1]) - u[1] * (v[0] * w[2] - v[2] * w[0]) +
        u[2] * (v[0] * w[1] - v[1] * w[0]),
    );
    assert.ok(Math.abs(volume - cell) < 1e-9 * cell, `${volume}, wanted ${cell}`);
  }
});

Deno.test("findNeighbours() says what is wrong with a rule", () => {
  const crystal = prototype("iron");
  assert.throws(() => findNeighbours(crystal, { cutoff: 0 }), /distance must be > 0: current value is 0/);
  assert.throws(
    () => findNeighbours({ ...crystal, lattice: new Float64Array(9) }, { cutoff: 2 }),
    RangeError,
  );
});
