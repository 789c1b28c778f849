import { type Crystal, dualBasis } from "./crystal.ts";
import { covalentRadius } from "./elements.ts";
import { facetAreas } from "./voronoi.ts";

/**
 * Who is a neighbour of whom:
 * - `cutoff`: everybody within that many ångström;
 * - `covalent`: atoms nearer than the sum of their covalent radii plus `covalent` Å (and `within` Å, 6 by
 *   default); with `facets` only those of them whose Voronoi cells share a face, as Isayev et al. 2017
 *   propose. Kaba & Ravanbakhsh 2022 take 0.5 Å, 6 Å and facets.
 */
export type NeighbourRule =
  | { readonly cutoff: number }
  | { readonly covalent: number; readonly within?: number; readonly facets?: boolean };

/**
 * Directed pairs of neighbours; two atoms may be neighbours several times, over different periodic images.
 */
export interface Neighbours {
  /** `[E]` atom i, in cell 0. */
  readonly receivers: Int32Array;
  /** `[E]` atom j. */
  readonly senders: Int32Array;
  /** `[E, 3]` the cell n of atom j: the vector from i to j is (f_j + n − f_i) A. */
  readonly offsets: Int32Array;
  /** `[E]` ångström. */
  readonly distances: Float64Array;
}

/** Nearer than this, in ångström, is the atom itself. */
const SELF = 1e-8;

/** Cells that are looked through for each atom; a sphere of 6 Å holds some hundreds. */
const MOST_CELLS = 1e7;

/** @throws {RangeError} If there are not three finite coordinates for each atom. */
function checkPositions({ atomicNumbers, positions }: Crystal): void {
  if (positions.length !== 3 * atomicNumbers.length) {
    throw new RangeError(
      `Cannot find neighbours as ${atomicNumbers.length} atoms must have ${3 * atomicNumbers.length} ` +
        `coordinates: current value is ${positions.length}`,
    );
  }
  const wrong = positions.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return;
  throw new RangeError(
    `Cannot find neighbours as coordinates must be finite: current value of atom ${Math.floor(wrong / 3)} ` +
      `is ${positions[wrong]}`,
  );
}

/** An atom's surroundings; columns of equal length, one entry per image. */
interface Images {
  readonly senders: number[];
  readonly offsets: number[];
  readonly vectors: number[];
  readonly distances: number[];
}

/**
 * Finds the neighbours of all atoms of a cell, periodic images included, and so its own images.
 *
 * Right for any cell, however skewed: a point within R has |f_k| ≤ R |b_k| with the dual basis b, and exactly
 * the images inside these bounds are tried. The list is ordered by receiver, sender, then offset.
 *
 * @throws {RangeError} If a distance of the rule is not positive or holds too many cells, the cell is flat, a
 *   coordinate is not finite, or an element has no radius.
 *
 * @example
 * ```ts
 * import { findNeighbours } from "@refigure/refigure/crystals";
 * import assert from "node:assert/strict";
 *
 * // Simple cubic: six neighbours at a.
 * const crystal = {
 *   lattice: Float64Array.of(2, 0, 0, 0, 2, 0, 0, 0, 2),
 *   atomicNumbers: Uint8Array.of(84),
 *   positions: new Float64Array(3),
 * };
 * assert.equal(findNeighbours(crystal, { cutoff: 2.1 }).distances.length, 6);
 * ```
 */
export function findNeighbours(crystal: Crystal, rule: NeighbourRule): Neighbours {
  const limit = "cutoff" in rule ? rule.cutoff : rule.within ?? 6;
  if (!(limit > 0 && limit < Infinity)) {
    throw new RangeError(`Cannot find neighbours as the distance must be > 0: current value is ${limit}`);
  }
  const { atomicNumbers, lattice } = crystal;
  const radii = "covalent" in rule ? Float64Array.from(atomicNumbers, covalentRadius) : undefined;
  const dual = dualBasis(lattice);
  const reach = [0, 3, 6].map((k) => limit * Math.hypot(dual[k], dual[k + 1], dual[k + 2]));
  checkPositions(crystal);
  const cells = reach.reduce((product, bound) => product * (2 * bound + 1), 1);
  if (cells > MOST_CELLS) {
    throw new RangeError(
      `Cannot find neighbours as at most ${MOST_CELLS} cells may lie within the distance: ` +
        `current value is ${cells.toPrecision(3)}; take a shorter one`,
    );
  }
  const receivers: number[] = [], senders: number[] = [], offsets: number[] = [], distances: number[] = [];
  for (let i = 0; i < atomicNumbers.length; i++) {
    const images = imagesAround(crystal, { atom: i, limit, reach });
    const areas = "covalent" in rule && rule.facets
      ? facetAreas(images.vectors, { within: limit })
      : undefined;
    for (let e = 0; e < images.senders.length; e++) {
      const j = images.senders[e];
      if (radii !== undefined) {
        const { covalent } = rule as { covalent: number };
        if (images.distances[e] >= radii[i] + radii[j] + covalent) continue;
      }
      if (areas !== undefined && areas[e] === 0) continue;
      receivers.push(i);
      senders.push(j);
      offsets.push(images.offsets[3 * e], images.offsets[3 * e + 1], images.offsets[3 * e + 2]);
      distances.push(images.distances[e]);
    }
  }
  return {
    receivers: Int32Array.from(receivers),
    senders: Int32Array.from(senders),
    offsets: Int32Array.from(offsets),
    distances: Float64Array.from(distances),
  };
}

/** All atoms within `limit` of one, whose bounds on |f_k| are `reach`. */
function imagesAround(
  { atomicNumbers, positions, lattice }: Crystal,
  { atom, limit, reach }: {
    readonly atom: number;
    readonly limit: number;
    readonly reach: readonly number[];
  },
): Images {
  const images: Images = { senders: [], offsets: [], vectors: [], distances: [] };
  for (let j = 0; j < atomicNumbers.length; j++) {
    const f = [0, 1, 2].map((k) => positions[3 * j + k] - positions[3 * atom + k]);
    const low = f.map((x, k) => Math.ceil(-reach[k] - x - 1e-9));
    const high = f.map((x, k) => Math.floor(reach[k] - x + 1e-9));
    for (let n0 = low[0]; n0 <= high[0]; n0++) {
      for (let n1 = low[1]; n1 <= high[1]; n1++) {
        for (let n2 = low[2]; n2 <= high[2]; n2++) {
          const [g0, g1, g2] = [f[0] + n0, f[1] + n1, f[2] + n2];
          const x = g0 * lattice[0] + g1 * lattice[3] + g2 * lattice[6];
          const y = g0 * lattice[1] + g1 * lattice[4] + g2 * lattice[7];
          const z = g0 * lattice[2] + g1 * lattice[5] + g2 * lattice[8];
          const distance = Math.sqrt(x * x + y * y + z * z);
          if (distance > limit || distance < SELF) continue;
          images.senders.push(j);
          images.offsets.push(n0, n1, n2);
          images.vectors.push(x, y, z);
          images.distances.push(distance);
        }
      }
    }
  }
  return images;
}
