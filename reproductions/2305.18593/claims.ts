import {
  allOf,
  type Claim,
  decide,
  equalWithin,
  higher,
  NoResults,
  notAttempted,
  type Results,
  type Rule,
  type Verdict,
  verdict,
} from "../../lib/harness/mod.ts";
import { mean, pairByUnit, spearman } from "../../lib/stats/mod.ts";
import type { NetworkMethod } from "./experiments/networks.ts";
import {
  byCount,
  byDataSet,
  type DataSetNumber,
  onCommonSets,
  type Outcome,
  outcomeJobs,
  outcomes,
  overSeeds,
  type Selector,
} from "./outcomes.ts";
import { reported, SETTING_TITLES } from "./reported.ts";
import { BINS, NEIGHBOURS, POSTERIOR, TIME_PREDICTION, TIMING } from "./studies.ts";

/** A claim on what methods reached on the published data sets. */
interface OutcomeClaim extends Pick<Claim, "location" | "statement" | "test">, Required<Selector> {
  readonly judge: (all: readonly Outcome[]) => Verdict;
}

const onOutcomes = (id: string, { setting, methods, judge, ...texts }: OutcomeClaim): Claim => ({
  id,
  ...texts,
  data: "published",
  jobs: (plan) => outcomeJobs(plan, { setting, methods }),
  evaluate: (results) => judge(outcomes(results, { setting, methods })),
});

/** Those that the paper reports, with how far the mean AUROC is off, and both standard deviations. */
const againstReported = (all: readonly Outcome[]) =>
  all.flatMap((outcome) => {
    const expected = reported(outcome, "auroc");
    const { value, std = 0 } = overSeeds(outcome, "auroc");
    return expected ? [{ ...outcome, off: value - expected.mean, std, reportedStd: expected.std }] : [];
  });

/** Percentage points; reported values are rounded to 0.01. */
const PARITY_TOLERANCE = 0.02 + 1e-9;
/** Data sets of the full parity gate. */
const PARITY_SETS = 31;

/** Means, and unsupervised also spreads over seeds, that can be recomputed digit by digit. */
const parity = (id: string, options: Omit<OutcomeClaim, "judge" | "location">): Claim =>
  onOutcomes(id, {
    location: `Appendix tables (${SETTING_TITLES[options.setting]} AUROC)`,
    ...options,
    judge(all) {
      // A semi-supervised split that is the same for all seeds has no spread on either side.
      const withSpread = options.setting === "unsup";
      const rows = againstReported(all).map(({ method, dataSet, off, std, reportedStd }) => ({
        name: `${method} on ${dataSet}`,
        off: Math.max(Math.abs(off), withSpread ? Math.abs(std - reportedStd) : 0),
      }));
      const worst = rows.reduce((a, b) => (b.off > a.off ? b : a));
      const outside = rows.filter(({ off }) => !(off <= PARITY_TOLERANCE)).length;
      const wanted = options.methods.length * PARITY_SETS;
      const enoughSeeds = !withSpread || all.every(({ scores }) => scores.length === 5);
      return verdict({
        supported: outside === 0 && rows.length === wanted && enoughSeeds,
        contradicted: outside > 0 && enoughSeeds,
        numbers: { values: rows.length, outside, largestDifference: worst.off, at: worst.name },
        because: `${rows.length - outside} of ${rows.length} values agree within 0.02 points` +
          (rows.length === wanted ? "" : `; ${wanted} are needed`) +
          (enoughSeeds ? "" : "; the reported spread needs five seeds"),
      });
    },
  });

/** A network's means, which vary with its random streams. */
const landsOnReported = (
  { id, method, within, statement }:
    & Pick<Claim, "id" | "statement">
    & { readonly method: NetworkMethod; readonly within: number },
): Claim =>
  onOutcomes(id, {
    location: "Appendix tables (semi-supervised AUROC)",
    statement,
    test:
      `Per data set |Δ| ≤ max(3, 2.5 (reported std + own std)), and mean difference within ±${within} points.`,
    setting: "semi",
    methods: [method],
    judge(all) {
      const rows = againstReported(all);
      if (rows.length < 3) return notAttempted(`needs at least 3 data sets: there are ${rows.length}`);
      const inside = rows.filter(({ off, std, reportedStd }) =>
        Math.abs(off) <= Math.max(3, 2.5 * (reportedStd + std))
      ).length;
      const offset = mean(rows.map(({ off }) => off));
      const bySet = Object.fromEntries(rows.map(({ dataSet, off }) => [dataSet, off]));
      return verdict({
        supported: inside === rows.length && Math.abs(offset) <= within,
        contradicted: inside < rows.length / 2,
        numbers: { sets: rows.length, outside: rows.length - inside, meanDifference: offset, ...bySet },
        because: `${inside} of ${rows.length} sets within max(3, 2.5 std); mean difference ` +
          `${offset.toFixed(2)} points (allowed ±${within})`,
      });
    },
  });

