import { type GalaxyCatalogue, groupStarts } from "../galaxy_catalogue.ts";
import { type NamedMatrix, readCsv } from "./csv.ts";

const POSITION = ["x", "y", "z"] as const;
const MAJOR = ["a_x", "a_y", "a_z"] as const;
const INTERMEDIATE = ["b_x", "b_y", "b_z"] as const;
const REQUIRED = [...POSITION, "group", "log_mass", ...MAJOR, ...INTERMEDIATE, "q", "s"] as const;

/** Options of {@link readGalaxyCsv}. */
export interface GalaxyCsvOptions {
  /** Side of the periodic box, Mpc/h; for a catalogue without one, anything larger than it. */
  readonly box: number;
}

/** A catalogue read from a file, and which of the file's rows each galaxy is. */
export interface ReadGalaxies {
  /** The galaxies. */
  readonly catalogue: GalaxyCatalogue;
  /** Row (from 0) of each galaxy in the file `[N]`: the catalogue is ordered by group, central first. */
  readonly rows: Int32Array;
}

/**
 * Reads a catalogue of galaxies from comma-separated text.
 *
 * Columns, in any order: `x`, `y`, `z` (Mpc/h), `group` (any integer), `log_mass` (log₁₀ of the galaxy's own
 * dark mass in Msun/h), the major axis `a_x`, `a_y`, `a_z`, the intermediate axis `b_x`, `b_y`, `b_z` (any
 * length; made unit vectors, and b perpendicular to a), `q` = b/a and `s` = c/a. Where there are, `central`
 * (0 or 1), `log_group_mass` and `log_stellar_mass` are read, too; else a group's central is its most massive
 * galaxy, the group's mass the central's, and the stellar mass 10^−1.6 of the dark mass. Further columns are
 * left alone. The catalogue has no tidal field.
 *
 * @throws {SyntaxError} If the text is no table of numbers, or a column is missing.
 * @throws {RangeError} If the box is not positive, axis ratios are not 0 < s ≤ q ≤ 1, an axis is zero, or a
 *   group has not exactly one central.
 *
 * @example
 * ```ts
 * import { readGalaxyCsv } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const text = `group,x,y,z,log_mass,a_x,a_y,a_z,b_x,b_y,b_z,q,s
 * 8,1,2,3,11.0,0,0,2,1,0,0,0.8,0.5
 * 8,1,2,4,12.5,1,0,0,0,1,0,0.9,0.7`;
 * const { catalogue, rows } = readGalaxyCsv(text, { box: 10 });
 * assert.deepEqual([...rows], [1, 0]); // the heavier one is the central
 * assert.deepEqual([...catalogue.shapes.axes.subarray(9)], [0, 0, 1, 1, 0, 0, 0, 1, 0]);
 * ```
 */
