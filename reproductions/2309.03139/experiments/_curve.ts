import type { Evaluation } from "../../../lib/methods/multichannel_egnn/mod.ts";

/** A point of a learning curve: epoch and validation loss. */
export type CurvePoint = readonly [epoch: number, loss: number];

/** Points kept of a learning curve. */
const MOST_POINTS = 60;

/** The validation losses, thinned out evenly; the last one stays. */
export function curveOf(evaluations: readonly Evaluation[]): CurvePoint[] {
  const every = Math.ceil(evaluations.length / MOST_POINTS);
  return evaluations
    .filter((_, i) => (evaluations.length - 1 - i) % every === 0)
    .map(({ epoch, valid }) => [epoch, valid]);
}
