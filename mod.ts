/**
 * refigure as a library: the methods of the papers, and what they are made of.
 *
 * Figures and the harness have doors of their own (`@refigure/refigure/figures`, `@refigure/refigure/harness`), so that
 * using a method loads neither plotting nor command-line code.
 */
export * from "./lib/compile/mod.ts";
export * from "./lib/data/mod.ts";
export * from "./lib/methods/diffusion_time/mod.ts";
export * from "./lib/nn/mod.ts";
export * from "./lib/random/mod.ts";
export * from "./lib/stats/mod.ts";
export * from "./lib/tensor/mod.ts";
