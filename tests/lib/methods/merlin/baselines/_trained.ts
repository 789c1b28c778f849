import assert from "node:assert/strict";
import { evaluateGoalPolicy, pointReach, recordGoalEpisodes } from "../../../../../lib/environments/mod.ts";
import type { BaselinePolicy, GoalEpisodes } from "../../../../../lib/methods/merlin/mod.ts";
import { stream } from "../../../../../lib/random/mod.ts";
import { meanOf } from "./_numbers.ts";

/** Episodes of PointReach with random actions, or those of the noisy expert. */
export function pointEpisodes(
  episodes: number,
  { expert = false }: { readonly expert?: boolean } = {},
): GoalEpisodes {
  const task = pointReach();
  const policy = expert ? task.expert : undefined;
  return recordGoalEpisodes(task, { episodes, policy, stream: stream(7, "episodes") });
}

/** Mean discounted return of 40 episodes of PointReach; at most about 28.7, random actions get 0.9. */
export async function pointReturn(policy: BaselinePolicy): Promise<number> {
  const evaluation = await evaluateGoalPolicy(pointReach, {
    policy,
    episodes: 40,
    stream: stream(7, "evaluation"),
  });
  return meanOf(evaluation.returns);
}

/** Trains a policy and asserts its least mean return; nothing is above the optimum, 28.7. */
export async function assertLearns(
  train: () => Promise<BaselinePolicy>,
  { least }: { readonly least: number },
): Promise<void> {
  await using policy = await train();
  const mean = await pointReturn(policy);
  assert.ok(mean >= least && mean < 29, `mean return is ${mean}`);
}
