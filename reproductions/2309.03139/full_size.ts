/** The N-body experiment once at the benchmark's size: 3 000 simulations, L = 4, H = 64. */
import type { NBodyConfig } from "./experiments/nbody.ts";
import type { TrainingSummary } from "./experiments/_training_summary.ts";
import record from "./full_size.json" with { type: "json" };

/**
 * What the networks share. The paper's code trains for 10 000 epochs at a constant rate of 5e-4; here it
 * falls along a cosine, so that so short a training ends where it can.
 */
export const FULL_SIZE: Omit<NBodyConfig, "model"> = {
  dataSet: "nbody/small",
  hidden: 64,
  layers: 4,
  schedule: "cosine",
  epochs: 120,
  batchSize: 100,
  learningRate: 1e-3,
};

/** One trained network. */
export interface FullSizeRun extends TrainingSummary {
  readonly channels: number;
  readonly seed: number;
  /** Of one core, beside other work. */
  readonly seconds: number;
}

/** The networks that were trained, by K, then seed; made by `make_full_size.ts`. */
export const FULL_SIZE_RUNS = record.runs as readonly unknown[] as readonly FullSizeRun[];
