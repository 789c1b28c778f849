import type { AnomalyData } from "../../../lib/data/mod.ts";
import type { JobContext } from "../../../lib/harness/mod.ts";
import { replaceNaN, semiSupervisedSplit, type Split, unsupervisedSplit } from "../../../lib/anomaly/mod.ts";
import { auroc, averagePrecision, topNF1 } from "../../../lib/stats/mod.ts";

/** The two settings of the paper's tables: trained on normals only, or on a bootstrap of everything. */
export type Setting = "semi" | "unsup";

/** The three metrics of the paper's tables, in percent. */
export type Scores = { readonly auroc: number; readonly aupr: number; readonly f1: number };

/** Loads a data set and splits it as the paper's setting does, with the job's seed. */
export async function loadSplit(
  config: { readonly dataSet: string; readonly setting: Setting },
  context: JobContext,
): Promise<Split> {
  const { value } = await context.loadData<AnomalyData>(config.dataSet);
  return config.setting === "semi"
    ? semiSupervisedSplit(value, context.seed)
    : unsupervisedSplit(value, context.seed);
}

/** Metrics of anomaly scores; NaN scores count as 0, as in the paper's protocol. */
export function evaluate(scores: Float64Array, labels: Uint8Array): Scores {
  const clean = replaceNaN(scores);
  return {
    auroc: 100 * auroc(clean, labels),
    aupr: 100 * averagePrecision(clean, labels),
    f1: 100 * topNF1(clean, labels),
  };
}
