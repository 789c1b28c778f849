export * from "./experiments/neighbours.ts";
export * from "./experiments/solutions.ts";
export * from "./experiments/training.ts";
