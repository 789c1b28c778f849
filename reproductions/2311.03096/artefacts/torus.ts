import { type Figure, FIGURE_WIDTH, lineChart, mosaic } from "../../../lib/figures/mod.ts";
import {
  type Artefact,
  type CurvesPanel,
  metricBars,
  metricCurves,
  type NameOf,
  NoResults,
  studyFigure,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { EpochRow, TorusResult } from "../experiments/torus.ts";
import { TORUS } from "../studies.ts";
import { DEPTH_COLOURS, KIND_COLOURS } from "./_colours.ts";

type TorusGroups = readonly ReturnType<typeof TORUS.groups>[number][];

const INFERRED = "Experiments on MNIST (existence inferred)";
const { baseline: BLUE, "weight sharing": VERMILION } = KIND_COLOURS;
const accuracy = ({ accuracy }: TorusResult) => accuracy;

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

function filtersFigure(all: TorusGroups): Figure {
  const groups = all.flatMap(({ label, runs }) => {
    const tiles = (runs.find(({ result }) => result.filters.length > 0)?.result.filters ?? []).map(
      (values) => {
        const side = Math.sqrt(values.length);
        return { rows: side, columns: side, values };
      },
    );
    return tiles.length === 0 ? [] : [{ title: label, tiles }];
  });
  if (groups.length === 0) throw new NoResults("no filters were kept");
  return mosaic(groups, {
    title: "Learned filters",
    subtitle: [
      "Incoming weights of 25 random units of the first layer as images (of the convolution: its kernels); blue is negative,",
      "vermilion positive, each tile with its own scale; one colour: all weights of the unit are equal. For permuted pixels",
      "the image's order is restored.",
    ],
    tilesPerRow: 5,
    groupsPerRow: 3,
    colours: "diverging",
    alt: "Tiles of learned filters of six networks.",
  });
}

function retrainFigure(groups: TorusGroups): Figure {
  const series = groups.flatMap(({ label, kind, runs }) => {
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
      "training goes on with the pattern frozen (solid). One seed.",
    ],
    x: { title: "different values in the first layer", log: true },
    y: { title: "test accuracy (%)" },
    alt: "Test accuracy over the number of distinct values, before and after retraining.",
  });
}

function patternFigure(all: TorusGroups): Figure {
  const groups = all.flatMap(({ label, runs }) => {
    const { pattern = null, retrained = [] } = runs.find(({ result }) => result.pattern !== null)?.result ??
      {};
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

/** Figures of the experiments on the torus. */
export const torusFigures: readonly Artefact[] = [
  metricBars({
    id: "torus-accuracy",
    location: INFERRED,
    title: "Accuracy on the torus",
    caption:
      "Test accuracy on digits on the torus: the penalty R, its subgradient, and three ways to shrink weights, each at the " +
      "strength that is best on validation images.",
    of: TORUS,
    variants: [
      "plain",
      "lasso",
      "betaLasso",
      "shared",
      "subgradient",
      "decay",
      "cnn",
      "deepPlain",
      "deepShared",
      "deepDecay",
      "deepCnn",
    ],
    value: accuracy,
    axis: { title: "test accuracy (%)" },
    label: ({ label }) => label.replace(", two layers", ""),
    group: ({ depth }) => depth,
    colours: DEPTH_COLOURS,
    sort: "none",
    heading: "The penalty helps; so does plain weight decay",
    subtitle: "Test accuracy on the torus",
    alt: "Bars of the test accuracy of all networks, with one and with two layers.",
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
    variants: ["plain", "shared", "cnn", "decay", "lasso", "both", "betaLasso"],
    panels: [
      curves("test accuracy", ["plain", "shared", "decay", "cnn"], ({ accuracy }) => accuracy, {
        title: "%",
      }),
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
      curves("zero weights", ["lasso", "both", "betaLasso"], ({ sparsity }) => 100 * sparsity, {
        title: "% of weights",
      }),
    ],
    heading: "Training on the torus",
    subtitle: "First layer's weights",
    alt: "Test accuracy, loss, distinct weights and sparsity over epochs.",
  }),
  studyFigure({
    id: "filters",
    location: "Figure of learned filters",
    title: "Learned filters",
    caption: "Rows of the first layer as images, as the released code draws them.",
    of: TORUS,
    variants: ["plain", "shared", "decay", "sharedPermuted", "cnn", "deepTied"],
    draw: filtersFigure,
  }),
  studyFigure({
    id: "retrain",
    location: "released code (not known to be in the paper)",
    title: "Freeze and retrain",
    caption:
      "Accuracy with few different values in the first layer, before and after retraining with the pattern frozen; one seed.",
    of: TORUS,
    variants: ["plain", "shared"],
    draw: retrainFigure,
  }),
  studyFigure({
    id: "pattern",
    location: "addition",
    title: "Sharing patterns",
    caption: "Which weights become equal.",
    of: TORUS,
    variants: ["plain", "shared"],
    draw: patternFigure,
  }),
];
