/**
 * Orbits of a permutation group, given by generators: a permutation g is the list g[i], the place where i
 * goes.
 */

/** Orbits as colours. */
export interface Orbits {
  /** Number of orbits. */
  readonly count: number;
  /** Colour of each element, numbered by first occurrence. */
  readonly colours: Int32Array;
}

/** Numbers labels 0, 1, … by first occurrence. */
function renumber(labels: ArrayLike<number>): Orbits {
  const numbers = new Map<number, number>();
  const colours = Int32Array.from(labels, (label) => {
    if (!numbers.has(label)) numbers.set(label, numbers.size);
    return numbers.get(label)!;
  });
  return { count: numbers.size, colours };
}

/**
 * Orbits of ordered pairs (i, j) under a group that acts on both entries: i by `left`, j by `right`. By
 * union-find, in nearly linear time.
 *
 * An equivariant linear map between functions on two sets has one free parameter per such orbit (its
 * "colour").
 *
 * @param left Generators acting on the first set.
 * @param right The same generators acting on the second set. @default left
 * @returns `[|left set| · |right set|]`, row by row, colours numbered by the smallest flat index in the
 *   orbit.
 * @throws {RangeError} If there is no generator, or their numbers differ.
 *
 * @example
 * ```ts
 * import { pairOrbits } from "@refigure/refigure/crystal_symmetry";
 * import assert from "node:assert/strict";
 *
 * // Cyclic shifts of four: the colour is j − i, so a map that commutes with them is a convolution.
 * const { count, colours } = pairOrbits([[1, 2, 3, 0]]);
 * assert.equal(count, 4);
 * assert.deepEqual([...colours.slice(4, 8)], [3, 0, 1, 2]);
 * ```
 */
export function pairOrbits(
  left: readonly ArrayLike<number>[],
  right: readonly ArrayLike<number>[] = left,
): Orbits {
  if (left.length === 0 || left.length !== right.length) {
    throw new RangeError(
      "Cannot find the orbits as there must be as many generators on both sides, and one at least: " +
        `current numbers are ${left.length} and ${right.length}`,
    );
  }
  const rows = left[0].length, columns = right[0].length;
  const parent = Int32Array.from({ length: rows * columns }, (_, index) => index);
  const find = (index: number) => {
    while (parent[index] !== index) index = parent[index] = parent[parent[index]];
    return index;
  };
  left.forEach((g, k) => {
    const h = right[k];
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const a = find(i * columns + j), b = find(g[i] * columns + h[j]);
        // The smaller index becomes the root, which makes the numbering that of the first occurrence.
        if (a < b) parent[b] = a;
        else if (b < a) parent[a] = b;
      }
    }
  });
  return renumber(parent.map((_, index) => find(index)));
}

/**
 * As {@link pairOrbits}, by sweeps as AutoEquiv does (Shakerinava & Ravanbakhsh): every pair starts with a
 * label of its own, and over and over (i, j) and (g i, g j) take the smaller of their labels, until nothing
 * changes.
 */
export function pairOrbitsBySweeps(
  left: readonly ArrayLike<number>[],
  right: readonly ArrayLike<number>[] = left,
): Orbits {
  const rows = left[0].length, columns = right[0].length;
  const labels = Int32Array.from({ length: rows * columns }, (_, index) => index);
  for (let changed = true; changed;) {
    changed = false;
    left.forEach((g, k) => {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const a = i * columns + j, b = g[i] * columns + right[k][j];
          if (labels[a] === labels[b]) continue;
          labels[a] = labels[b] = Math.min(labels[a], labels[b]);
          changed = true;
        }
      }
    });
  }
  return renumber(labels);
}

/**
 * All elements of the group that some permutations generate, the identity first.
 *
 * @throws {RangeError} If there are more than `most` (100 000 by default).
 */
export function groupElements(
  generators: readonly ArrayLike<number>[],
  { most = 100_000 }: { readonly most?: number } = {},
): Int32Array[] {
  const identity = Int32Array.from({ length: generators[0].length }, (_, i) => i);
  const elements = [identity];
  const seen = new Set([identity.join()]);
  for (let at = 0; at < elements.length; at++) {
    for (const generator of generators) {
      const product = elements[at].map((i) => generator[i]);
      const key = product.join();
      if (seen.has(key)) continue;
      if (elements.length >= most) {
        throw new RangeError(`Cannot list the group as it must have at most ${most} elements: it has more`);
      }
      seen.add(key);
      elements.push(product);
    }
  }
  return elements;
}
