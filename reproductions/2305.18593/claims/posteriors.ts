import {
  allOf,
  type Claim,
  decide,
  higher,
  NoResults,
  type Results,
  verdict,
} from "../../../lib/harness/mod.ts";
import { mean, pairByUnit, spearman } from "../../../lib/stats/mod.ts";
import type { NetworkMethod } from "../experiments/networks.ts";
import type { TIME_MODELS } from "../experiments/time_prediction.ts";
import { byCount } from "../outcomes.ts";
import { BINS, NEIGHBOURS, POSTERIOR, TIME_PREDICTION, TIMING } from "../studies.ts";

type TimeModel = typeof TIME_MODELS[number];

/** Data sets at which predictions of diffusion time are looked at: those of the laptop profile, and all. */
const TIME_LOOKS = [6, 12];
const HIGHER = higher({ looks: TIME_LOOKS });

/** How far AUROC varies for 5–20 bins, and how far it falls below their mean from 40 bins on. */
function collapse(results: Results, method: NetworkMethod) {
  const curves = byCount(BINS.where(({ config }) => config.method === method).groups(results), "bins");
  const points = curves[0].x.map((bins, i) => ({ bins, auroc: mean(curves.map(({ y }) => y[i])) }));
  const flat = points.filter(({ bins }) => bins >= 5 && bins <= 20).map(({ auroc }) => auroc);
  const many = points.filter(({ bins }) => bins >= 40);
  if (flat.length < 2 || many.length === 0) {
    throw new NoResults("needs two counts in 5–20 and one from 40 on");
  }
  const drops = many.map(({ bins, auroc }) => ({ bins, drop: mean(flat) - auroc }));
  return {
    range: Math.max(...flat) - Math.min(...flat),
    drops: drops.map(({ drop }) => drop),
    text: drops.map(({ bins, drop }) => `${bins}: ${drop.toFixed(2)}`).join(", "),
    numbers: Object.fromEntries(drops.map(({ bins, drop }) => [`${method}: drop at ${bins} bins`, drop])),
  };
}

