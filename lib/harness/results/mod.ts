/** What a run leaves: evaluated figures, tables and claims, goldens, comparisons, provenance. */
export * from "./audit.ts";
export * from "./compare.ts";
export * from "./complete.ts";
export * from "./decide.ts";
export * from "./decided.ts";
export * from "./evaluate.ts";
export * from "./goldens.ts";
export * from "./outputs.ts";
export * from "./provenance.ts";
export * from "./reproduce.ts";
export * from "./result_sets.ts";
export * from "./summary.ts";
export * from "./trace.ts";
export * from "./what_it_takes.ts";
