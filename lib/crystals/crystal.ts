/** A 3 × 3 matrix, row by row. */
export type Matrix3 = Float64Array;

/** A crystal: one cell of a periodic arrangement of atoms. */
export interface Crystal {
  /** `[3, 3]`, ångström; the rows are the lattice vectors a₁, a₂, a₃. */
  readonly lattice: Matrix3;
  /** `[p]` Z of each atom. */
  readonly atomicNumbers: Uint8Array;
  /** `[p, 3]` fractional coordinates, not necessarily in [0, 1). */
  readonly positions: Float64Array;
}

/** Lengths in ångström and angles in degrees: α is between b and c, β between a and c, γ between a and b. */
export interface CellParameters {
  /** Length of a, Å. */
  readonly a: number;
  /** Length of b, Å. */
  readonly b: number;
  /** Length of c, Å. */
  readonly c: number;
  /** Angle between b and c, degrees. */
  readonly alpha: number;
  /** Angle between a and c, degrees. */
  readonly beta: number;
  /** Angle between a and b, degrees. */
  readonly gamma: number;
}

/** Cosine of an angle in degrees, exact for right angles, 60° and 120°. */
function cosine(degrees: number): number {
  const exact = new Map([[90, 0], [60, 0.5], [120, -0.5]]).get(degrees);
  return exact ?? Math.cos(degrees * Math.PI / 180);
}

/**
 * Lattice vectors from lengths and angles: a along x, b in the xy plane.
 *
 * @returns `[3, 3]` rows a, b, c in ångström.
 * @throws {RangeError} If no cell has such lengths and angles.
 *
 * @example
 * ```ts
 * import { cellVolume, latticeFromParameters } from "@refigure/refigure/crystals";
 * import assert from "node:assert/strict";
 *
 * const lattice = latticeFromParameters({ a: 2, b: 3, c: 4, alpha: 90, beta: 90, gamma: 90 });
 * assert.ok(Math.abs(cellVolume(lattice) - 24) < 1e-12);
 * ```
 */
export function latticeFromParameters({ a, b, c, alpha, beta, gamma }: CellParameters): Matrix3 {
  const [ca, cb, cg] = [alpha, beta, gamma].map(cosine);
  const sg = Math.sqrt(1 - cg * cg);
  const y = (ca - cb * cg) / sg;
  const z = Math.sqrt(1 - cb * cb - y * y);
  if (!([a, b, c].every((length) => length > 0 && length < Infinity) && sg > 0 && z > 0)) {
    throw new RangeError(
      "Cannot make a lattice as lengths must be positive and the angles those of a cell: " +
        `current values are ${[a, b, c].join(", ")} Å and ${[alpha, beta, gamma].join(", ")}°`,
    );
  }
  return Float64Array.of(a, 0, 0, b * cg, b * sg, 0, c * cb, c * y, c * z);
}

/** Volume of the cell in Å³, |det A|. */
export function cellVolume(lattice: Matrix3): number {
  return Math.abs(determinant(lattice));
}

/** Determinant of a 3 × 3 matrix. */
export function determinant(m: ArrayLike<number>): number {
  return m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) +
    m[2] * (m[3] * m[7] - m[4] * m[6]);
}

/**
 * The dual basis: *rows* b_k with b_k · a_l = δ_kl, in 1/Å (without 2π), so that a point r has the fractional
 * coordinates f_k = r · b_k.
 *
 * @throws {RangeError} If the lattice vectors are linearly dependent.
 */
export function dualBasis(lattice: Matrix3): Matrix3 {
  const volume = determinant(lattice);
  if (!(Math.abs(volume) > 1e-9)) {
    throw new RangeError(
      `Cannot invert the lattice as its volume must be positive: current value is ${volume} Å³`,
    );
  }
  const dual = new Float64Array(9);
  for (let k = 0; k < 3; k++) {
    const [u, v] = [(k + 1) % 3, (k + 2) % 3].map((row) => lattice.subarray(3 * row, 3 * row + 3));
    for (let x = 0; x < 3; x++) {
      const [y, z] = [(x + 1) % 3, (x + 2) % 3];
      dual[3 * k + x] = (u[y] * v[z] - u[z] * v[y]) / volume;
    }
  }
  return dual;
}

/** r = f A of points `[…, 3]`: fractional coordinates to ångström. */
export function toCartesian(fractional: ArrayLike<number>, lattice: Matrix3): Float64Array {
  return Float64Array.from(fractional, (_, index) => {
    const first = index - index % 3, x = index % 3;
    return fractional[first] * lattice[x] + fractional[first + 1] * lattice[3 + x] +
      fractional[first + 2] * lattice[6 + x];
  });
}

/** A b of 3 × 3 matrices. */
export function multiply3(a: ArrayLike<number>, b: ArrayLike<number>): Matrix3 {
  return Float64Array.from({ length: 9 }, (_, index) => {
    const row = index - index % 3, column = index % 3;
    return a[row] * b[column] + a[row + 1] * b[3 + column] + a[row + 2] * b[6 + column];
  });
}

/** A supercell and where its atoms come from. */
export interface Supercell {
  /** The supercell itself. */
  readonly crystal: Crystal;
  /** `[n]` atom of the given cell. */
  readonly atoms: Int32Array;
  /** `[n, 3]` cell, each coordinate in [0, repeat). */
  readonly cells: Int32Array;
}

/**
 * Repeats a cell along its lattice vectors. The copies of an atom follow each other, with n₂ running slowest,
 * then n₁, then n₃, as in the code of Kaba & Ravanbakhsh.
 *
 * @param repeats Copies along a₁, a₂, a₃.
 * @throws {RangeError} If a number is not an integer >= 1.
 */
export function supercell(crystal: Crystal, repeats: readonly [number, number, number]): Supercell {
  const bad = repeats.find((repeat) => !Number.isInteger(repeat) || repeat < 1);
  if (bad !== undefined) {
    throw new RangeError(`Cannot repeat the cell as repeats must be integers >= 1: current value is ${bad}`);
  }
  const { lattice, atomicNumbers, positions } = crystal;
  const copies = repeats[0] * repeats[1] * repeats[2], n = atomicNumbers.length * copies;
  const atoms = new Int32Array(n), cells = new Int32Array(3 * n), moved = new Float64Array(3 * n);
  let at = 0;
  for (let u = 0; u < atomicNumbers.length; u++) {
    for (let second = 0; second < repeats[1]; second++) {
      for (let first = 0; first < repeats[0]; first++) {
        for (let third = 0; third < repeats[2]; third++, at++) {
          atoms[at] = u;
          const cell = [first, second, third];
          cells.set(cell, 3 * at);
          for (let k = 0; k < 3; k++) moved[3 * at + k] = (positions[3 * u + k] + cell[k]) / repeats[k];
        }
      }
    }
  }
  return {
    crystal: {
      lattice: lattice.map((x, index) => x * repeats[Math.floor(index / 3)]),
      atomicNumbers: Uint8Array.from(atoms, (u) => atomicNumbers[u]),
      positions: moved,
    },
    atoms,
    cells,
  };
}

/** Number of atoms of each element, by atomic number. */
export function composition({ atomicNumbers }: Crystal): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const z of [...atomicNumbers].sort((a, b) => a - b)) counts.set(z, (counts.get(z) ?? 0) + 1);
  return counts;
}
