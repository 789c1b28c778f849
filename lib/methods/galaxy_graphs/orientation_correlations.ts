import { eachNearPair, eachPair } from "./_pairs.ts";
import { binOf, checkEdges, Tally } from "./_tally.ts";
import { type BinnedStatistic, cubicRegions } from "./jackknife.ts";

/** Which pairs count: all, those of one group, or those of two. */
export type PairSelection = "all" | "one-halo" | "two-halo";

/** Where galaxies are. */
export interface GalaxySample {
  /** L, Mpc/h; the box is periodic. */
  readonly box: number;
  /** Mpc/h, `[N, 3]`, in [0, L). */
  readonly positions: Float64Array;
  /** Group of each `[N]`; needed where pairs are selected by it. */
  readonly groups?: ArrayLike<number>;
}

/** Options of the correlations. */
export interface CorrelationOptions {
  /** Edges of the bins of separation, Mpc/h, rising, at most L/2. */
  readonly edges: readonly number[];
  /** @default "all" */
  readonly pairs?: PairSelection;
  /** Only these galaxies' axes count `[N]`, 1 or 0; the galaxies around them are all. @default all */
  readonly oriented?: ArrayLike<number>;
  /** The jackknife cuts the box into this many cubes a side. @default 3 */
  readonly regionsPerSide?: number;
  /** `grid` of cells, or all pairs: the same numbers, for tests. @default "grid" */
  readonly search?: "grid" | "brute force";
}

/** ω, η and ξ of one set of axes. */
export interface OrientationCorrelations {
  /** ω(r) = ⟨|ê_i · r̂_ij|²⟩ − 1/3: axis against direction. */
  readonly omega: BinnedStatistic;
  /** η(r) = ⟨|ê_i · ê_j|²⟩ − 1/3: axis against axis. */
  readonly eta: BinnedStatistic;
}

/**
 * Orientation correlations in three dimensions: ω(r) = ⟨|ê_i · r̂_ij|²⟩ − 1/3 over ordered pairs of which i
 * has the axis, and η(r) = ⟨|ê_i · ê_j|²⟩ − 1/3 over pairs.
 *
 * With leave-one-out jackknife regions: a region's galaxies are taken out of both sides of the pairs.
 * Estimators as in halotools' `ed_3d` and `ee_3d`; the released jackknife re-measures, to the same effect.
 *
 * @param axes Several sets of unit vectors `[N, 3]`, such as truth and models: pairs are searched once.
 * @returns One entry per set of axes.
 * @throws {RangeError} If the edges do not rise or exceed half the box.
 *
 * @example
 * ```ts
 * import { orientationCorrelations } from "@refigure/refigure/galaxy_graphs";
 * import assert from "node:assert/strict";
 *
 * // Two galaxies, one along the line that joins them, one across.
 * const sample = { box: 100, positions: Float64Array.of(1, 1, 1, 3, 1, 1) };
 * const [{ omega, eta }] = orientationCorrelations(sample, {
 *   axes: [Float64Array.of(1, 0, 0, 0, 1, 0)],
 *   edges: [1, 4],
 * });
 * assert.equal(omega.value[0], 0.5 - 1 / 3);
 * assert.equal(eta.value[0], 0 - 1 / 3);
 * ```
 */
export function orientationCorrelations(
  sample: GalaxySample,
  { axes, ...options }: CorrelationOptions & { readonly axes: readonly Float64Array[] },
): OrientationCorrelations[] {
  const { edges, oriented, regionsPerSide = 3 } = options;
  const regions = regionsPerSide ** 3;
  const tallies = axes.map(() => ({
    omega: new Tally(edges.length - 1, regions),
    eta: new Tally(edges.length - 1, regions),
  }));
  const has = (i: number) => oriented === undefined || oriented[i] === 1;
  forPairs(sample, options, ({ i, j, bin, k, l, dx, dy, dz, square }) => {
    const first = has(i), second = has(j);
    for (let set = 0; set < axes.length; set++) {
      const a = axes[set], { omega, eta } = tallies[set];
      const ax = a[3 * i], ay = a[3 * i + 1], az = a[3 * i + 2];
      const bx = a[3 * j], by = a[3 * j + 1], bz = a[3 * j + 2];
      if (first) omega.add(bin, (ax * dx + ay * dy + az * dz) ** 2 / square, k, l);
      if (second) omega.add(bin, (bx * dx + by * dy + bz * dz) ** 2 / square, k, l);
      if (first && second) eta.add(bin, (ax * bx + ay * by + az * bz) ** 2, k, l);
    }
  });
  const excess = (tally: Tally): BinnedStatistic => {
    const f = (sum: number, count: number) => sum / count - 1 / 3;
    return {
      edges,
      pairs: tally.count,
      value: tally.evaluate(f),
      leaveOneOut: Array.from({ length: regions }, (_, region) => tally.evaluate(f, region)),
    };
  };
  return tallies.map(({ omega, eta }) => ({ omega: excess(omega), eta: excess(eta) }));
}

