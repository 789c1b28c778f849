import type { GoalEpisodes } from "../episodes.ts";
import { type Normalisation, RunningNormaliser } from "../normaliser.ts";

/** How observations and goals are normalised. */
export interface Scaling {
  /** Of observations. */
  readonly observation: Normalisation;
  /** Of goals. */
  readonly goal: Normalisation;
}

/**
 * The statistics of a data set: of all observations, and of all achieved and desired goals, both with half
 * the weight.
 *
 * The released codes update running statistics with every batch, which come to about the same; these are
 * fixed, so that all baselines see the same inputs.
 */
export function fitScaling(episodes: GoalEpisodes): Scaling {
  const observation = new RunningNormaliser(episodes.observationSize);
  observation.update(episodes.observations);
  const goal = new RunningNormaliser(episodes.goalSize);
  goal.update(episodes.achieved);
  for (let t = 0; t < episodes.length; t++) goal.update(episodes.desired);
  return { observation: observation.freeze(), goal: goal.freeze() };
}
