/** The data sets of the catalogue. */
export * from "./adbench.ts";
export * from "./cifar10.ts";
export * from "./dte_toy.ts";
export * from "./mnist.ts";
export * from "./modelnet10.ts";
export * from "./nbody_sets.ts";
export * from "./qm7.ts";
export * from "./qm9.ts";
export * from "./solar.ts";
