import { lineChart, type LineSeries, PALETTE } from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { averageByCount } from "../averages.ts";
import type { NeighbourConfig, NeighbourResult } from "../experiments/neighbours.ts";
import { binsJobs, neighbourJobs, stepsJobs } from "../jobs.ts";
import { rerunMeans } from "../reported.ts";
import { count } from "../texts.ts";

function line(
  name: string,
  points: readonly { readonly count: number; readonly auroc: number }[],
  style: Partial<LineSeries> = {},
): LineSeries {
  return {
    name,
    x: points.map(({ count }) => count),
    y: points.map(({ auroc }) => auroc),
    points: true,
    ...style,
  };
}

/** Values of the independent re-run belong to 57 other sets: shown for the shape, and not beside stand-ins. */
function rerunLine(
  results: Results,
  method: "KNN" | "DTE-NP" | "DTE-C",
  style: Partial<LineSeries>,
): LineSeries[] {
  if (results.standIns.length > 0) return [];
  const points = rerunMeans(method).map(({ count, mean }) => ({ count, auroc: mean }));
  return [line(`${method}, independent re-run (57 sets)`, points, { dashed: true, ...style })];
}

function neighboursFigure(results: Results) {
  const found = results.of<NeighbourConfig, NeighbourResult>("neighbours").filter(({ config }) =>
    config.setting === "semi"
  );
  if (found.length === 0) throw new NoResults("no result");
  const points = (score: "knn" | "nonParametric") =>
    found[0].config.counts.map((neighbours, index) => ({
      count: neighbours,
      auroc: mean(found.map(({ result }) => result.byCount[index][score].auroc)),
    }));
  return lineChart([
    line("KNN", points("knn"), { colour: PALETTE[0] }),
    line("DTE-NP", points("nonParametric"), { colour: PALETTE[1] }),
    ...rerunLine(results, "KNN", { colour: PALETTE[0] }),
    ...rerunLine(results, "DTE-NP", { colour: PALETTE[1] }),
  ], {
    title: "Number of neighbours",
    subtitle: `Semi-supervised, mean over ${count(found, "data set")}`,
    x: { title: "Neighbours K", log: true },
    y: { title: "Mean AUROC (%)" },
    alt: "Mean AUROC of KNN and DTE-NP against the number of neighbours.",
  });
}

function binsFigure(results: Results) {
  const double = averageByCount(results, { method: "DTE-C", option: "bins" });
  if (double.length === 0) throw new NoResults("no result");
  return lineChart([
    line("double softmax (paper's code)", double, { colour: PALETTE[1] }),
    line(
      "single softmax (textbook)",
      averageByCount(results, { method: "DTE-C single softmax", option: "bins" }),
      {
        colour: PALETTE[0],
      },
    ),
    ...rerunLine(results, "DTE-C", { colour: PALETTE[1] }),
  ], {
    title: "Number of time bins of DTE-C",
    subtitle: `Semi-supervised, mean over ${count(double[0].dataSets, "data set")}`,
    x: { title: "Bins B" },
    y: { title: "Mean AUROC (%)" },
    alt: "Mean AUROC of DTE-C against the number of bins, with a double and with a single softmax.",
  });
}

function stepsFigure(results: Results) {
  const points = averageByCount(results, { method: "DTE-C", option: "steps" });
  if (points.length === 0) throw new NoResults("no result");
  const { dataSets, seeds } = points[0];
  const band = seeds > 1
    ? { low: points.map(({ auroc, std }) => auroc - std), high: points.map(({ auroc, std }) => auroc + std) }
    : {};
  return lineChart([line("DTE-C", points, { colour: PALETTE[1], ...band })], {
    title: "Length of the diffusion",
    subtitle: `DTE-C, semi-supervised, mean over ${count(dataSets, "data set")}` +
      (seeds > 1 ? `; band: one standard deviation over ${seeds} seeds` : "; one seed"),
    x: { title: "Diffusion steps T", log: true },
    y: { title: "Mean AUROC (%)" },
    alt: "Mean AUROC of DTE-C against the number of diffusion steps.",
  });
}

/** The ablations of the appendix; its own numbers were not found. */
export const ablations = {
  neighbours: {
    id: "ablation-neighbours",
    kind: "figure",
    location: "Appendix, ablation on K",
    title: "AUROC by number of neighbours",
    caption: "Both fall slowly with K. Dashed: an independent re-run on all 57 sets, for the shape.",
    jobs: neighbourJobs,
    render: neighboursFigure,
  } satisfies Artefact,
  bins: {
    id: "ablation-bins",
    kind: "figure",
    location: "Appendix, number of bins",
    title: "AUROC by number of time bins",
    caption:
      "With a softmax in front of the cross-entropy many bins make the gradient vanish; with the textbook loss not.",
    jobs: binsJobs,
    render: binsFigure,
  } satisfies Artefact,
  steps: {
    id: "ablation-steps",
    kind: "figure",
    location: "Appendix, ablation on T",
    title: "AUROC by length of the diffusion",
    caption: "DTE-C with 7 bins: differences between lengths are of the size of those between seeds.",
    jobs: stepsJobs,
    render: stepsFigure,
  } satisfies Artefact,
};
