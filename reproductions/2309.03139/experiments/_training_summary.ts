import type { Evaluation, RateSchedule, TrainingCourse } from "../../../lib/nn/graphs/mod.ts";

/** A network's size and how it is trained. */
export type TrainingSetting = {
  readonly hidden: number;
  readonly layers: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly schedule: RateSchedule;
};

/** A point of a learning curve: epoch and validation loss. */
export type CurvePoint = readonly [epoch: number, loss: number];

/** What every training of a network leaves. Losses are in the experiment's unit. */
export type TrainingSummary = {
  readonly parameters: number;
  /** Losses at the best validation loss, and its epoch. */
  readonly test: number;
  readonly valid: number;
  readonly bestEpoch: number;
  readonly curve: readonly CurvePoint[];
};

/** Points kept of a learning curve. */
const MOST_POINTS = 60;

/** Summarises a trained model. */
export function summaryOf(
  { parameterCount }: { readonly parameterCount: number },
  { best, evaluations }: Pick<TrainingCourse, "best" | "evaluations">,
): TrainingSummary {
  const { test, valid, epoch } = best;
  return { parameters: parameterCount, test, valid, bestEpoch: epoch, curve: curveOf(evaluations) };
}

/** The validation losses, thinned out evenly; the last one stays. */
function curveOf(evaluations: readonly Evaluation[]): CurvePoint[] {
  const every = Math.ceil(evaluations.length / MOST_POINTS);
  return evaluations
    .filter((_, i) => (evaluations.length - 1 - i) % every === 0)
    .map(({ epoch, valid }) => [epoch, valid]);
}
