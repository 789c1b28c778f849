import { type Figure, lineChart, panels, panelWidth } from "../../../lib/figures/mod.ts";
import type { Artefact, NameOf, Results } from "../../../lib/harness/mod.ts";
import type { HalfResult } from "../experiments/_measure.ts";
import type { TrainingResult } from "../experiments/training.ts";
import { MODELS } from "../studies.ts";
import { curveLine, MAKER_COLOURS, middles, ratioLine } from "./_curves.ts";

type Scale = "all" | "oneHalo" | "twoHalo";

const SCALES: readonly (readonly [Scale, string])[] = [
  ["all", "all pairs"],
  ["oneHalo", "pairs of one halo"],
  ["twoHalo", "pairs of two haloes"],
];

/** Panels of a correlation: all, one-halo and two-halo pairs, and the ratio to the truth. */
function correlationFigure(
  results: Results,
  { variant, symbol, unit, title, subtitle, alt }: {
    readonly variant: NameOf<typeof MODELS>;
    readonly symbol: string;
    readonly unit: string;
    readonly title: string;
    readonly subtitle: readonly string[];
    readonly alt: string;
  },
): Figure {
  const { runs: [{ result }] } = MODELS.group(results, variant);
  const { train, test }: TrainingResult = result;
  const size = { width: panelWidth(2), height: 210 };
  const x = { title: "separation (Mpc/h)", log: true };
  const lines = (scale: Scale) => {
    const of = ({ [scale]: curves }: HalfResult) => curves;
    const places = middles(of(test));
    const { curves } = of(test);
    return [
      curveLine(curves.truth, { name: "truth", x: places, colour: MAKER_COLOURS.truth, points: true }),
      curveLine(curves.model, {
        name: "model, test half",
        x: places,
        colour: MAKER_COLOURS.model,
        points: true,
      }),
      curveLine(of(train).curves.model, {
        name: "model, training half",
        x: places,
        colour: MAKER_COLOURS.train,
        band: false,
        dashed: true,
      }),
      curveLine(curves["mean field"], {
        name: "mean field",
        x: places,
        colour: MAKER_COLOURS["mean field"],
        band: false,
      }),
      curveLine(curves.random, { name: "random", x: places, colour: MAKER_COLOURS.random, band: false }),
    ].filter(({ y }) => Array.from(y).some((value) => value !== null));
  };
  const charts = SCALES.flatMap(([scale, name]) => {
    const series = lines(scale);
    return series.length === 0
      ? []
      : [lineChart(series, { title: name, x, y: { title: `${symbol}${unit}` }, alt: name, ...size })];
  });
  const ratios = [
    ratioLine(test.all, { of: "model", name: "model, test half", colour: MAKER_COLOURS.model, points: true }),
    ratioLine(train.all, {
      of: "model",
      name: "model, training half",
      colour: MAKER_COLOURS.train,
      dashed: true,
    }),
    ratioLine(test.all, { of: "oracle", name: "drawn anew", colour: MAKER_COLOURS.oracle, dashed: true }),
  ].filter(({ y }) => Array.from(y).some((value) => value !== null));
  if (ratios.length > 0) {
    const one = middles(test.all);
    charts.push(lineChart(
      [...ratios, { name: "", x: one, y: one.map(() => 1), colour: MAKER_COLOURS.random, dashed: true }],
      {
        title: "ratio to the truth, all pairs",
        x,
        y: { title: "ratio" },
        alt: "Ratios to the truth.",
        ...size,
      },
    ));
  }
  return panels(charts, { title, subtitle, alt, columns: 2, spacing: 30 });
}

/** The correlations of generated galaxies. */
export const correlationFigures: readonly Artefact[] = [
  {
    id: "figure-orientations",
    kind: "figure",
    location: "3-D orientations (figure not seen)",
    title: "Orientations of generated galaxies",
    caption:
      "ω(r), how much axes point at other galaxies: generated against true, on synthetic data with a known truth.",
    jobs: (plan) => MODELS.jobs(plan, ["axis"]),
    render: (results) =>
      correlationFigure(results, {
        variant: "axis",
        symbol: "ω(r)",
        unit: "",
        title: "Orientations of generated galaxies",
        subtitle: [
          "Excess ⟨cos²⟩ − 1/3 between a galaxy's axis and the direction to others; bands: one jackknife error.",
          "Synthetic catalogue, one seed. “drawn anew”: new axes from the true law, the scatter that nothing can be below.",
        ],
        alt:
          "Orientation correlations over separation, in panels by kind of pair, and their ratio to the truth.",
      }),
  },
  {
    id: "figure-ellipticities",
    kind: "figure",
    location: "2-D ellipticities (figure not seen)",
    title: "Ellipticities of generated galaxies",
    caption:
      "w_g+(r_p), how much projected shapes point at other galaxies: generated against true, on synthetic data.",
    jobs: (plan) => MODELS.jobs(plan, ["shape"]),
    render: (results) =>
      correlationFigure(results, {
        variant: "shape",
        symbol: "w_g+",
        unit: " (Mpc/h)",
        title: "Ellipticities of generated galaxies",
        subtitle: [
          "Projected correlation of positions and shapes, positive where galaxies point at others; bands: one jackknife",
          "error. Synthetic catalogue, one seed. “drawn anew”: new shapes from the true law.",
        ],
        alt:
          "Projected shape correlations over separation, in panels by kind of pair, and their ratio to the truth.",
      }),
  },
];
