import { now } from "./_clock.ts";
import type { TrainProgress } from "../lib/nn/mod.ts";

/** Trains for that many steps. */
export type Train = (steps: number, onProgress: (progress: TrainProgress) => void) => Promise<void>;

/**
 * Milliseconds per step of a whole training loop, batches included; compilation and the first call are left
 * out.
 *
 * @param train Must make at least two calls of `onProgress`, as the training loop of `lib/nn` does from two
 * steps on.
 */
export function stepTime(train: Train): (steps: number) => Promise<number> {
  return async (steps) => {
    const seen: [step: number, at: number][] = [];
    await train(Math.max(2, steps), ({ step }) => void seen.push([step, now()]));
    const [first, last] = [seen[0], seen[seen.length - 1]];
    return (last[1] - first[1]) / (last[0] - first[0]);
  };
}
