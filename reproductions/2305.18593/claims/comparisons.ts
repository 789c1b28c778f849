import { allOf, type Claim, notAttempted, verdict } from "../../../lib/harness/mod.ts";
import type { NeighbourConfig, NeighbourResult } from "../experiments/neighbours.ts";
import type { TimingConfig, TimingResult } from "../experiments/timing.ts";
import { classicalJobs, neighbourJobs, networkJobs, timingJobs } from "../jobs.ts";
import { cells, meansByDataSet, summarise } from "../summaries.ts";
import { averages, compare, compareMethods, onRealData } from "./_shared.ts";

/** Claims that compare methods: accuracy and speed, the honest negative included. */
export const comparisons: readonly Claim[] = [
  {
    id: "np-is-knn",
    location: "Section 3.2",
    statement: "DTE-NP ranks points as nearest-neighbour distance does.",
    test:
      "The grid index never falls as the mean squared distance grows (0 inversions), and the median Spearman " +
      "correlation of the 5th-neighbour distance with the mean distance exceeds 0.95.",
    jobs: neighbourJobs,
    evaluate(results) {
      const found = results.of<NeighbourConfig, NeighbourResult>("neighbours");
      const correlations = found.flatMap(({ result }) =>
        result.byCount.filter(({ neighbours }) => neighbours === 5).map(({ spearman }) => spearman)
      ).sort((a, b) => a - b);
      if (correlations.length === 0) return notAttempted("no data set is available");
      const inversions = found.reduce((sum, { result }) => sum + result.grid.inversions, 0);
      const middle = correlations[Math.floor(correlations.length / 2)];
      return {
        status: inversions === 0 && middle > 0.95 ? "supported" : "contradicted",
        numbers: {
          comparisons: correlations.length,
          inversions,
          medianSpearman: middle,
          lowestSpearman: correlations[0],
        },
        because: `${inversions} inversions; median Spearman ${
          middle.toFixed(4)
        } over ${correlations.length} splits`,
      };
    },
  },
  {
    id: "np-near-knn-semi",
    location: "Section 4, semi-supervised tables",
    statement: "DTE-NP and KNN are within 1 point of each other on average.",
    test: "|mean AUROC(DTE-NP) − mean AUROC(KNN)| ≤ 1 over the data sets, both with 5 neighbours.",
    jobs: classicalJobs,
    evaluate: onRealData((results) => {
      const { common, means: [np, knn] } = averages(cells(results), "semi", ["DTE-NP", "KNN"]);
      if (common.length < 3) return notAttempted("needs at least 3 data sets");
      return verdict({
        supported: Math.abs(np - knn) <= 1,
        numbers: { sets: common.length, "DTE-NP": np, KNN: knn },
        because: `DTE-NP ${np.toFixed(2)}, KNN ${knn.toFixed(2)} over ${common.length} sets`,
      });
    }),
  },
  {
    id: "np-and-knn-top-semi",
    location: "Section 4, semi-supervised tables",
    statement: "DTE-NP and KNN are more accurate on average than all other training-free methods.",
    test: "Both mean AUROCs over the data sets are above that of every other training-free method.",
    jobs: classicalJobs,
    evaluate: onRealData((results) => {
      const others = ["LOF", "OCSVM", "ECOD", "COPOD", "HBOS", "PCA", "IForest", "MCD", "CBLOF"];
      const { common, means } = averages(cells(results), "semi", ["DTE-NP", "KNN", ...others]);
      if (common.length < 3) return notAttempted("needs at least 3 data sets");
      const [np, knn, ...rest] = means;
      const best = rest.indexOf(Math.max(...rest));
      return verdict({
        supported: Math.min(np, knn) > rest[best],
        numbers: {
          sets: common.length,
          "DTE-NP": np,
          KNN: knn,
          bestOther: rest[best],
          bestOtherMethod: others[best],
        },
        because:
          `DTE-NP ${np.toFixed(2)}, KNN ${knn.toFixed(2)}, next ${others[best]} ${rest[best].toFixed(2)} ` +
          `over ${common.length} sets`,
      });
    }),
  },
  {
    id: "dte-c-vs-ddpm-semi",
    location: "Section 4, semi-supervised tables",
    statement: "DTE-C is at least as accurate as DDPM in the semi-supervised setting.",
    test:
      "95 % bootstrap interval over data sets of mean AUROC(DTE-C) − AUROC(DDPM): supported if it lies at or above 0.",
    jobs: (plan) => networkJobs(plan, { methods: ["DTE-C", "DDPM"], setting: "semi" }),
    evaluate: compareMethods("semi", ["DTE-C", "DDPM"]),
  },
  {
    id: "dte-c-vs-deep-semi",
    location: "Section 4, semi-supervised tables",
    statement:
      "DTE-C is more accurate than the earlier deep baselines that are rerun here (PlanarFlow, VAE).",
    test:
      "95 % bootstrap interval over data sets of AUROC(DTE-C) − the better of the two by mean lies above 0.",
    jobs: (plan) => networkJobs(plan, { methods: ["DTE-C", "PlanarFlow", "VAE"], setting: "semi" }),
    evaluate: onRealData((results) => {
      const all = cells(results);
      const rivals = ["PlanarFlow", "VAE"];
      const { common, means } = averages(all, "semi", ["DTE-C", ...rivals]);
      if (common.length < 3) {
        return notAttempted(`needs at least 3 data sets with all three: there are ${common.length}`);
      }
      const best = means[1] >= means[2] ? rivals[0] : rivals[1];
      return compareMethods("semi", ["DTE-C", best])(results);
    }),
  },
  {
    id: "dte-c-vs-ddpm-unsup",
    location: "Section 4, unsupervised tables",
    statement:
      "DTE-C is more accurate than DDPM in the unsupervised setting, by at least 1.5 points on average.",
    test:
      "95 % bootstrap interval over data sets of mean AUROC(DTE-C) − AUROC(DDPM): supported if it lies at or above 1.5.",
    jobs: (plan) => networkJobs(plan, { methods: ["DTE-C", "DDPM"], setting: "unsup" }),
    evaluate: compareMethods("unsup", ["DTE-C", "DDPM"], 1.5),
  },
  {
    id: "dte-ig-lower-unsup",
    location: "Section 4, unsupervised tables",
    statement:
      "DTE-IG is less accurate than DTE-C in the unsupervised setting, and its spread over seeds is larger.",
    test:
      "95 % bootstrap intervals over data sets of AUROC(DTE-C) − AUROC(DTE-IG) and of std(DTE-IG) − std(DTE-C) over " +
      "seeds both lie at or above 0 (needs two seeds).",
    jobs: (plan) => networkJobs(plan, { methods: ["DTE-C", "DTE-IG"], setting: "unsup" }),
    evaluate: onRealData((results) => {
      const spread = (method: string) =>
        new Map(
          cells(results)
            .filter((cell) => cell.method === method && cell.setting === "unsup" && cell.seeds.length > 1)
            .map((cell) => [cell.dataSet, summarise(cell, "auroc").std]),
        );
      return allOf({
        accuracy: compareMethods("unsup", ["DTE-C", "DTE-IG"])(results),
        spread: compare(spread("DTE-IG"), spread("DTE-C"), { names: ["std(DTE-IG)", "std(DTE-C)"] }),
      });
    }),
  },
  {
    id: "negative-semi",
    location: "Section 4 (honest negative)",
    statement:
      "Nearest neighbours (KNN, DTE-NP) beat the parametric estimator DTE-C on average, semi-supervised.",
    test: "95 % bootstrap interval over data sets of AUROC(KNN) − AUROC(DTE-C) lies at or above 0.",
    jobs: (plan) => [...classicalJobs(plan), ...networkJobs(plan, { methods: ["DTE-C"], setting: "semi" })],
    evaluate: compareMethods("semi", ["KNN", "DTE-C"]),
  },
  {
    id: "negative-unsup",
    location: "Section 4 (honest negative)",
    statement: "The classical MCD and IForest beat the parametric estimator DTE-C on average, unsupervised.",
    test:
      "95 % bootstrap interval over data sets of the mean of AUROC(MCD) and AUROC(IForest) − AUROC(DTE-C) lies at or above 0.",
    jobs: (plan) => [...classicalJobs(plan), ...networkJobs(plan, { methods: ["DTE-C"], setting: "unsup" })],
    evaluate: onRealData((results) => {
      const all = cells(results);
      const of = (method: string) => meansByDataSet(all, { method, setting: "unsup" });
      const [mcd, forest] = [of("MCD"), of("IForest")];
      const both = new Map(
        [...mcd].filter(([name]) => forest.has(name)).map(([name, value]) => [
          name,
          (value + forest.get(name)!) / 2,
        ]),
      );
      return compare(both, of("DTE-C"), { names: ["MCD and IForest", "DTE-C"] });
    }),
  },
  {
    id: "speed",
    location: "Figure 1",
    statement: "Scoring a row with DTE-C is far faster than with DDPM.",
    test:
      "Median seconds per row on this machine, one core: DDPM / DTE-C ≥ 50 on every data set that is timed.",
    jobs: timingJobs,
    evaluate(results) {
      const found = results.of<TimingConfig, TimingResult>("timing");
      const ratios = found.map(({ result: { secondsPerRow } }) =>
        secondsPerRow["DDPM"] / secondsPerRow["DTE-C"]
      );
      if (ratios.length === 0) return notAttempted("nothing was timed");
      const lowest = Math.min(...ratios);
      return {
        status: lowest >= 50 ? "supported" : "contradicted",
        numbers: {
          sets: ratios.length,
          lowestRatio: lowest,
          highestRatio: Math.max(...ratios),
          ...(results.plan.profile === "smoke" ? { note: "shortened diffusion" } : {}),
        },
        because: `DDPM needs ${lowest.toFixed(0)} to ${Math.max(...ratios).toFixed(0)} times as long per row`,
      };
    },
  },
];