/** On the estimators of diffusion time themselves. */
export const posteriorClaims: readonly Claim[] = [
  {
    id: "np-is-knn",
    location: "Section 3.2",
    statement: "DTE-NP ranks points as nearest-neighbour distance does.",
    test:
      "The grid index never falls as the mean squared distance grows (0 inversions), and the median Spearman " +
      "correlation of the 5th-neighbour distance with the mean distance exceeds 0.95.",
    safeguards: "An identity up to ties: nothing is trained.",
    jobs: (plan) => NEIGHBOURS.jobs(plan),
    evaluate(results) {
      const found = NEIGHBOURS.groups(results).map(({ runs }) => runs[0].result);
      const correlations = found.flatMap(({ byCount }) =>
        byCount.filter(({ neighbours }) => neighbours === 5).map(({ spearman }) => spearman)
      ).sort((a, b) => a - b);
      const inversions = found.reduce((sum, { grid }) => sum + grid.inversions, 0);
      const [least, middle] = [correlations[0], correlations[Math.floor(correlations.length / 2)]];
      return verdict({
        supported: inversions === 0 && middle > 0.95,
        numbers: {
          comparisons: correlations.length,
          inversions,
          medianSpearman: middle,
          lowestSpearman: least,
        },
        because: `${inversions} inversions; median Spearman ${
          middle.toFixed(4)
        } over ${correlations.length} splits`,
      });
    },
  },
  {
    id: "speed",
    location: "Figure 1",
    statement: "Scoring a row with DTE-C is far faster than with DDPM.",
    test:
      "Median seconds per row on this machine, one core: DDPM / DTE-C ≥ 50 on every data set that is timed.",
    safeguards: "A time on this machine.",
    jobs: (plan) => TIMING.jobs(plan),
    evaluate(results) {
      const ratios = TIMING.groups(results).map(({ runs: [{ result: { secondsPerRow } }] }) =>
        secondsPerRow["DDPM"] / secondsPerRow["DTE-C"]
      );
      const [lowest, highest] = [Math.min(...ratios), Math.max(...ratios)];
      return verdict({
        supported: lowest >= 50,
        numbers: { sets: ratios.length, lowestRatio: lowest, highestRatio: highest },
        because: `DDPM needs ${lowest.toFixed(0)} to ${highest.toFixed(0)} times as long per row`,
      });
    },
  },
  {
    id: "posterior-monotone",
    location: "Figure 3",
    statement:
      "The likeliest diffusion time grows with the true one, for the analytical and the non-parametric posterior.",
    test: "Spearman correlation of true time and mean likeliest time exceeds 0.99 for both.",
    safeguards: "A property of posteriors in closed form: nothing is trained.",
    data: "published",
    jobs: (plan) => POSTERIOR.jobs(plan),
    evaluate(results) {
      const [{ runs: [{ result: { predictions } }] }] = POSTERIOR.groups(results);
      const [analytic, nonParametric] = (["analyticMean", "nonParametricMean"] as const).map((key) =>
        spearman(predictions.map((at) => at[key]), predictions.map(({ time }) => time))
      );
      return verdict({
        supported: Math.min(analytic, nonParametric) > 0.99,
        numbers: { times: predictions.length, analytic, nonParametric },
        because: `rank correlation ${analytic.toFixed(4)} (analytical), ${
          nonParametric.toFixed(4)
        } (non-parametric)`,
      });
    },
  },
  {
    id: "categorical-least-biased",
    location: "Figure 4",
    statement:
      "Of the three parametric models the categorical one predicts the diffusion time with the least bias.",
    test:
      "Bias by data set, in steps: |prediction − true time|, where the prediction is the mean over rows and seeds, averaged " +
      "over the true times; over all of them and over the first quarter. Of Gaussian regression and of the inverse Gamma, " +
      `each against the categorical model. ${HIGHER.text}`,
    safeguards: {
      bar: "None: bias is what is judged; Figure 4 shows the predictions of each model.",
      controls: "None: widths, steps and data are the same.",
      smallest: "Any difference of bias counts.",
    },
    data: "published",
    wider: { profile: "paper", seeds: 1 },
    jobs: (plan) => TIME_PREDICTION.jobs(plan),
    evaluate(results) {
      const groups = TIME_PREDICTION.groups(results);
      const bias = (model: TimeModel, share: number) =>
        groups.map(({ set, config: { steps }, runs }) => {
          const times = runs[0].result[model].map(({ time }) => time).filter((time) => time < share * steps);
          const off = times.map((time, i) =>
            Math.abs(mean(runs.map(({ result }) => result[model][i].mean)) - time)
          );
          return [set.reportedName, mean(off)] as const;
        });
      const against = (model: TimeModel, share: number) =>
        decide(HIGHER, pairByUnit(new Map(bias(model, share)), new Map(bias("categorical", share))), {
          names: [`${model} bias`, "categorical bias"],
          units: "data sets",
        });
      return allOf({
        "all times, Gaussian": against("Gaussian", 1),
        "all times, inverse Gamma": against("inverse Gamma", 1),
        "early times, Gaussian": against("Gaussian", 0.25),
        "early times, inverse Gamma": against("inverse Gamma", 0.25),
      });
    },
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
    safeguards: {
      bar: "None in the test: with 5 to 20 bins AUROC is that of the main table.",
      controls: "The textbook loss, in the test: with it nothing collapses.",
      smallest: "10 points of AUROC",
    },
    data: "published",
    jobs: (plan) => BINS.jobs(plan),
    evaluate(results) {
      const [double, single] = [collapse(results, "DTE-C"), collapse(results, "DTE-C single softmax")];
      return verdict({
        supported: double.range <= 3 && Math.min(...double.drops) >= 10 && Math.max(...single.drops) < 5,
        contradicted: Math.max(...double.drops) < 10 || Math.max(...single.drops) >= 5,
        numbers: { rangeFlat: double.range, ...double.numbers, ...single.numbers },
        because: `5–20 bins vary by ${double.range.toFixed(2)} points; points lost with more bins ` +
          `${double.text} (single softmax ${single.text})`,
      });
    },
  },
];
