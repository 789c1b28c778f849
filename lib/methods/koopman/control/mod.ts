/** Control with latent models: TD-MPC with the MLP that it comes with, or with a Koopman model instead. */
export * from "./agent.ts";
export * from "./learn.ts";
export * from "./networks.ts";
export * from "./prioritised_replay.ts";
export * from "./tdmpc_model.ts";
export * from "./tdmpc_training.ts";
export * from "./transitions.ts";
