import {
  compile,
  disposable,
  type ExecutorName,
  type HostTree,
  type NativeResource,
} from "../../compile/mod.ts";
import { hostTensor } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import type { LatentModel, LatentModelParameters } from "./model.ts";

/** How actions are searched for; defaults in brackets are TD-MPC's. */
export interface PlanOptions {
  /** H: steps that are looked ahead. */
  readonly horizon: number;
  /** Least and largest value of each action. */
  readonly bounds: readonly (readonly [low: number, high: number])[];
  /** Sequences in an iteration. @default 128 (512) */
  readonly samples?: number;
  /** Of these the best are kept. @default 16 (64) */
  readonly elites?: number;
  /** Rounds of sampling and refitting. @default 4 (6) */
  readonly iterations?: number;
  /** τ: elites are weighted by e^{τ (V − V_max)}. @default 0.5 */
  readonly temperature?: number;
  /** Share of the old mean that is kept in an iteration. @default 0.1 */
  readonly momentum?: number;
  /** Least standard deviation, as a share of half the range. @default 0.05 */
  readonly leastSpread?: number;
  /** Standard deviation at the start, as a share of half the range. @default 1 (2) */
  readonly startSpread?: number;
}

/** Sequences of actions, time first, `[H, samples, p]`. */
export type ActionSequences = Float32Array;

/** What {@link planActions} goes on from: the mean of the last plan, `[H, p]`. */
export type Plan = Float64Array;

/** What {@link searchActions} starts from. */
export interface SearchOptions extends PlanOptions {
  /** Draws the sequences. */
  readonly stream: Stream;
  /** The plan before this step: it is shifted by a step to start from. */
  readonly last?: Plan;
  /**
   * Sequences that are valued with the drawn ones in every iteration, `[H, proposals, p]`: those of TD-MPC's
   * policy. @default none
   */
  readonly proposals?: ActionSequences;
}

/** What a search came to. */
export interface Search {
  /** μ, `[H, p]`. */
  readonly mean: Plan;
  /** σ of the last elites around their own mean, `[H, p]`. */
  readonly spread: Float64Array;
  /** The last elites' actions `[H, elites, p]`, best first. */
  readonly elites: Float64Array;
  /** Their weights; the sum is 1. */
  readonly weights: Float64Array;
}

/**
 * The next action of a search, the mean: see {@link searchActions}.
 *
 * @returns The new mean; its first row is what to do.
 * @throws {RangeError} If there are not at least 2 elites, or fewer samples than elites.
 *
 * @example
 * ```ts
 * import { planActions } from "@refigure/refigure/koopman";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * // One action, two steps: best at 0.5 and −0.5.
 * const value = (actions: Float32Array) =>
 *   Promise.resolve(Float64Array.from({ length: 128 }, (_, i) =>
 *     -100 * ((actions[i] - 0.5) ** 2 + (actions[128 + i] + 0.5) ** 2)));
 * const plan = await planActions(value, {
 *   horizon: 2, bounds: [[-1, 1]], iterations: 8, stream: stream(1, "plan"),
 * });
 * assert.ok(Math.abs(plan[0] - 0.5) < 0.1 && Math.abs(plan[1] + 0.5) < 0.1);
 * ```
 */
export async function planActions(
  value: (actions: ActionSequences) => Promise<ArrayLike<number>>,
  options: Omit<SearchOptions, "proposals">,
): Promise<Plan> {
  return (await searchActions(value, options)).mean;
}

/**
 * Searches for the sequence of actions of the largest value by the cross-entropy method with weighted elites
 * (MPPI), as TD-MPC plans (Hansen et al. 2022, Algorithm 1): draw sequences around a mean, value them with
 * the proposals, take the elites, weight them by w_i ∝ e^{τ (V_i − V_max)}, move mean and spread to theirs,
 * repeat:
 * μ ← m μ + (1 − m) Σ w_i a_i, σ ← max(√Σ w_i (a_i − Σ w_j a_j)², least).
 *
 * @param value V of each sequence: first the drawn ones, then the proposals, `[H, samples + proposals, p]`.
 * @throws {RangeError} If there are not at least 2 elites, or fewer sequences than elites, or proposals are
 *   not whole sequences.
 */