/**
 * Clustering ξ(r) = DD/RR − 1 with the analytic RR of a periodic box, N(N − 1)/2 · V_shell/V.
 *
 * In the jackknife, RR takes the remaining galaxies and volume. Its errors are too large where bins are as
 * wide as regions: the scatter of the regions' own densities does not cancel, as it does in ω and η.
 */
export function clustering(
  sample: GalaxySample,
  options: Omit<CorrelationOptions, "oriented">,
): BinnedStatistic {
  const { edges, regionsPerSide = 3 } = options;
  const { box, positions } = sample;
  const regions = regionsPerSide ** 3;
  const tally = new Tally(edges.length - 1, regions);
  forPairs(sample, options, ({ bin, k, l }) => tally.add(bin, 1, k, l));
  const total = positions.length / 3;
  const members = new Float64Array(regions);
  for (const region of cubicRegions(positions, { box, perSide: regionsPerSide })) members[region]++;
  const ratio = (n: number, volume: number) => (_sum: number, count: number, b: number) => {
    const shell = 4 / 3 * Math.PI * (edges[b + 1] ** 3 - edges[b] ** 3);
    return count / (n * (n - 1) / 2 * shell / volume) - 1;
  };
  const volume = box ** 3;
  return {
    edges,
    pairs: tally.count,
    value: tally.evaluate(ratio(total, volume)),
    leaveOneOut: Array.from(
      { length: regions },
      (_, region) => tally.evaluate(ratio(total - members[region], volume * (1 - 1 / regions)), region),
    ),
  };
}

/** A pair in a bin. */
interface BinnedPair {
  i: number;
  j: number;
  bin: number;
  /** Regions of i and j. */
  k: number;
  l: number;
  /** x_i − x_j. */
  dx: number;
  dy: number;
  dz: number;
  square: number;
}

/** Visits the selected pairs within the bins; the record is the same object every time. */
function forPairs(
  { box, positions, groups }: GalaxySample,
  { edges, pairs = "all", regionsPerSide = 3, search = "grid" }: CorrelationOptions,
  visit: (pair: BinnedPair) => void,
): void {
  checkEdges(edges, box);
  if (pairs !== "all" && groups === undefined) {
    throw new TypeError(`Cannot select ${pairs} pairs as groups must be given: they are not`);
  }
  const squaredEdges = Float64Array.from(edges, (edge) => edge * edge);
  const region = cubicRegions(positions, { box, perSide: regionsPerSide });
  const farthest = edges.at(-1)!;
  const record: BinnedPair = { i: 0, j: 0, bin: 0, k: 0, l: 0, dx: 0, dy: 0, dz: 0, square: 0 };
  const find = search === "grid" ? eachNearPair : eachPair;
  find(positions, { box, reach: [farthest, farthest, farthest] }, (i, j, dx, dy, dz) => {
    const square = dx * dx + dy * dy + dz * dz;
    const bin = binOf(squaredEdges, square);
    if (bin < 0 || square === 0) return;
    if (pairs !== "all" && (groups![i] === groups![j]) !== (pairs === "one-halo")) return;
    record.i = i;
    record.j = j;
    record.bin = bin;
    record.k = region[i];
    record.l = region[j];
    record.dx = dx;
    record.dy = dy;
    record.dz = dz;
    record.square = square;
    visit(record);
  });
}
