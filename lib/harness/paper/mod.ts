/** What a paper is written with: its types, studies, jobs, claims, rules and results. */
export * from "./claims.ts";
export * from "./errors.ts";
export * from "./job_labels.ts";
export * from "./jobs.ts";
export * from "./json.ts";
export * from "./one_line.ts";
export * from "./papers.ts";
export * from "./places.ts";
export * from "./results.ts";
export * from "./rules.ts";
export * from "./safeguards.ts";
export * from "./study.ts";
export * from "./suggest.ts";
export * from "./types.ts";
