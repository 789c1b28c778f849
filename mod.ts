/**
 * refigure as a library: what the methods of the papers are made of.
 *
 * Each paper's method has a door of its own (`@refigure/refigure/diffusion_time`, …), and so have figures and the harness
 * (`@refigure/refigure/figures`, `@refigure/refigure/harness`): using a method loads neither the other methods, nor
 * plotting, nor command-line code.
 */
export * from "./lib/compile/mod.ts";
export * from "./lib/data/mod.ts";
export * from "./lib/nn/mod.ts";
export * from "./lib/random/mod.ts";
export * from "./lib/stats/mod.ts";
export * from "./lib/tensor/mod.ts";
