export * from "./experiments/agreement.ts";
export * from "./experiments/cifar.ts";
export * from "./experiments/parallel.ts";
export * from "./experiments/particles.ts";
export * from "./experiments/regression.ts";
export * from "./experiments/rounds.ts";
export * from "./experiments/timing.ts";
export * from "./experiments/torus.ts";
