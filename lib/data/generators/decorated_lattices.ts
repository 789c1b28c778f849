import {
  BRAVAIS_LATTICES,
  bravaisLattice,
  type BravaisName,
  type Centring,
  covalentRadius,
  type Crystal,
  elementNumber,
  findNeighbours,
  latticeFromParameters,
  multiply3,
  primitiveBasis,
} from "../../crystals/mod.ts";
import type { Stream } from "../../random/mod.ts";
import type { LabelledCrystal } from "../sets/mod.ts";
import { halfPointOrbits } from "./_half_points.ts";

/** Charges, in units of the elementary charge; other elements have none. */
const CHARGES: Readonly<Record<string, number>> = { Na: 0.5, Mg: 0.8, Al: 0.6, O: -0.7, F: -0.5, Cl: -0.4 };

/** The pair potential: depth of the Lennard-Jones part in eV, screening length and cut-off in Å. */
const DEPTH = 0.3, SCREENING = 2.5, CUT_OFF = 9;
/** e²/(4π ε₀) in eV Å. */
const COULOMB = 14.399645;

/** Options of {@link decoratedLattices}. */
export interface DecoratedLatticesOptions {
  /** Number of crystals. */
  readonly samples: number;
  /** Where random numbers come from. */
  readonly stream: Stream;
  /** Lattices to draw from. @default all fourteen */
  readonly lattices?: readonly BravaisName[];
  /** Elements to draw from. @default Na, Mg, Al, O, F, Cl */
  readonly elements?: readonly string[];
}

/**
 * Makes crystals whose symmetry is known by construction, with exact energies.
 *
 * A Bravais lattice of random lengths and angles is decorated at the points half a primitive vector away,
 * orbit by orbit: the lattice's holohedry maps the eight points of {0, ½}³ to each other modulo the lattice,
 * and the atoms of one orbit are of one element or all missing. So the crystal has the full point group of
 * its lattice. Decorations that have a smaller primitive cell are drawn again, and all lengths are scaled so
 * that the tightest pair of atoms is 0.95 to 1.25 times the sum of its covalent radii apart.
 *
 * The energy per atom in eV (`energy`) is ½ Σ u(r)/p over all pairs within 9 Å, with u = 4 ε [(σ/r)¹² −
 * (σ/r)⁶] + k q q' e^{−r/λ}/r, less its value at 9 Å; the charges q are those of the elements less their
 * mean, so that a cell is neutral. `bravais` is the lattice's place in `BRAVAIS_LATTICES`.
 *
 * @throws {RangeError} If `samples` is not an integer >= 0, or a name is not known.
 *
 * @example
 * ```ts
 * import { decoratedLattices } from "@refigure/refigure/data";
 * import { findSymmetry } from "@refigure/refigure/crystals";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const [one] = decoratedLattices({ samples: 1, lattices: ["fcubic"], stream: stream(1, "lattices") });
 * assert.equal(findSymmetry(one.crystal).bravais, "fcubic");
 * ```
 */
export function decoratedLattices(options: DecoratedLatticesOptions): LabelledCrystal[] {
  const { samples, stream, lattices = BRAVAIS_LATTICES.map(({ name }) => name) } = options;
  const { elements = Object.keys(CHARGES) } = options;
  if (!Number.isInteger(samples) || samples < 0) {
    throw new RangeError(
      `Cannot decorate lattices as samples must be an integer >= 0: current value is ${samples}`,
    );
  }
  return Array.from({ length: samples }, (_, i) => {
    const random = stream.split("crystal", String(i));
    const name = lattices[i % lattices.length];
    const crystal = scaled(decorate(name, elements, random), random);
    return {
      id: `${name} ${i}`,
      crystal,
      properties: {
        energy: pairEnergy(crystal),
        bravais: BRAVAIS_LATTICES.findIndex((lattice) => lattice.name === name),
      },
    };
  });
}

const uniform = (random: Stream, low: number, high: number) =>
  random.uniform(new Float64Array(1), { low, high })[0];
const pick = (random: Stream, count: number) => random.integers(new Int32Array(1), { high: count })[0];

function decorate(name: BravaisName, elements: readonly string[], random: Stream): Crystal {
  const lattice = drawLattice(name, random);
  const orbits = halfPointOrbits(name);
  for (;;) {
    // The origin holds an atom; of the other orbits each is empty with probability ½.
    const species = new Uint8Array(8);
    orbits.forEach((orbit, k) => {
      const symbol = elements[pick(random, elements.length)];
      if (k > 0 && pick(random, 2) === 0) return;
      for (const point of orbit) species[point] = elementNumber(symbol);
    });
    const repeats = [1, 2, 3, 4, 5, 6, 7].some((d) => species.every((z, point) => species[point ^ d] === z));
    if (repeats) continue;
    const points = Array.from(species.keys()).filter((point) => species[point] > 0);
    return {
      lattice,
      atomicNumbers: Uint8Array.from(points, (point) => species[point]),
      positions: Float64Array.from(
        points.flatMap((point) => [point & 1, point >> 1 & 1, point >> 2].map((x) => x / 2)),
      ),
    };
  }
}

