/**
 * Kaba & Ravanbakhsh 2022, "Equivariant Networks for Crystal Structures".
 *
 * @module
 */
export * from "./baselines/mod.ts";
export * from "./batches.ts";
export * from "./cell_groups.ts";
export * from "./colouring.ts";
export * from "./ecn.ts";
export * from "./equivariant_dense.ts";
export * from "./graphs.ts";
export * from "./messages.ts";
export * from "./models.ts";
export * from "./orbits.ts";
export * from "./regular.ts";
export * from "./training.ts";
