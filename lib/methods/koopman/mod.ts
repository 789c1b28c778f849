/**
 * Linear latent dynamics for control (Mondal, Panigrahi, Rajeswar, Siddiqi & Ravanbakhsh 2024, arXiv
 * 2306.11941): a diagonal Koopman model whose whole horizon is computed at once, the latent models it is
 * compared with, and their training; TD-MPC with either model.
 *
 * @module
 */
export * from "./block_rollout.ts";
export * from "./complex.ts";
export * from "./dynamics.ts";
export * from "./eigenvalues.ts";
export * from "./model.ts";
export * from "./planning.ts";
export * from "./portable.ts";
export * from "./predict.ts";
export * from "./reference.ts";
export * from "./rollout.ts";
export * from "./sequences.ts";
export * from "./training.ts";
export * from "./baselines/mod.ts";
export * from "./control/mod.ts";
export * from "./pixels/mod.ts";
