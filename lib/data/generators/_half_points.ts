import { type BravaisName, latticeRotations } from "../../crystals/mod.ts";

/**
 * Orbits of the eight points {0, ½}³ of a primitive cell under its lattice's holohedry, modulo the lattice; a
 * point's number is f₁ + 2 f₂ + 4 f₃ in halves. The first is that of the origin.
 */
export function halfPointOrbits(name: BravaisName): number[][] {
  const rotations = latticeRotations(name);
  const move = (rotation: Int32Array, point: number) => {
    const f = [point & 1, point >> 1 & 1, point >> 2];
    return [0, 3, 6].reduce((sum, row, k) => {
      const image = rotation[row] * f[0] + rotation[row + 1] * f[1] + rotation[row + 2] * f[2];
      return sum + ((image & 1) << k);
    }, 0);
  };
  const orbits: number[][] = [], seen = new Set<number>();
  for (let point = 0; point < 8; point++) {
    if (seen.has(point)) continue;
    const orbit = [point];
    seen.add(point);
    for (let at = 0; at < orbit.length; at++) {
      for (const rotation of rotations) {
        const image = move(rotation, orbit[at]);
        if (!seen.has(image)) orbit.push(image);
        seen.add(image);
      }
    }
    orbits.push(orbit);
  }
  return orbits;
}
