import { cellGroup, type CellGroupName, cellPermutation, CELLS, TRANSLATIONS } from "./cell_groups.ts";
import { pairOrbits } from "./orbits.ts";

/**
 * The weight-sharing pattern of maps between functions on the eight cells.
 *
 * As every group here contains the translations, the colour of a pair (m, n) of cells depends on n − m modulo
 * 2 only.
 */
export interface CellColouring {
  /** For messages. */
  readonly name: string;
  /** Number of colours, 2 to 8. */
  readonly colours: number;
  /** `[8, 8]` colour of each ordered pair of cells, numbered by first occurrence. */
  readonly matrix: Int32Array;
  /** `[8]` colour of each difference n − m, by its cell number. */
  readonly ofDifference: Int32Array;
  /** `[colours]` how many cells have each colour, seen from one cell. */
  readonly sizes: Int32Array;
  /**
   * `[colours, colours, colours]` intersection numbers p^k_cd at (k, c, d): from cells m and m' whose pair
   * has colour k, how many cells n have colour c to m' and d from m. They make the colours an association
   * scheme, A_c A_d = Σ_k p^k_cd A_k.
   */
  readonly intersections: Int32Array;
}

/**
 * The pattern of one of the fifteen groups.
 *
 * @throws {RangeError} If there is no such group.
 *
 * @example
 * ```ts
 * import { cellColouring } from "@refigure/refigure/crystal_symmetry";
 * import assert from "node:assert/strict";
 *
 * const { colours, sizes } = cellColouring("pcubic");
 * assert.equal(colours, 4);
 * assert.deepEqual([...sizes], [1, 3, 3, 1]);
 * ```
 */
export function cellColouring(name: CellGroupName): CellColouring {
  return colouringOf(cellGroup(name), name);
}

/**
 * The pattern of any crystal, without a name for its lattice: integer matrices of its space group in a
 * primitive basis (`pointOperations`), together with the translations.
 */
export function crystalColouring(
  rotations: readonly ArrayLike<number>[],
  name = "crystal",
): CellColouring {
  return colouringOf([...rotations.map(cellPermutation), ...TRANSLATIONS], name);
}

function colouringOf(generators: readonly ArrayLike<number>[], name: string): CellColouring {
  const matrix = pairOrbits(generators).colours;
  const ofDifference = matrix.slice(0, CELLS);
  const colours = Math.max(...ofDifference) + 1;
  const sizes = new Int32Array(colours);
  for (const colour of ofDifference) sizes[colour]++;
  const intersections = new Int32Array(colours ** 3);
  for (let k = 0; k < colours; k++) {
    const to = ofDifference.indexOf(k);
    for (let n = 0; n < CELLS; n++) {
      const c = matrix[CELLS * n + to], d = matrix[n];
      intersections[(k * colours + c) * colours + d]++;
    }
  }
  return { name, colours, matrix, ofDifference, sizes, intersections };
}
