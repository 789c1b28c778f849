/** The report, a static site, and README's table of verdicts. */
export * from "./build.ts";
export * from "./readme.ts";
export * from "./serve.ts";
export * from "./write_comparison.ts";
