import {
  ALIGNMENTS,
  type GalaxyCatalogue,
  generateGalaxies,
  groupStarts,
  selectGroups,
  type SyntheticGalaxies,
} from "../../../lib/data/mod.ts";
import { stream } from "../../../lib/random/mod.ts";

/** How a synthetic catalogue is made. */
export type CatalogueConfig = {
  /** Mpc/h. */
  readonly box: number;
  /** Mesh points along a side. */
  readonly mesh: number;
  /** Haloes per (Mpc/h)³. */
  readonly number: number;
  readonly preset: keyof typeof ALIGNMENTS;
};

/** The synthetic catalogue of a seed. */
export function makeCatalogue({ preset, ...config }: CatalogueConfig, seed: number): SyntheticGalaxies {
  return generateGalaxies({ ...config, seed, strengths: ALIGNMENTS[preset] });
}

/** The halves of a catalogue, names as in results. */
export type Half = "train" | "test";

/** One half of a catalogue, with the rows of the whole that it holds. */
export interface HalfCatalogue {
  readonly catalogue: GalaxyCatalogue;
  readonly rows: Int32Array;
}

/** Splits a catalogue in two by group, at random. */
export function halvesOf(catalogue: GalaxyCatalogue, seed: number): Readonly<Record<Half, HalfCatalogue>> {
  const starts = groupStarts(catalogue);
  const order = stream(seed, "halves").permutation(starts.length - 1);
  const half = (groups: Int32Array): HalfCatalogue => {
    const chosen = groups.sort();
    const rows = [...chosen].flatMap((g) =>
      Array.from({ length: starts[g + 1] - starts[g] }, (_, i) => starts[g] + i)
    );
    return { catalogue: selectGroups(catalogue, chosen), rows: Int32Array.from(rows) };
  };
  const middle = Math.floor(order.length / 2);
  return { train: half(order.slice(0, middle)), test: half(order.slice(middle)) };
}

/** Rows of some galaxies `[N, width]`. */
export function takeRows(values: Float64Array, rows: Int32Array, width: number): Float64Array {
  const out = new Float64Array(rows.length * width);
  rows.forEach((row, i) => out.set(values.subarray(row * width, (row + 1) * width), i * width));
  return out;
}

/** Vectors from each satellite's central to it, through the periodic box `[N, 3]`; zeros for centrals. */
export function radialVectors({ positions, central, galaxies, box }: GalaxyCatalogue): Float64Array {
  const out = new Float64Array(3 * galaxies);
  let centre = 0;
  for (let i = 0; i < galaxies; i++) {
    if (central[i]) centre = i;
    for (let k = 0; k < 3; k++) {
      const d = positions[3 * i + k] - positions[3 * centre + k];
      out[3 * i + k] = d - box * Math.round(d / box);
    }
  }
  return out;
}

/**
 * The catalogue with each group's satellites turned about their central at random: the links and distances
 * stay, the directions tell nothing.
 */
export function scrambled(
  catalogue: GalaxyCatalogue,
  rotate: (group: number, vectors: Float64Array) => void,
): GalaxyCatalogue {
  const starts = groupStarts(catalogue);
  const radial = radialVectors(catalogue);
  const positions = catalogue.positions.slice();
  for (let g = 0; g + 1 < starts.length; g++) {
    const vectors = radial.subarray(3 * starts[g], 3 * starts[g + 1]);
    rotate(g, vectors);
    for (let i = 0; i < vectors.length; i++) {
      const x = catalogue.positions[3 * starts[g] + i % 3] + vectors[i];
      positions[3 * starts[g] + i] = x - catalogue.box * Math.floor(x / catalogue.box);
    }
  }
  return { ...catalogue, positions };
}
