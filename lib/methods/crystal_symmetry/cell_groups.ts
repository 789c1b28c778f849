import { BRAVAIS_LATTICES, type BravaisName, latticeRotations, multiply3 } from "../../crystals/mod.ts";

/** Cells of the 2 × 2 × 2 cluster. */
export const CELLS = 8;

/** A Bravais lattice's group, or `set`, the symmetric group. */
export type CellGroupName = BravaisName | "set";

/** The fifteen groups of Kaba & Ravanbakhsh 2022. */
export const CELL_GROUP_NAMES: readonly CellGroupName[] = [
  ...BRAVAIS_LATTICES.map(({ name }) => name),
  "set",
];

/** Number of cell (n₁, n₂, n₃), taken modulo 2: 4 n₂ + 2 n₁ + n₃. */
export function cellIndex(n1: number, n2: number, n3: number): number {
  return 4 * (n2 & 1) + 2 * (n1 & 1) + (n3 & 1);
}

/** (n₁, n₂, n₃) in {0, 1}³ of a cell's number. */
export function cellCoordinates(cell: number): [number, number, number] {
  return [cell >> 1 & 1, cell >> 2 & 1, cell & 1];
}

/** n → n + t for the three primitive translations. */
export const TRANSLATIONS: readonly (readonly number[])[] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map((t) =>
  Array.from({ length: CELLS }, (_, cell) => {
    const [n1, n2, n3] = cellCoordinates(cell);
    return cellIndex(n1 + t[0], n2 + t[1], n3 + t[2]);
  })
);

/** n → R n modulo 2 for an integer matrix `[3, 3]` that acts on columns. */
export function cellPermutation(rotation: ArrayLike<number>): number[] {
  return Array.from({ length: CELLS }, (_, cell) => {
    const n = cellCoordinates(cell);
    const image = [0, 3, 6].map((row) =>
      rotation[row] * n[0] + rotation[row + 1] * n[1] + rotation[row + 2] * n[2]
    );
    return cellIndex(image[0], image[1], image[2]);
  });
}

/**
 * Generators of a group of permutations of the eight cells: the translations by a primitive vector, n → n + t
 * modulo 2, and the lattice's point operations, n → R n modulo 2; of `set` a transposition and a cycle.
 *
 * Kaba & Ravanbakhsh 2022 list generators in a table of their code; here they are derived from the lattices,
 * so that the lists differ while the groups are the same.
 *
 * @throws {RangeError} If there is no such group.
 *
 * @example
 * ```ts
 * import { cellGroup, groupElements } from "@refigure/refigure/crystal_symmetry";
 * import assert from "node:assert/strict";
 *
 * assert.equal(groupElements(cellGroup("pcubic")).length, 48);
 * ```
 */
export function cellGroup(name: CellGroupName): readonly (readonly number[])[] {
  if (name === "set") return [[1, 0, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7, 0]];
  return [...latticeRotations(name).map(cellPermutation), ...TRANSLATIONS];
}

/**
 * The regular representation: the group C × P of a lattice, with the eight cells C and the holohedry P,
 * acting on itself.
 *
 * @returns Permutations of the |C| |P| elements, one per generator of {@link cellGroup} and in its order: (n,
 *   p) → (R n, R p) and (n, p) → (n + t, p).
 */
export function regularGroup(name: BravaisName): Int32Array[] {
  const generators = latticeRotations(name);
  const identity = Int32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  const points = [identity], numbers = new Map([[identity.join(), 0]]);
  for (let at = 0; at < points.length; at++) {
    for (const generator of generators) {
      const product = Int32Array.from(multiply3(generator, points[at]));
      if (numbers.has(product.join())) continue;
      numbers.set(product.join(), points.length);
      points.push(product);
    }
  }
  const size = CELLS * points.length;
  const act = (cell: (n: number) => number, point: (p: number) => number) =>
    Int32Array.from({ length: size }, (_, g) => {
      const n = g % CELLS, p = (g - n) / CELLS;
      return cell(n) + CELLS * point(p);
    });
  return [
    ...generators.map((rotation) => {
      const permutation = cellPermutation(rotation);
      return act(
        (n) => permutation[n],
        (p) => numbers.get(Int32Array.from(multiply3(rotation, points[p])).join())!,
      );
    }),
    ...TRANSLATIONS.map((translation) => act((n) => translation[n], (p) => p)),
  ];
}
