import { type BinnedPairs, eachBinnedPair, orientedOf } from "./_binned_pairs.ts";
import { BATCH } from "./_pairs.ts";
import { binnedStatistic, type BinTotals, Tally, tallyPairs } from "./_tally.ts";
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
  /** Which pairs of galaxies count. @default "all" */
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
  const { edges, regionsPerSide = 3 } = options;
  const sizes = { bins: edges.length - 1, regions: regionsPerSide ** 3 };
  const counts = { omega: new Tally(sizes), eta: new Tally(sizes) };
  const sums = axes.map(() => ({ omega: new Tally(sizes), eta: new Tally(sizes) }));
  const has = orientedOf(sample, options.oriented);
  axes.forEach((set, k) => {
    const wrong = set.findIndex((value, i) => has[Math.floor(i / 3)] === 1 && !Number.isFinite(value));
    if (set.length === sample.positions.length && wrong < 0) return;
    throw new RangeError(
      `Cannot correlate as axes must be as many as positions, ${sample.positions.length} finite numbers: ` +
        `current value of set ${k} is ${wrong < 0 ? set.length : `${set[wrong]} at ${wrong}`}`,
    );
  });
  eachBinnedPair(sample, options, (pairs) => {
    tallyPairs(counts.omega, pairs, { marks: pairs.ends });
    tallyPairs(counts.eta, pairs, { marks: pairs.both });
    for (let set = 0; set < axes.length; set++) tallyAxes(sums[set], pairs, { axes: axes[set], has });
  });
  const excess = ({ sum, count }: BinTotals) => sum / count - 1 / 3;
  return sums.map(({ omega, eta }) => ({
    omega: binnedStatistic({ edges, counts: counts.omega, sums: omega }, excess),
    eta: binnedStatistic({ edges, counts: counts.eta, sums: eta }, excess),
  }));
}

/** Adds |ê_i · r̂_ij|² and |ê_j · r̂_ij|², and |ê_i · ê_j|², of the pairs of a batch. */
function tallyAxes(
  { omega, eta }: { readonly omega: Tally; readonly eta: Tally },
  { count, first, second, dx, dy, dz, square, bin, firstPlace, secondPlace }: BinnedPairs,
  { axes, has }: { readonly axes: Float64Array; readonly has: Uint8Array },
): void {
  for (let p = 0; p < count; p++) {
    const i = first[p], j = second[p], x = dx[p], y = dy[p], z = dz[p];
    const ax = axes[3 * i], ay = axes[3 * i + 1], az = axes[3 * i + 2];
    const bx = axes[3 * j], by = axes[3 * j + 1], bz = axes[3 * j + 2];
    const one = has[i] ? (ax * x + ay * y + az * z) ** 2 / square[p] : 0;
    const other = has[j] ? (bx * x + by * y + bz * z) ** 2 / square[p] : 0;
    const both = has[i] & has[j] ? (ax * bx + ay * by + az * bz) ** 2 : 0;
    const at = bin[p], k = firstPlace[p], l = secondPlace[p];
    omega.all[at] = omega.all[at] + one + other;
    omega.removed[k] = omega.removed[k] + one + other;
    omega.removed[l] = omega.removed[l] + one + other;
    eta.all[at] += both;
    eta.removed[k] += both;
    eta.removed[l] += both;
  }
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
  const counts = new Tally({ bins: edges.length - 1, regions });
  const once = new Uint8Array(BATCH).fill(1);
  eachBinnedPair(sample, options, (pairs) => tallyPairs(counts, pairs, { marks: once }));
  const total = positions.length / 3, volume = box ** 3;
  const members = new Float64Array(regions);
  for (const region of cubicRegions(positions, { box, perSide: regionsPerSide })) members[region]++;
  return binnedStatistic({ edges, counts }, ({ count, bin, without }) => {
    const [n, space] = without === undefined
      ? [total, volume]
      : [total - members[without], volume * (1 - 1 / regions)];
    const shell = 4 / 3 * Math.PI * (edges[bin + 1] ** 3 - edges[bin] ** 3);
    return count / (n * (n - 1) / 2 * shell / space) - 1;
  });
}
