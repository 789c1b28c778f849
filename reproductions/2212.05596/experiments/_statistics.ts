import type { GalaxyCatalogue } from "../../../lib/data/mod.ts";
import {
  type BinnedStatistic,
  differenceOf,
  type Ellipticities,
  jackknifeErrors,
  logBins,
  meanOf,
  orientationCorrelations,
  type PairSelection,
  projectedCorrelations,
} from "../../../lib/methods/galaxy_graphs/mod.ts";
import { radialVectors } from "./_catalogue.ts";

/** How correlations are measured. */
export type MeasureConfig = {
  /** Logarithmic bins of separation, Mpc/h. */
  readonly bins: { readonly from: number; readonly to: number; readonly bins: number };
  /** Π_max of the projected correlations, Mpc/h. */
  readonly depth: number;
  /** The jackknife cuts the box into this many cubes a side. */
  readonly regionsPerSide: number;
};

/** A statistic by bin with jackknife errors; `null` where there is no pair. */
export type Curve = {
  readonly value: readonly (number | null)[];
  readonly error: readonly (number | null)[];
};

/**
 * A correlation by who made the labels, and each one's difference from the truth, whose common scatter
 * cancels.
 */
export type Curves = {
  readonly edges: readonly number[];
  readonly curves: Readonly<Record<string, Curve>>;
  readonly differences: Readonly<Record<string, Curve>>;
};

/** A mean with its standard error. */
export type Estimate = { readonly value: number; readonly error: number; readonly count: number };

const plain = (values: ArrayLike<number>): (number | null)[] =>
  Array.from(values, (x) => Number.isFinite(x) ? x : null);

/** A statistic as plain JSON. */
export function curveOf(statistic: BinnedStatistic): Curve {
  return { value: plain(statistic.value), error: plain(jackknifeErrors(statistic)) };
}

/** Statistics by name, the first of which is the truth. */
function curvesOf(statistics: Readonly<Record<string, BinnedStatistic>>): Curves {
  const entries = Object.entries(statistics);
  const [, truth] = entries[0];
  return {
    edges: truth.edges,
    curves: Object.fromEntries(entries.map(([name, statistic]) => [name, curveOf(statistic)])),
    differences: Object.fromEntries(
      entries.slice(1).map(([name, statistic]) => [name, curveOf(differenceOf(statistic, truth))]),
    ),
  };
}

/**
 * Sets of labels by name: several draws each, of which the mean statistic counts. The first name is the
 * truth.
 */
export type LabelSets<L> = Readonly<Record<string, readonly L[]>>;

/** All sets at once, and each name's share of the result. */
function byName<L, S>(sets: LabelSets<L>, measure: (labels: readonly L[]) => S[]): Record<string, S[]> {
  const names = Object.keys(sets);
  const all = measure(names.flatMap((name) => sets[name]));
  let from = 0;
  return Object.fromEntries(names.map((name) => [name, all.slice(from, from += sets[name].length)]));
}

/** ω(r) of several sets of axes. */
export function omegas(
  catalogue: GalaxyCatalogue,
  { sets, pairs, measure }: {
    readonly sets: LabelSets<Float64Array>;
    readonly pairs: PairSelection;
    readonly measure: MeasureConfig;
  },
): Curves {
  const edges = logBins(measure.bins), { regionsPerSide } = measure;
  const found = byName(
    sets,
    (axes) => orientationCorrelations(catalogue, { axes, edges, pairs, regionsPerSide }),
  );
  return curvesOf(Object.fromEntries(
    Object.entries(found).map(([name, draws]) => [name, meanOf(draws.map(({ omega }) => omega))]),
  ));
}

/** w_g+(r_p) of several sets of ellipticities. */
export function projections(
  catalogue: GalaxyCatalogue,
  { sets, pairs, measure }: {
    readonly sets: LabelSets<Ellipticities>;
    readonly pairs: PairSelection;
    readonly measure: MeasureConfig;
  },
): Curves {
  const edges = logBins(measure.bins), { depth, regionsPerSide } = measure;
  const found = byName(
    sets,
    (ellipticities) =>
      projectedCorrelations(catalogue, { ellipticities, edges, depth, pairs, regionsPerSide }),
  );
  return curvesOf(Object.fromEntries(
    Object.entries(found).map(([name, draws]) => [name, meanOf(draws.map(({ gPlus }) => gPlus))]),
  ));
}

/** Mean of values that are independent between clusters, but not within; `null` if there are none. */
export function clusteredMean(values: readonly number[], clusters: readonly number[]): Estimate | null {
  const count = values.length;
  if (count === 0) return null;
  const value = values.reduce((sum, x) => sum + x, 0) / count;
  const residuals = new Map<number, number>();
  values.forEach((x, i) => residuals.set(clusters[i], (residuals.get(clusters[i]) ?? 0) + x - value));
  const square = [...residuals.values()].reduce((sum, x) => sum + x * x, 0);
  return { value, error: Math.sqrt(square) / count, count };
}

