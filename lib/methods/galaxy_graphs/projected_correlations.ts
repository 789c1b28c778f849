import { type BinnedPairs, eachBinnedPair, orientedOf } from "./_binned_pairs.ts";
import { binnedStatistic, Tally, tallyPairs } from "./_tally.ts";
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
  const { edges, depth, oriented, regionsPerSide = 3 } = options;
  const { box, positions } = sample;
  if (!(depth > 0 && depth <= box / 2)) {
    throw new RangeError(`Cannot correlate as depth must be in (0, ${box / 2}]: current value is ${depth}`);
  }
  const sizes = { bins: edges.length - 1, regions: regionsPerSide ** 3 }, { regions } = sizes;
  const counts = { one: new Tally(sizes), both: new Tally(sizes) };
  const sums = ellipticities.map(() => ({
    gPlus: new Tally(sizes),
    gCross: new Tally(sizes),
    plusPlus: new Tally(sizes),
  }));
  const has = orientedOf(sample, oriented);
  eachBinnedPair(sample, options, (pairs) => {
    tallyPairs(counts.one, pairs, { marks: pairs.ends });
    tallyPairs(counts.both, pairs, { marks: pairs.both });
    for (let set = 0; set < sums.length; set++) {
      tallyEllipticities(sums[set], pairs, { ellipticities: ellipticities[set], has });
    }
  });
  const total = positions.length / 3, volume = box ** 3;
  const members = new Float64Array(regions), shaped = new Float64Array(regions);
  cubicRegions(positions, { box, perSide: regionsPerSide }).forEach((k, i) => {
    members[k]++;
    shaped[k] += has[i];
  });
  const shapedTotal = shaped.reduce((sum, n) => sum + n, 0);
  const statistic = (sums: Tally, both = false) =>
    binnedStatistic(
      { edges, counts: both ? counts.both : counts.one, sums },
      ({ sum, bin, without }) => {
        const [around, shapes, space] = without === undefined
          ? [total, shapedTotal, volume]
          : [total - members[without], shapedTotal - shaped[without], volume * (1 - 1 / regions)];
        const disc = Math.PI * (edges[bin + 1] ** 2 - edges[bin] ** 2);
        const random = shapes * (both ? shapes : around) * disc * 2 * depth / space;
        return 2 * depth * sum / random;
      },
    );
  return sums.map(({ gPlus, gCross, plusPlus }) => ({
    gPlus: statistic(gPlus),
    gCross: statistic(gCross),
    plusPlus: statistic(plusPlus, true),
  }));
}

/** Adds e₊ and e_× of both galaxies, and 2 e₊(j|i) e₊(i|j), of the pairs of a batch. */
function tallyEllipticities(
  { gPlus, gCross, plusPlus }: Readonly<Record<keyof ProjectedCorrelations, Tally>>,
  { count, first, second, dx, dy, square, bin, firstPlace, secondPlace }: BinnedPairs,
  { ellipticities: { e1, e2 }, has }: {
    readonly ellipticities: Ellipticities;
    readonly has: Uint8Array;
  },
): void {
  for (let p = 0; p < count; p++) {
    const i = first[p], j = second[p], x = dx[p], y = dy[p];
    // cos 2ϑ and sin 2ϑ, the same from either end.
    const cosine = (x * x - y * y) / square[p], sine = 2 * x * y / square[p];
    const plusI = has[i] ? e1[i] * cosine + e2[i] * sine : 0;
    const plusJ = has[j] ? e1[j] * cosine + e2[j] * sine : 0;
    const crossI = has[i] ? -e1[i] * sine + e2[i] * cosine : 0;
    const crossJ = has[j] ? -e1[j] * sine + e2[j] * cosine : 0;
    const both = 2 * plusI * plusJ;
    const at = bin[p], k = firstPlace[p], l = secondPlace[p];
    gPlus.all[at] = gPlus.all[at] + plusI + plusJ;
    gPlus.removed[k] = gPlus.removed[k] + plusI + plusJ;
    gPlus.removed[l] = gPlus.removed[l] + plusI + plusJ;
    gCross.all[at] = gCross.all[at] + crossI + crossJ;
    gCross.removed[k] = gCross.removed[k] + crossI + crossJ;
    gCross.removed[l] = gCross.removed[l] + crossI + crossJ;
    plusPlus.all[at] += both;
    plusPlus.removed[k] += both;
    plusPlus.removed[l] += both;
  }
}
