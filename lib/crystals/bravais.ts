import { dualBasis, type Matrix3, multiply3 } from "./crystal.ts";

/** The fourteen Bravais lattices by the names of Kaba & Ravanbakhsh's released code. */
export type BravaisName =
  | "ptriclinic"
  | "pmonoclinic"
  | "cmonoclinic"
  | "porthorhombic"
  | "corthorhombic"
  | "borthorhombic"
  | "forthorhombic"
  | "ptetragonal"
  | "btetragonal"
  | "prhombohedral"
  | "phexagonal"
  | "pcubic"
  | "bcubic"
  | "fcubic";

/** How a conventional cell is centred; `H` is the primitive hexagonal cell with an angle of 60°. */
export type Centring = "P" | "C" | "I" | "F" | "H";

/** A Bravais lattice. */
export interface BravaisLattice {
  /** One of the 14, e.g. `fcubic`. */
  readonly name: BravaisName;
  /** Pearson's letters, as in the International Tables, e.g. `cF`. */
  readonly pearson: string;
  /** Which points besides the corners repeat the cell. */
  readonly centring: Centring;
  /** Holohedry, by its Hermann–Mauguin symbol. */
  readonly pointGroup: string;
  /**
   * Generators of the holohedry: rotations `[3, 3]` of *columns* of Cartesian coordinates, for the
   * conventional axes along x, y, z. Of the rhombohedral lattice, whose primitive cell is described as a cube
   * that is stretched along its diagonal, they permute the axes.
   */
  readonly generators: readonly Matrix3[];
}

const m = (...rows: number[]): Matrix3 => Float64Array.from(rows);

const INVERSION = m(-1, 0, 0, 0, -1, 0, 0, 0, -1);
const MIRROR_X = m(-1, 0, 0, 0, 1, 0, 0, 0, 1);
const MIRROR_Y = m(1, 0, 0, 0, -1, 0, 0, 0, 1);
const MIRROR_Z = m(1, 0, 0, 0, 1, 0, 0, 0, -1);
const SWAP_XY = m(0, 1, 0, 1, 0, 0, 0, 0, 1);
const CYCLE = m(0, 0, 1, 1, 0, 0, 0, 1, 0);
const SIXFOLD = m(0.5, -Math.sqrt(0.75), 0, Math.sqrt(0.75), 0.5, 0, 0, 0, 1);

const POINT_GROUPS: Readonly<Record<string, readonly Matrix3[]>> = {
  "-1": [INVERSION],
  "2/m": [INVERSION, MIRROR_X],
  "mmm": [MIRROR_X, MIRROR_Y, MIRROR_Z],
  "4/mmm": [MIRROR_X, MIRROR_Z, SWAP_XY],
  "-3m": [INVERSION, CYCLE, SWAP_XY],
  "6/mmm": [SIXFOLD, MIRROR_X, MIRROR_Z],
  "m-3m": [MIRROR_X, CYCLE, SWAP_XY],
};

/** Rows: the primitive vectors in units of the conventional ones. */
const PRIMITIVE: Readonly<Record<Centring, Matrix3>> = {
  P: m(1, 0, 0, 0, 1, 0, 0, 0, 1),
  C: m(0.5, 0.5, 0, 0.5, -0.5, 0, 0, 0, 1),
  I: m(0.5, 0.5, -0.5, 0.5, -0.5, 0.5, -0.5, 0.5, 0.5),
  F: m(0.5, 0.5, 0, 0.5, 0, 0.5, 0, 0.5, 0.5),
  H: m(1, 0, 0, 0.5, Math.sqrt(0.75), 0, 0, 0, 1),
};

/** The fourteen, in the order of the crystal systems. */
export const BRAVAIS_LATTICES: readonly BravaisLattice[] = ([
  ["ptriclinic", "aP", "P", "-1"],
  ["pmonoclinic", "mP", "P", "2/m"],
  ["cmonoclinic", "mS", "C", "2/m"],
  ["porthorhombic", "oP", "P", "mmm"],
  ["corthorhombic", "oS", "C", "mmm"],
  ["borthorhombic", "oI", "I", "mmm"],
  ["forthorhombic", "oF", "F", "mmm"],
  ["ptetragonal", "tP", "P", "4/mmm"],
  ["btetragonal", "tI", "I", "4/mmm"],
  ["prhombohedral", "hR", "P", "-3m"],
  ["phexagonal", "hP", "H", "6/mmm"],
  ["pcubic", "cP", "P", "m-3m"],
  ["bcubic", "cI", "I", "m-3m"],
  ["fcubic", "cF", "F", "m-3m"],
] as const).map(([name, pearson, centring, pointGroup]) => ({
  name,
  pearson,
  centring,
  pointGroup,
  generators: POINT_GROUPS[pointGroup],
}));

/**
 * The lattice with this name, or these letters of Pearson's (`mC`, `oA` and `oC` are `mS` and `oS`).
 *
 * @throws {RangeError} If there is none.
 *
 * @example
 * ```ts
 * import { bravaisLattice } from "@refigure/refigure/crystals";
 * import assert from "node:assert/strict";
 *
 * assert.equal(bravaisLattice("cF").name, "fcubic");
 * ```
 */
export function bravaisLattice(name: string): BravaisLattice {
  const letters = name.replace(/^([mo])[AC]$/, "$1S");
  const found = BRAVAIS_LATTICES.find((lattice) => lattice.name === name || lattice.pearson === letters);
  if (found !== undefined) return found;
  const names = BRAVAIS_LATTICES.map((lattice) => lattice.name).join(", ");
  throw new RangeError(
    `Cannot find the lattice as its name must be one of ${names}: current value is ${JSON.stringify(name)}`,
  );
}

/**
 * The standard primitive basis of a centring.
 *
 * @returns `[3, 3]`, rows: primitive vectors in units of the conventional axes (for `H`: of an orthogonal
 *   frame with a, a, c).
 */
export function primitiveBasis(centring: Centring): Matrix3 {
  return PRIMITIVE[centring].slice();
}

/**
 * Generators of a lattice's holohedry as integer matrices of its standard primitive basis, A⁻ᵀ R Aᵀ for the
 * rows A of the primitive vectors and a rotation R of Cartesian columns.
 *
 * @returns `[3, 3]` each, acting on columns of fractional coordinates.
 * @throws {RangeError} If there is no such lattice.
 */
export function latticeRotations(name: BravaisName): Int32Array[] {
  const { centring, generators } = bravaisLattice(name);
  const basis = primitiveBasis(centring), dual = dualBasis(basis);
  const columns = basis.map((_, index) => basis[3 * (index % 3) + Math.floor(index / 3)]);
  return generators.map((rotation) =>
    Int32Array.from(multiply3(multiply3(dual, rotation), columns), (x) => {
      const rounded = Math.round(x);
      if (Math.abs(x - rounded) < 1e-9) return rounded;
      throw new RangeError(`Cannot use the rotation as it must map ${name} to itself: current entry is ${x}`);
    })
  );
}