export function readGalaxyCsv(text: string, { box }: GalaxyCsvOptions): ReadGalaxies {
  if (!(box > 0 && box < Infinity)) {
    throw new RangeError(`Cannot read the galaxies as box must be finite and > 0: current value is ${box}`);
  }
  const table = readCsv(text, { missing: [] });
  const missing = REQUIRED.filter((name) => !table.names.includes(name));
  if (missing.length > 0) {
    throw new SyntaxError(
      `Cannot read the galaxies as there must be columns ${REQUIRED.join(", ")}: ${
        missing.join(", ")
      } missing`,
    );
  }
  const file = columns(table);
  const has = (name: string) => table.names.includes(name);
  const mass = file("log_mass"), group = file("group");
  const central = has("central") ? file("central") : heaviest(group, mass);
  const rows = Int32Array.from(group.keys())
    .sort((i, j) => group[i] - group[j] || central[j] - central[i] || i - j);
  const ordered = (name: string) => Float64Array.from(rows, (row) => file(name)[row]);
  const vectors = (names: readonly string[]) => {
    const parts = names.map(file);
    return Float64Array.from([...rows].flatMap((row) => parts.map((part) => part[row])));
  };
  const groups = new Int32Array(rows.length);
  for (let i = 1; i < rows.length; i++) {
    groups[i] = groups[i - 1] + (group[rows[i]] === group[rows[i - 1]] ? 0 : 1);
  }
  const centrals = Uint8Array.from(rows, (row) => central[row]);
  const starts = groupStarts({ groups });
  for (let g = 0; g + 1 < starts.length; g++) {
    const found = centrals.subarray(starts[g], starts[g + 1]).reduce((sum, flag) => sum + flag, 0);
    if (found !== 1) {
      throw new RangeError(
        `Cannot read the galaxies as a group must have one central: group ${
          group[rows[starts[g]]]
        } has ${found}`,
      );
    }
  }
  const logSubhaloMass = ordered("log_mass");
  const major = vectors(MAJOR), intermediate = vectors(INTERMEDIATE);
  const intermediateRatio = ordered("q"), minorRatio = ordered("s");
  const axes = new Float64Array(9 * rows.length);
  for (let i = 0; i < rows.length; i++) {
    const line = rows[i] + 2;
    if (!(minorRatio[i] > 0 && minorRatio[i] <= intermediateRatio[i] && intermediateRatio[i] <= 1)) {
      throw new RangeError(
        `Cannot read the galaxies as axis ratios must be 0 < s <= q <= 1: current values in line ${line} are ` +
          `q = ${intermediateRatio[i]}, s = ${minorRatio[i]}`,
      );
    }
    const own = {
      major: major.subarray(3 * i, 3 * i + 3),
      intermediate: intermediate.subarray(3 * i, 3 * i + 3),
    };
    axes.set(frame(own, line), 9 * i);
  }
  const catalogue: GalaxyCatalogue = {
    box,
    galaxies: rows.length,
    positions: vectors(POSITION).map((x) => x - box * Math.floor(x / box)),
    groups,
    central: centrals,
    logGroupMass: has("log_group_mass")
      ? ordered("log_group_mass")
      : Float64Array.from(groups, (g) => logSubhaloMass[starts[g]]),
    logSubhaloMass,
    logStellarMass: has("log_stellar_mass")
      ? ordered("log_stellar_mass")
      : logSubhaloMass.map((logMass) => logMass - 1.6),
    shapes: { axes, intermediateRatio, minorRatio },
    tides: [],
  };
  return { catalogue, rows };
}

/**
 * Writes columns next to those of a file.
 *
 * @param text The file that {@link readGalaxyCsv} read.
 * @param options.rows As it returned them; `columns`: a number for each galaxy of the catalogue.
 * @returns The file's rows in their order, with the new columns at the end.
 */
export function extendGalaxyCsv(
  text: string,
  { rows, columns: added }: {
    readonly rows: Int32Array;
    readonly columns: Readonly<Record<string, ArrayLike<number>>>;
  },
): string {
  const { names, rows: { data, columns: width } } = readCsv(text, { missing: [] });
  const place = new Int32Array(rows.length);
  rows.forEach((row, i) => place[row] = i);
  const lines = Array.from(place, (i, row) => [
    ...data.subarray(row * width, (row + 1) * width),
    ...Object.values(added).map((values) => values[i]),
  ]);
  return [[...names, ...Object.keys(added)], ...lines].map((line) => line.join(",") + "\n").join("");
}

/** Columns by name. */
function columns(
  { names, rows: { data, rows, columns: width } }: NamedMatrix,
): (name: string) => Float64Array {
  return (name) => {
    const column = names.indexOf(name);
    return Float64Array.from({ length: rows }, (_, row) => data[row * width + column]);
  };
}

/** 1 for the heaviest galaxy of each group (the first of equals), else 0. */
function heaviest(group: Float64Array, mass: Float64Array): Float64Array {
  const best = new Map<number, number>();
  group.forEach((g, i) => {
    const other = best.get(g);
    if (other === undefined || mass[i] > mass[other]) best.set(g, i);
  });
  const flags = new Float64Array(group.length);
  for (const i of best.values()) flags[i] = 1;
  return flags;
}

/** Three orthonormal rows from two axes that may be inexact. */
function frame(
  { major, intermediate }: { readonly major: Float64Array; readonly intermediate: Float64Array },
  line: number,
): Float64Array {
  const dot = (a: Float64Array, b: Float64Array) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const unit = (v: Float64Array) => {
    const length = Math.sqrt(dot(v, v));
    if (!(length > 1e-9)) {
      throw new RangeError(
        `Cannot read the galaxies as the axes must be two directions: in line ${line} they are not`,
      );
    }
    return v.map((x) => x / length);
  };
  const a = unit(major);
  const along = dot(a, intermediate);
  const b = unit(intermediate.map((x, k) => x - along * a[k]));
  return Float64Array.of(
    ...a,
    ...b,
    a[1] * b[2] - a[2] * b[1],
    a[2] * b[0] - a[0] * b[2],
    a[0] * b[1] - a[1] * b[0],
  );
}
