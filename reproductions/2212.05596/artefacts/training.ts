import { ALIGNMENTS } from "../../../lib/data/mod.ts";
import { barChart, lineChart, PALETTE } from "../../../lib/figures/mod.ts";
import { type Artefact, metricCurves, metricTable } from "../../../lib/harness/mod.ts";
import { watsonOrder } from "../../../lib/stats/mod.ts";
import type { Estimate } from "../experiments/_statistics.ts";
import type { TrainingResult } from "../experiments/training.ts";
import { MEASURED, MODELS, TRUTHS } from "../studies.ts";
import { curveLine, MAKER_COLOURS, middles } from "./_curves.ts";

const ADVERSARIAL = [
  "axis",
  "axisNoGraph",
  "axisNoTide",
  "axisScrambled",
  "axisStar",
  "shape",
  "shapeNoGraph",
] as const;
const AXES = ["axis", "axisStar", "axisNoGraph", "axisScrambled", "axisNoTide"] as const;

const trainingFigure = metricCurves({
  id: "figure-training",
  location: "addition",
  title: "Training",
  caption:
    "The critic's estimate of the distance between real and generated groups, and the gradient penalty.",
  of: MODELS,
  variants: ADVERSARIAL,
  heading: "Training of the critics",
  subtitle: "Means over stretches of iterations",
  panels: [
    {
      title: "distance, models in 3-D",
      variants: ["axis", "axisNoGraph", "axisNoTide", "axisScrambled", "axisStar"],
      curve: ({ history: { iteration, distance } }) => ({ x: iteration, y: distance }),
      x: { title: "iteration" },
      y: { title: "mean D(real) − mean D(generated)" },
    },
    {
      title: "penalty, models in 3-D",
      variants: ["axis", "axisNoGraph", "axisNoTide", "axisScrambled", "axisStar"],
      curve: ({ history: { iteration, penalty } }) => ({ x: iteration, y: penalty }),
      x: { title: "iteration" },
      y: { title: "gradient penalty" },
    },
    {
      title: "distance, models in 2-D",
      variants: ["shape", "shapeNoGraph"],
      curve: ({ history: { iteration, distance } }) => ({ x: iteration, y: distance }),
      x: { title: "iteration" },
      y: { title: "mean D(real) − mean D(generated)" },
    },
    {
      title: "penalty, models in 2-D",
      variants: ["shape", "shapeNoGraph"],
      curve: ({ history: { iteration, penalty } }) => ({ x: iteration, y: penalty }),
      x: { title: "iteration" },
      y: { title: "gradient penalty" },
    },
  ],
  alt: "Curves of the critics' distance and penalty over iterations.",
});

const ablationFigure: Artefact = {
  id: "figure-ablations",
  kind: "figure",
  location: "addition",
  title: "What carries the alignment",
  caption: "Alignment of satellites and centrals with parts of the model taken out.",
  jobs: (plan) => MODELS.jobs(plan, AXES),
  render(results) {
    const groups = MODELS.groups(results, AXES);
    const bar = (label: string, kind: "satellite" | "central", estimates: readonly Estimate[]) => ({
      label,
      group: `${kind}s`,
      value: estimates.reduce((sum, x) => sum + x.value, 0) / estimates.length,
      error: Math.hypot(...estimates.map(({ error }) => error)) / estimates.length,
    });
    const bars = (["satellite", "central"] as const).flatMap((kind) => {
      const of = (runs: typeof groups[number]["runs"], maker: "truth" | "model") =>
        runs.flatMap(({ result }) => result.test.alignment?.[maker][kind] ?? []);
      return [bar("truth", kind, of(groups[0].runs, "truth"))].concat(
        groups.map(({ label, runs }) => bar(label, kind, of(runs, "model"))),
      );
    }).filter(({ value }) => Number.isFinite(value));
    return barChart(bars, {
      title: "What carries the alignment",
      subtitle: [
        "Satellites: ⟨cos²⟩ − 1/3 with the direction to their central; centrals: ⟨P₂⟩ with the stretching axis. Test halves of",
        `the synthetic catalogues, means over seeds, standard errors. Planted: ${
          PLANTED.satellite.toFixed(2)
        } and ${PLANTED.central.toFixed(2)}; 0: no alignment.`,
      ],
      value: { title: "alignment", domain: [-0.1, 0.75] },
      colours: { satellites: PALETTE[0], centrals: PALETTE[1] },
      sort: "none",
      digits: 2,
      alt: "Bars of alignment of satellites and centrals: true, of the graph model, and of its ablations.",
    });
  },
};

