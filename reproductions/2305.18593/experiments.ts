export * from "./experiments/classical.ts";
export * from "./experiments/neighbours.ts";
export * from "./experiments/networks.ts";
export * from "./experiments/posterior.ts";
export * from "./experiments/time_prediction.ts";
export * from "./experiments/timing.ts";
export * from "./experiments/toy.ts";
