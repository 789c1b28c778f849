/** Notebooks: their kernel, execution and views. */
export * from "./jupyter.ts";
export * from "./notebook_results.ts";
export * from "./notebook_views.ts";
export * from "./notebooks.ts";