/** Closed forms of the planted alignments, ⅔ S(μ_s) and S(μ_c) S(μ_t). */
const { tidal, central, satellite } = ALIGNMENTS.strong;
const PLANTED = {
  satellite: 2 / 3 * watsonOrder(satellite),
  central: watsonOrder(central) * watsonOrder(tidal),
};

const measuredFigure: Artefact = {
  id: "figure-measured",
  kind: "figure",
  location: "addition",
  title: "Synthetic alignments beside those of a simulation",
  caption: "ω(r) of the two synthetic presets, and as measured in TNG300-1 for three cuts in stellar mass.",
  jobs: (plan) => [...TRUTHS.jobs(plan), ...MEASURED.jobs(plan)],
  render(results) {
    const synthetic = TRUTHS.groups(results).map(({ label, runs: [{ result: { omega } }] }, k) =>
      curveLine(omega.curves.truth, {
        name: `synthetic, ${label}`,
        x: middles(omega),
        colour: PALETTE[k],
        points: true,
      })
    );
    const found = results.of(MEASURED.experiment);
    const simulated = found.flatMap(({ result }) =>
      result.map(({ logStellarMass, separation, value, error }) => {
        const inside = separation.flatMap((r, b) => r <= 12 ? [b] : []);
        return {
          name: `TNG300-1, M* ≥ 10^${logStellarMass}`,
          x: inside.map((b) => separation[b]),
          y: inside.map((b) => value[b]),
          low: inside.map((b) => value[b] - error[b]),
          high: inside.map((b) => value[b] + error[b]),
          colour: MAKER_COLOURS.random,
        };
      })
    );
    return lineChart([...synthetic, ...simulated], {
      title: "Synthetic alignments beside those of a simulation",
      subtitle: [
        "ω(r) with jackknife errors. TNG300-1 (grey) as measured by D. Campbell with reduced tensors: a scale of what real",
        "alignments are, neither the paper's data nor its results.",
      ],
      x: { title: "separation (Mpc/h)", log: true },
      y: { title: "ω(r)" },
      alt: "Orientation correlations of synthetic catalogues and of TNG300-1.",
    });
  },
};

const alignment = (kind: "satellite" | "central", maker: "model" | "truth") => ({ test }: TrainingResult) =>
  test.alignment?.[maker][kind]?.value;

/** What was trained and what it gives. */
export const trainingArtefacts: readonly Artefact[] = [
  trainingFigure,
  ablationFigure,
  measuredFigure,
  metricTable({
    id: "table-recovered",
    location: "addition (the paper is not known to have a table)",
    title: "Recovered alignments",
    caption: "Alignments of generated axes on the test halves, and their planted values.",
    of: MODELS,
    variants: AXES,
    rows: "Model",
    columns: {
      satellite: {
        title: "Satellites",
        digits: 3,
        note: "⟨cos²⟩ − 1/3 with the direction to the central; closed form ⅔ S(0.8) = 0.2996.",
        value: alignment("satellite", "model"),
      },
      trueSatellite: { title: "… true axes", digits: 3, value: alignment("satellite", "truth") },
      central: {
        title: "Centrals",
        digits: 3,
        note: "⟨P₂⟩ with the stretching axis; closed form S(0.9) S(0.95) = 0.6377.",
        value: alignment("central", "model"),
      },
      trueCentral: { title: "… true axes", digits: 3, value: alignment("central", "truth") },
      chosen: {
        title: "Snapshot",
        digits: 0,
        note: "iteration chosen on the training half.",
        value: ({ chosen }) => chosen,
      },
    },
    notes: [
      "Synthetic catalogues. The paper's own numbers were not available to us, so there is no column of them.",
    ],
  }),
  metricTable({
    id: "table-shapes",
    location: "addition (the paper is not known to have a table)",
    title: "Generated ellipticities",
    caption: "Spread and distribution of generated ellipticities on the test halves.",
    of: MODELS,
    variants: ["shape", "shapeNoGraph", "shapeRegression"],
    rows: "Model",
    columns: {
      std1: {
        title: "Std of e₁ / true",
        digits: 2,
        value: ({ test: { onePoint } }) => onePoint && onePoint.std1 / onePoint.trueStd1,
      },
      std2: {
        title: "Std of e₂ / true",
        digits: 2,
        value: ({ test: { onePoint } }) => onePoint && onePoint.std2 / onePoint.trueStd2,
      },
      distance: {
        title: "KS distance of |e|",
        digits: 3,
        value: ({ test: { onePoint } }) => onePoint?.distance,
      },
      chosen: {
        title: "Snapshot",
        digits: 0,
        note: "iteration chosen on the training half.",
        value: ({ chosen }) => chosen,
      },
    },
    notes: ["Synthetic catalogues."],
  }),
];
