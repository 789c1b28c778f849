/**
 * A finite group of rotations of the plane by multiples of 360°/n about the origin, C_n, or with the
 * reflections at an axis too, D_n.
 *
 * Its elements are numbered: 0 … n − 1 are the rotations by 360° r/n, counter-clockwise as displayed; n + r
 * is that rotation followed by a mirror image from left to right.
 */
export interface PlanarGroup {
  /** n ≥ 1. */
  readonly rotations: number;
  /** Whether it is D_n. */
  readonly reflections: boolean;
}

function group(rotations: number, reflections: boolean): PlanarGroup {
  if (!Number.isInteger(rotations) || rotations < 1) {
    throw new RangeError(
      `Cannot make a group as rotations must be an integer >= 1: current value is ${rotations}`,
    );
  }
  return { rotations, reflections };
}

/**
 * C_n, the rotations by multiples of 360°/n.
 *
 * @throws {RangeError} If n is not a positive integer.
 */
export function cyclic(rotations: number): PlanarGroup {
  return group(rotations, false);
}

/**
 * D_n, the symmetries of a regular n-gon.
 *
 * @throws {RangeError} If n is not a positive integer.
 *
 * @example
 * ```ts
 * import { dihedral, groupAngles, groupOrder } from "@refigure/refigure/group";
 * import assert from "node:assert/strict";
 *
 * assert.equal(groupOrder(dihedral(4)), 8);
 * assert.deepEqual(groupAngles(dihedral(2)), [0, 180, 0, 180]);
 * ```
 */
export function dihedral(rotations: number): PlanarGroup {
  return group(rotations, true);
}

/** The number of elements: n, or 2n with reflections. */
export function groupOrder({ rotations, reflections }: PlanarGroup): number {
  return reflections ? 2 * rotations : rotations;
}

/** The angle of each element's rotation in degrees, in the order of the elements. */
export function groupAngles(group: PlanarGroup): number[] {
  const { rotations } = group;
  return Array.from({ length: groupOrder(group) }, (_, e) => 360 * (e % rotations) / rotations);
}

/** Short name, such as C4 or D8 (n is the number of rotations). */
export function groupName({ rotations, reflections }: PlanarGroup): string {
  return `${reflections ? "D" : "C"}${rotations}`;
}

/**
 * Where the filter of output element `e` and input element `q` is stored in the filter of the identity
 * element: the element e⁻¹q, which is (q − r) mod n among rotations.
 */
export function relativeElement(group: PlanarGroup, e: number, q: number): number {
  const n = group.rotations;
  const mod = (k: number) => ((k % n) + n) % n;
  const r = e % n;
  if (e < n) return q < n ? mod(q - r) : n + mod(q - n + r);
  return q < n ? n + mod(q + r) : mod(q - n - r);
}
