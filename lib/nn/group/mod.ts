/**
 * Networks with symmetries: convolutions on the groups C_n and D_n of the plane, turned images, vector
 * neurons, frames, and networks for point clouds.
 *
 * Maps on a group are `[batch, height, width, |G|, channels]`; `batchNorm` of such a map shares its
 * statistics over the group, as it averages over all axes but the last.
 *
 * @module
 */
export type { Head } from "./_head.ts";
export * from "./dgcnn.ts";
export * from "./frames.ts";
export * from "./group_conv.ts";
export * from "./neighbours.ts";
export * from "./network.ts";
export * from "./planar_group.ts";
export * from "./pointnet.ts";
export * from "./principal_axes.ts";
export * from "./rotate_images.ts";
export * from "./select.ts";
export * from "./vector_neurons.ts";
export * from "./vn_networks.ts";
