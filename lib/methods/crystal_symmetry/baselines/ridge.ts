import { CholeskyDecomposition, Matrix as DenseMatrix } from "ml-matrix";
import { cellVolume, type Crystal } from "../../../crystals/mod.ts";
import type { Matrix } from "../../../stats/mod.ts";

const ELEMENTS = 103;

/**
 * The share of each element in a crystal.
 *
 * @returns `[n, 103]`.
 */
export function compositionFeatures(crystals: readonly Crystal[]): Matrix {
  const data = new Float64Array(crystals.length * ELEMENTS);
  crystals.forEach(({ atomicNumbers }, row) => {
    for (const z of atomicNumbers) data[row * ELEMENTS + z - 1] += 1 / atomicNumbers.length;
  });
  return { data, rows: crystals.length, columns: ELEMENTS };
}

/**
 * Which element is on which site of perovskites ABX₃, and the length of the cell.
 *
 * @param crystals Cells of five atoms in the order A, B, X, X, X, as Perov-5 lists them.
 * @returns `[n, 310]`: element on A, element on B, shares of the elements on X, cube root of the volume in
 * ångström.
 * @throws {RangeError} If a crystal does not have five atoms.
 */
export function perovskiteSiteFeatures(crystals: readonly Crystal[]): Matrix {
  const columns = 3 * ELEMENTS + 1;
  const data = new Float64Array(crystals.length * columns);
  crystals.forEach(({ atomicNumbers, lattice }, row) => {
    if (atomicNumbers.length !== 5) {
      throw new RangeError(
        `Cannot tell the sites of crystal ${row} as it must be a perovskite of 5 atoms: ` +
          `current number is ${atomicNumbers.length}`,
      );
    }
    atomicNumbers.forEach((z, u) => {
      const site = Math.min(u, 2);
      data[row * columns + site * ELEMENTS + z - 1] += site === 2 ? 1 / 3 : 1;
    });
    data[(row + 1) * columns - 1] = Math.cbrt(cellVolume(lattice));
  });
  return { data, rows: crystals.length, columns };
}

/** A linear model. */
export interface Ridge {
  /** w, `[d]`. */
  readonly weights: Float64Array;
  /** b. */
  readonly intercept: number;
  /**
   * x w + b.
   *
   * @param x `[n, d]`.
   * @returns `[n]`.
   */
  predict(x: Matrix): Float64Array;
}

/**
 * Ridge regression: minimises Σ (y − w · x − b)² + λ |w|², with b free, by Cholesky decomposition of XᵀX + λ
 * I of centred columns.
 *
 * @param x `[n, d]`.
 * @param options.targets `[n]`. `penalty` λ > 0.
 * @throws {RangeError} If the sizes do not fit or λ is not positive.
 *
 * @example
 * ```ts
 * import { matrix } from "@refigure/refigure";
 * import { fitRidge } from "@refigure/refigure/crystal_symmetry";
 * import assert from "node:assert/strict";
 *
 * const x = matrix([0, 1, 2], { columns: 1 });
 * const { weights, intercept } = fitRidge(x, { targets: [1, 3, 5], penalty: 1e-9 });
 * assert.ok(Math.abs(weights[0] - 2) < 1e-6 && Math.abs(intercept - 1) < 1e-6);
 * ```
 */
export function fitRidge(
  x: Matrix,
  { targets, penalty }: { readonly targets: ArrayLike<number>; readonly penalty: number },
): Ridge {
  const { rows, columns, data } = x;
  if (targets.length !== rows || rows === 0) {
    throw new RangeError(
      `Cannot fit as there must be ${rows} >= 1 targets: current number is ${targets.length}`,
    );
  }
  if (!(penalty > 0 && penalty < Infinity)) {
    throw new RangeError(`Cannot fit as the penalty must be finite and > 0: current value is ${penalty}`);
  }
  for (const [name, values, size] of [["features", data, columns], ["targets", targets, 1]] as const) {
    const wrong = Array.prototype.findIndex.call(values, (value: number) => !Number.isFinite(value));
    if (wrong < 0) continue;
    throw new RangeError(
      `Cannot fit as ${name} must be finite: current value in row ${Math.floor(wrong / size)} is ${
        values[wrong]
      }`,
    );
  }
  const means = new Float64Array(columns);
  let mean = 0;
  for (let i = 0; i < rows; i++) {
    mean += targets[i] / rows;
    for (let j = 0; j < columns; j++) means[j] += data[i * columns + j] / rows;
  }
  const centred = new DenseMatrix(rows, columns), right = new DenseMatrix(rows, 1);
  for (let i = 0; i < rows; i++) {
    right.set(i, 0, targets[i] - mean);
    for (let j = 0; j < columns; j++) centred.set(i, j, data[i * columns + j] - means[j]);
  }
  const transposed = centred.transpose(), gram = transposed.mmul(centred);
  for (let j = 0; j < columns; j++) gram.set(j, j, gram.get(j, j) + penalty);
  const weights = Float64Array.from(
    new CholeskyDecomposition(gram).solve(transposed.mmul(right)).to1DArray(),
  );
  const intercept = mean - weights.reduce((sum, w, j) => sum + w * means[j], 0);
  return {
    weights,
    intercept,
    predict: (more) =>
      Float64Array.from({ length: more.rows }, (_, i) => {
        let sum = intercept;
        for (let j = 0; j < columns; j++) sum += weights[j] * more.data[i * columns + j];
        return sum;
      }),
  };
}
