import assert from "node:assert/strict";
import {
  cellVolume,
  composition,
  covalentRadius,
  dualBasis,
  elementNumber,
  elementSymbol,
  latticeFromParameters,
  prototype,
  supercell,
  toCartesian,
} from "../../../lib/crystals/mod.ts";
import { close } from "./_check.ts";

const SKEWED = { a: 3.1, b: 4.7, c: 6.2, alpha: 71, beta: 104, gamma: 58 };

Deno.test("latticeFromParameters() gives the lengths, the angles and the volume of the closed form", () => {
  const lattice = latticeFromParameters(SKEWED);
  const rows = [0, 1, 2].map((k) => [...lattice.subarray(3 * k, 3 * k + 3)]);
  const dot = (u: number[], v: number[]) => u.reduce((sum, x, k) => sum + x * v[k], 0);
  const angle = (u: number[], v: number[]) =>
    Math.acos(dot(u, v) / Math.sqrt(dot(u, u) * dot(v, v))) * 180 / Math.PI;
  const { a, b, c, alpha, beta, gamma } = SKEWED;
  close(rows.map((row) => Math.hypot(...row)), [a, b, c], 1e-12);
  close(
    [angle(rows[1], rows[2]), angle(rows[0], rows[2]), angle(rows[0], rows[1])],
    [alpha, beta, gamma],
    1e-10,
  );
  const [x, y, z] = [alpha, beta, gamma].map((degrees) => Math.cos(degrees * Math.PI / 180));
  close([cellVolume(lattice)], [a * b * c * Math.sqrt(1 - x * x - y * y - z * z + 2 * x * y * z)], 1e-10);
});

Deno.test("latticeFromParameters() rejects what is no cell", () => {
  const right = { a: 1, b: 1, c: 1, alpha: 90, beta: 90, gamma: 90 };
  for (const wrong of [{ a: 0 }, { c: -1 }, { alpha: 0 }, { alpha: 10, beta: 80, gamma: 120 }, { b: NaN }]) {
    assert.throws(() => latticeFromParameters({ ...right, ...wrong }), RangeError);
  }
});

Deno.test("dualBasis() has b_k · a_l = δ_kl", () => {
  const lattice = latticeFromParameters(SKEWED), dual = dualBasis(lattice);
  for (let k = 0; k < 3; k++) {
    for (let l = 0; l < 3; l++) {
      const product = [0, 1, 2].reduce((sum, x) => sum + dual[3 * k + x] * lattice[3 * l + x], 0);
      close([product], [k === l ? 1 : 0], 1e-14);
    }
  }
  assert.throws(() => dualBasis(new Float64Array(9)), RangeError);
});

Deno.test("supercell() keeps density and places of the atoms", () => {
  const quartz = prototype("quartz");
  const { crystal, atoms, cells } = supercell(quartz, [2, 1, 3]);
  close([cellVolume(crystal.lattice)], [6 * cellVolume(quartz.lattice)], 1e-9);
  const places = toCartesian(crystal.positions, crystal.lattice);
  for (let at = 0; at < atoms.length; at++) {
    const u = atoms[at];
    const f = [0, 1, 2].map((k) => quartz.positions[3 * u + k] + cells[3 * at + k]);
    close(places.subarray(3 * at, 3 * at + 3), toCartesian(f, quartz.lattice), 1e-12);
    assert.equal(crystal.atomicNumbers[at], quartz.atomicNumbers[u]);
  }
  assert.equal(
    new Set(Array.from(atoms, (u, at) => [u, ...cells.subarray(3 * at, 3 * at + 3)].join())).size,
    54,
  );
  assert.throws(() => supercell(quartz, [2, 0, 1]), /repeats must be integers >= 1: current value is 0/);
});

Deno.test("elements have symbols, numbers and radii", () => {
  for (let z = 1; z <= 103; z++) assert.equal(elementNumber(elementSymbol(z)), z);
  assert.equal(elementSymbol(86), "Rn");
  assert.equal(covalentRadius(elementNumber("Cs")), 2.44);
  assert.equal(covalentRadius(elementNumber("U")), 1.96);
  assert.throws(() => elementNumber("Xx"), SyntaxError);
  assert.throws(() => covalentRadius(100), RangeError);
  assert.throws(() => elementSymbol(0), RangeError);
  assert.deepEqual([...composition(prototype("perovskite"))], [[8, 3], [22, 1], [38, 1]]);
});
