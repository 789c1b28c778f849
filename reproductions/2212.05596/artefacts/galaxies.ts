import {
  barChart,
  type Figure,
  heatmap,
  lineChart,
  type LineSeries,
  panels,
  panelWidth,
} from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { DIRECTIONS } from "../../../lib/methods/galaxy_graphs/mod.ts";
import { watsonConcentration, watsonDensity } from "../../../lib/stats/mod.ts";
import type { SkyMap } from "../experiments/training.ts";
import { MODELS, PICTURES } from "../studies.ts";
import { MAKER_COLOURS } from "./_curves.ts";
import { ellipse } from "./_ellipse.ts";

/** Side of a square panel, two of which and a legend fit the report's page. */
const SQUARE = 300;

function skyFigure(results: Results): Figure {
  const map: SkyMap | null = MODELS.result(results, "shape").map;
  if (map === null) throw new NoResults("no map was kept");
  const reach = 1.25 * Math.max(...[...map.x, ...map.y].map(Math.abs), 0.1);
  const chart = (title: string, { e1, e2 }: SkyMap["truth"]) =>
    heatmap({
      outlines: map.x.map((x, i) =>
        ellipse(x, map.y[i], { e1: e1[i], e2: e2[i], size: reach * (i === 0 ? 0.09 : 0.05) })
      ),
      points: [[map.x[0], map.y[0]]],
    }, {
      title,
      x: { title: "x (Mpc/h)", domain: [-reach, reach] },
      y: { title: "y (Mpc/h)", domain: [-reach, reach] },
      width: SQUARE,
      height: SQUARE,
      alt: `${title} shapes of a halo's galaxies.`,
    });
  return panels([chart("true shapes", map.truth), chart("generated shapes", map.model)], {
    title: "A halo on the sky",
    subtitle: [
      "The largest halo of the test half: its central (with a dot) and satellites, with their projected shapes.",
      "Synthetic catalogue; sizes mean nothing. A model should point as much at the middle, not draw the same ellipses.",
    ],
    alt: "Two maps of the same galaxies with true and generated ellipses.",
    columns: 2,
    spacing: 40,
  });
}

function sliceFigure(results: Results): Figure {
  const { slice: { size, density, stretching, centrals } } = PICTURES.result(results, "all");
  const box = PICTURES.variants(results.plan)[0].config.catalogue.box;
  const grid = {
    x: [0, box] as const,
    y: [0, box] as const,
    columns: size,
    rows: size,
    values: density,
    colours: "diverging" as const,
    domain: [-4, 4] as const,
  };
  const stroke = ([x, y, dx, dy]: readonly number[], half: number) =>
    [[x - half * dx, y - half * dy], [x + half * dx, y + half * dy]] as [number, number][];
  const axes = {
    x: { title: "x (Mpc/h)", domain: [0, box] },
    y: { title: "y (Mpc/h)", domain: [0, box] },
  } as const;
  return panels([
    heatmap({ grid, outlines: stretching.map((row) => stroke(row, box / 40)) }, {
      title: "stretching axis of the tidal field",
      ...axes,
      width: SQUARE,
      height: SQUARE,
      alt: "Density with strokes along the stretching axes.",
    }),
    heatmap({ grid: { ...grid, title: "δ" }, outlines: centrals.map((row) => stroke(row, box / 50)) }, {
      title: "major axes of central galaxies",
      ...axes,
      width: SQUARE,
      height: SQUARE,
      alt: "Density with strokes along galaxies' axes.",
    }),
  ], {
    title: "What aligns galaxies between haloes",
    subtitle: [
      "A slice through the synthetic box: smoothed density contrast δ (red: dense), with strokes along the axis in which",
      "the tidal field stretches, and along the projected axes of the centrals in the slice, which follow it with scatter.",
    ],
    alt: "Two maps of one slice of the density field.",
    columns: 2,
    spacing: 50,
  });
}

/** Pixels of a cell: images are stretched smoothly, which would blur a small matrix. */
const CELL = 24;

