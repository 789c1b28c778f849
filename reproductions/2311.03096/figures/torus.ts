import {
  barChart,
  type Figure,
  FIGURE_WIDTH,
  lineChart,
  type LineSeries,
  mosaic,
  PALETTE,
  panels,
} from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { mean, std } from "../../../lib/stats/mod.ts";
import type { EpochRow } from "../experiments/torus.ts";
import { torusJobs } from "../jobs.ts";
import { NAMES, scaleOf } from "../plan.ts";
import { namesOf, runsOf, spread, torusRuns } from "../summaries.ts";

const [BLUE, VERMILLION, GREEN, PURPLE] = PALETTE;
const COLOURS: Readonly<Record<string, string>> = {
  [NAMES.plain]: BLUE,
  [NAMES.shared]: VERMILLION,
  [NAMES.cnn]: GREEN,
  [NAMES.subgradient]: PURPLE,
};

/** The runs, or {@link NoResults}. */
function found(results: Results) {
  const runs = torusRuns(results);
  if (runs.length === 0) throw new NoResults("no network was trained");
  return runs;
}

/** A training curve: mean over seeds, with a band of a standard deviation. */
function curve(
  runs: ReturnType<typeof torusRuns>,
  name: string,
  value: (row: EpochRow) => number,
): LineSeries[] {
  const own = runsOf(runs, name);
  if (own.length === 0) return [];
  const epochs = own[0].result.epochs.map(({ epoch }) => epoch);
  const at = epochs.map((_, i) => own.map(({ result }) => value(result.epochs[i])));
  const band = at.map((values) => values.length > 1 ? std(values, { ddof: 1 }) : 0);
  return [{
    name,
    colour: COLOURS[name],
    x: epochs,
    y: at.map((values) => mean(values)),
    ...(own.length > 1 && {
      low: at.map((values, i) => mean(values) - band[i]),
      high: at.map((values, i) => mean(values) + band[i]),
    }),
  }];
}

function curvesFigure(results: Results): Figure {
  const runs = found(results);
  const names = [NAMES.plain, NAMES.shared, NAMES.cnn];
  const size = { width: 410, height: 200 };
  const accuracy = names.flatMap((name) => curve(runs, name, ({ testAccuracy }) => testAccuracy));
  const loss = names.flatMap((name) => curve(runs, name, ({ loss }) => loss));
  const distinct = [NAMES.plain, NAMES.shared, NAMES.both].flatMap((name) =>
    curve(runs, name, ({ distinctShare }) => 100 * distinctShare)
  );
  const sparsity = [NAMES.l1, NAMES.both, NAMES.betaLasso].flatMap((name) =>
    curve(runs, name, ({ sparsity }) => 100 * sparsity)
  );
  const chart = (title: string, series: LineSeries[], axis: string, log = false) =>
    lineChart(series, {
      ...size,
      title,
      x: { title: "epoch" },
      y: { title: axis, log },
      alt: title,
    });
  return panels([
    ...(accuracy.length > 0 ? [chart("test accuracy", accuracy, "%")] : []),
    ...(loss.length > 0 ? [chart("training loss", loss, "cross-entropy", true)] : []),
    ...(distinct.length > 0 ? [chart("distinct non-zero weights", distinct, "% of non-zero weights")] : []),
    ...(sparsity.length > 0 ? [chart("zero weights", sparsity, "% of weights")] : []),
  ], {
    title: "Training on the torus",
    subtitle: "First layer's weights; mean over seeds, bands of a standard deviation",
    columns: 2,
    spacing: 30,
    alt: "Test accuracy, loss, distinct weights and sparsity over epochs.",
  });
}