/** A primitive cell of the lattice, lengths about 5 Å, away from lattices of higher symmetry. */
function drawLattice(name: BravaisName, random: Stream): Float64Array {
  const { pearson, centring } = bravaisLattice(name);
  const a = 5, [b, c] = [a * uniform(random, 1.12, 1.3), a * uniform(random, 1.4, 1.6)];
  const angle = () => uniform(random, 96, 108);
  const right = { alpha: 90, beta: 90, gamma: 90 };
  if (pearson === "hR") {
    // Away from 60°, 90° and 109.47°, where the lattice is cubic.
    const alpha = pick(random, 2) === 0 ? uniform(random, 68, 82) : uniform(random, 96, 103);
    return latticeFromParameters({ a, b: a, c: a, alpha, beta: alpha, gamma: alpha });
  }
  const cell = {
    a: latticeFromParameters({ a, b, c, alpha: angle(), beta: angle(), gamma: angle() }),
    m: latticeFromParameters({ a, b, c, ...right, beta: angle() }),
    o: latticeFromParameters({ a, b, c, ...right }),
    t: latticeFromParameters({ a, b: a, c: pick(random, 2) === 0 ? b : 0.8 * a, ...right }),
    h: Float64Array.of(a, 0, 0, 0, a, 0, 0, 0, pick(random, 2) === 0 ? b : 0.8 * a),
    c: latticeFromParameters({ a, b: a, c: a, ...right }),
  }[pearson[0]]!;
  return multiply3(primitiveBasis(centring as Centring), cell);
}

function scaled(crystal: Crystal, random: Stream): Crystal {
  const { receivers, senders, distances } = findNeighbours(crystal, { cutoff: 8 });
  const radius = (i: number) => covalentRadius(crystal.atomicNumbers[i]);
  let tightest = Infinity;
  distances.forEach((distance, e) => {
    tightest = Math.min(tightest, distance / (radius(receivers[e]) + radius(senders[e])));
  });
  const factor = uniform(random, 0.95, 1.25) / tightest;
  return { ...crystal, lattice: crystal.lattice.map((x) => factor * x) };
}

/** Energy per atom, see {@link decoratedLattices}; by direct summation. */
export function pairEnergy(crystal: Crystal): number {
  const { atomicNumbers } = crystal;
  const known = new Map(Object.entries(CHARGES).map(([symbol, charge]) => [elementNumber(symbol), charge]));
  const given = Array.from(atomicNumbers, (z) => known.get(z) ?? 0);
  const mean = given.reduce((sum, charge) => sum + charge, 0) / given.length;
  const charges = given.map((charge) => charge - mean);
  const { receivers, senders, distances } = findNeighbours(crystal, { cutoff: CUT_OFF });
  let energy = 0;
  distances.forEach((distance, e) => {
    const [z, w] = [atomicNumbers[receivers[e]], atomicNumbers[senders[e]]];
    // The Lennard-Jones minimum lies at the sum of the radii.
    const sigma = (covalentRadius(z) + covalentRadius(w)) / 2 ** (1 / 6);
    const charge = charges[receivers[e]] * charges[senders[e]];
    const at = (r: number) => {
      const sixth = (sigma / r) ** 6;
      return 4 * DEPTH * (sixth * sixth - sixth) + COULOMB * charge * Math.exp(-r / SCREENING) / r;
    };
    energy += (at(distance) - at(CUT_OFF)) / 2;
  });
  return energy / atomicNumbers.length;
}

/**
 * Made-up perovskites ABX₃ in cubic cells of five atoms, with the energy of the pair potential as `heat_all`
 * and `heat_ref`, and gaps that are made from it.
 */
export function perovskites(
  { samples, stream }: { readonly samples: number; readonly stream: Stream },
): LabelledCrystal[] {
  const symbols = Object.keys(CHARGES);
  return Array.from({ length: samples }, (_, i) => {
    const random = stream.split("perovskite", String(i));
    const [first, second, third] = [0, 0, 0].map(() => elementNumber(symbols[pick(random, symbols.length)]));
    const crystal = scaled({
      lattice: latticeFromParameters({ a: 4, b: 4, c: 4, alpha: 90, beta: 90, gamma: 90 }),
      atomicNumbers: Uint8Array.of(first, second, third, third, third),
      positions: Float64Array.of(0, 0, 0, 0.5, 0.5, 0.5, 0.5, 0.5, 0, 0.5, 0, 0.5, 0, 0.5, 0.5),
    }, random);
    const energy = pairEnergy(crystal);
    return {
      id: `made-up ${i}`,
      crystal,
      properties: {
        heat_all: energy,
        heat_ref: energy,
        dir_gap: Math.max(0, -energy),
        ind_gap: Math.max(0, -energy) / 2,
      },
    };
  });
}
