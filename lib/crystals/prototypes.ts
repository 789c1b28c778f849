import { type Crystal, latticeFromParameters } from "./crystal.ts";
import { elementNumber } from "./elements.ts";

/** Lattice constants in ångström and symbols and places of the atoms; angles of 90° unless given. */
interface Prototype {
  readonly cell: readonly [number, number, number];
  readonly angles?: readonly [number, number, number];
  readonly atoms: readonly (readonly [symbol: string, x: number, y: number, z: number])[];
}

/** u of rutile TiO₂ and of α-quartz's silicon; quartz's oxygen. */
const RUTILE = 0.3053, QUARTZ_U = 0.4697, [QX, QY, QZ] = [0.4135, 0.2669, 0.7858];
const cubic = (a: number): [number, number, number] => [a, a, a];
/** Face-centred translates of a place. */
const faces = (symbol: string, x: number, y: number, z: number) =>
  [[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]].map(([u, v, w]) =>
    [symbol, x + u, y + v, z + w] as const
  );

/** Names of {@link prototype}. */
export type PrototypeName =
  | "caesiumChloride"
  | "rockSalt"
  | "silicon"
  | "iron"
  | "copper"
  | "perovskite"
  | "magnesium"
  | "rutile"
  | "quartz";

const PROTOTYPES: Readonly<Record<PrototypeName, Prototype>> = {
  caesiumChloride: { cell: cubic(4.123), atoms: [["Cs", 0, 0, 0], ["Cl", 0.5, 0.5, 0.5]] },
  rockSalt: { cell: cubic(5.64), atoms: [...faces("Na", 0, 0, 0), ...faces("Cl", 0.5, 0.5, 0.5)] },
  silicon: { cell: cubic(5.431), atoms: [...faces("Si", 0, 0, 0), ...faces("Si", 0.25, 0.25, 0.25)] },
  iron: { cell: cubic(2.866), atoms: [["Fe", 0, 0, 0], ["Fe", 0.5, 0.5, 0.5]] },
  copper: { cell: cubic(3.615), atoms: faces("Cu", 0, 0, 0) },
  perovskite: {
    cell: cubic(3.905),
    atoms: [["Sr", 0, 0, 0], ["Ti", 0.5, 0.5, 0.5], ["O", 0.5, 0.5, 0], ["O", 0.5, 0, 0.5], [
      "O",
      0,
      0.5,
      0.5,
    ]],
  },
  magnesium: {
    cell: [3.209, 3.209, 5.211],
    angles: [90, 90, 120],
    atoms: [["Mg", 1 / 3, 2 / 3, 0.25], ["Mg", 2 / 3, 1 / 3, 0.75]],
  },
  rutile: {
    cell: [4.594, 4.594, 2.959],
    atoms: [
      ["Ti", 0, 0, 0],
      ["Ti", 0.5, 0.5, 0.5],
      ["O", RUTILE, RUTILE, 0],
      ["O", -RUTILE, -RUTILE, 0],
      ["O", 0.5 + RUTILE, 0.5 - RUTILE, 0.5],
      ["O", 0.5 - RUTILE, 0.5 + RUTILE, 0.5],
    ],
  },
  quartz: {
    cell: [4.913, 4.913, 5.405],
    angles: [90, 90, 120],
    atoms: [
      ["Si", QUARTZ_U, 0, 2 / 3],
      ["Si", 0, QUARTZ_U, 1 / 3],
      ["Si", -QUARTZ_U, -QUARTZ_U, 0],
      ["O", QX, QY, QZ],
      ["O", -QY, QX - QY, QZ + 2 / 3],
      ["O", QY - QX, -QX, QZ + 1 / 3],
      ["O", QY, QX, -QZ],
      ["O", QX - QY, -QY, 1 / 3 - QZ],
      ["O", -QX, QY - QX, 2 / 3 - QZ],
    ],
  },
};

/** The names of the prototypes. */
export const PROTOTYPE_NAMES: readonly PrototypeName[] = Object.keys(PROTOTYPES) as PrototypeName[];

/**
 * A well-known crystal in its conventional cell, with lattice constants as measured at room temperature
 * (rounded).
 *
 * @example
 * ```ts
 * import { findSymmetry, prototype } from "@refigure/refigure/crystals";
 * import assert from "node:assert/strict";
 *
 * assert.equal(findSymmetry(prototype("rockSalt")).spaceGroup, 225);
 * ```
 */
export function prototype(name: PrototypeName): Crystal {
  const { cell: [a, b, c], atoms, ...rest } = PROTOTYPES[name];
  const [alpha, beta, gamma] = rest.angles ?? [90, 90, 90];
  return {
    lattice: latticeFromParameters({ a, b, c, alpha, beta, gamma }),
    atomicNumbers: Uint8Array.from(atoms, ([symbol]) => elementNumber(symbol)),
    positions: Float64Array.from(atoms.flatMap(([, ...place]) => place)),
  };
}
