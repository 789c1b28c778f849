import type { ExecutorName, NativeResource } from "../../../compile/mod.ts";
import type { GoalPolicy } from "../goal_policy.ts";

/** A trained baseline; it holds compiled programs, one for each number of rows that it was asked for. */
export interface BaselinePolicy extends GoalPolicy, NativeResource {
  /** Evaluations of a network for one action. */
  readonly networkCalls: number;
}

/** Options of every baseline's training. */
export interface BaselineOptions {
  /** Number of updates. */
  readonly steps: number;
  /** Transitions in a batch. @default 256 */
  readonly batchSize?: number;
  /** η of Adam; each method has a default of its own. */
  readonly learningRate?: number;
  /** Widths of the hidden layers of every network. @default [256, 256, 256] */
  readonly hidden?: readonly number[];
  /** Seeds initial weights, batches and noise. */
  readonly seed: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** Aborts it: the promise then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
  /** Gets the share of the updates that is done, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** Further options of the methods that learn from rewards. */
export interface RewardOptions {
  /** A state is rewarded where its achieved goal is at most this far from the desired one. */
  readonly threshold: number;
  /** γ, in [0, 1). @default 0.98 */
  readonly discount?: number;
}

/** Options with the defaults filled in. */
export type FilledOptions<O extends BaselineOptions> =
  & O
  & Required<Pick<BaselineOptions, "batchSize" | "hidden">>;

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} If steps, batch size, a width or γ is out of range.
 */
export function fillOptions<O extends BaselineOptions & Partial<RewardOptions>>(
  options: O,
): FilledOptions<O> {
  const filled = {
    ...options,
    batchSize: options.batchSize ?? 256,
    hidden: options.hidden ?? [256, 256, 256],
  };
  const { steps, batchSize, hidden, discount = 0.98 } = filled;
  const sizes = {
    steps,
    batchSize,
    ...Object.fromEntries(hidden.map((width, i) => [`hidden[${i}]`, width])),
  };
  for (const [name, value] of Object.entries(sizes)) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new RangeError(
      `Cannot train a baseline as ${name} must be an integer >= 1: current value is ${value}`,
    );
  }
  if (!(discount >= 0 && discount < 1)) {
    throw new RangeError(
      `Cannot train a baseline as discount must be in [0, 1): current value is ${discount}`,
    );
  }
  return filled;
}
