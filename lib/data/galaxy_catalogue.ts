/** The tidal tensor at each galaxy, smoothed on one scale. */
export interface TidalInputs {
  /** R of the Gaussian smoothing, Mpc/h. */
  readonly scale: number;
  /** λ₁ ≤ λ₂ ≤ λ₃ `[N, 3]`. */
  readonly values: Float64Array;
  /** Their unit eigenvectors `[N, 3, 3]`, one a row; signs mean nothing. */
  readonly vectors: Float64Array;
}

/** Galaxies as triaxial ellipsoids. */
export interface GalaxyShapes {
  /** Unit vectors of the major, intermediate and minor axis `[N, 3, 3]`, one a row; signs mean nothing. */
  readonly axes: Float64Array;
  /** b/a `[N]`. */
  readonly intermediateRatio: Float64Array;
  /** c/a `[N]`, at most b/a. */
  readonly minorRatio: Float64Array;
}

/** Galaxies in a periodic box, with the groups (haloes) that they belong to. */
export interface GalaxyCatalogue {
  /** Side L of the box, Mpc/h. */
  readonly box: number;
  /** N. */
  readonly galaxies: number;
  /** In [0, L), Mpc/h, `[N, 3]`. */
  readonly positions: Float64Array;
  /** Group of each galaxy `[N]`: 0, 1, 2, …, without gaps and never falling. */
  readonly groups: Int32Array;
  /** 1 for a central, 0 for a satellite `[N]`; the central is the first of its group. */
  readonly central: Uint8Array;
  /** log₁₀ of the group's mass in Msun/h `[N]`. */
  readonly logGroupMass: Float64Array;
  /** log₁₀ of the galaxy's own dark mass in Msun/h `[N]`. */
  readonly logSubhaloMass: Float64Array;
  /** log₁₀ of the stellar mass in Msun/h `[N]`. */
  readonly logStellarMass: Float64Array;
  /** Shapes and orientations of the galaxies. */
  readonly shapes: GalaxyShapes;
  /** One entry a smoothing scale; none if the tidal field is not known. */
  readonly tides: readonly TidalInputs[];
}

/** Rows where each group starts, `[groups + 1]`; the last entry is N. */
export function groupStarts({ groups }: Pick<GalaxyCatalogue, "groups">): Int32Array {
  const starts: number[] = [];
  groups.forEach((group, i) => {
    if (i === 0 || group !== groups[i - 1]) starts.push(i);
  });
  return Int32Array.from([...starts, groups.length]);
}

/**
 * The galaxies of some groups as a catalogue of their own; groups are numbered anew, in the order given.
 *
 * @param groups Group numbers, each at most once.
 */
export function selectGroups(catalogue: GalaxyCatalogue, groups: ArrayLike<number>): GalaxyCatalogue {
  const starts = groupStarts(catalogue);
  const rows: number[] = [], numbers: number[] = [];
  for (let g = 0; g < groups.length; g++) {
    for (let i = starts[groups[g]]; i < starts[groups[g] + 1]; i++) {
      rows.push(i);
      numbers.push(g);
    }
  }
  const take = <T extends Float64Array | Uint8Array>(values: T, width = 1): T => {
    const out = new (values.constructor as Float64ArrayConstructor)(rows.length * width) as T;
    rows.forEach((row, i) => out.set(values.subarray(row * width, (row + 1) * width), i * width));
    return out;
  };
  const { shapes } = catalogue;
  return {
    box: catalogue.box,
    galaxies: rows.length,
    positions: take(catalogue.positions, 3),
    groups: Int32Array.from(numbers),
    central: take(catalogue.central),
    logGroupMass: take(catalogue.logGroupMass),
    logSubhaloMass: take(catalogue.logSubhaloMass),
    logStellarMass: take(catalogue.logStellarMass),
    shapes: {
      axes: take(shapes.axes, 9),
      intermediateRatio: take(shapes.intermediateRatio),
      minorRatio: take(shapes.minorRatio),
    },
    tides: catalogue.tides.map(({ scale, values, vectors }) => ({
      scale,
      values: take(values, 3),
      vectors: take(vectors, 9),
    })),
  };
}