function graphFigure(results: Results): Figure {
  const { graph: { positions, adjacency, directions } } = PICTURES.result(results, "all");
  const n = positions.length;
  const places = positions.map(([x, y]) => [x, y] as [number, number]);
  const links = places.flatMap((from, i) => places.slice(i + 1).map((to) => [from, to]));
  // The same scale on both axes, around the middle of the group.
  const ranges = [0, 1].map((k) => {
    const values = places.map((place) => place[k]);
    return [Math.min(...values), Math.max(...values)];
  });
  const reach = 0.58 * Math.max(...ranges.map(([low, high]) => high - low));
  const [across, up] = ranges.map(([low, high]) =>
    [(low + high) / 2 - reach, (low + high) / 2 + reach] as const
  );
  const [to, from] = positions;
  const edge = to.map((x, k) => x - from[k]);
  const coded = DIRECTIONS.map((direction, f) => ({
    angle: 180 / Math.PI *
      Math.acos(edge.reduce((sum, x, k) => sum + x * direction[k], 0) / Math.hypot(...edge)),
    share: directions[f],
  })).sort((a, b) => a.angle - b.angle);
  return panels([
    heatmap({ outlines: links, points: places }, {
      title: "a group as a graph",
      x: { title: "x (Mpc/h)", domain: across },
      y: { title: "y (Mpc/h)", domain: up },
      width: SQUARE,
      height: SQUARE,
      pointSize: 60,
      alt: "Galaxies of a group with links between all of them.",
    }),
    heatmap({
      grid: {
        x: [0.5, n + 0.5],
        y: [0.5, n + 0.5],
        columns: n * CELL,
        rows: n * CELL,
        values: Array.from({ length: (n * CELL) ** 2 }, (_, at) => {
          const row = Math.floor(at / (n * CELL * CELL)), column = Math.floor(at % (n * CELL) / CELL);
          return adjacency[row * n + column];
        }),
        title: "Σ A",
      },
    }, {
      title: "adjacency, summed over directions",
      x: { title: "sender (1: the central)", domain: [0.5, n + 0.5] },
      y: { title: "receiver", domain: [0.5, n + 0.5] },
      width: SQUARE,
      height: SQUARE,
      alt: "Matrix of the adjacency.",
    }),
    lineChart([{
      name: "",
      x: coded.map(({ angle }) => angle),
      y: coded.map(({ share }) => share),
      points: true,
      colour: MAKER_COLOURS.model,
    }], {
      title: "how one edge is spread over the 26 directions",
      x: { title: "angle between the direction and the edge (°)", domain: [0, 180] },
      y: { title: "share", domain: [0, 0.1] },
      width: SQUARE + 80,
      height: 150,
      alt: "Shares of 26 directions, falling with their angle to the edge.",
    }),
  ], {
    title: "The graph of a halo",
    subtitle: [
      "All galaxies of a halo are linked. What comes over a link is weighted by distance and degree, and told apart",
      "by direction: a soft code over 26 directions, here of the link from the first satellite to the central.",
    ],
    alt: "A graph, its adjacency matrix and the code of one direction.",
    columns: 2,
    spacing: 40,
  });
}

/** A histogram as a line through the bins' middles. */
const histogram = (
  shares: readonly number[],
  from: number,
  style: Pick<LineSeries, "name" | "colour" | "dashed">,
) => ({
  ...style,
  x: shares.map((_, b) => from + (b + 0.5) * (1 - from) / shares.length),
  y: shares.map((share) => share * shares.length / (1 - from)),
});

