/** The learning rate as a function of the step, counted from 0; evaluated on the host and fed in. */
export type LearningRate = (step: number) => number;

/** The same rate η at every step. */
export function constantRate(rate: number): LearningRate {
  return () => rate;
}

/** Step decay: η·factor^⌊step/every⌋. */
export function stepDecay(
  rate: number,
  { every, factor }: { readonly every: number; readonly factor: number },
): LearningRate {
  return (step) => rate * factor ** Math.floor(step / every);
}

/** Exponential decay: η·factor^(step/every); `every` defaults to 1. */
export function exponentialDecay(
  rate: number,
  { factor, every = 1 }: { readonly factor: number; readonly every?: number },
): LearningRate {
  return (step) => rate * factor ** (step / every);
}

/**
 * Cosine annealing from η to `end` over `steps` steps, then constant:
 * end + (η − end)·(1 + cos(π·step/steps))/2 (Loshchilov & Hutter 2017, without restarts).
 */
export function cosineDecay(
  rate: number,
  { steps, end = 0 }: { readonly steps: number; readonly end?: number },
): LearningRate {
  return (step) => end + (rate - end) * (1 + Math.cos(Math.PI * Math.min(step / steps, 1))) / 2;
}

/**
 * Linear warm-up: multiplies the first `steps` rates by (step + 1)/steps, so that step `steps` − 1 has the
 * full rate; then `after` starts from its step 0.
 */
export function warmUp(after: LearningRate, { steps }: { readonly steps: number }): LearningRate {
  return (step) => step < steps ? after(0) * (step + 1) / steps : after(step - steps);
}
