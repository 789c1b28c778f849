import { eachNearPair, eachPair } from "./_pairs.ts";
import { binOf, checkEdges, Tally } from "./_tally.ts";
import { type BinnedStatistic, cubicRegions } from "./jackknife.ts";
import type { CorrelationOptions, GalaxySample } from "./orientation_correlations.ts";
import type { Ellipticities } from "./projection.ts";

/** Options of {@link projectedCorrelations}. */
export interface ProjectedOptions extends CorrelationOptions {
  /** Π_max: pairs are at most this far apart along z, Mpc/h; at most L/2. */
  readonly depth: number;
}

/** Projected correlations of one set of ellipticities, all in Mpc/h. */
export interface ProjectedCorrelations {
  /** w_g+(r_p): positive where galaxies point at others. */
  readonly gPlus: BinnedStatistic;
  /** w_g×(r_p): the component at 45°, zero but for noise. */
  readonly gCross: BinnedStatistic;
  /** w_++(r_p): the shapes' own correlation. */
  readonly plusPlus: BinnedStatistic;
}

/**
 * Projected correlations of ellipticities, seen along z: with ϑ the position angle of the pair,
 * e₊ = e₁ cos 2ϑ + e₂ sin 2ϑ and e_× = −e₁ sin 2ϑ + e₂ cos 2ϑ of a galaxy (positive e₊: it points at the
 * other), w_g+ = 2Π_max S₊D/RR, S₊D = Σ e₊ over ordered pairs with |Π| < Π_max, RR = N² π(r_p2² − r_p1²)
 * 2Π_max/V.
 *
 * In a periodic box S₊R = 0. w_++ has Σ e₊(j|i) e₊(i|j) over ordered pairs. Where only some galaxies are
 * `oriented`, RR is their number times N. As halotools' `gi_plus_projected`, with one bin in Π.
 *
 * @param ellipticities Several sets: pairs are searched once.
 * @returns One entry per set.
 * @throws {RangeError} If edges do not rise, or edges or depth exceed half the box.
 */
export function projectedCorrelations(
  sample: GalaxySample,
  { ellipticities, ...options }: ProjectedOptions & { readonly ellipticities: readonly Ellipticities[] },
): ProjectedCorrelations[] {
  const { edges, depth, pairs = "all", oriented, regionsPerSide = 3, search = "grid" } = options;
  const { box, positions, groups } = sample;
  checkEdges(edges, box);
  if (!(depth > 0 && depth <= box / 2)) {
    throw new RangeError(`Cannot correlate as depth must be in (0, ${box / 2}]: current value is ${depth}`);
  }
  if (pairs !== "all" && groups === undefined) {
    throw new TypeError(`Cannot select ${pairs} pairs as groups must be given: they are not`);
  }
  const bins = edges.length - 1, regions = regionsPerSide ** 3;
  const tallies = ellipticities.map(() => ({
    gPlus: new Tally(bins, regions),
    gCross: new Tally(bins, regions),
    plusPlus: new Tally(bins, regions),
  }));
  const squaredEdges = Float64Array.from(edges, (edge) => edge * edge);
  const region = cubicRegions(positions, { box, perSide: regionsPerSide });
  const has = (i: number) => oriented === undefined || oriented[i] === 1;
  const farthest = edges.at(-1)!;
  const find = search === "grid" ? eachNearPair : eachPair;
  find(positions, { box, reach: [farthest, farthest, depth] }, (i, j, dx, dy, dz) => {
    const square = dx * dx + dy * dy;
    const bin = binOf(squaredEdges, square);
    if (bin < 0 || square === 0 || Math.abs(dz) >= depth) return;
    if (pairs !== "all" && (groups![i] === groups![j]) !== (pairs === "one-halo")) return;
    const k = region[i], l = region[j];
    // cos 2ϑ and sin 2ϑ, the same from either end.
    const cosine = (dx * dx - dy * dy) / square, sine = 2 * dx * dy / square;
    const first = has(i), second = has(j);
    for (let set = 0; set < tallies.length; set++) {
      const { e1, e2 } = ellipticities[set], { gPlus, gCross, plusPlus } = tallies[set];
      const plusI = e1[i] * cosine + e2[i] * sine, plusJ = e1[j] * cosine + e2[j] * sine;
      if (first) {
        gPlus.add(bin, plusI, k, l);
        gCross.add(bin, -e1[i] * sine + e2[i] * cosine, k, l);
      }
      if (second) {
        gPlus.add(bin, plusJ, k, l);
        gCross.add(bin, -e1[j] * sine + e2[j] * cosine, k, l);
      }
      if (first && second) plusPlus.add(bin, 2 * plusI * plusJ, k, l);
    }
  });
  const total = positions.length / 3;
  const members = new Float64Array(regions), shaped = new Float64Array(regions);
  region.forEach((k, i) => {
    members[k]++;
    if (has(i)) shaped[k]++;
  });
  const shapedTotal = shaped.reduce((sum, n) => sum + n, 0);
  const volume = box ** 3;
  const statistic = (tally: Tally, both = false): BinnedStatistic => {
    const f =
      (around: number, oriented: number, space: number) => (sum: number, _count: number, b: number) => {
        const disc = Math.PI * (edges[b + 1] ** 2 - edges[b] ** 2);
        const random = oriented * (both ? oriented : around) * disc * 2 * depth / space;
        return 2 * depth * sum / random;
      };
    return {
      edges,
      pairs: tally.count,
      value: tally.evaluate(f(total, shapedTotal, volume)),
      leaveOneOut: Array.from(
        { length: regions },
        (_, r) =>
          tally.evaluate(f(total - members[r], shapedTotal - shaped[r], volume * (1 - 1 / regions)), r),
      ),
    };
  };
  return tallies.map(({ gPlus, gCross, plusPlus }) => ({
    gPlus: statistic(gPlus),
    gCross: statistic(gCross),
    plusPlus: statistic(plusPlus, true),
  }));
}
