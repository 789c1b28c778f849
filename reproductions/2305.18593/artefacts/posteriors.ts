import {
  INK,
  lineChart,
  type LineSeries,
  PALETTE,
  panels,
  panelWidth,
  ridgeline,
} from "../../../lib/figures/mod.ts";
import { type Artefact, studyFigure } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { TIME_MODELS } from "../experiments/time_prediction.ts";
import { POSTERIOR, TIME_PREDICTION } from "../studies.ts";

const [BLUE, VERMILION, GREEN] = PALETTE;
const MODEL_COLOURS = { "categorical": VERMILION, "inverse Gamma": BLUE, "Gaussian": GREEN } as const;

/** A line with a band of a standard deviation. */
const banded = (
  points: readonly { readonly time: number; readonly mean: number; readonly std: number }[],
  style: Pick<LineSeries, "name" | "colour">,
): LineSeries => ({
  ...style,
  x: points.map(({ time }) => time),
  y: points.map(({ mean }) => mean),
  low: points.map(({ mean, std }) => mean - std),
  high: points.map(({ mean, std }) => mean + std),
});

const diagonal = (steps: number): LineSeries => {
  const ends = [0, steps - 1];
  return { name: "exact", x: ends, y: ends, dashed: true, colour: INK.muted };
};

/** Figures on the posterior over diffusion time. */
export const posteriorFigures: readonly Artefact[] = [
  studyFigure({
    id: "figure-3",
    location: "Figure 3",
    title: "Posterior over the noise variance",
    caption:
      "The peaks move right with the true time in both; the non-parametric ones start later and are wider at small times.",
    of: POSTERIOR,
    draw([{ set, config: { steps }, runs: [{ result: { curves, variances } }] }]) {
      // The paper draws from s = 30 of 300: below, the curves are spikes that would flatten all others.
      const shown = curves.filter(({ time }) => time >= steps / 10);
      const panel = (which: "analytic" | "nonParametric", title: string) =>
        ridgeline(shown.map((curve) => ({ z: curve.time, x: variances, height: curve[which] })), {
          title,
          x: { title: "σ²" },
          z: { title: "true time s", domain: [shown[0].time, 1.1 * steps] },
          width: panelWidth(2),
          alt: title,
        });
      return panels([panel("analytic", "Analytical"), panel("nonParametric", "Non-parametric (K = 5)")], {
        columns: 2,
        title: "Posterior over the noise variance",
        subtitle: `${set.reportedName}, T = ${steps}, mean over the points noised to time s`,
        alt:
          "Two ridgeline plots of the posterior density over σ², one curve for each true time; the peaks move right as s grows.",
      });
    },
  }),
  studyFigure({
    id: "figure-3-companion",
    location: "Figure 3 (companion in the code)",
    title: "Likeliest against true diffusion time",
    caption:
      "The analytical posterior follows the diagonal, then falls below it. The non-parametric one is too high at small times, " +
      "where the distance to the other neighbours outweighs the noise.",
    of: POSTERIOR,
    draw([{ set, config: { steps }, runs: [{ result: { predictions } }] }]) {
      const series = (name: string, key: "analytic" | "nonParametric", colour: string) =>
        banded(
          predictions.map((at) => ({ time: at.time, mean: at[`${key}Mean`], std: at[`${key}Std`] })),
          { name, colour },
        );
      return lineChart([
        series("analytical", "analytic", BLUE),
        series("non-parametric", "nonParametric", VERMILION),
        diagonal(steps),
      ], {
        title: "Likeliest against true diffusion time",
        subtitle: `${set.reportedName}, T = ${steps}; bands: one standard deviation over points`,
        x: { title: "True time s (steps)" },
        y: { title: "Likeliest time (steps)" },
        alt:
          "The analytical posterior's likeliest time follows the diagonal up to half of T; the non-parametric one starts higher.",
      });
    },
  }),
  studyFigure({
    id: "figure-4",
    location: "Figure 4",
    title: "Predicted diffusion time of the parametric models",
    caption:
      "How far each network's prediction is from the true time. The paper's four data sets are not known; these are ours.",
    of: TIME_PREDICTION,
    draw(groups) {
      const charts = groups.map(({ set: { reportedName: title }, config: { steps }, runs }) => {
        const line = (model: typeof TIME_MODELS[number]) =>
          banded(
            runs[0].result[model].map(({ time }, i) => ({
              time,
              mean: mean(runs.map(({ result }) => result[model][i].mean)),
              std: mean(runs.map(({ result }) => result[model][i].std)),
            })),
            { name: model, colour: MODEL_COLOURS[model] },
          );
        return lineChart([...TIME_MODELS.map(line), diagonal(steps)], {
          title,
          x: { title: "True time (steps)" },
          y: { title: "Predicted time (steps)", domain: [0, steps] },
          width: panelWidth(2),
          height: 240,
          alt: `Predicted time on ${title}.`,
        });
      });
      return panels(charts, {
        columns: 2,
        title: "Predicted against true diffusion time of the parametric models",
        subtitle: "Held-out normal rows, noised; bands: one standard deviation over rows",
        alt:
          "One panel per data set with the predicted time of the categorical, inverse-Gamma and Gaussian models.",
      });
    },
  }),
];
