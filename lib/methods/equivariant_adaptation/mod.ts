/**
 * Equivariant adaptation of large pretrained models (Mondal, Panigrahi, Kaba, Rajeswar & Ravanbakhsh 2023,
 * arXiv 2310.01647): a canonicalizer in front of a pretrained network, trained to find the network's own
 * training images upright.
 *
 * `adapt` does it for any image classifier in ONNX. Its parts: energies (`voteEnergy`, `groupEnergy`,
 * `wideGroupEnergy`, `cosineEnergy`), the prior (`priorLoss`, `framePriorLoss`), poses of images, boxes and
 * masks, `adaptedNetwork` for training with a task, and the test under rotations.
 *
 * @module
 */
export * from "./adapt.ts";
export * from "./adapted.ts";
export * from "./cloud_frames.ts";
export * from "./energies.ts";
export * from "./evaluation.ts";
export * from "./group_energies.ts";
export * from "./harmonic_filters.ts";
export * from "./judges.ts";
export * from "./poses.ts";
export * from "./prior.ts";
export * from "./steerable.ts";
