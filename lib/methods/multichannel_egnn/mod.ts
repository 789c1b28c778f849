/**
 * Multi-channel E(n)-equivariant graph networks (Levy, Kaba, Gonzales, Miret & Ravanbakhsh 2023, arXiv 2309.03139): EGNN and
 * MC-EGNN for dynamics and for molecules, the baselines they are compared with, and their training.
 */
export * from "./capacity.ts";
export * from "./data.ts";
export * from "./dynamics_training.ts";
export {
  countEgnnLayer,
  type EgnnLayer,
  type EgnnLayerOptions,
  type EgnnLayerSizes,
  initEgnnLayer,
} from "./layer.ts";
export * from "./losses.ts";
export * from "./models.ts";
export * from "./molecule_training.ts";
export * from "./molecule_network.ts";
export * from "./multichannel_egnn.ts";
export * from "./training.ts";
export * from "./baselines/gnn.ts";
export * from "./baselines/linear.ts";
export * from "./baselines/radial_field.ts";