function permutedFigure(results: Results): Figure {
  const runs = found(results);
  const pairs = [
    ["FC", NAMES.plain, NAMES.plainPermuted],
    ["FC + R", NAMES.shared, NAMES.sharedPermuted],
    ["CNN", NAMES.cnn, NAMES.cnnPermuted],
  ] as const;
  const bars = pairs.flatMap(([label, plain, permuted]) =>
    ([[plain, "pixels in order"], [permuted, "pixels permuted"]] as const).flatMap(([name, group]) => {
      const values = runsOf(runs, name).map(({ result }) => result.testAccuracy);
      if (values.length === 0) return [];
      const { value, std } = spread(values);
      return [{ label, value, error: std ?? null, group }];
    })
  );
  if (bars.length === 0) throw new NoResults("no network was trained");
  return barChart(bars, {
    title: "A convolution needs the order of the pixels, a fully connected network does not",
    subtitle: "Test accuracy on the torus; mean and standard deviation over seeds",
    value: { title: "test accuracy (%)", domain: [0, 100] },
    sort: "none",
    colours: { "pixels in order": BLUE, "pixels permuted": VERMILLION },
    alt: "Bars of the test accuracy of three networks, with pixels in order and permuted.",
  });
}

function accuracyFigure(results: Results): Figure {
  const runs = found(results);
  // The sweep over λ has a figure of its own.
  const names = namesOf(runs).filter((name) => !name.includes("λ"));
  const bars = names.map((name) => {
    const { value, std } = spread(runsOf(runs, name).map(({ result }) => result.testAccuracy));
    const kind = name.startsWith("CNN") ? "convolution" : name.includes("R") ? "weight sharing" : "baseline";
    return { label: name, value, error: std ?? null, group: kind };
  });
  return barChart(bars, {
    title: "Test accuracy on the torus",
    subtitle: "Mean and standard deviation over seeds",
    value: { title: "test accuracy (%)" },
    colours: { "convolution": GREEN, "weight sharing": VERMILLION, "baseline": BLUE },
    alt: "Bars of the test accuracy of all networks.",
  });
}

function filtersFigure(results: Results): Figure {
  const runs = found(results).filter(({ seed, result }) => seed === 0 && result.filters.length > 0);
  const names = [NAMES.plain, NAMES.shared, NAMES.sharedPermuted, NAMES.cnn];
  const groups = names.flatMap((name) =>
    runsOf(runs, name).map(({ result }) => ({
      title: name,
      tiles: result.filters.map((values) => {
        const side = Math.sqrt(values.length);
        return { rows: side, columns: side, values };
      }),
    }))
  );
  if (groups.length === 0) throw new NoResults("no network was trained");
  return mosaic(groups, {
    title: "Learned filters",
    subtitle: [
      "Incoming weights of 25 random units of the first layer as images (of the convolution: its kernels); blue is negative,",
      "vermillion positive, each tile with its own scale. For permuted pixels the image's order is restored.",
    ],
    tilesPerRow: 5,
    groupsPerRow: groups.length,
    colours: "diverging",
    alt: "Tiles of learned filters of four networks.",
  });
}

function sweepFigure(results: Results): Figure {
  const runs = found(results);
  const points = scaleOf(results.plan).torus
    .filter(({ config, name }) => {
      const { sharing, l1, rho, subgradient } = config.regulariser;
      return sharing?.length === 1 && !l1 && !rho && !subgradient && !config.permuted &&
        runsOf(runs, name).length > 0;
    })
    .map(({ name, config }) => ({
      lambda: config.regulariser.sharing![0],
      runs: runsOf(runs, name).map(({ result }) => result),
    }))
    .sort((a, b) => a.lambda - b.lambda);
  if (points.length === 0) throw new NoResults("no network was trained");
  const plain = runsOf(runs, NAMES.plain).map(({ result }) => result);
  const x = points.map(({ lambda }) => lambda);
  const line = (
    name: string,
    value: (result: (typeof plain)[number]) => number,
    colour: string,
  ): LineSeries => {
    const all = points.map(({ runs }) => spread(runs.map(value)));
    return {
      name,
      colour,
      x,
      y: all.map(({ value }) => value),
      low: all.map(({ value, std = 0 }) => value - std),
      high: all.map(({ value, std = 0 }) => value + std),
      points: true,
    };
  };
  const flat = (name: string, value: (result: (typeof plain)[number]) => number): LineSeries[] =>
    plain.length === 0
      ? []
      : [{ name, x, y: x.map(() => mean(plain.map(value))), dashed: true, colour: "#6b6b6b" }];
  const size = { width: 410, height: 220 };
  const accuracy = ({ testAccuracy }: (typeof plain)[number]) => testAccuracy;
  const energy = ({ energy }: (typeof plain)[number]) => energy?.trained ?? 0;
  const axis = { title: "penalty λ", log: true };
  return panels([
    lineChart([line("FC + R", accuracy, VERMILLION), ...flat("FC", accuracy)], {
      ...size,
      title: "test accuracy",
      x: axis,
      y: { title: "%" },
      alt: "Test accuracy over λ.",
    }),
    lineChart([
      line("FC + R", energy, VERMILLION),
      line("rows shuffled", ({ energy }) => energy?.shuffled ?? 0, PURPLE),
      ...flat("FC", energy),
    ], {
      ...size,
      title: "circulant energy, rows aligned",
      x: axis,
      y: { title: "share of variance" },
      alt: "Aligned circulant energy over λ.",
    }),
  ], {
    title: "How strong a penalty",
    subtitle: "One hidden layer; mean and standard deviation over seeds",
    columns: 2,
    spacing: 30,
    alt: "Test accuracy and circulant energy over the strength of the penalty.",
  });
}

