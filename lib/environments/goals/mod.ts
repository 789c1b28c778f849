/** Tasks with goals: a point in the plane, arms and hands, their recorded behaviour, and how policies do. */
export * from "./evaluate.ts";
export * from "./fetch.ts";
export * from "./hand.ts";
export * from "./pixels.ts";
export * from "./point.ts";
export * from "./reacher.ts";
export * from "./record.ts";
export * from "./sawyer.ts";
export * from "./tasks.ts";
export * from "./types.ts";
export * from "./walls.ts";
