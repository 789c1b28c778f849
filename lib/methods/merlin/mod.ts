/**
 * Reaching goals via diffusion in state space (Jain & Ravanbakhsh 2024, arXiv 2310.02505): hindsight
 * behaviour cloning that is told the horizon, three ways of making its data, and its toy task.
 *
 * @module
 */
export * from "./act.ts";
export * from "./baselines/mod.ts";
export * from "./episodes.ts";
export * from "./gaussian_policy.ts";
export * from "./goal_policy.ts";
export * from "./hindsight.ts";
export * from "./normaliser.ts";
export * from "./pixels.ts";
export * from "./portable.ts";
export * from "./toy.ts";
export * from "./training.ts";
export * from "./reverse_model.ts";
export * from "./state_encoder.ts";
export * from "./stitching.ts";
export * from "./toy_gcsl.ts";
