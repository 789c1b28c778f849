import type { ExecutorName } from "../../compile/mod.ts";
import { cosineDecay, type LearningRate, type PlateauOptions, type TrainProgress } from "../mod.ts";

/**
 * How the learning rate changes:
 * - `constant`;
 * - `cosine`: from η to 0 along half a cosine over all steps;
 * - `cosineThreePasses`: the released QM9 code steps its schedule at the start of *every* pass over data, the
 *   validation and test passes included, with the number of epochs for its period: in epoch e (from 0) the
 *   rate is η (1 + cos(π (3e + 1)/epochs))/2, one and a half periods: down, up, down.
 */
export type RateSchedule = "constant" | "cosine" | "cosineThreePasses";

/** Options of {@link trainDynamics} and {@link trainMolecules}. */
export interface GraphTrainingOptions {
  /** Seeds initial weights and shuffling. */
  readonly seed: number;
  /** Passes over the training samples. */
  readonly epochs: number;
  /** Samples of a step. */
  readonly batchSize?: number;
  /** η. */
  readonly learningRate?: number;
  /** By name, or how the rate falls when the validation loss does not; training ends when it is spent. */
  readonly schedule?: RateSchedule | PlateauOptions;
  /** Coupled (L2). */
  readonly weightDecay?: number;
  /** Limit on the norm of the gradients. Absent: no clipping. */
  readonly clipNorm?: number;
  /**
   * Epochs from one evaluation to the next; the first is after the first epoch, and there is one after the
   * last.
   */
  readonly evaluateEvery?: number;
  /** End after this many epochs without a better validation loss. Absent: never. */
  readonly patience?: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** Called as training goes on. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Aborts it: the promise then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** The validation loss after an epoch. */
export interface Evaluation {
  /** Number of finished epochs. */
  readonly epoch: number;
  /** Validation loss. */
  readonly valid: number;
}

/** The course of a training and the best of its evaluations. */
export interface TrainingCourse {
  /** Mean training loss of each epoch. */
  readonly epochLosses: readonly number[];
  /** All evaluations, in their order. */
  readonly evaluations: readonly Evaluation[];
  /**
   * The (first) evaluation with the lowest validation loss, and the test loss of the same parameters: the
   * result.
   */
  readonly best: Evaluation & { readonly test: number };
  /** Number of training steps. */
  readonly steps: number;
}

/** η as a function of the step. */
export function rateSchedule(
  schedule: RateSchedule,
  { rate, epochs, stepsPerEpoch }: {
    readonly rate: number;
    readonly epochs: number;
    readonly stepsPerEpoch: number;
  },
): LearningRate {
  if (schedule === "cosine") return cosineDecay(rate, { steps: epochs * stepsPerEpoch });
  if (schedule === "constant") return () => rate;
  return (step) => rate * (1 + Math.cos(Math.PI * (3 * Math.floor(step / stepsPerEpoch) + 1) / epochs)) / 2;
}
