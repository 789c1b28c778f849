import { analyze_cell, initSync, type MoyoCell, type MoyoDataset, space_group_type } from "@spglib/moyo-wasm";
import { bravaisLattice, type BravaisName } from "./bravais.ts";
import { type Crystal, dualBasis, multiply3, toCartesian } from "./crystal.ts";

/** What is known of a crystal's symmetry. */
export interface CrystalSymmetry {
  /** Number of the space group in the International Tables, 1 to 230. */
  readonly spaceGroup: number;
  /** Hermann–Mauguin symbol, e.g. `P m -3 m`. */
  readonly symbol: string;
  /** The Bravais lattice of its space group. */
  readonly bravais: BravaisName;
  /** `[p]` for each atom of the given cell the first atom that a symmetry maps to it. */
  readonly orbits: Int32Array;
  /** The standard primitive cell, in the basis of `primitiveBasis`, atoms in [0, 1) (up to the tolerance). */
  readonly primitive: Crystal;
}

let ready = false;

function analyse(crystal: Crystal, tolerance: number): MoyoDataset {
  if (!ready) {
    // The one file that lib/crystals reads: the library's own WebAssembly.
    initSync({
      module: Deno.readFileSync(
        new URL(import.meta.resolve("npm:@spglib/moyo-wasm@0.15.0/moyo_wasm_bg.wasm")),
      ),
    });
    ready = true;
  }
  const positions = Array.from(
    crystal.atomicNumbers,
    (_, u) => [...crystal.positions.subarray(3 * u, 3 * u + 3)],
  );
  const cell = {
    lattice: { basis: [...crystal.lattice] },
    positions,
    numbers: [...crystal.atomicNumbers],
  };
  try {
    return analyze_cell(JSON.stringify(cell), tolerance, "Standard");
  } catch (error) {
    throw new RangeError(
      `Cannot find the symmetry of the crystal within ${tolerance} Å: ${
        error instanceof Error ? error.message : error
      }`,
      { cause: error },
    );
  }
}

/**
 * Finds the space group, the Bravais lattice and the standard primitive cell of a crystal (by
 * `@spglib/moyo-wasm`).
 *
 * @param options.tolerance How far atoms may be from where a symmetry wants them, in ångström. @default 0.01
 * @throws {RangeError} If no symmetry can be found, e.g. as two atoms lie on one another.
 *
 * @example
 * ```ts
 * import { findSymmetry } from "@refigure/refigure/crystals";
 * import assert from "node:assert/strict";
 *
 * const caesiumChloride = {
 *   lattice: Float64Array.of(4.123, 0, 0, 0, 4.123, 0, 0, 0, 4.123),
 *   atomicNumbers: Uint8Array.of(55, 17),
 *   positions: Float64Array.of(0, 0, 0, 0.5, 0.5, 0.5),
 * };
 * const { spaceGroup, bravais } = findSymmetry(caesiumChloride);
 * assert.deepEqual([spaceGroup, bravais], [221, "pcubic"]);
 * ```
 */
export function findSymmetry(
  crystal: Crystal,
  { tolerance = 0.01 }: { readonly tolerance?: number } = {},
): CrystalSymmetry {
  const { number, hm_symbol, orbits, std_cell } = analyse(crystal, tolerance);
  const { name } = bravaisLattice(space_group_type(number).bravais_class);
  return {
    spaceGroup: number,
    symbol: hm_symbol,
    bravais: name,
    orbits: Int32Array.from(orbits),
    primitive: toPrimitive(std_cell, { bravais: name, symbol: hm_symbol, tolerance }),
  };
}

/**
 * The distinct rotations of a crystal's space group as integer matrices of its own basis: a cell n goes to R
 * n.
 *
 * @returns `[3, 3]` each, acting on columns of fractional coordinates; entries −1, 0, 1 for a reduced basis.
 * @throws {RangeError} If no symmetry can be found.
 */
export function pointOperations(
  crystal: Crystal,
  { tolerance = 0.01 }: { readonly tolerance?: number } = {},
): Int32Array[] {
  const distinct = new Map<string, Int32Array>();
  for (const { rotation } of analyse(crystal, tolerance).operations) {
    // moyo lists a rotation column by column.
    const rows = Int32Array.from(rotation, (_, index) => rotation[3 * (index % 3) + Math.floor(index / 3)]);
    distinct.set(rows.join(), rows);
  }
  return [...distinct.values()];
}

/** Rows: our primitive basis in units of the axes of moyo's standard conventional cell. */
function standardRows(bravais: BravaisName, symbol: string): number[] {
  const { pearson, centring } = bravaisLattice(bravais);
  // Rhombohedral: the obverse setting. Hexagonal: moyo's axes have 120° between them.
  if (pearson === "hR") return [2, 1, 1, -1, 1, 1, -1, -2, 1].map((x) => x / 3);
  if (pearson === "hP") return [1, 0, 0, 1, 1, 0, 0, 0, 1];
  const h = 0.5;
  if (centring === "C" && symbol.startsWith("A")) return [0, h, h, 0, h, -h, 1, 0, 0];
  if (centring === "C") return [h, h, 0, h, -h, 0, 0, 0, 1];
  if (centring === "I") return [h, h, -h, h, -h, h, -h, h, h];
  if (centring === "F") return [h, h, 0, h, 0, h, 0, h, h];
  return [1, 0, 0, 0, 1, 0, 0, 0, 1];
}

function toPrimitive(
  { lattice: { basis }, positions, numbers }: MoyoCell,
  { bravais, symbol, tolerance }: {
    readonly bravais: BravaisName;
    readonly symbol: string;
    readonly tolerance: number;
  },
): Crystal {
  const lattice = multiply3(standardRows(bravais, symbol), basis);
  const dual = dualBasis(lattice);
  const kept: { readonly z: number; readonly f: number[] }[] = [];
  positions.forEach((position, u) => {
    const r = toCartesian(position, Float64Array.from(basis));
    const f = [0, 3, 6].map((k) => r[0] * dual[k] + r[1] * dual[k + 1] + r[2] * dual[k + 2]);
    const same = kept.some(({ z, f: other }) => {
      if (z !== numbers[u]) return false;
      const apart = f.map((x, k) => x - other[k] - Math.round(x - other[k]));
      return Math.hypot(...toCartesian(apart, lattice)) < tolerance;
    });
    if (!same) kept.push({ z: numbers[u], f: f.map((x) => x - Math.floor(x + 1e-6)) });
  });
  return {
    lattice,
    atomicNumbers: Uint8Array.from(kept, ({ z }) => z),
    positions: Float64Array.from(kept.flatMap(({ f }) => f)),
  };
}
