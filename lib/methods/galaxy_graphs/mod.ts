/**
 * Synthetic galaxy catalogues by a generative model on graphs (Jagvaral, Lanusse, Singh, Mandelbaum,
 * Ravanbakhsh & Campbell 2022, arXiv 2212.05596): galaxies of a halo as a graph, direction-aware graph
 * convolutions, a conditional Wasserstein GAN, the statistics of intrinsic alignments by which it is judged,
 * and what it is compared with.
 *
 * @module
 */
export type { CriticBatch, GraphBatch, ScoredBatch } from "./_batch.ts";
export { type Trained, untrained } from "./_updates.ts";
export * from "./adjacency.ts";
export * from "./baselines.ts";
export * from "./blocks.ts";
export * from "./convolution.ts";
export * from "./critic.ts";
export * from "./directions.ts";
export * from "./features.ts";
export * from "./generator.ts";
export * from "./group_graphs.ts";
export * from "./jackknife.ts";
export * from "./model.ts";
export * from "./options.ts";
export * from "./orientation_correlations.ts";
export * from "./projected_correlations.ts";
export * from "./projection.ts";
export * from "./regression.ts";
export * from "./rotation.ts";
export * from "./sampling.ts";
export * from "./training.ts";
export * from "./wasserstein.ts";
