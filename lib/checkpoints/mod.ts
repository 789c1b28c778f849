/**
 * Checkpoints: long trainings go on where they were when their process ended.
 *
 * @module
 */
export * from "./checkpoints.ts";
export * from "./resumable.ts";