const AUROC = "AUROC in percent by data set, mean over seeds";
const HIGHER = higher();

/** A number of two methods over the data sets that both have; of several methods it is their mean. */
const compare = (
  all: readonly Outcome[],
  { sides, rule = HIGHER, value }: Pick<DataSetNumber, "value"> & {
    readonly sides: readonly [readonly string[], readonly string[]];
    readonly rule?: Rule;
  },
): Verdict => {
  const [first, second] = sides.map((methods) => byDataSet(all, { methods, value }));
  const [a, b] = sides.map((methods) => methods.join(" and "));
  return decide(rule, pairByUnit(first, second), { names: [a, b], units: "data sets" });
};

/** Each of some methods against the best of its rivals. */
const compareMethods = (
  id: string,
  { methods, rivals, rule = HIGHER, ...options }:
    & Omit<OutcomeClaim, "judge" | "test" | "location">
    & { readonly location?: string; readonly rivals: readonly string[]; readonly rule?: Rule },
): Claim =>
  onOutcomes(id, {
    location: `Section 4, ${SETTING_TITLES[options.setting]} tables`,
    ...options,
    test: `${AUROC}, of ${methods.join(" and of ")} against ${
      rivals.length === 1 ? rivals[0] : `the best on average of ${rivals.join(", ")}`
    }. ${rule.text}`,
    methods: [...methods, ...rivals],
    judge(all) {
      const best = onCommonSets(all, rivals).methods.reduce((a, b) => b.auroc > a.auroc ? b : a).method;
      const verdicts = methods.map((method) => compare(all, { sides: [[method], [best]], rule }));
      if (verdicts.length === 1) return verdicts[0];
      return allOf(Object.fromEntries(methods.map((method, i) => [method, verdicts[i]])));
    },
  });

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