function onePointFigure(results: Results): Figure {
  const { onePoint } = MODELS.result(results, "shape").test;
  const { cosines } = MODELS.result(results, "axis").test;
  const size = { width: panelWidth(2), height: 190 };
  const { truth, model } = MAKER_COLOURS;
  const pair = (a: readonly number[], b: readonly number[], from: number) => [
    histogram(a, from, { name: "truth", colour: truth }),
    histogram(b, from, { name: "model", colour: model }),
  ];
  const law = (strength: number): LineSeries => {
    const kappa = watsonConcentration(strength);
    const x = Array.from({ length: 41 }, (_, k) => k / 40);
    return {
      name: "Dimroth–Watson law",
      x,
      y: x.map((cosine) => watsonDensity(cosine, { kappa })),
      dashed: true,
      colour: MAKER_COLOURS.random,
    };
  };
  const charts = [
    lineChart(pair(onePoint!.trueSizes, onePoint!.sizes, 0), {
      title: "size of the ellipticity",
      x: { title: "|e|" },
      y: { title: "density" },
      alt: "Densities of |e|.",
      ...size,
    }),
    lineChart(pair(onePoint!.trueFirst, onePoint!.first, -1), {
      title: "first component",
      x: { title: "e₁" },
      y: { title: "density" },
      alt: "Densities of e₁.",
      ...size,
    }),
    lineChart([...pair(cosines!.satellite.truth, cosines!.satellite.model, 0), law(0.8)], {
      title: "satellites: axis · direction to the central",
      x: { title: "|cos|" },
      y: { title: "density" },
      alt: "Densities of the cosine of satellites.",
      ...size,
    }),
    lineChart(pair(cosines!.central.truth, cosines!.central.model, 0), {
      title: "centrals: axis · stretching axis",
      x: { title: "|cos|" },
      y: { title: "density" },
      alt: "Densities of the cosine of centrals.",
      ...size,
    }),
  ];
  return panels(charts, {
    title: "One galaxy at a time",
    subtitle:
      "Distributions on the test half of the synthetic catalogue, one seed; dashed: the law that satellites are drawn from.",
    alt: "Four panels of distributions, true and generated.",
    columns: 2,
    spacing: 30,
  });
}

function massFigure(results: Results): Figure {
  const { byMass } = MODELS.result(results, "axis").test;
  const names = ["light haloes", "medium haloes", "heavy haloes"];
  const bars = (["central", "satellite"] as const).flatMap((kind) =>
    byMass!.flatMap((third, t) => {
      const { truth, model } = { truth: third.truth[kind], model: third.model[kind] };
      if (truth === null || model === null) return [];
      const label = `${kind}s, ${names[t]}`;
      return [
        { label, group: "truth", value: truth.value, error: truth.error },
        { label, group: "model", value: model.value, error: model.error },
      ];
    })
  );
  return barChart(bars, {
    title: "Alignment by mass of the halo",
    subtitle: [
      "Centrals: ⟨P₂⟩ with the stretching axis of the tidal field; satellites: ⟨cos²⟩ − 1/3 with the direction to the",
      "central. Terciles of group mass on the test half, one seed; standard errors. The true strength does not depend on mass.",
    ],
    value: { title: "alignment" },
    colours: { truth: MAKER_COLOURS.truth, model: MAKER_COLOURS.model },
    sort: "none",
    digits: 2,
    alt: "Bars of alignments by tercile, true and generated.",
  });
}

/** Figures of the galaxies themselves. */
export const galaxyFigures: readonly Artefact[] = [
  {
    id: "figure-slice",
    kind: "figure",
    location: "addition",
    title: "What aligns galaxies between haloes",
    caption:
      "A slice of the synthetic density field with the tidal field's axes and the galaxies that follow them.",
    jobs: (plan) => PICTURES.jobs(plan),
    render: sliceFigure,
  },
  {
    id: "figure-graph",
    kind: "figure",
    location: "addition",
    title: "The graph of a halo",
    caption: "A halo's galaxies as a graph, its adjacency, and how a direction is coded.",
    jobs: (plan) => PICTURES.jobs(plan),
    render: graphFigure,
  },
  {
    id: "figure-sky",
    kind: "figure",
    location: "addition (a figure of this kind is not verified)",
    title: "A halo on the sky",
    caption: "True and generated shapes of one halo's galaxies.",
    jobs: (plan) => MODELS.jobs(plan, ["shape"]),
    render: skyFigure,
  },
  {
    id: "figure-one-point",
    kind: "figure",
    location: "addition",
    title: "One galaxy at a time",
    caption: "Distributions of shapes and of alignment angles, true and generated.",
    jobs: (plan) => MODELS.jobs(plan, ["shape", "axis"]),
    render: onePointFigure,
  },
  {
    id: "figure-mass",
    kind: "figure",
    location: "addition",
    title: "Alignment by mass of the halo",
    caption: "Alignment of centrals and satellites by terciles of halo mass.",
    jobs: (plan) => MODELS.jobs(plan, ["axis"]),
    render: massFigure,
  },
];
