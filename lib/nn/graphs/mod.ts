/**
 * Particle and graph networks: neighbourhoods, EGNN layers, baselines and their training.
 *
 * @module
 */
export * from "./data.ts";
export * from "./dense.ts";
export * from "./dynamics_training.ts";
export * from "./egnn_layer.ts";
export * from "./gnn.ts";
export * from "./join_dynamics.ts";
export * from "./linear.ts";
export * from "./losses.ts";
export * from "./models.ts";
export * from "./molecule_forces.ts";
export * from "./molecule_training.ts";
export * from "./neighbourhood.ts";
export * from "./radial_field.ts";
export * from "./residual.ts";
export * from "./silu.ts";
export * from "./train_graphs.ts";
export * from "./training.ts";