/** All claims of the paper. */
export const claims: readonly Claim[] = [
  parity("parity-semi", {
    statement: "KNN, LOF, ECOD, COPOD, HBOS and OCSVM have the reported AUROC on 31 data sets.",
    test: "Every value within 0.02 points of the reported mean (6 methods × 31 sets, seeds 0, 1, 2, 3, 6).",
    setting: "semi",
    methods: ["KNN", "LOF", "ECOD", "COPOD", "HBOS", "OCSVM"],
  }),
  parity("parity-unsup", {
    statement: "KNN and DTE-NP have the reported AUROC and spread on 31 data sets (both with 32 neighbours).",
    test:
      "Mean and standard deviation over seeds 0–4 within 0.02 points of the reported ones (2 methods × 31 sets).",
    setting: "unsup",
    methods: ["KNN", "DTE-NP"],
  }),
  onOutcomes("constant-features", {
    location: "Appendix tables",
    statement:
      "COPOD and ECOD score exactly 50.0 on mnist and optdigits, whose constant columns make their skewness NaN.",
    test: "AUROC is exactly 50 for both methods on both sets in the semi-supervised setting.",
    setting: "semi",
    methods: ["COPOD", "ECOD"],
    judge(all) {
      const found = all.filter(({ dataSet }) => ["mnist", "optdigits"].includes(dataSet))
        .map((own) => ({ ...own, auroc: overSeeds(own, "auroc").value }));
      if (found.length < 4) return notAttempted("mnist or optdigits is not available");
      return verdict({
        supported: found.every(({ auroc }) => auroc === 50),
        numbers: Object.fromEntries(found.map((own) => [`${own.method} on ${own.dataSet}`, own.auroc])),
        because: `AUROC ${[...new Set(found.map(({ auroc }) => auroc))].join(", ")}`,
      });
    },
  }),
  landsOnReported({
    id: "dte-c-reported",
    statement: "DTE-C trained from the described settings has the reported AUROC.",
    method: "DTE-C",
    within: 1.5,
  }),
  landsOnReported({
    id: "dte-ig-reported",
    statement: "DTE-IG (squared output as score) has the reported AUROC.",
    method: "DTE-IG",
    within: 4,
  }),
  {
    id: "np-is-knn",
    location: "Section 3.2",
    statement: "DTE-NP ranks points as nearest-neighbour distance does.",
    test:
      "The grid index never falls as the mean squared distance grows (0 inversions), and the median Spearman " +
      "correlation of the 5th-neighbour distance with the mean distance exceeds 0.95.",
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
  compareMethods("np-near-knn-semi", {
    statement: "DTE-NP and KNN, both with 5 neighbours, are within 1 point of each other on average.",
    setting: "semi",
    methods: ["DTE-NP"],
    rivals: ["KNN"],
    rule: equalWithin({ margin: 1 }),
  }),
  compareMethods("np-and-knn-top-semi", {
    statement: "DTE-NP and KNN are more accurate on average than all other training-free methods.",
    setting: "semi",
    methods: ["DTE-NP", "KNN"],
    rivals: ["LOF", "OCSVM", "ECOD", "COPOD", "HBOS", "PCA", "IForest", "MCD", "CBLOF"],
  }),
  compareMethods("dte-c-vs-ddpm-semi", {
    statement: "DTE-C is at least as accurate as DDPM in the semi-supervised setting.",
    setting: "semi",
    methods: ["DTE-C"],
    rivals: ["DDPM"],
  }),
  compareMethods("dte-c-vs-deep-semi", {
    statement:
      "DTE-C is more accurate than the earlier deep baselines that are rerun here (PlanarFlow, VAE).",
    setting: "semi",
    methods: ["DTE-C"],
    rivals: ["PlanarFlow", "VAE"],
  }),
  compareMethods("dte-c-vs-ddpm-unsup", {
    statement:
      "DTE-C is more accurate than DDPM in the unsupervised setting, by at least 1.5 points on average.",
    setting: "unsup",
    methods: ["DTE-C"],
    rivals: ["DDPM"],
    rule: higher({ margin: 1.5 }),
  }),
  onOutcomes("dte-ig-lower-unsup", {
    location: "Section 4, unsupervised tables",
    statement:
      "DTE-IG is less accurate than DTE-C in the unsupervised setting, and its spread over seeds is larger.",
    test:
      `${AUROC}, of DTE-C against DTE-IG, and its standard deviation over seeds, of DTE-IG against DTE-C (where there ` +
      `are several seeds). ${HIGHER.text}`,
    setting: "unsup",
    methods: ["DTE-C", "DTE-IG"],
    judge: (all) =>
      allOf({
        accuracy: compare(all, { sides: [["DTE-C"], ["DTE-IG"]] }),
        spread: compare(all, {
          sides: [["DTE-IG"], ["DTE-C"]],
          value: (outcome) => overSeeds(outcome, "auroc").std,
        }),
      }),
  }),
  compareMethods("negative-semi", {
    location: "Section 4 (honest negative)",
    statement:
      "Nearest neighbours (KNN, DTE-NP) beat the parametric estimator DTE-C on average, semi-supervised.",
    setting: "semi",
    methods: ["KNN"],
    rivals: ["DTE-C"],
  }),
  onOutcomes("negative-unsup", {
    location: "Section 4 (honest negative)",
    statement: "The classical MCD and IForest beat the parametric estimator DTE-C on average, unsupervised.",
    test: `${AUROC}, of the mean of MCD and IForest against DTE-C. ${HIGHER.text}`,
    setting: "unsup",
    methods: ["MCD", "IForest", "DTE-C"],
    judge: (all) => compare(all, { sides: [["MCD", "IForest"], ["DTE-C"]] }),
  }),
  {
    id: "speed",
    location: "Figure 1",
    statement: "Scoring a row with DTE-C is far faster than with DDPM.",
    test:
      "Median seconds per row on this machine, one core: DDPM / DTE-C ≥ 50 on every data set that is timed.",
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
      "At small diffusion times the categorical model predicts the time better than Gaussian regression.",
    test:
      "Mean |predicted − true| over the first quarter of the times, in steps by data set, of Gaussian regression against " +
      `the categorical model. ${HIGHER.text}`,
    data: "published",
    jobs: (plan) => TIME_PREDICTION.jobs(plan),
    evaluate(results) {
      const pairs = TIME_PREDICTION.groups(results).map(({ set, config: { steps }, runs }) => {
        const error = (model: "categorical" | "Gaussian") =>
          mean(runs.map(({ result }) => {
            const early = result[model].filter(({ time }) => time < steps / 4);
            return mean(early.map(({ time, mean }) => Math.abs(mean - time)));
          }));
        return { unit: set.reportedName, first: error("Gaussian"), second: error("categorical") };
      });
      return decide(HIGHER, pairs, { names: ["Gaussian error", "categorical error"], units: "data sets" });
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