/** How galaxies are aligned one by one. */
export type Alignment = {
  /** ⟨cos²⟩ − 1/3 of a satellite's axis against the direction to its central. */
  readonly satellite: Estimate | null;
  /** ⟨P₂⟩ of a central's axis against the tidal field's stretching axis. */
  readonly central: Estimate | null;
};

/** Which galaxies count `[N]`. */
export type Chosen = (galaxy: number) => boolean;

/** The alignment of axes `[N, 3]`, of all galaxies or some. */
export function alignmentOf(
  catalogue: GalaxyCatalogue,
  axes: Float64Array,
  chosen: Chosen = () => true,
): Alignment {
  const radial = radialVectors(catalogue);
  const { vectors } = catalogue.tides[0];
  const values = { satellite: [] as number[], central: [] as number[] };
  const clusters = { satellite: [] as number[], central: [] as number[] };
  for (let i = 0; i < catalogue.galaxies; i++) {
    if (!chosen(i)) continue;
    const kind = catalogue.central[i] ? "central" : "satellite";
    const square = cosineSquare(
      axes.subarray(3 * i, 3 * i + 3),
      kind === "central" ? vectors.subarray(9 * i, 9 * i + 3) : radial.subarray(3 * i, 3 * i + 3),
    );
    values[kind].push(kind === "central" ? 1.5 * square - 0.5 : square - 1 / 3);
    clusters[kind].push(catalogue.groups[i]);
  }
  return {
    satellite: clusteredMean(values.satellite, clusters.satellite),
    central: clusteredMean(values.central, clusters.central),
  };
}

/** The squared cosine between a unit vector and another vector. */
export function cosineSquare(unit: ArrayLike<number>, other: ArrayLike<number>): number {
  const dot = unit[0] * other[0] + unit[1] * other[1] + unit[2] * other[2];
  return dot * dot / (other[0] ** 2 + other[1] ** 2 + other[2] ** 2);
}

/** |cos| of axes against what they are aligned with, as shares in ten bins from 0 to 1. */
export function cosineHistogram(
  catalogue: GalaxyCatalogue,
  axes: Float64Array,
  kind: "central" | "satellite",
): number[] {
  const radial = radialVectors(catalogue);
  const { vectors } = catalogue.tides[0];
  const bins = new Array<number>(10).fill(0);
  let count = 0;
  for (let i = 0; i < catalogue.galaxies; i++) {
    if ((kind === "central") !== (catalogue.central[i] === 1)) continue;
    const other = kind === "central" ? vectors.subarray(9 * i, 9 * i + 3) : radial.subarray(3 * i, 3 * i + 3);
    const cosine = Math.sqrt(cosineSquare(axes.subarray(3 * i, 3 * i + 3), other));
    bins[Math.min(Math.floor(10 * cosine), 9)]++;
    count++;
  }
  return bins.map((n) => n / Math.max(count, 1));
}

/** One-point statistics of ellipticities against the truth's. */
export type OnePoint = {
  readonly std1: number;
  readonly std2: number;
  readonly trueStd1: number;
  readonly trueStd2: number;
  /** Kolmogorov–Smirnov distance of |e|. */
  readonly distance: number;
  /** Shares of |e| in 20 bins from 0 to 1, and of e₁ in 20 bins from −1 to 1. */
  readonly sizes: readonly number[];
  readonly trueSizes: readonly number[];
  readonly first: readonly number[];
  readonly trueFirst: readonly number[];
};

/** Compares ellipticities with the true ones. */
export function onePointOf(made: Ellipticities, truth: Ellipticities): OnePoint {
  const rms = (values: Float64Array) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
  const sizes = ({ e1, e2 }: Ellipticities) => e1.map((x, i) => Math.hypot(x, e2[i]));
  const shares = (values: Float64Array, from: number) => {
    const bins = new Array<number>(20).fill(0);
    for (const x of values) bins[Math.min(Math.max(Math.floor(20 * (x - from) / (1 - from)), 0), 19)]++;
    return bins.map((n) => n / values.length);
  };
  return {
    std1: rms(made.e1),
    std2: rms(made.e2),
    trueStd1: rms(truth.e1),
    trueStd2: rms(truth.e2),
    distance: kolmogorovDistance(sizes(made), sizes(truth)),
    sizes: shares(sizes(made), 0),
    trueSizes: shares(sizes(truth), 0),
    first: shares(made.e1, -1),
    trueFirst: shares(truth.e1, -1),
  };
}

/** Largest distance between two empirical distribution functions. */
export function kolmogorovDistance(a: Float64Array, b: Float64Array): number {
  const first = a.toSorted(), second = b.toSorted();
  let i = 0, j = 0, most = 0;
  while (i < first.length && j < second.length) {
    const x = Math.min(first[i], second[j]);
    while (i < first.length && first[i] <= x) i++;
    while (j < second.length && second[j] <= x) j++;
    most = Math.max(most, Math.abs(i / first.length - j / second.length));
  }
  return most;
}
