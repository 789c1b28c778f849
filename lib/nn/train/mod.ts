/** Losses, optimisers, schedules, the training loop and prediction. */
export * from "./classifier.ts";
export * from "./learner.ts";
export * from "./losses.ts";
export * from "./optimisers.ts";
export * from "./plateau.ts";
export * from "./predict.ts";
export * from "./row_batches.ts";
export * from "./run_steps.ts";
export * from "./schedules.ts";
export * from "./train.ts";
