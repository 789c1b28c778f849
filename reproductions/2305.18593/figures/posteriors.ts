import { type Figure, lineChart, PALETTE, panels, ridgeline } from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { PosteriorConfig, PosteriorResult } from "../experiments/posterior.ts";
import {
  TIME_MODELS,
  type TimePredictionConfig,
  type TimePredictionResult,
} from "../experiments/time_prediction.ts";
import { posteriorJobs, timePredictionJobs } from "../jobs.ts";
import { reportedName } from "../plan.ts";

const MODEL_COLOURS = {
  "categorical": PALETTE[1],
  "inverse Gamma": PALETTE[0],
  "Gaussian": PALETTE[2],
} as const;

function posteriorOf(results: Results) {
  const [found] = results.of<PosteriorConfig, PosteriorResult>("posterior");
  if (!found) throw new NoResults("no result");
  return found;
}

/** Figure 3: posterior over σ² at several true times, one curve each. */
function curvesFigure(results: Results): Figure {
  const { config, result: { variances, curves } } = posteriorOf(results);
  // The paper draws from s = 30 of 300: below, the curves are spikes that would flatten all others.
  const shown = curves.filter(({ time }) => time >= config.steps / 10);
  const panel = (which: "analytic" | "nonParametric", title: string) =>
    ridgeline(shown.map((curve) => ({ z: curve.time, x: variances, height: curve[which] })), {
      title,
      x: { title: "σ²" },
      z: { title: "true time s", domain: [shown[0].time, 1.1 * config.steps] },
      width: 340,
      alt: title,
    });
  return panels([panel("analytic", "Analytical"), panel("nonParametric", "Non-parametric (K = 5)")], {
    columns: 2,
    title: "Posterior over the noise variance",
    subtitle: `${reportedName(config.dataSet)}, T = ${config.steps}, mean over the points noised to time s`,
    alt:
      "Two ridgeline plots of the posterior density over σ², one curve for each true time; the peaks move right as s grows.",
  });
}

/** Likeliest against true time for both posteriors. */
function likeliestTimeFigure(results: Results): Figure {
  const { config, result: { predictions } } = posteriorOf(results);
  const times = predictions.map(({ time }) => time);
  const series = (name: string, key: "analytic" | "nonParametric", colour: string) => ({
    name,
    x: times,
    y: predictions.map((prediction) => prediction[`${key}Mean`]),
    low: predictions.map((prediction) => prediction[`${key}Mean`] - prediction[`${key}Std`]),
    high: predictions.map((prediction) => prediction[`${key}Mean`] + prediction[`${key}Std`]),
    colour,
  });
  return lineChart([
    series("analytical", "analytic", PALETTE[0]),
    series("non-parametric", "nonParametric", PALETTE[1]),
    diagonal(config.steps),
  ], {
    title: "Likeliest against true diffusion time",
    subtitle: `${
      reportedName(config.dataSet)
    }, T = ${config.steps}; bands: one standard deviation over points`,
    x: { title: "True time s (steps)" },
    y: { title: "Likeliest time (steps)" },
    alt:
      "The analytical posterior's likeliest time follows the diagonal up to half of T; the non-parametric one starts higher.",
  });
}

function diagonal(steps: number) {
  return { name: "exact", x: [0, steps - 1], y: [0, steps - 1], dashed: true, colour: "#888888" };
}

/** Figure 4: predicted against true time of the parametric models, one panel per data set. */
function timePredictionFigure(results: Results): Figure {
  const found = results.of<TimePredictionConfig, TimePredictionResult>("time-prediction");
  if (found.length === 0) throw new NoResults("no result");
  const dataSets = [...new Set(found.map(({ config }) => config.dataSet))];
  const charts = dataSets.map((dataSet) => {
    const seeds = found.filter(({ config }) => config.dataSet === dataSet);
    const { steps } = seeds[0].config;
    const over = (model: typeof TIME_MODELS[number], key: "mean" | "std") =>
      seeds[0].result[model].map((_, i) => mean(seeds.map(({ result }) => result[model][i][key])));
    return lineChart([
      ...TIME_MODELS.map((model) => {
        const [centre, spread] = [over(model, "mean"), over(model, "std")];
        return {
          name: model,
          x: seeds[0].result[model].map(({ time }) => time),
          y: centre,
          low: centre.map((value, i) => value - spread[i]),
          high: centre.map((value, i) => value + spread[i]),
          colour: MODEL_COLOURS[model],
        };
      }),
      diagonal(steps),
    ], {
      title: reportedName(dataSet),
      x: { title: "True time (steps)" },
      y: { title: "Predicted time (steps)", domain: [0, steps] },
      width: 350,
      height: 240,
      alt: `Predicted time on ${reportedName(dataSet)}.`,
    });
  });
  return panels(charts, {
    columns: 2,
    title: "Predicted against true diffusion time of the parametric models",
    subtitle: "Held-out normal rows, noised; bands: one standard deviation over rows",
    alt:
      "One panel per data set with the predicted time of the categorical, inverse-Gamma and Gaussian models.",
  });
}

/** Figures on the posterior over diffusion time. */
export const posteriors = {
  curves: {
    id: "figure-3",
    kind: "figure",
    location: "Figure 3",
    title: "Posterior over the noise variance",
    caption:
      "The peaks move right with the true time in both; the non-parametric ones start later and are wider at small times.",
    jobs: posteriorJobs,
    render: curvesFigure,
  } satisfies Artefact,
  likeliestTime: {
    id: "figure-3-companion",
    kind: "figure",
    location: "Figure 3 (companion in the code)",
    title: "Likeliest against true diffusion time",
    caption:
      "The analytical posterior follows the diagonal, then falls below it. The non-parametric one is too high at small times, " +
      "where the distance to the other neighbours outweighs the noise.",
    jobs: posteriorJobs,
    render: likeliestTimeFigure,
  } satisfies Artefact,
  timePrediction: {
    id: "figure-4",
    kind: "figure",
    location: "Figure 4",
    title: "Predicted diffusion time of the parametric models",
    caption:
      "How far each network's prediction is from the true time. The paper's four data sets are not known; these are ours.",
    jobs: timePredictionJobs,
    render: timePredictionFigure,
  } satisfies Artefact,
};
