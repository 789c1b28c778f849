import {
  type Figure,
  FIGURE_WIDTH,
  INK,
  lineChart,
  type LineSeries,
  mosaic,
  panels,
  panelWidth,
} from "../../../lib/figures/mod.ts";
import {
  type Artefact,
  type CurvesPanel,
  meanCurve,
  metricBars,
  metricCurves,
  type NameOf,
  NoResults,
  type Results,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { EpochRow, TorusResult } from "../experiments/torus.ts";
import { TORUS } from "../studies.ts";
import { KIND_COLOURS, OTHER_COLOUR } from "./_colours.ts";

const INFERRED = "Experiments on MNIST (existence inferred)";
const { baseline: BLUE, "weight sharing": VERMILION } = KIND_COLOURS;
const accuracy = ({ testAccuracy }: TorusResult) => testAccuracy;

const PERMUTED = {
  plain: ["FC", "pixels in order"],
  plainPermuted: ["FC", "pixels permuted"],
  shared: ["FC + R", "pixels in order"],
  sharedPermuted: ["FC + R", "pixels permuted"],
  cnn: ["CNN", "pixels in order"],
  cnnPermuted: ["CNN", "pixels permuted"],
} as const;

/** A panel of training curves. */
function curves(
  title: string,
  variants: readonly NameOf<typeof TORUS>[],
  value: (row: EpochRow) => number,
  axis: { readonly title: string; readonly log?: boolean },
): CurvesPanel<TorusResult, NameOf<typeof TORUS>> {
  return {
    title,
    variants,
    curve: ({ epochs }) => ({ x: epochs.map(({ epoch }) => epoch), y: epochs.map(value) }),
    x: { title: "epoch" },
    y: axis,
    ...(!axis.log && { limits: [0, 100] }),
  };
}

function filtersFigure(results: Results): Figure {
  const groups = TORUS.groups(results, ["plain", "shared", "sharedPermuted", "cnn"]).flatMap(
    ({ label, runs }) => {
      const filters = runs.find(({ seed }) => seed === 0)?.result.filters ?? [];
      const tiles = filters.map((values) => {
        const side = Math.sqrt(values.length);
        return { rows: side, columns: side, values };
      });
      return tiles.length === 0 ? [] : [{ title: label, tiles }];
    },
  );
  if (groups.length === 0) throw new NoResults("no filters were kept");
  return mosaic(groups, {
    title: "Learned filters",
    subtitle: [
      "Incoming weights of 25 random units of the first layer as images (of the convolution: its kernels); blue is negative,",
      "vermilion positive, each tile with its own scale. For permuted pixels the image's order is restored.",
    ],
    tilesPerRow: 5,
    groupsPerRow: groups.length,
    colours: "diverging",
    alt: "Tiles of learned filters of four networks.",
  });
}

function sweepFigure(results: Results): Figure {
  const all = TORUS.groups(results);
  const points = all.flatMap(({ lambda, runs }) => lambda === undefined ? [] : [{ lambda, runs }])
    .sort((a, b) => a.lambda - b.lambda);
  if (points.length === 0) throw new NoResults("no network has a single λ");
  const plain = all.find(({ name }) => name === "plain");
  const x = points.map(({ lambda }) => lambda);
  /** One curve per seed, so that the band is over seeds; places are the λ that all seeds have. */
  const line = (name: string, value: (result: TorusResult) => number, colour: string): LineSeries => {
    const seeds = Math.min(...points.map(({ runs }) => runs.length));
    const curves = Array.from({ length: seeds }, (_, i) => ({
      x,
      y: points.map(({ runs }) => value(runs[i].result)),
    }));
    return meanCurve(curves, { name, colour, points: true });
  };
  const flat = (name: string, value: (result: TorusResult) => number): LineSeries[] =>
    plain === undefined ? [] : [{
      name,
      x,
      y: x.map(() => mean(plain.runs.map(({ result }) => value(result)))),
      dashed: true,
      colour: INK.muted,
    }];
  const energy = ({ energy }: TorusResult) => energy?.trained ?? 0;
  const chart = (title: string, axis: string, series: LineSeries[]) =>
    lineChart(series, {
      title,
      x: { title: "penalty λ", log: true },
      y: { title: axis },
      width: panelWidth(2),
      height: 220,
      alt: `${title} over λ.`,
    });
  return panels([
    chart("test accuracy", "%", [line("FC + R", accuracy, VERMILION), ...flat("FC", accuracy)]),
    chart("circulant energy, rows aligned", "share of variance", [
      line("FC + R", energy, VERMILION),
      line("rows shuffled", ({ energy }) => energy?.shuffled ?? 0, OTHER_COLOUR),
      ...flat("FC", energy),
    ]),
  ], {
    title: "How strong a penalty",
    subtitle: "One hidden layer; mean and standard deviation over the seeds that every λ has",
    columns: 2,
    spacing: 30,
    alt: "Test accuracy and circulant energy over the strength of the penalty.",
  });
}

function retrainFigure(results: Results): Figure {
  const series = TORUS.groups(results, ["plain", "shared"]).flatMap(({ label, kind, runs }) => {
    const own = runs.map(({ result }) => result.retrained).filter(({ length }) => length > 0);
    if (own.length === 0) return [];
    const x = own[0].map((_, i) => mean(own.map((rows) => rows[i].distinct)));
    const at = (key: "forced" | "retrained") => own[0].map((_, i) => mean(own.map((rows) => rows[i][key])));
    const style = { x, points: true, colour: KIND_COLOURS[kind] };
    return [
      { ...style, name: `${label}, retrained`, y: at("retrained") },
      { ...style, name: `${label}, as it is`, y: at("forced"), dashed: true },
    ];
  });
  if (series.length === 0) throw new NoResults("nothing was retrained");
  return lineChart(series, {
    title: "Freeze and retrain: how few values are enough",
    subtitle: [
      "A last proximal step joins the first layer's weights into clusters; each cluster keeps one value (dashed), then",
      "training goes on with the pattern frozen (solid). Mean over seeds.",
    ],
    x: { title: "different values in the first layer", log: true },
    y: { title: "test accuracy (%)" },
    alt: "Test accuracy over the number of distinct values, before and after retraining.",
  });
}

function patternFigure(results: Results): Figure {
  const groups = TORUS.groups(results, ["plain", "shared"]).flatMap(({ label, runs }) => {
    const { pattern = null, retrained = [] } = runs.find(({ seed }) => seed === 0)?.result ?? {};
    if (pattern === null) return [];
    const side = Math.sqrt(pattern.length);
    const sizes = Map.groupBy(pattern, (value) => value);
    const [common] = [...sizes].sort(([, a], [, b]) => b.length - a.length)[0];
    return [{
      title: `${label}: ${sizes.size} values here, ${retrained.at(-1)!.distinct} in the layer`,
      tiles: [{ rows: side, columns: side, values: pattern.map((value) => value - common) }],
    }];
  });
  if (groups.length === 0) throw new NoResults("no pattern was kept");
  return mosaic(groups, {
    title: "Sharing patterns of the first layer",
    subtitle:
      "The first channel's weights after the strongest proximal step: input pixels down, units across",
    colours: "diverging",
    width: FIGURE_WIDTH,
    alt: "Matrices of weights in few colours.",
  });
}

const torusFigure = (
  texts: Pick<Artefact, "id" | "location" | "title" | "caption">,
  render: Artefact["render"],
): Artefact => ({ ...texts, kind: "figure", jobs: (plan) => TORUS.jobs(plan), render });

/** Figures of the experiments on the torus. */
export const torusFigures: readonly Artefact[] = [
  metricBars({
    id: "torus-accuracy",
    location: INFERRED,
    title: "Accuracy on the torus",
    caption:
      "Test accuracy of all networks on digits on the torus; the sweep over λ has a figure of its own.",
    of: TORUS,
    variants: [
      "plain",
      "shared",
      "cnn",
      "subgradient",
      "debiased",
      "l1",
      "both",
      "betaLasso",
      "plainPermuted",
      "sharedPermuted",
      "cnnPermuted",
      "deepPlain",
      "deepShared",
      "deepCnn",
    ],
    value: accuracy,
    axis: { title: "test accuracy (%)" },
    group: ({ kind }) => kind,
    colours: KIND_COLOURS,
    heading: "Test accuracy on the torus",
    alt: "Bars of the test accuracy of all networks.",
  }),
  metricBars({
    id: "torus-permuted",
    location: INFERRED,
    title: "Permuted pixels",
    caption:
      "Fully connected networks see no difference between pixels in order and in a fixed random order; convolutions do.",
    of: TORUS,
    variants: ["plain", "plainPermuted", "shared", "sharedPermuted", "cnn", "cnnPermuted"],
    value: accuracy,
    axis: { title: "test accuracy (%)", domain: [0, 100] },
    label: ({ name }) => PERMUTED[name][0],
    group: ({ name }) => PERMUTED[name][1],
    colours: { "pixels in order": BLUE, "pixels permuted": VERMILION },
    sort: "none",
    heading: "A convolution needs the order of the pixels, a fully connected network does not",
    subtitle: "Test accuracy on the torus",
    alt: "Bars of the test accuracy of three networks, with pixels in order and permuted.",
  }),
  metricCurves({
    id: "torus-curves",
    location: "Training curves (not known to be in the paper)",
    title: "Training curves",
    caption: "Accuracy, loss and sharing over time.",
    of: TORUS,
    variants: ["plain", "shared", "cnn", "l1", "both", "betaLasso"],
    panels: [
      curves("test accuracy", ["plain", "shared", "cnn"], ({ testAccuracy }) => testAccuracy, { title: "%" }),
      curves("training loss", ["plain", "shared", "cnn"], ({ loss }) => loss, {
        title: "cross-entropy",
        log: true,
      }),
      curves(
        "distinct non-zero weights",
        ["plain", "shared", "both"],
        ({ distinctShare }) => 100 * distinctShare,
        {
          title: "% of non-zero weights",
        },
      ),
      curves("zero weights", ["l1", "both", "betaLasso"], ({ sparsity }) => 100 * sparsity, {
        title: "% of weights",
      }),
    ],
    heading: "Training on the torus",
    subtitle: "First layer's weights",
    alt: "Test accuracy, loss, distinct weights and sparsity over epochs.",
  }),
  torusFigure({
    id: "filters",
    location: "Figure of learned filters",
    title: "Learned filters",
    caption: "Rows of the first layer as images, as the released code draws them.",
  }, filtersFigure),
  torusFigure({
    id: "torus-sweep",
    location: "addition",
    title: "Strength of the penalty",
    caption:
      "Accuracy, and how much of the first layer's variance one filter per channel explains, against λ.",
  }, sweepFigure),
  torusFigure({
    id: "retrain",
    location: "released code (not known to be in the paper)",
    title: "Freeze and retrain",
    caption:
      "Accuracy with few different values in the first layer, before and after retraining with the pattern frozen.",
  }, retrainFigure),
  torusFigure({
    id: "pattern",
    location: "addition",
    title: "Sharing patterns",
    caption: "Which weights become equal.",
  }, patternFigure),
];
