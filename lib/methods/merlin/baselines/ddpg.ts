import type { GoalEpisodes } from "../episodes.ts";
import { type ActorCriticOptions, trainActorCritic } from "./_actor_critic.ts";
import type { BaselinePolicy } from "./options.ts";

/** Options of {@link trainDdpg}. */
export interface DdpgOptions extends ActorCriticOptions {
  /** Probability of a goal in hindsight. @default 0.5 */
  readonly relabel?: number;
}

/**
 * DDPG with hindsight experience replay (Andrychowicz et al. 2017; GoFAR's released code, `ddpg_agent.py`) on
 * recorded episodes: Q learns clip(r + γ Q̄(s', π̄(s'), g), −1/(1 − γ), 0), r = 0 at the goal and −1
 * elsewhere; the policy's loss is −Q(s, π(s, g), g) + mean π².
 *
 * Nothing keeps it to the actions of the data. Differs from the released code: fixed normalisation, batches
 * of 256 instead of 512.
 *
 * @throws {RangeError} If an option is out of range or the training diverges.
 *
 * @example
 * ```ts
 * import { pointReach, recordGoalEpisodes } from "@refigure/refigure/environments";
 * import { trainDdpg } from "@refigure/refigure/merlin";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const task = pointReach(), { threshold } = task;
 * const episodes = recordGoalEpisodes(task, { episodes: 20, stream: stream(1, "data") });
 * await using policy = await trainDdpg(episodes, {
 *   seed: 1, steps: 600, batchSize: 64, hidden: [32], learningRate: 3e-3, threshold, targetEvery: 5,
 * });
 * const [x, y] = await policy.act({
 *   observations: Float32Array.of(-3, 0), goals: Float32Array.of(3, 0), rows: 1,
 * });
 * assert.ok(x > Math.abs(y), "it goes to the right");
 * ```
 */
export function trainDdpg(
  episodes: GoalEpisodes,
  { relabel = 0.5, ...options }: DdpgOptions,
): Promise<BaselinePolicy> {
  return trainActorCritic(episodes, options, { name: "DDPG+HER", relabel, actionPenalty: 1, extra: {} });
}
