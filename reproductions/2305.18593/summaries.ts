import type { Results } from "../../lib/harness/mod.ts";
import { mean, std } from "../../lib/stats/mod.ts";
import type { ClassicalConfig, ClassicalResult } from "./experiments/classical.ts";
import type { Scores } from "./experiments/_evaluation.ts";
import type { NetworkConfig } from "./experiments/networks.ts";
import { BASELINE_SEEDS, PLAIN_SEEDS, reportedName, type Setting } from "./plan.ts";
import type { Metric } from "./reported.ts";

/** One method on one data set under one setting: its seeds' scores in percent. */
export interface Cell {
  /** Row name of the reported tables, e.g. `glass`. */
  readonly dataSet: string;
  readonly setting: Setting;
  readonly method: string;
  readonly seeds: readonly { readonly seed: number; readonly scores: Scores }[];
}

/** Mean, standard deviation (ddof 1; 0 for a single seed) and number of seeds of a cell. */
export interface CellSummary {
  readonly mean: number;
  readonly std: number;
  readonly seeds: number;
}

/** Columns whose reported values were made with other seeds than the rest (found by recomputation). */
function seedsOf(method: string, setting: Setting): readonly number[] {
  return setting === "unsup" && (method === "KNN" || method === "DTE-NP") ? PLAIN_SEEDS : BASELINE_SEEDS;
}

/** All cells of the tables, from the jobs of the classical methods and of the networks. */
export function cells(results: Results): readonly Cell[] {
  const found = new Map<string, { cell: Omit<Cell, "seeds">; seeds: Map<number, Scores> }>();
  const add = (cell: Omit<Cell, "seeds">, seed: number, scores: Scores) => {
    const key = `${cell.setting}/${cell.dataSet}/${cell.method}`;
    if (!found.has(key)) found.set(key, { cell, seeds: new Map() });
    found.get(key)!.seeds.set(seed, scores);
  };
  for (const { config, seed, result } of results.of<ClassicalConfig, ClassicalResult>("classical")) {
    const { setting } = config;
    const dataSet = reportedName(config.dataSet);
    for (const [method, scores] of Object.entries(result)) {
      if (seedsOf(method, setting).includes(seed)) add({ dataSet, setting, method }, seed, scores);
    }
  }
  for (const { config, seed, result } of results.of<NetworkConfig, Scores>("networks")) {
    const { setting, method } = config;
    add({ dataSet: reportedName(config.dataSet), setting, method }, seed, result);
  }
  return [...found.values()].map(({ cell, seeds }) => ({
    ...cell,
    seeds: [...seeds].map(([seed, scores]) => ({ seed, scores })),
  }));
}

/** Summarises a cell's seeds for one metric. */
export function summarise(cell: Cell, metric: Metric): CellSummary {
  const values = cell.seeds.map(({ scores }) => scores[metric]);
  return { mean: mean(values), std: values.length > 1 ? std(values, { ddof: 1 }) : 0, seeds: values.length };
}

/** Mean by data set of one method: `Map(data set → mean over seeds)`. */
export function meansByDataSet(
  all: readonly Cell[],
  which: { readonly method: string; readonly setting: Setting; readonly metric?: Metric },
): ReadonlyMap<string, number> {
  const { method, setting, metric = "auroc" } = which;
  return new Map(
    all.filter((cell) => cell.method === method && cell.setting === setting)
      .map((cell) => [cell.dataSet, summarise(cell, metric).mean]),
  );
}

/** Pairs two methods on the data sets that both have, in a fixed order. */
export function paired(
  first: ReadonlyMap<string, number>,
  second: ReadonlyMap<string, number>,
): { readonly dataSets: string[]; readonly first: number[]; readonly second: number[] } {
  const dataSets = [...first.keys()].filter((name) => second.has(name)).sort();
  return {
    dataSets,
    first: dataSets.map((name) => first.get(name)!),
    second: dataSets.map((name) => second.get(name)!),
  };
}
