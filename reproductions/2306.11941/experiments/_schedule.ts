import { cosineDecay, type LearningRate, warmUp } from "../../../lib/nn/mod.ts";

/** Share of the updates in which the learning rate rises. */
const WARM_UP = 0.05;

/** A learning rate that rises linearly, and then falls to 0 along a cosine. */
export function risingAndFalling(rate: number, steps: number): LearningRate {
  const rising = Math.ceil(WARM_UP * steps);
  return warmUp(cosineDecay(rate, { steps: steps - rising }), { steps: rising });
}
