import type { GalaxyCatalogue } from "../../../lib/data/mod.ts";
import {
  type Ellipticities,
  meanAxes,
  meanField,
  projectShapes,
  shuffleLabels,
} from "../../../lib/methods/galaxy_graphs/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import {
  type Alignment,
  alignmentOf,
  cosineHistogram,
  type Curves,
  type LabelSets,
  type MeasureConfig,
  omegas,
  type OnePoint,
  onePointOf,
  projections,
} from "./_statistics.ts";

/** What was measured on one half. */
export type HalfResult = {
  readonly galaxies: number;
  readonly satellites: number;
  /** ω(r), or w_g+(r_p) in Mpc/h: of all pairs, within groups and between groups. */
  readonly all: Curves;
  readonly oneHalo: Curves;
  readonly twoHalo: Curves;
  /** Of the model in three dimensions, by who made the axes. */
  readonly alignment: Readonly<Record<string, Alignment>> | null;
  /** The same by terciles of group mass (of centrals: of all; of satellites: of satellites). */
  readonly byMass: readonly { readonly truth: Alignment; readonly model: Alignment }[] | null;
  /** Shares of |cos| by who made the axes. */
  readonly cosines: {
    readonly central: Readonly<Record<string, readonly number[]>>;
    readonly satellite: Readonly<Record<string, readonly number[]>>;
  } | null;
  /** Of the projected model. */
  readonly onePoint: OnePoint | null;
};

/** What a model made for a catalogue, and what else is measured beside it. */
export interface Made<L> {
  /** Labels by draw of the noise. */
  readonly draws: readonly L[];
  /** Labels drawn anew from the true law: full axes `[N, 3, 3]`, or ellipticities. */
  readonly oracle: L;
  readonly measure: MeasureConfig;
  readonly seed: number;
}

/** Measures the axes that a model made. */
export function measureAxes(
  catalogue: GalaxyCatalogue,
  { draws, oracle, measure, seed }: Made<Float64Array>,
): HalfResult {
  const truth = majorAxes(catalogue.shapes.axes);
  const random = stream(seed, "random labels");
  const sets: LabelSets<Float64Array> = {
    truth: [truth],
    model: draws,
    random: draws.map(() => shuffleLabels(random, { labels: truth, width: 3 })),
    "mean field": [meanAxes(draws)],
    oracle: [majorAxes(oracle)],
  };
  const [first] = draws;
  const named = { truth, model: first, oracle: majorAxes(oracle) };
  return {
    ...counts(catalogue),
    all: omegas(catalogue, { sets, pairs: "all", measure }),
    oneHalo: omegas(catalogue, { sets, pairs: "one-halo", measure }),
    twoHalo: omegas(catalogue, { sets, pairs: "two-halo", measure }),
    alignment: Object.fromEntries(
      Object.entries(named).map(([name, axes]) => [name, alignmentOf(catalogue, axes)]),
    ),
    byMass: massTerciles(catalogue).map((chosen) => ({
      truth: alignmentOf(catalogue, truth, chosen),
      model: alignmentOf(catalogue, first, chosen),
    })),
    cosines: {
      central: Object.fromEntries(
        Object.entries(named).map(([name, axes]) => [name, cosineHistogram(catalogue, axes, "central")]),
      ),
      satellite: Object.fromEntries(
        Object.entries(named).map(([name, axes]) => [name, cosineHistogram(catalogue, axes, "satellite")]),
      ),
    },
    onePoint: null,
  };
}

/** Measures the ellipticities that a model made. */
export function measureEllipticities(
  catalogue: GalaxyCatalogue,
  { draws, oracle, measure, seed }: Made<Ellipticities>,
): HalfResult {
  const truth = projectShapes(catalogue.shapes);
  const random = stream(seed, "random labels");
  const pairs = Float64Array.from(
    { length: 2 * catalogue.galaxies },
    (_, i) => (i % 2 === 0 ? truth.e1 : truth.e2)[i >> 1],
  );
  const shuffled = (): Ellipticities => {
    const labels = shuffleLabels(random, { labels: pairs, width: 2 });
    const column = (k: number) =>
      Float64Array.from({ length: catalogue.galaxies }, (_, i) => labels[2 * i + k]);
    return { e1: column(0), e2: column(1) };
  };
  const sets: LabelSets<Ellipticities> = {
    truth: [truth],
    model: draws,
    random: draws.map(shuffled),
    "mean field": [meanField(random, { draws, truth })],
    oracle: [oracle],
  };
  return {
    ...counts(catalogue),
    all: projections(catalogue, { sets, pairs: "all", measure }),
    oneHalo: projections(catalogue, { sets, pairs: "one-halo", measure }),
    twoHalo: projections(catalogue, { sets, pairs: "two-halo", measure }),
    alignment: null,
    byMass: null,
    cosines: null,
    onePoint: onePointOf(draws[0], truth),
  };
}

/** The major axes `[N, 3]` of full axes `[N, 3, 3]`. */
export const majorAxes = (axes: Float64Array): Float64Array =>
  Float64Array.from({ length: axes.length / 3 }, (_, i) => axes[9 * Math.floor(i / 3) + i % 3]);

function counts({ galaxies, central }: GalaxyCatalogue) {
  return { galaxies, satellites: central.reduce((sum, flag) => sum + 1 - flag, 0) };
}

/**
 * Three choices of galaxies: the lightest, middle and heaviest third of groups, among centrals and among
 * satellites.
 */
function massTerciles({ logGroupMass, central, galaxies }: GalaxyCatalogue) {
  const limits = [0, 1].map((flag) => {
    const masses = Array.from({ length: galaxies }, (_, i) => i).filter((i) => central[i] === flag)
      .map((i) => logGroupMass[i]).sort((a, b) => a - b);
    return [masses[Math.floor(masses.length / 3)], masses[Math.floor(2 * masses.length / 3)]];
  });
  return [0, 1, 2].map((third) => (i: number) => {
    const [low, high] = limits[central[i]];
    const place = logGroupMass[i] < low ? 0 : logGroupMass[i] < high ? 1 : 2;
    return place === third;
  });
}
