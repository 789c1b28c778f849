import { type Claim, notAttempted, type Results, verdict } from "../../../lib/harness/mod.ts";
import { mean, spearman } from "../../../lib/stats/mod.ts";
import { averageByCount } from "../averages.ts";
import type { PosteriorConfig, PosteriorResult } from "../experiments/posterior.ts";
import type { TimePredictionConfig, TimePredictionResult } from "../experiments/time_prediction.ts";
import { binsJobs, posteriorJobs, timePredictionJobs } from "../jobs.ts";
import type { NetworkMethod } from "../plan.ts";
import { compare, onRealData } from "./_shared.ts";

/** Claims on the posterior over diffusion time and how networks learn it. */
export const diffusionTime: readonly Claim[] = [
  {
    id: "posterior-monotone",
    location: "Figure 3",
    statement:
      "The likeliest diffusion time grows with the true one, for the analytical and the non-parametric posterior.",
    test: "Spearman correlation of true time and mean likeliest time exceeds 0.99 for both.",
    jobs: posteriorJobs,
    evaluate: onRealData((results) => {
      const [found] = results.of<PosteriorConfig, PosteriorResult>("posterior");
      if (!found) return notAttempted("the data set is not available");
      const { predictions } = found.result;
      const rises = (key: "analyticMean" | "nonParametricMean") =>
        rankCorrelationWithIndex(predictions.map((prediction) => prediction[key]));
      const [analytic, nonParametric] = [rises("analyticMean"), rises("nonParametricMean")];
      return {
        status: Math.min(analytic, nonParametric) > 0.99 ? "supported" : "contradicted",
        numbers: { times: predictions.length, analytic, nonParametric },
        because: `rank correlation ${analytic.toFixed(4)} (analytical), ${
          nonParametric.toFixed(4)
        } (non-parametric)`,
      };
    }),
  },
  {
    id: "categorical-least-biased",
    location: "Figure 4",
    statement:
      "At small diffusion times the categorical model predicts the time better than Gaussian regression.",
    test:
      "Mean |predicted − true| over the first quarter of the times, by data set: 95 % bootstrap interval over data " +
      "sets of Gaussian − categorical lies at or above 0.",
    jobs: timePredictionJobs,
    evaluate: onRealData((results) => {
      const found = results.of<TimePredictionConfig, TimePredictionResult>("time-prediction");
      const errors = (model: "categorical" | "Gaussian") => {
        const byDataSet = new Map<string, number[]>();
        for (const { config, result } of found) {
          const early = result[model].filter(({ time }) => time < config.steps / 4);
          const error = mean(early.map(({ time, mean }) => Math.abs(mean - time)));
          byDataSet.set(config.dataSet, [...(byDataSet.get(config.dataSet) ?? []), error]);
        }
        return new Map([...byDataSet].map(([name, values]) => [name, mean(values)]));
      };
      return compare(errors("Gaussian"), errors("categorical"), {
        names: ["Gaussian error", "categorical error"],
      });
    }),
  },
  {
    id: "bins-collapse",
    location: "Appendix, number of bins",
    statement:
      "AUROC is nearly flat for 5 to 20 bins and collapses at 40 and more with the softmax in front of the " +
      "cross-entropy; with the textbook loss it does not.",
    test:
      "Means over the data sets: range within 3 points for 5–20 bins; every count from 40 on at least 10 points below " +
      "their mean with the double softmax, and less than 5 points below with the single softmax.",
    jobs: binsJobs,
    evaluate: onRealData((results) => {
      const [double, single] = [collapse(results, "DTE-C"), collapse(results, "DTE-C single softmax")];
      if (!double || !single) return notAttempted("needs at least two counts in 5–20 and one from 40 on");
      const drops = double.drops.map(({ drop }) => drop);
      const dropSingle = Math.max(...single.drops.map(({ drop }) => drop));
      const list = (drops: readonly { count: number; drop: number }[]) =>
        drops.map(({ count, drop }) => `${count}: ${drop.toFixed(2)}`).join(", ");
      return verdict({
        supported: double.range <= 3 && drops.every((drop) => drop >= 10) && dropSingle < 5,
        contradicted: drops.every((drop) => drop < 10) || dropSingle >= 5,
        numbers: {
          rangeFlat: double.range,
          ...Object.fromEntries(double.drops.map(({ count, drop }) => [`drop at ${count} bins`, drop])),
          ...Object.fromEntries(
            single.drops.map(({ count, drop }) => [`drop at ${count} bins, single softmax`, drop]),
          ),
        },
        because: `5–20 bins vary by ${double.range.toFixed(2)} points; points lost with more bins ` +
          `${list(double.drops)} (single softmax ${list(single.drops)})`,
      });
    }),
  },
];

/** How far AUROC varies for 5–20 bins, and how far it falls below their mean from 40 bins on. */
function collapse(results: Results, method: NetworkMethod) {
  const found = averageByCount(results, { method, option: "bins" });
  const flat = found.filter(({ count }) => count >= 5 && count <= 20).map(({ auroc }) => auroc);
  const many = found.filter(({ count }) => count >= 40);
  if (flat.length < 2 || many.length === 0) return undefined;
  return {
    range: Math.max(...flat) - Math.min(...flat),
    drops: many.map(({ count, auroc }) => ({ count, drop: mean(flat) - auroc })),
  };
}

/** Spearman correlation of a sequence with its index. */
function rankCorrelationWithIndex(values: readonly number[]): number {
  return spearman(Float64Array.from(values), Float64Array.from(values.keys()));
}
