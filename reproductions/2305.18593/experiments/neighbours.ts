import type { Experiment } from "../../../lib/harness/mod.ts";
import { fitKnn } from "../../../lib/anomaly/mod.ts";
import { fitNonParametric, type NonParametricOptions } from "../../../lib/methods/diffusion_time/mod.ts";
import { spearman } from "../../../lib/stats/mod.ts";
import { evaluate, loadSplit, type Scores, type Setting } from "./_evaluation.ts";

/** A data set under one setting and the numbers of neighbours K to try. */
export type NeighbourConfig = {
  readonly dataSet: string;
  readonly setting: Setting;
  readonly counts: readonly number[];
};

/** What holds for one K. */
export type NeighbourEntry = {
  readonly neighbours: number;
  /** Distance to the K-th neighbour. */
  readonly knn: Scores;
  /** Mean distance to the K nearest. */
  readonly nonParametric: Scores;
  /** Spearman correlation of the two scores. */
  readonly spearman: number;
};

/** Ablation on K, and how far the time grid keeps the order of the mean squared distance. */
export type NeighbourResult = {
  readonly byCount: readonly NeighbourEntry[];
  /** On the code's time grid (K = 5, T = 300): pairs in opposite order, and the saturated share. */
  readonly grid: {
    readonly inversions: number;
    readonly saturated: number;
    readonly spearmanBelow: number | null;
  };
};

const GRID = { k: 5, steps: 300 } as const;

/** DTE-NP against KNN (paper Sec. 3.2 and the ablation on K). */
export const neighbours: Experiment<NeighbourConfig, NeighbourResult> = {
  id: "neighbours",
  title: "Nearest neighbours",
  module: import.meta.url,
  usesExecutor: false,
  data: ({ dataSet }) => [dataSet],
  cost: ({ counts, setting }) => 0.1 * counts.length * (setting === "unsup" ? 2 : 1),
  async run({ dataSet, setting, counts }, context) {
    const { train, test, testLabels } = await loadSplit({ dataSet, setting }, context);
    const nonParametric = (options: NonParametricOptions) => fitNonParametric(train, options).score(test);
    const byCount: NeighbourEntry[] = [];
    for (const neighbours of counts) {
      const kth = await fitKnn(train, { k: neighbours }).score(test);
      const mean = await nonParametric({ k: neighbours, distances: "plain", readout: "distance" });
      byCount.push({
        neighbours,
        knn: evaluate(kth, testLabels),
        nonParametric: evaluate(mean, testLabels),
        spearman: spearman(kth, mean),
      });
      context.progress(byCount.length / (counts.length + 1));
    }
    const index = await nonParametric({ ...GRID, readout: "modeIndex" });
    const squared = await nonParametric({ ...GRID, readout: "distance" });
    return { byCount, grid: compareOrder(index, squared) };
  },
};

/** Counts how often a larger mean squared distance has a smaller grid index. */
function compareOrder(index: Float64Array, squared: Float64Array): NeighbourResult["grid"] {
  const order = Array.from(squared.keys()).sort((a, b) => squared[a] - squared[b]);
  let [inversions, highest] = [0, -Infinity];
  for (const row of order) {
    if (index[row] < highest) inversions++;
    highest = Math.max(highest, index[row]);
  }
  const below = order.filter((row) => index[row] < GRID.steps - 1);
  return {
    inversions,
    saturated: 1 - below.length / order.length,
    spearmanBelow: below.length > 2
      ? spearman(
        index.filter((t) => t < GRID.steps - 1),
        squared.filter((_, row) => index[row] < GRID.steps - 1),
      )
      : null,
  };
}
