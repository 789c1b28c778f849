import { EigenvalueDecomposition, LuDecomposition, Matrix, solve } from "ml-matrix";

/** LabelledAtoms that a label is computed of; see `Molecule`. */
export interface LabelledAtoms {
  /** [n] */
  readonly atomicNumbers: ArrayLike<number>;
  /** [n, 3], ångström. */
  readonly positions: ArrayLike<number>;
}

/** The labels of {@link moleculeLabels}: name → unit. */
export const MOLECULE_LABELS = {
  /** |Σ q_i r_i| of the charges below. */
  dipole: "D",
  /** A third of the trace of the polarisability. */
  polarisability: "Å³",
  /** √((3 tr α² − (tr α)²)/2). */
  anisotropy: "Å³",
  /** Σ Z_i |r_i − centroid|². */
  extent: "Å²",
  logA: "log GHz",
  logB: "log GHz",
  logC: "log GHz",
  /** Σ_{i<j} Z_i Z_j / r_ij. */
  nuclearRepulsion: "Ha",
  /** −Σ_{i<j} f(r) √(C6_i C6_j) / r⁶. */
  dispersion: "kcal/mol",
  /** λ₁ − (λ₂ + λ₃)/2 of the gyration tensor. */
  asphericity: "Å²",
  /** χ·q + q·A q/2 at its minimum. */
  electrostatic: "eV",
} as const;

/** Name of a label. */
export type MoleculeLabel = keyof typeof MOLECULE_LABELS;

/**
 * Constants of the label models by atomic number: fixed numbers that define the labels, not claims about
 * nature.
 */
const ELEMENTS: Readonly<
  Record<number, {
    readonly massU: number;
    /** Electronegativity χ and hardness J, eV. */
    readonly chi: number;
    readonly hardness: number;
    /** Å³ */
    readonly polarisability: number;
    /** J nm⁶/mol, and radius in Å. */
    readonly c6: number;
    readonly radius: number;
  }>
> = {
  1: { massU: 1.00783, chi: 4.528, hardness: 13.89, polarisability: 0.4138, c6: 0.14, radius: 1.001 },
  6: { massU: 12, chi: 5.343, hardness: 10.126, polarisability: 1.2886, c6: 1.75, radius: 1.452 },
  7: { massU: 14.00307, chi: 6.899, hardness: 11.76, polarisability: 0.9716, c6: 1.23, radius: 1.397 },
  8: { massU: 15.99491, chi: 8.741, hardness: 13.364, polarisability: 0.852, c6: 0.7, radius: 1.342 },
  16: { massU: 31.97207, chi: 6.928, hardness: 8.972, polarisability: 2.9, c6: 5.57, radius: 1.683 },
};

const COULOMB_EV_ANGSTROM = 14.4;
const DEBYE_PER_E_ANGSTROM = 4.8032;
const BOHR_ANGSTROM = 0.529177;
/** B [GHz] = 505.379 / I [u Å²]. */
const ROTATION = 505.379;
/** A linear molecule has no inertia about its axis; its logarithm needs some. u Å². */
const LEAST_INERTIA = 0.01;

const constantsOf = ({ atomicNumbers }: LabelledAtoms) =>
  Array.from(atomicNumbers, (z) => {
    const found = ELEMENTS[z];
    if (found) return found;
    throw new RangeError(
      `Cannot label the molecule as its elements must be H, C, N, O, S: current atomic number is ${z}`,
    );
  });

const difference = (x: ArrayLike<number>, i: number, j: number): [number, number, number] => [
  x[3 * i] - x[3 * j],
  x[3 * i + 1] - x[3 * j + 1],
  x[3 * i + 2] - x[3 * j + 2],
];

/** A of charge equilibration, eV: A_ii = 14.4 + J_i/2, A_ij = 14.4/√(r² + 1); positive definite. */
export function chargeMatrix(atoms: LabelledAtoms): number[][] {
  const constants = constantsOf(atoms);
  const a = Matrix.zeros(constants.length, constants.length);
  constants.forEach(({ hardness }, i) => {
    a.set(i, i, COULOMB_EV_ANGSTROM + hardness / 2);
    for (let j = 0; j < i; j++) {
      const [x, y, z] = difference(atoms.positions, i, j);
      const value = COULOMB_EV_ANGSTROM / Math.sqrt(x * x + y * y + z * z + 1);
      a.set(i, j, value);
      a.set(j, i, value);
    }
  });
  return a.to2DArray();
}

/**
 * Thole's matrix [3n, 3n], Å⁻³: blocks I/α_i on the diagonal, l₃ I/r³ − 3 l₅ r rᵀ/r⁵ off it, with l₃ = 1 −
 * e⁻ˢ, l₅ = 1 − (1 + s)e⁻ˢ, s = 0.572 r³/√(α_i α_j).
 */
export function tholeMatrix(atoms: LabelledAtoms): number[][] {
  const constants = constantsOf(atoms);
  const t = Matrix.zeros(3 * constants.length, 3 * constants.length);
  constants.forEach(({ polarisability }, i) => {
    for (let axis = 0; axis < 3; axis++) t.set(3 * i + axis, 3 * i + axis, 1 / polarisability);
    for (let j = 0; j < i; j++) {
      const r = difference(atoms.positions, i, j);
      const squared = r[0] ** 2 + r[1] ** 2 + r[2] ** 2;
      const cubed = squared * Math.sqrt(squared);
      const s = 0.572 * cubed / Math.sqrt(polarisability * constants[j].polarisability);
      const l3 = 1 - Math.exp(-s), l5 = 1 - (1 + s) * Math.exp(-s);
      for (let a = 0; a < 3; a++) {
        for (let b = 0; b < 3; b++) {
          const value = (a === b ? l3 / cubed : 0) - 3 * l5 * r[a] * r[b] / (cubed * squared);
          t.set(3 * i + a, 3 * j + b, value);
          t.set(3 * j + b, 3 * i + a, value);
        }
      }
    }
  });
  return t.to2DArray();
}

