/** What each profile runs: experiments in named variants. */
export * from "./carbon.ts";
export * from "./identities.ts";
export * from "./lattices.ts";
export * from "./materials_project.ts";
export * from "./networks.ts";
export * from "./perovskites.ts";
export * from "./training_sizes.ts";
