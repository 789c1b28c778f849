/**
 * Weight-sharing regularization (Shakerinava, Sohrabi, Ravanbakhsh & Lacoste-Julien, AISTATS 2024, arXiv
 * 2311.03096): the penalty R(w), its proximal operator by four algorithms and as a data-parallel program, the
 * sticky particles behind it, the released update, and how far weights are shared.
 *
 * @module
 */
export * from "./circulant_energy.ts";
export * from "./parallel.ts";
export * from "./particles.ts";
export * from "./penalty.ts";
export * from "./prox.ts";
export {
  projectOnClusters,
  releasedUpdate,
  type ReleasedUpdateOptions,
  type SharedWeights,
} from "./released_update.ts";
export * from "./statistics.ts";
export * from "./train.ts";
export * from "./types.ts";
export * from "./worst_case.ts";
