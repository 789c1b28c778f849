import { digestOf, type HostTree, type PortableModel, portableModel } from "../../compile/mod.ts";
import { constants, type Dense } from "../../nn/mod.ts";
import { hostTensor, type Tensor } from "../../tensor/mod.ts";
import type { GoalEpisodes } from "./episodes.ts";
import { scalingOf } from "./normaliser.ts";
import type { TrainedMerlin, TrainMerlinOptions } from "./training.ts";

/** Rows that a file's model computes at once. */
const BLOCK = 64;

/**
 * How a trained policy leaves, for `saveModel`: its file takes `observations` `[rows, n]` and `goals` `[rows,
 * d]`, both of float64 and as they come, and `horizons` `[rows]`, and gives `mean` and `std` of the actions
 * `[rows, m]`.
 *
 * @param trained What `trainMerlin` returned.
 * @param making What it was given.
 */
export function portableMerlin(
  { policy, layers, normalisations }: TrainedMerlin,
  { episodes, options }: { readonly episodes: GoalEpisodes; readonly options: TrainMerlinOptions },
): PortableModel {
  const { observationSize, goalSize } = policy.options;
  const zeros = (columns: number) => hostTensor(new Float32Array(BLOCK * columns), [BLOCK, columns]);
  type Input = { readonly observations: Tensor; readonly goals: Tensor; readonly horizons: Tensor };
  return portableModel(
    (input: Input) => {
      const { mean, std } = policy.apply(
        constants<readonly Dense[]>(layers as HostTree<readonly Dense[]>),
        input,
      );
      return { mean, std };
    },
    {
      observations: zeros(observationSize),
      goals: zeros(goalSize),
      horizons: hostTensor(new Float32Array(BLOCK)),
    },
    {
      method: "Merlin",
      seed: options.seed,
      data: digestOf(episodes.observations, episodes.actions, episodes.achieved, episodes.desired),
      settings: options,
      scaling: {
        observations: normalisations ? scalingOf(normalisations.observations) : {},
        goals: normalisations ? scalingOf(normalisations.goals) : {},
      },
    },
  );
}
