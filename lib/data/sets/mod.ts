/** The data sets of the catalogue. */
export * from "./adbench.ts";
export * from "./cdvae.ts";
export * from "./cifar10.ts";
export * from "./cifar10_resnets.ts";
export * from "./dte_toy.ts";
export * from "./labelled_crystal.ts";
export * from "./mnist.ts";
export * from "./modelnet10.ts";
export * from "./mp_dielectric.ts";
export * from "./mp_phonons.ts";
export * from "./mujoco.ts";
export * from "./mujoco_goals.ts";
export * from "./nbody_sets.ts";
export * from "./qm7.ts";
export * from "./qm9.ts";
export * from "./solar.ts";
export * from "./tng300_alignments.ts";
