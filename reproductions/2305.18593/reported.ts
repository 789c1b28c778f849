import values from "./reported.json" with { type: "json" };
import type { Setting } from "./plan.ts";

/** Metrics of the paper's tables, all in percent. */
export type Metric = "auroc" | "aupr" | "f1";

/** All three, in the paper's order. */
export const METRICS: readonly Metric[] = ["auroc", "aupr", "f1"];

/** Names as printed. */
export const METRIC_TITLES: Readonly<Record<Metric, string>> = { auroc: "AUROC", aupr: "AUPR", f1: "F1" };

/** A reported cell: mean and standard deviation (ddof 1) over five seeds, in percent. */
export interface ReportedValue {
  readonly mean: number;
  readonly std: number;
}

/** The 26 methods of the tables, in their order. */
export const REPORTED_METHODS: readonly string[] = values.methods;

type Rows = Readonly<Record<string, readonly (number | null)[]>>;

function table(setting: Setting, metric: Metric) {
  return values.tables.find((entry) => entry.setting === setting && entry.metric === metric);
}

/** The data sets (and families of sets) of a table; empty where the paper's table was not found. */
export function reportedDataSets(setting: Setting, metric: Metric): readonly string[] {
  return Object.keys(table(setting, metric)?.mean ?? {});
}

/** Where a table's values come from, or `undefined` where there are none. */
export function reportedProvenance(setting: Setting, metric: Metric): string | undefined {
  return table(setting, metric)?.provenance;
}

/** The column that a row of ours is compared with: variants of a method belong to its column. */
function columnOf(method: string): number {
  return values.methods.indexOf(method.replace(/ released$/, ""));
}

/** One cell of a reported table, or `undefined` where there is none. */
export function reported(
  setting: Setting,
  metric: Metric,
  cell: { readonly dataSet: string; readonly method: string },
): ReportedValue | undefined {
  const found = table(setting, metric);
  const column = columnOf(cell.method);
  const mean = (found?.mean as Rows | undefined)?.[cell.dataSet]?.[column];
  const std = (found?.std as Rows | undefined)?.[cell.dataSet]?.[column];
  return typeof mean === "number" && typeof std === "number" ? { mean, std } : undefined;
}

/** Values of the independent re-run (FoMo-0D authors, semi-supervised AUROC): mean over the 57 sets by count. */
export function rerunMeans(method: "KNN" | "DTE-NP" | "DTE-C"): readonly { count: number; mean: number }[] {
  const rows = Object.values(values.rerun[method] as Rows);
  return values.rerun.columns.map((count, column) => {
    const cells = rows.map((row) => row[column]).filter((cell) => cell !== null);
    return { count, mean: cells.reduce((sum, cell) => sum + cell, 0) / cells.length };
  });
}
