/**
 * Figures and tables of the kinds that papers share: a table, bars or curves of a metric by variant, each
 * with mean and standard deviation over seeds. Apart from `paper/`, as it loads the plotting code.
 */
export type { Metric, MetricSource } from "./_source.ts";
export * from "./metric_bars.ts";
export * from "./metric_curves.ts";
export * from "./metric_table.ts";
export * from "./seeds_text.ts";
export * from "./study_figure.ts";
