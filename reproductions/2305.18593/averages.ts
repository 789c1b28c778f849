import type { Results } from "../../lib/harness/mod.ts";
import { mean } from "../../lib/stats/mod.ts";
import type { Scores } from "./experiments/_evaluation.ts";
import type { NetworkConfig } from "./experiments/networks.ts";

/** Mean AUROC over data sets and seeds at one value of an option. */
export interface CountAverage {
  readonly count: number;
  readonly auroc: number;
  readonly dataSets: number;
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
    return {
      count,
      auroc: mean(same.map(({ result }) => result.auroc)),
      dataSets: new Set(same.map(({ config }) => config.dataSet)).size,
    };
  });
}
