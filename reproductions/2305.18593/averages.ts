import type { Results } from "../../lib/harness/mod.ts";
import { mean, std } from "../../lib/stats/mod.ts";
import type { Scores } from "./experiments/_evaluation.ts";
import type { NetworkConfig } from "./experiments/networks.ts";

/** Mean AUROC over data sets at one value of an option, in percent. */
export interface CountAverage {
  readonly count: number;
  /** Mean over seeds. */
  readonly auroc: number;
  /** Standard deviation over seeds (ddof 1) of the mean over data sets; 0 for a single seed. */
  readonly std: number;
  readonly dataSets: number;
  readonly seeds: number;
}

/** Averages an ablation's trainings by the value of one option, ascending. */
export function averageByCount(
  results: Results,
  which: { readonly method: NetworkConfig["method"]; readonly option: "bins" | "steps" },
): readonly CountAverage[] {
  const found = results.of<NetworkConfig, Scores>("networks").filter(({ config }) =>
    config.method === which.method
  );
  const counts = [...new Set(found.flatMap(({ config }) => config[which.option] ?? []))].sort((a, b) =>
    a - b
  );
  return counts.map((count) => {
    const same = found.filter(({ config }) => config[which.option] === count);
    const bySeed = [...Map.groupBy(same, ({ seed }) => seed).values()]
      .map((runs) => mean(runs.map(({ result }) => result.auroc)));
    return {
      count,
      auroc: mean(bySeed),
      std: bySeed.length > 1 ? std(bySeed, { ddof: 1 }) : 0,
      dataSets: new Set(same.map(({ config }) => config.dataSet)).size,
      seeds: bySeed.length,
    };
  });
}
