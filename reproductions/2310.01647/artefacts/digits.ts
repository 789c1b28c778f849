import { barChart, type Diagram, diagrams, type Figure, INK } from "../../../lib/figures/mod.ts";
import {
  type Artefact,
  metricBars,
  metricTable,
  type NameOf,
  type Results,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { DIGITS } from "../studies.ts";
import { barsTile } from "./_pictures.ts";

/** Table 1 on digits, with the ablations of λ and of the canonicalizer's size. */
export const digitTable: Artefact = metricTable({
  id: "table-digits",
  location: "Table 1 (MNIST and a perceptron), and the ablations of λ and size",
  title: "A pretrained classifier of digits, adapted",
  caption:
    "Test accuracy upright, averaged over the eight rotations of C8, and over the eight rotations between them. The network is pretrained on " +
    "upright digits; zero-shot rows leave it as it is. Canonicalizers are perceptrons that look at all eight copies unless a row says otherwise.",
  of: DIGITS,
  rows: "Regime",
  columns: {
    upright: { title: "Upright (%)", digits: 1, value: ({ upright }) => upright },
    average: { title: "C8 (%)", digits: 1, value: ({ average }) => average },
    between: {
      title: "Between (%)",
      digits: 1,
      value: ({ between }) => between,
      note: "turned by odd multiples of 22.5°",
    },
    identity: { title: "Found upright (%)", digits: 1, value: ({ identity }) => identity },
    energy: {
      title: "Canonicalizer",
      digits: 0,
      cell: ({ runs }) => runs[0].result.parameters.energy,
      note: "its parameters",
    },
  },
});

const poses = (results: Results, name: "untrained" | "lc" | "cp") => DIGITS.result(results, name).poses ?? [];

const arrow = (from: readonly [number, number], to: readonly [number, number]) => ({
  from,
  to,
  colour: INK.rule,
  arrow: true,
});
const box = (x: number, y: number, text: string, { width = 0.2, colour = "#e6e6e6" } = {}) => ({
  x,
  y,
  width,
  height: 0.66,
  text,
  colour,
});
const words = (x: number, y: number, text: string) => ({ x, y, width: 0, height: 0, text });

/** One way of training, with the poses that it leads to. */
function way(title: string, counts: readonly number[], remark: string, colour: string): Diagram {
  return {
    title,
    tiles: [{ x: 0.33, y: 0.45, size: 0.15, tile: barsTile(counts) }],
    boxes: [
      box(0.11, 0.45, "canonicalizer c,\nturns along", { width: 0.2, colour }),
      box(0.53, 0.45, "turn the\nimage back", { width: 0.14 }),
      box(0.72, 0.45, "any\nnetwork p", { width: 0.14 }),
      words(0.91, 0.45, remark),
    ],
    links: [
      arrow([0.215, 0.45], [0.248, 0.45]),
      arrow([0.415, 0.45], [0.455, 0.45]),
      arrow([0.605, 0.45], [0.645, 0.45]),
    ],
  };
}

/** Training and inference, with measured poses. */
export const schemeFigure: Artefact = {
  id: "figure-2",
  kind: "figure",
  location: "Figure 2 (our own drawing of its subject)",
  title: "What the prior does to the poses",
  caption:
    "The bars are measured: how often upright test digits are found in each of eight poses, before training, trained by the task alone " +
    "(LC), and with the prior (CP). First seed.",
  jobs: (plan) => DIGITS.jobs(plan, ["untrained", "lc", "cp"]),
  render(results): Figure {
    return diagrams([
      way("Before training", poses(results, "untrained"), "poses at\nrandom", "#e6e6e6"),
      way("LC: trained by the task alone", poses(results, "lc"), "poses new\nto p", "#cfe3f2"),
      way("CP: task + λ KL(prior ‖ poses)", poses(results, "cp"), "upright, as\np was trained", "#fbd9b5"),
    ], {
      title: "What the prior does to the poses in which upright digits are found",
      subtitle: "Bars: measured shares of the poses 0°, 45°, …, 315°",
      columns: 1,
      aspect: 0.13,
      alt: "Three diagrams with histograms of poses: spread before training and for LC, at upright for CP.",
    });
  },
};

/** The same shares as bars with their numbers. */
export const poseFigure: Artefact = {
  id: "figure-poses",
  kind: "figure",
  location: "orientation plots",
  title: "Poses in which upright digits are found",
  caption: "Share of upright test digits found in each pose, mean over seeds.",
  jobs: (plan) => DIGITS.jobs(plan, ["untrained", "lc", "cp"]),
  render(results): Figure {
    const names = { untrained: "untrained", lc: "LC", cp: "CP" } as const;
    const groups = (["untrained", "lc", "cp"] as const).map((name) => DIGITS.group(results, name));
    const bars = groups.flatMap(({ name, runs }) =>
      (runs[0].result.poses ?? []).map((_, k) => ({
        label: `${360 * k / runs[0].result.poses!.length}°`,
        group: names[name],
        value: mean(runs.map(({ result }) => {
          const counts = result.poses!, total = counts.reduce((sum, count) => sum + count, 0);
          return 100 * counts[k] / total;
        })),
      }))
    );
    return barChart(bars, {
      title: "Poses in which upright digits are found",
      subtitle: "Share of upright test digits by pose",
      value: { title: "share (%)" },
      colours: { untrained: "#6b6b6b", LC: "#0072b2", CP: "#d55e00" },
      sort: "none",
      digits: 0,
      alt: "Bars of the share of digits by pose for an untrained canonicalizer, LC and CP.",
    });
  },
};

/** Where it fails: 6 and 9. */
export const classFigure: Artefact = {
  id: "figure-classes",
  kind: "figure",
  location: "addition (failure by class)",
  title: "Which digits fail",
  caption:
    "Accuracy over eight rotations by digit. A turned 6 is a 9: what share of the ones is called the other is in the subtitle.",
  jobs: (plan) => DIGITS.jobs(plan, ["augmented", "lc", "cp"]),
  render(results): Figure {
    const groups = DIGITS.groups(results, ["augmented", "lc", "cp"]);
    const bars = groups.flatMap(({ label, runs }) =>
      runs[0].result.classes.map((_, digit) => ({
        label: String(digit),
        group: label,
        value: mean(runs.map(({ result }) => result.classes[digit])),
      }))
    );
    const swaps = groups.map(({ label, runs }) => {
      const share = (pick: "sixAsNine" | "nineAsSix") =>
        mean(runs.map(({ result }) => result.confused[pick])).toFixed(1);
      return `${label}: ${share("sixAsNine")} % of 6 as 9, ${share("nineAsSix")} % of 9 as 6`;
    });
    return barChart(bars, {
      title: "Accuracy by digit over eight rotations",
      subtitle: swaps.join(" · "),
      value: { title: "accuracy over C8 (%)", domain: [0, 100] },
      colours: { "C8 augmentation": "#56b4e9", LC: "#0072b2", CP: "#d55e00" },
      sort: "none",
      digits: 0,
      alt: "Bars of accuracy by digit for augmentation, LC and CP.",
    });
  },
};

const LAMBDA_OF: Partial<Record<NameOf<typeof DIGITS>, number>> = {
  lc: 0,
  lambda1: 1,
  lambda10: 10,
  cp: 100,
  lambda1000: 1000,
};

/** The ablation of λ. */
export const lambdaFigure: Artefact = metricBars({
  id: "figure-lambda",
  location: "ablation of λ",
  title: "The strength of the prior",
  caption: "Accuracy on upright digits by λ; 0 is LC, 100 the paper's CP.",
  of: DIGITS,
  variants: ["lc", "lambda1", "lambda10", "cp", "lambda1000"],
  label: ({ name }) => `λ = ${LAMBDA_OF[name] ?? ""}`,
  value: ({ upright }) => upright,
  axis: { title: "accuracy upright (%)" },
  sort: "none",
  heading: "Accuracy on upright digits by the weight of the prior",
  subtitle: "λ = 0 is LC, λ = 100 the paper's CP",
  alt: "Bars of accuracy on upright digits by the prior's weight.",
});
