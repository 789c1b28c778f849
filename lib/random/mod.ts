/**
 * Randomness from explicit seeds: named streams that split, and NumPy's old generator for published splits.
 *
 * @module
 */
export * from "./numpy_random.ts";
export * from "./stream.ts";
