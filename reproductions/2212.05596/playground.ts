/** For readers: a halo's galaxies and their correlations, with sliders for how strongly they are aligned. */
import { type GalaxyCatalogue, generateGalaxies, groupStarts, redrawShapes } from "../../lib/data/mod.ts";
import { type Figure, sliderFigure } from "../../lib/figures/mod.ts";
import { logBins, orientationCorrelations, projectShapes } from "../../lib/methods/galaxy_graphs/mod.ts";
import { MAKER_COLOURS } from "./artefacts/_curves.ts";
import { ellipse } from "./artefacts/_ellipse.ts";
import { radialVectors } from "./experiments/_catalogue.ts";
import { majorAxes } from "./experiments/_measure.ts";

/** Options of {@link alignmentSliders}. */
export interface PlaygroundOptions {
  readonly seed?: number;
  /** L, Mpc/h. @default 75 */
  readonly box?: number;
  /** @default 64 */
  readonly mesh?: number;
  /** Fewest and most galaxies of the halo that is shown. @default [20, 40] */
  readonly members?: readonly [number, number];
}

/** Strengths at which a slider stops: from no alignment to nearly perfect. */
export const STRENGTHS = [0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9];
const STEP = STRENGTHS[1];

const KINDS = [
  { kind: "satellites", flag: 0, colour: MAKER_COLOURS.model },
  { kind: "centrals", flag: 1, colour: MAKER_COLOURS.oracle },
] as const;

/** One kind of galaxy at one strength. */
interface At {
  readonly kind: typeof KINDS[number]["kind"];
  readonly strength: number;
}

/** What the sliders choose from. */
export interface AlignmentRows {
  /** Outlines of the galaxies of one halo, point by point, Mpc/h from the central. */
  readonly outlines: readonly (At & {
    readonly galaxy: number;
    readonly order: number;
    readonly x: number;
    readonly y: number;
  })[];
  /** ω(r) of the whole catalogue, of pairs in which a galaxy of this kind has the axis. */
  readonly curves: readonly (At & { readonly r: number; readonly omega: number })[];
  /** Half the side of the map. */
  readonly reach: number;
}

const round = (x: number) => Number(x.toFixed(3));

/** First and last row of the first group of a size. */
function chosenGroup(catalogue: GalaxyCatalogue, [least, most]: readonly [number, number]): [number, number] {
  const starts = groupStarts(catalogue);
  for (let g = 0; g + 1 < starts.length; g++) {
    const count = starts[g + 1] - starts[g];
    if (count >= least && count <= most) return [starts[g], starts[g + 1]];
  }
  throw new RangeError(`Cannot show a halo as one must have ${least} to ${most} galaxies: none has`);
}

/** Draws the shapes of a synthetic catalogue anew for every strength, on the same galaxies. */
export function alignmentRows(
  { seed = 1, box = 75, mesh = 64, members = [20, 40] }: PlaygroundOptions = {},
): AlignmentRows {
  const synthetic = generateGalaxies({ seed, box, mesh }), { catalogue } = synthetic;
  const [first, last] = chosenGroup(catalogue, members);
  const radial = radialVectors(catalogue);
  const onSky = radial.subarray(3 * first, 3 * last).filter((_, k) => k % 3 < 2);
  const reach = 1.15 * Math.max(...onSky.map(Math.abs));
  const outlines: AlignmentRows["outlines"][number][] = [], curves: AlignmentRows["curves"][number][] = [];
  const edges = logBins({ from: 0.1, to: Math.min(12, box / 2), bins: 9 });
  const drawn = STRENGTHS.map((strength) =>
    redrawShapes(synthetic, { seed, strengths: { tidal: 0.95, central: strength, satellite: strength } })
  );
  for (const { kind, flag } of KINDS) {
    const found = orientationCorrelations(catalogue, {
      axes: drawn.map(({ axes }) => majorAxes(axes)),
      edges,
      oriented: catalogue.central.map((central) => Number(central === flag)),
      regionsPerSide: 1,
    });
    STRENGTHS.forEach((strength, s) => {
      found[s].omega.value.forEach((omega, b) => {
        if (!Number.isFinite(omega)) return;
        curves.push({ kind, strength, r: round(Math.sqrt(edges[b] * edges[b + 1])), omega: round(omega) });
      });
      const { e1, e2 } = projectShapes(drawn[s]);
      for (let i = first; i < last; i++) {
        if (catalogue.central[i] !== flag) continue;
        const shape = { e1: e1[i], e2: e2[i], size: reach * (flag === 1 ? 0.1 : 0.06), points: 16 };
        ellipse(radial[3 * i], radial[3 * i + 1], shape).forEach(([x, y], order) =>
          outlines.push({ kind, strength, galaxy: i, order, x: round(x), y: round(y) })
        );
      }
    });
  }
  return { outlines, curves, reach };
}

/**
 * A halo as seen on the sky, and ω(r) by the kind of galaxy whose axis counts. One slider turns how strongly
 * satellites point at their central (μ_s), the other how closely centrals follow their halo (μ_c).
 */
export function alignmentSliders(options: PlaygroundOptions = {}): Figure {
  const { outlines, curves, reach } = alignmentRows(options);
  const atSliders = {
    filter: KINDS.map(({ kind }) =>
      `(datum.kind == '${kind}' && abs(datum.strength - ${kind}) < ${STEP / 2})`
    ).join(" || "),
  };
  const color = {
    field: "kind",
    type: "nominal",
    title: null,
    scale: { domain: KINDS.map(({ kind }) => kind), range: KINDS.map(({ colour }) => colour) },
  };
  const place = (field: "x" | "y") => ({
    field,
    type: "quantitative",
    title: `${field} (Mpc/h)`,
    scale: { domain: [-reach, reach].map(round) },
  });
  const heading = (text: string) => ({ text, fontSize: 12, fontWeight: "normal", anchor: "start" });
  const panel = { width: 280, height: 280, transform: [atSliders] };
  return sliderFigure({
    title: "How strongly galaxies are aligned",
    hconcat: [
      {
        ...panel,
        title: heading("one halo on the sky"),
        data: { values: outlines },
        mark: { type: "line", clip: true, strokeWidth: 1.5 },
        encoding: {
          x: place("x"),
          y: place("y"),
          order: { field: "order", type: "quantitative" },
          detail: { field: "galaxy" },
          color,
        },
      },
      {
        ...panel,
        title: heading("ω(r) of all haloes, by whose axis counts"),
        data: { values: curves },
        mark: { type: "line", point: true },
        encoding: {
          x: { field: "r", type: "quantitative", title: "separation (Mpc/h)", scale: { type: "log" } },
          y: { field: "omega", type: "quantitative", title: "ω(r)", scale: { domain: [-0.05, 0.25] } },
          color,
        },
      },
    ],
  }, {
    sliders: [
      { name: "satellites", label: "satellites, μ_s", min: 0, max: 0.9, step: STEP, value: 0.9 },
      { name: "centrals", label: "centrals, μ_c", min: 0, max: 0.9, step: STEP, value: 0.9 },
    ],
    alt: "Ellipses of a halo's galaxies, and two curves of ω(r) that rise with the alignment.",
  });
}