function retrainFigure(results: Results): Figure {
  const runs = found(results);
  const series = [NAMES.plain, NAMES.shared].flatMap((name) => {
    const own = runsOf(runs, name).map(({ result }) => result.retrained).filter(({ length }) => length > 0);
    if (own.length === 0) return [];
    const x = own[0].map((_, i) => mean(own.map((rows) => rows[i].distinct)));
    const at = (key: "forced" | "retrained") => own[0].map((_, i) => mean(own.map((rows) => rows[i][key])));
    return [
      { name: `${name}, retrained`, x, y: at("retrained"), points: true, colour: COLOURS[name] },
      { name: `${name}, as it is`, x, y: at("forced"), points: true, dashed: true, colour: COLOURS[name] },
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
  const runs = found(results).filter(({ seed, result }) => seed === 0 && result.pattern !== null);
  const groups = [NAMES.plain, NAMES.shared].flatMap((name) =>
    runsOf(runs, name).map(({ result: { pattern, retrained } }) => {
      const side = Math.sqrt(pattern!.length);
      const sizes = Map.groupBy(pattern!, (value) => value);
      const [common] = [...sizes].sort(([, a], [, b]) => b.length - a.length)[0];
      return {
        title: `${name}: ${sizes.size} values here, ${retrained.at(-1)!.distinct} in the layer`,
        tiles: [{ rows: side, columns: side, values: pattern!.map((value) => value - common) }],
      };
    })
  );
  if (groups.length === 0) throw new NoResults("no pattern");
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
  id: string,
  title: string,
  texts: { readonly location: string; readonly caption: string },
  render: Artefact["render"],
): Artefact => ({ id, kind: "figure", title, ...texts, jobs: (plan) => torusJobs(plan), render });

const INFERRED = "Experiments on MNIST (existence inferred)";

/** Figures of the experiments on the torus. */
export const torusFigures: readonly Artefact[] = [
  torusFigure("torus-accuracy", "Accuracy on the torus", {
    location: INFERRED,
    caption: "Test accuracy of all networks on digits on the torus.",
  }, accuracyFigure),
  torusFigure("torus-permuted", "Permuted pixels", {
    location: INFERRED,
    caption:
      "Fully connected networks see no difference between pixels in order and in a fixed random order; convolutions do.",
  }, permutedFigure),
  torusFigure("torus-curves", "Training curves", {
    location: "Training curves (not known to be in the paper)",
    caption: "Accuracy, loss and sharing over time.",
  }, curvesFigure),
  torusFigure("filters", "Learned filters", {
    location: "Figure of learned filters",
    caption: "Rows of the first layer as images, as the released code draws them.",
  }, filtersFigure),
  torusFigure("torus-sweep", "Strength of the penalty", {
    location: "addition",
    caption:
      "Accuracy, and how much of the first layer's variance one filter per channel explains, against λ.",
  }, sweepFigure),
  torusFigure("retrain", "Freeze and retrain", {
    location: "released code (not known to be in the paper)",
    caption:
      "Accuracy with few different values in the first layer, before and after retraining with the pattern frozen.",
  }, retrainFigure),
  torusFigure("pattern", "Sharing patterns", {
    location: "addition",
    caption: "Which weights become equal.",
  }, patternFigure),
];
