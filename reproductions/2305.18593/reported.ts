import values from "./reported.json" with { type: "json" };
import { mean } from "../../lib/stats/mod.ts";
import type { Setting } from "./experiments/_evaluation.ts";

/** Settings in words. */
export const SETTING_TITLES: Readonly<Record<Setting, string>> = {
  semi: "semi-supervised",
  unsup: "unsupervised",
};

/** Metrics of the paper's tables, all in percent, as printed. */
export const METRIC_TITLES = { auroc: "AUROC", aupr: "AUPR", f1: "F1" } as const;
export type Metric = keyof typeof METRIC_TITLES;

/** All three, in the paper's order. */
export const METRICS: readonly Metric[] = ["auroc", "aupr", "f1"];

/** The 26 methods of the tables, in their order. */
export const REPORTED_METHODS: readonly string[] = values.methods;

/** Our variants of the paper's methods, with the column that they are compared with, if any. */
export const VARIANTS: Readonly<Record<string, { readonly of: string; readonly column?: string }>> = {
  "DTE-NP grid": { of: "DTE-NP" },
  "PlanarFlow released": { of: "PlanarFlow", column: "PlanarFlow" },
};

/** The family of a method, as the paper's bar charts colour it. */
export function familyOf(method: string): string | undefined {
  const own = VARIANTS[method]?.of ?? method;
  return Object.entries(values.families).find(([, methods]) => methods.includes(own))?.[0];
}

/** A place in the tables. */
export interface ReportedCell {
  readonly setting: Setting;
  readonly method: string;
  /** Row of the tables, e.g. `glass`. */
  readonly dataSet: string;
}

type Rows = Readonly<Record<string, readonly (number | null)[]>>;

function table(setting: Setting, metric: Metric) {
  return values.tables.find((entry) => entry.setting === setting && entry.metric === metric);
}

/** A method's cells on all data sets (and families of sets); none where the paper's table was not found. */
export function reportedColumn(
  { setting, method }: Omit<ReportedCell, "dataSet">,
  metric: Metric,
): ReportedCell[] {
  return Object.keys(table(setting, metric)?.mean ?? {}).map((dataSet) => ({ setting, method, dataSet }));
}

/** Where a table's values come from. */
export function reportedProvenance(setting: Setting, metric: Metric): string {
  return table(setting, metric)?.provenance ?? "the paper's table was not found";
}

/** Mean and standard deviation (ddof 1) over five seeds, in percent; `undefined` where a cell has none. */
export function reported({ setting, method, dataSet }: ReportedCell, metric: Metric) {
  const found = table(setting, metric);
  const column = values.methods.indexOf(VARIANTS[method]?.column ?? method);
  const mean = (found?.mean as Rows | undefined)?.[dataSet]?.[column];
  const std = (found?.std as Rows | undefined)?.[dataSet]?.[column];
  return typeof mean === "number" && typeof std === "number" ? { mean, std } : undefined;
}

/** The mean over cells, if all of them have a value. */
export function reportedMean(cells: readonly ReportedCell[], metric: Metric): number | undefined {
  const found = cells.flatMap((cell) => reported(cell, metric)?.mean ?? []);
  return found.length === cells.length && found.length > 0 ? mean(found) : undefined;
}

/** The independent re-run (FoMo-0D authors, semi-supervised AUROC): means over 57 sets, by count. */
export function rerunMeans(method: "KNN" | "DTE-NP" | "DTE-C"): readonly { count: number; mean: number }[] {
  const rows = Object.values(values.rerun[method] as Rows);
  return values.rerun.columns.map((count, column) => {
    const cells = rows.map((row) => row[column]).filter((cell) => cell !== null);
    return { count, mean: mean(cells) };
  });
}