export async function searchActions(
  value: (actions: ActionSequences) => Promise<ArrayLike<number>>,
  options: SearchOptions,
): Promise<Search> {
  const { horizon, bounds, stream, last, proposals = new Float32Array() } = options;
  const { samples = 128, elites = 16, iterations = 4 } = options;
  const { temperature = 0.5, momentum = 0.1, leastSpread = 0.05, startSpread = 1 } = options;
  const size = bounds.length, length = horizon * size;
  const proposed = proposals.length / length, sequences = samples + proposed;
  if (!Number.isInteger(proposed)) {
    throw new RangeError(
      `Cannot plan as proposals must be sequences of ${length} numbers: current number is ${proposals.length}`,
    );
  }
  if (!(elites >= 2 && sequences >= elites)) {
    throw new RangeError(
      `Cannot plan as elites must be in [2, ${sequences}], the number of samples: current value is ${elites}`,
    );
  }
  const middle = (i: number) => (bounds[i % size][0] + bounds[i % size][1]) / 2;
  const half = (i: number) => (bounds[i % size][1] - bounds[i % size][0]) / 2;
  let mean = Float64Array.from({ length }, (_, i) => last?.[i + size] ?? middle(i));
  let spread = Float64Array.from({ length }, (_, i) => startSpread * half(i));
  let best: readonly number[] = [], weights = new Float64Array();
  const actions = new Float32Array(sequences * length);
  for (let step = 0; step < horizon; step++) {
    const row = proposals.subarray(step * proposed * size, (step + 1) * proposed * size);
    actions.set(row, (step * sequences + samples) * size);
  }
  const actionAt = (i: number, s: number) =>
    actions[(Math.floor(i / size) * sequences + s) * size + i % size];
  for (let iteration = 0; iteration < iterations; iteration++) {
    const noise = stream.normal(new Float64Array(samples * length));
    for (let step = 0; step < horizon; step++) {
      for (let s = 0; s < samples; s++) {
        for (let k = 0; k < size; k++) {
          const i = step * size + k, drawn = noise[(step * samples + s) * size + k];
          const [low, high] = bounds[k];
          actions[(step * sequences + s) * size + k] = Math.min(
            Math.max(mean[i] + spread[i] * drawn, low),
            high,
          );
        }
      }
    }
    const values = await value(actions);
    // What is not finite is worth nothing.
    const worth = (s: number) => Number.isFinite(values[s]) ? values[s] : -Infinity;
    best = Array.from({ length: sequences }, (_, s) => s).sort((a, b) => worth(b) - worth(a)).slice(
      0,
      elites,
    );
    const raw = best.map((s) => Math.exp(temperature * (worth(s) - worth(best[0]))));
    const total = raw.reduce((sum, w) => sum + w, 0);
    const average = (of: (s: number) => number) =>
      best.reduce((sum, s, e) => sum + raw[e] * of(s), 0) / total;
    const moved = mean.map((_, i) => average((s) => actionAt(i, s)));
    spread = spread.map((_, i) =>
      Math.max(Math.sqrt(average((s) => (actionAt(i, s) - moved[i]) ** 2)), leastSpread * half(i))
    );
    mean = mean.map((old, i) => momentum * old + (1 - momentum) * moved[i]);
    weights = Float64Array.from(raw, (w) => w / total);
  }
  const chosen = Float64Array.from({ length: length * elites }, (_, at) => {
    const step = Math.floor(at / (elites * size)), e = Math.floor(at / size) % elites;
    return actionAt(step * size + at % size, best[e]);
  });
  return { mean, spread, elites: chosen, weights };
}

/** Options of {@link latentPlanner}. */
export interface LatentPlannerOptions<P> extends PlanOptions {
  /** Of the latent model. */
  readonly parameters: HostTree<LatentModelParameters<P>>;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
}

/** Chooses actions by a latent model, step by step. */
export interface LatentPlanner extends NativeResource {
  /**
   * The next action, in the standardised units of the model.
   *
   * @param observation Standardised, `[n]`.
   */
  act(observation: ArrayLike<number>): Promise<Float64Array>;
  /** Forgets the last plan and starts an episode, with the noise of this stream. */
  reset(stream: Stream): void;
}

/**
 * Plans with a latent model: the sequence of actions with the largest sum of predicted rewards over H steps
 * ({@link planActions}), of which the first action is taken.
 *
 * TD-MPC adds a learned value of the last state and samples of a learned policy; there are none here, so that
 * nothing beyond the horizon counts.
 */
export async function latentPlanner<P>(
  model: LatentModel<P>,
  { parameters, executor, ...options }: LatentPlannerOptions<P>,
): Promise<LatentPlanner> {
  const { observationSize, actionSize } = model.options;
  const { horizon, samples = 128 } = options;
  const observation = hostTensor(new Float32Array(samples * observationSize), [samples, observationSize]);
  const program = await compile(
    (p: LatentModelParameters<P>, input: { readonly observation: Tensor; readonly actions: Tensor }) => ({
      value: tf.sum(model.predict(p, input).rewards, 0),
    }),
    [parameters, {
      observation,
      actions: hostTensor(new Float32Array(horizon * samples * actionSize), [horizon, samples, actionSize]),
    }],
    { executor, name: "planning" },
  );
  let stream: Stream | undefined, last: Plan | undefined;
  return {
    reset(own) {
      stream = own;
      last = undefined;
    },
    async act(state) {
      if (stream === undefined) {
        throw new TypeError("Cannot act as reset must come first: current number of episodes is 0");
      }
      for (let s = 0; s < samples; s++) observation.data.set(state, s * observationSize);
      last = await planActions(async (actions) => {
        const { value } = await program.run(parameters, {
          observation,
          actions: hostTensor(actions, [horizon, samples, actionSize]),
        });
        return value.data;
      }, { ...options, samples, stream, last });
      return last.slice(0, actionSize);
    },
    ...disposable(() => program.dispose()),
  };
}
