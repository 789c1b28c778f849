import assert from "node:assert/strict";
import type { Crystal } from "../../../lib/crystals/mod.ts";
import { latticeFromParameters } from "../../../lib/crystals/mod.ts";
import { stream } from "../../../lib/random/mod.ts";

/** Numbers that agree within an absolute tolerance. */
export function close(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  assert.equal(found.length, wanted.length);
  for (let i = 0; i < found.length; i++) {
    assert.ok(Math.abs(found[i] - wanted[i]) <= tolerance, `at ${i}: ${found[i]}, wanted ${wanted[i]}`);
  }
}

/** Carbon atoms at random places of a random, often very skewed cell. */
export function randomCrystal(seed: number, atoms = 3): Crystal {
  const random = stream(seed, "crystal");
  for (;;) {
    const [a, b, c] = random.uniform(new Float64Array(3), { low: 2.5, high: 6 });
    const [alpha, beta, gamma] = random.uniform(new Float64Array(3), { low: 30, high: 150 });
    try {
      const lattice = latticeFromParameters({ a, b, c, alpha, beta, gamma });
      const positions = random.uniform(new Float64Array(3 * atoms), { low: -2, high: 2 });
      return { lattice, atomicNumbers: new Uint8Array(atoms).fill(6), positions };
    } catch {
      continue; // no cell has such angles
    }
  }
}
