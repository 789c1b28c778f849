import type { BravaisName } from "../../crystals/mod.ts";
import { cellGroup, CELLS, regularGroup } from "./cell_groups.ts";
import { pairOrbits } from "./orbits.ts";

/**
 * The three equivariant maps of a message function on the regular representation: cells → G → G → cells, with
 * G = C × P of `size` elements.
 *
 * Of all functions on G only those occur that are the same at elements with one colour to the sender's cell,
 * which are 8 values: so the middle map, of one matrix per element of G, enters through sums of its matrices.
 */
export interface RegularMaps {
  /** For messages. */
  readonly name: string;
  /** |G| = 8 |P|, also the number of colours of the middle map. */
  readonly size: number;
  /** |P|. */
  readonly points: number;
  /** `[size, 8]` colour of each pair of an element of G and a cell, 0 to 7. */
  readonly lift: Int32Array;
  /** `[size, size]` colour of each pair of elements. */
  readonly middle: Int32Array;
  /** `[8, size]` colour of each pair of a cell and an element. */
  readonly back: Int32Array;
  /**
   * `[8, 8, size]` at (e, c, b): from an element with colour e to the sender's cell, how many elements have
   * colour c to that cell and b to the element.
   */
  readonly middleCounts: Float32Array;
  /**
   * `[8, 8, 8]` at (k, f, e): how many elements have colour f to the receiver's cell and e to the sender's,
   * where receiver and sender differ by k.
   */
  readonly backCounts: Float32Array;
}

/**
 * The maps of a lattice's regular representation.
 *
 * Kaba & Ravanbakhsh 2022, released code, model type `regular_layer`; the sums are derived here.
 *
 * @throws {RangeError} If there is no such lattice.
 *
 * @example
 * ```ts
 * import { regularMaps } from "@refigure/refigure/crystal_symmetry";
 * import assert from "node:assert/strict";
 *
 * const { size, points } = regularMaps("prhombohedral");
 * assert.deepEqual([size, points], [96, 12]);
 * ```
 */
export function regularMaps(name: BravaisName): RegularMaps {
  const group = regularGroup(name), cells = cellGroup(name), size = group[0].length;
  const { colours: lift } = pairOrbits(group, cells);
  const { colours: middle } = pairOrbits(group);
  const { colours: back } = pairOrbits(cells, group);
  // As seen from cell 0, the sender's.
  const ofElement = Int32Array.from({ length: size }, (_, g) => lift[g * CELLS]);
  const middleCounts = new Float32Array(CELLS * CELLS * size);
  for (let e = 0; e < CELLS; e++) {
    const element = ofElement.indexOf(e);
    for (let g = 0; g < size; g++) {
      middleCounts[(e * CELLS + ofElement[g]) * size + middle[element * size + g]]++;
    }
  }
  const backCounts = new Float32Array(CELLS ** 3);
  for (let k = 0; k < CELLS; k++) {
    for (let g = 0; g < size; g++) {
      backCounts[(k * CELLS + back[k * size + g]) * CELLS + ofElement[g]]++;
    }
  }
  return { name, size, points: size / CELLS, lift, middle, back, middleCounts, backCounts };
}
