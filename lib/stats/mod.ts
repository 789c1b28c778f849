/**
 * Statistics: metrics, intervals, tests of matched pairs, planned looks, and tables of numbers as matrices.
 *
 * @module
 */
export * from "./aggregate.ts";
export * from "./bootstrap.ts";
export * from "./conditional_poisson.ts";
export * from "./distinct_rows.ts";
export * from "./distributions.ts";
export * from "./friedman.ts";
export * from "./group_sequential.ts";
export * from "./mask_precision.ts";
export * from "./matrix.ts";
export * from "./metrics.ts";
export * from "./paired.ts";
export * from "./ranks.ts";
export * from "./select_rows.ts";
export * from "./standardise.ts";
export * from "./summary.ts";
export * from "./watson.ts";
export * from "./wilcoxon.ts";
