import { digestOf, type PortableModel, portableModel } from "../../compile/mod.ts";
import { constants, hostTensor } from "../../nn/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import type { LatentModel, LatentModelParameters } from "./model.ts";
import type { TrainedLatentModel, TrainLatentModelOptions } from "./training.ts";

/** Rows that a file's model computes at once. */
const BLOCK = 64;

/**
 * How a trained latent model leaves, for `saveModel`: its file takes the `observation` `[rows, n]` of now and
 * the `actions` `[rows, τ, p]` to come, and gives `observations` `[rows, τ, n]` and `rewards` `[rows, τ]`,
 * all in the units of the training data.
 *
 * @param model The model that was trained.
 * @param making What `trainLatentModel` returned, what it was given, and τ, how far to predict (as in
 * training if absent).
 */
export function portableLatentModel<P>(
  model: LatentModel<P>,
  { trained: { parameters }, options, horizon = options.horizon }: {
    readonly trained: TrainedLatentModel<P>;
    readonly options: TrainLatentModelOptions;
    readonly horizon?: number;
  },
): PortableModel {
  const { observationSize: n, actionSize: p } = model.options;
  const timeSecond = (x: Tensor, ...rest: readonly number[]) => tf.transpose(x, [1, 0, ...rest]);
  return portableModel(
    ({ observation, actions }: { readonly observation: Tensor; readonly actions: Tensor }) => {
      const { observations, rewards } = model.predict(constants<LatentModelParameters<P>>(parameters), {
        observation,
        actions: timeSecond(actions, 2),
      });
      return { observations: timeSecond(observations, 2), rewards: timeSecond(rewards) };
    },
    {
      observation: hostTensor(new Float32Array(BLOCK * n), [BLOCK, n]),
      actions: hostTensor(new Float32Array(BLOCK * horizon * p), [BLOCK, horizon, p]),
    },
    {
      method: `latent model, ${model.options.dynamics.name}`,
      seed: options.seed,
      data: digestOf(
        ...options.sequences.episodes.flatMap(({ observations, actions, rewards }) => [
          observations,
          actions,
          rewards,
        ]),
      ),
      settings: options,
    },
  );
}
