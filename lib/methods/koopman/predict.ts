import { compile, type ExecutorName, type HostTree } from "../../compile/mod.ts";
import { hostTensor } from "../../nn/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";
import type { LatentModel, LatentModelParameters } from "./model.ts";

/** Options of {@link predictSequences}. */
export interface PredictSequencesOptions<P> {
  /** Of the latent model. */
  readonly parameters: HostTree<LatentModelParameters<P>>;
  /** s_t of each sequence, standardised, `[batch, n]`. */
  readonly starts: ArrayLike<number>;
  /** a_t, …, a_{t+τ−1}, standardised, time first, `[τ, batch, p]`. */
  readonly actions: ArrayLike<number>;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
}

/** What {@link predictSequences} gives, in the units of the training data. */
export interface PredictedSequences {
  /** ŝ_{t+1}, …, ŝ_{t+τ} `[τ, batch, n]`. */
  readonly observations: Float32Array;
  /** r̂_t, …, r̂_{t+τ−1} `[τ, batch]`. */
  readonly rewards: Float32Array;
  /** τ. */
  readonly steps: number;
}

/**
 * Predicts states and rewards from first states and actions alone.
 *
 * @throws {RangeError} If starts and actions are not whole sequences of one batch.
 *
 * @example
 * ```ts
 * import { koopmanDynamics, latentModel, predictSequences } from "@refigure/refigure/koopman";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const model = latentModel({
 *   dynamics: koopmanDynamics({ modes: 4 }), observationSize: 3, actionSize: 1, width: 16, smallWidth: 8,
 * });
 * const { observations, steps } = await predictSequences(model, {
 *   parameters: model.init(stream(1, "model")),
 *   starts: new Float32Array(2 * 3),
 *   actions: new Float32Array(5 * 2),
 * });
 * assert.deepEqual([steps, observations.length], [5, 5 * 2 * 3]);
 * ```
 */
export async function predictSequences<P>(
  model: LatentModel<P>,
  { parameters, starts, actions, executor }: PredictSequencesOptions<P>,
): Promise<PredictedSequences> {
  const { observationSize, actionSize } = model.options;
  const batch = starts.length / observationSize, steps = actions.length / (batch * actionSize);
  if (!(Number.isInteger(batch) && batch >= 1 && Number.isInteger(steps) && steps >= 1)) {
    throw new RangeError(
      `Cannot predict as starts and actions must be [batch, ${observationSize}] and ` +
        `[steps, batch, ${actionSize}]: current lengths are ${starts.length} and ${actions.length}`,
    );
  }
  const input = {
    observation: hostTensor(Float32Array.from(starts), [batch, observationSize]),
    actions: hostTensor(Float32Array.from(actions), [steps, batch, actionSize]),
  };
  const program = await compile(
    (p: LatentModelParameters<P>, input: { readonly observation: Tensor; readonly actions: Tensor }) => {
      const { observations, rewards } = model.predict(p, input);
      return { observations, rewards };
    },
    [parameters, input],
    { executor, name: "prediction" },
  );
  try {
    const { observations, rewards } = await program.run(parameters, input);
    return {
      observations: observations.data as Float32Array,
      rewards: rewards.data as Float32Array,
      steps,
    };
  } finally {
    await program.dispose();
  }
}
