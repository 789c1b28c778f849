/** Runs jobs on a Slurm cluster: arrays, submission, what elements do and tell, and the wait for them. */
export * from "./arrays.ts";
export * from "./backend.ts";
export * from "./options.ts";
export * from "./scheduler.ts";
export * from "./work.ts";
