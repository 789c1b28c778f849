/**
 * Tasks in discrete time behind one interface: simulators in TypeScript, and MuJoCo's models by WebAssembly.
 *
 * Nothing here reads files: MuJoCo's models are given as text, as the data sets `mujoco/gymnasium` and
 * `mujoco/control-suite` hold them.
 *
 * @module
 */
export * from "./acrobot.ts";
export * from "./batch.ts";
export * from "./cart_pole.ts";
export * from "./control_suite.ts";
export * from "./episodes.ts";
export * from "./goals/mod.ts";
export * from "./gymnasium.ts";
export * from "./images.ts";
export * from "./mujoco.ts";
export * from "./oscillator.ts";
export * from "./pendulum.ts";
export * from "./qualities.ts";
export * from "./random_search.ts";
export * from "./simulator.ts";
export * from "./slow_manifold.ts";
export * from "./types.ts";