/** Charges that minimise χ·q + q·A q/2 with Σ q = 0, and that minimum. */
function equilibrate(atoms: LabelledAtoms): { charges: number[]; energy: number } {
  const a = new Matrix(chargeMatrix(atoms)), n = a.rows;
  const chi = constantsOf(atoms).map(({ chi }) => chi);
  // [A 1; 1ᵀ 0] [q; λ] = [−χ; 0].
  const system = Matrix.zeros(n + 1, n + 1);
  system.setSubMatrix(a, 0, 0);
  for (let i = 0; i < n; i++) {
    system.set(i, n, 1);
    system.set(n, i, 1);
  }
  const right = Matrix.columnVector([...chi.map((value) => -value), 0]);
  const charges = solve(system, right).to1DArray().slice(0, n);
  const field = a.mmul(Matrix.columnVector(charges)).to1DArray();
  return { charges, energy: charges.reduce((sum, q, i) => sum + q * (chi[i] + field[i] / 2), 0) };
}

/** Σ over all 3×3 blocks of the inverse of Thole's matrix. */
function molecularPolarisability(atoms: LabelledAtoms): Matrix {
  const thole = new Matrix(tholeMatrix(atoms)), n = thole.rows / 3;
  const identities = Matrix.zeros(3 * n, 3);
  for (let k = 0; k < 3 * n; k++) identities.set(k, k % 3, 1);
  return identities.transpose().mmul(new LuDecomposition(thole).solve(identities));
}

/** Eigenvalues of Σ w_i (r_i − c)(r_i − c)ᵀ, rising, with c the weighted mean. */
function principalSpreads({ positions }: LabelledAtoms, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, w) => sum + w, 0);
  const centre = [0, 1, 2].map((axis) =>
    weights.reduce((sum, w, i) => sum + w * positions[3 * i + axis], 0) / total
  );
  const spread = Matrix.zeros(3, 3);
  weights.forEach((w, i) => {
    const r = centre.map((c, axis) => positions[3 * i + axis] - c);
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) spread.set(a, b, spread.get(a, b) + w * r[a] * r[b]);
    }
  });
  return new EigenvalueDecomposition(spread, { assumeSymmetric: true }).realEigenvalues
    .map((value) => Math.max(value, 0)).sort((a, b) => a - b);
}

/**
 * Properties of a molecule by fixed formulas: *model labels on real geometries*, for use where
 * quantum-chemical ones are not to be had. Dipole, polarisability, anisotropy and asphericity depend on
 * directions.
 *
 * @returns one number per {@link MOLECULE_LABELS}.
 * @throws {RangeError} If an element is not among H, C, N, O, S.
 *
 * @example
 * ```ts
 * import { moleculeLabels } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const hydrogen = { atomicNumbers: [1, 1], positions: [0, 0, 0, 0, 0, 0.74] };
 * const { dipole, nuclearRepulsion } = moleculeLabels(hydrogen);
 * assert.equal(dipole.toFixed(6), "0.000000");
 * assert.equal(nuclearRepulsion.toFixed(3), "0.715");
 * ```
 */
export function moleculeLabels(atoms: LabelledAtoms): Record<MoleculeLabel, number> {
  const { atomicNumbers, positions } = atoms;
  const constants = constantsOf(atoms), n = constants.length;
  const { charges, energy } = equilibrate(atoms);
  const moment = [0, 1, 2].map((axis) => charges.reduce((sum, q, i) => sum + q * positions[3 * i + axis], 0));
  const alpha = molecularPolarisability(atoms);
  const trace = alpha.trace();

  const centroid = [0, 1, 2].map((axis) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += positions[3 * i + axis];
    return sum / n;
  });
  let extent = 0, nuclearRepulsion = 0, dispersion = 0;
  for (let i = 0; i < n; i++) {
    extent += atomicNumbers[i] *
      centroid.reduce((sum, c, axis) => sum + (positions[3 * i + axis] - c) ** 2, 0);
    for (let j = 0; j < i; j++) {
      const r = Math.hypot(...difference(positions, i, j));
      nuclearRepulsion += BOHR_ANGSTROM * atomicNumbers[i] * atomicNumbers[j] / r;
      const damping = 1 / (1 + Math.exp(-20 * (r / (constants[i].radius + constants[j].radius) - 1)));
      // J nm⁶/mol → kcal Å⁶/mol.
      dispersion -= damping * Math.sqrt(constants[i].c6 * constants[j].c6) * 1e6 / 4184 / r ** 6;
    }
  }
  const masses = constants.map(({ massU }) => massU);
  const [low, middle, high] = principalSpreads(atoms, masses);
  // The moment of inertia about an axis is the sum of the spreads along the two others.
  const logRotation = (inertia: number) => Math.log(ROTATION / Math.max(inertia, LEAST_INERTIA));
  const gyration = principalSpreads(atoms, masses.map(() => 1)).map((value) => value / n);
  return {
    dipole: DEBYE_PER_E_ANGSTROM * Math.hypot(...moment),
    polarisability: trace / 3,
    anisotropy: Math.sqrt(Math.max(0, (3 * alpha.mmul(alpha).trace() - trace ** 2) / 2)),
    extent,
    logA: logRotation(low + middle),
    logB: logRotation(low + high),
    logC: logRotation(middle + high),
    nuclearRepulsion,
    dispersion,
    asphericity: gyration[2] - (gyration[0] + gyration[1]) / 2,
    electrostatic: energy,
  };
}
