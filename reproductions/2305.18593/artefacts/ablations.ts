import { lineChart, type LineSeries, PALETTE } from "../../../lib/figures/mod.ts";
import {
  type Artefact,
  meanCurve,
  type Results,
  spreadSubtitle,
  studyFigure,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { NetworkMethod } from "../experiments/networks.ts";
import { byCount, dataSetsText, type NetworkGroup } from "../outcomes.ts";
import { rerunMeans } from "../reported.ts";
import { BINS, NEIGHBOURS, STARTS, STEPS } from "../studies.ts";

const [BLUE, VERMILION] = PALETTE;

/** The independent re-run's values are of 57 other sets: for the shape, and not beside stand-ins. */
function rerunLine(
  { standIns }: Results,
  { method, colour }: { readonly method: "KNN" | "DTE-NP" | "DTE-C"; readonly colour: string },
): LineSeries[] {
  if (standIns.length > 0) return [];
  const points = rerunMeans(method);
  return [{
    name: `${method}, independent re-run (57 sets)`,
    x: points.map(({ count }) => count),
    y: points.map(({ mean }) => mean),
    points: true,
    dashed: true,
    colour,
  }];
}

/** How many data sets and seeds are behind a mean. */
const over = (groups: readonly NetworkGroup[], text: string): string =>
  spreadSubtitle(groups, {
    subtitle: `${text}, mean over ${dataSetsText(new Set(groups.map(({ set }) => set)).size)}`,
  });

/** The ablations of the appendix; its own numbers were not found. */
export const ablations: readonly Artefact[] = [
  studyFigure({
    id: "ablation-neighbours",
    location: "Appendix, ablation on K",
    title: "AUROC by number of neighbours",
    caption: "Both fall slowly with K. Dashed: an independent re-run on all 57 sets, for the shape.",
    of: NEIGHBOURS.where(({ config }) => config.setting === "semi"),
    draw(groups, results) {
      const x = groups[0].config.counts;
      const line = (name: string, score: "knn" | "nonParametric", colour: string): LineSeries => ({
        name,
        x,
        y: x.map((_, i) => mean(groups.map(({ runs: [run] }) => run.result.byCount[i][score].auroc))),
        points: true,
        colour,
      });
      return lineChart([
        line("KNN", "knn", BLUE),
        line("DTE-NP", "nonParametric", VERMILION),
        ...rerunLine(results, { method: "KNN", colour: BLUE }),
        ...rerunLine(results, { method: "DTE-NP", colour: VERMILION }),
      ], {
        title: "Number of neighbours",
        subtitle: `Semi-supervised, mean over ${dataSetsText(groups.length)}`,
        x: { title: "Neighbours K", log: true },
        y: { title: "Mean AUROC (%)" },
        alt: "Mean AUROC of KNN and DTE-NP against the number of neighbours.",
      });
    },
  }),
  studyFigure({
    id: "ablation-bins",
    location: "Appendix, number of bins",
    title: "AUROC by number of time bins",
    caption:
      "With a softmax in front of the cross-entropy many bins make the gradient vanish; with the textbook loss not.",
    of: BINS,
    draw(groups, results) {
      const line = (method: NetworkMethod, name: string, colour: string) =>
        meanCurve(byCount(groups.filter(({ config }) => config.method === method), "bins"), {
          name,
          points: true,
          colour,
        });
      return lineChart([
        line("DTE-C", "double softmax (paper's code)", VERMILION),
        line("DTE-C single softmax", "single softmax (textbook)", BLUE),
        ...rerunLine(results, { method: "DTE-C", colour: VERMILION }),
      ], {
        title: "Number of time bins of DTE-C",
        subtitle: over(groups, "Semi-supervised"),
        x: { title: "Bins B" },
        y: { title: "Mean AUROC (%)" },
        alt: "Mean AUROC of DTE-C against the number of bins, with a double and with a single softmax.",
      });
    },
  }),
  studyFigure({
    id: "ablation-steps",
    location: "Appendix, ablation on T",
    title: "AUROC by length of the diffusion",
    caption: "DTE-C with 7 bins: differences between lengths are of the size of those between seeds.",
    of: STEPS,
    draw: (groups) =>
      lineChart([meanCurve(byCount(groups, "steps"), { name: "DTE-C", points: true, colour: VERMILION })], {
        title: "Length of the diffusion",
        subtitle: over(groups, "DTE-C, semi-supervised"),
        x: { title: "Diffusion steps T", log: true },
        y: { title: "Mean AUROC (%)" },
        alt: "Mean AUROC of DTE-C against the number of diffusion steps.",
      }),
  }),
  studyFigure({
    id: "ablation-start",
    location: "Appendix, start step of DDPM",
    title: "AUROC of DDPM by the step it reconstructs from",
    caption:
      "DDPM starts from the clean row at this step of 1000; the paper takes 250. Trained anew for each start, same seed.",
    of: STARTS,
    draw: (groups) =>
      lineChart([meanCurve(byCount(groups, "start"), { name: "DDPM", points: true, colour: VERMILION })], {
        title: "Start of DDPM's reconstruction",
        subtitle: over(groups, "DDPM, semi-supervised"),
        x: { title: "First reverse step", log: true },
        y: { title: "Mean AUROC (%)" },
        alt: "Mean AUROC of DDPM against the step from which it reconstructs.",
      }),
  }),
];
