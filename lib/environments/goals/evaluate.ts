import type { Stream } from "../../random/mod.ts";
import { checkAction } from "../_check.ts";
import { distanceOf } from "./_points.ts";
import type { GoalPolicy, GoalState, MakeGoalEnvironment } from "./types.ts";

/** Options of {@link evaluateGoalPolicy}. */
export interface EvaluateGoalOptions {
  /** The policy to judge. */
  readonly policy: GoalPolicy;
  /** Number of episodes. @default 100 */
  readonly episodes?: number;
  /** Episode i starts from `stream.split(i)`, whatever `rows` is. */
  readonly stream: Stream;
  /** γ. @default 0.98 */
  readonly discount?: number;
  /** Environments in lock-step, that is, rows of one call of the policy. @default `episodes` */
  readonly rows?: number;
}

/** What a policy got, one entry per episode. */
export interface GoalEvaluation {
  /** Discounted returns Σ γ^t r_t, r_t = 1 where the goal is reached after action t, t = 0 … 49. */
  readonly returns: number[];
  /** Whether the goal was reached (within the task's success threshold) after the last action. */
  readonly successes: boolean[];
}

/**
 * Runs a policy in episodes of a task, many at a time (Merlin, Sec. 5: 100 episodes of 50 steps, γ = 0.98).
 *
 * @throws {RangeError} If `episodes` or `rows` is not a positive integer, or actions have the wrong size.
 *
 * @example
 * ```ts
 * import { evaluateGoalPolicy, pointReach } from "@refigure/refigure/environments";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const straight = {
 *   act: ({ observations, goals }: { observations: Float32Array; goals: Float32Array }) =>
 *     goals.map((goal, i) => goal - observations[i]),
 * };
 * const { successes } = await evaluateGoalPolicy(pointReach, {
 *   policy: straight, episodes: 10, stream: stream(1, "evaluation"),
 * });
 * assert.ok(successes.every((success) => success));
 * ```
 */
export async function evaluateGoalPolicy(
  make: MakeGoalEnvironment,
  { policy, episodes = 100, stream, discount = 0.98, rows = episodes }: EvaluateGoalOptions,
): Promise<GoalEvaluation> {
  for (const [name, value] of Object.entries({ episodes, rows })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new RangeError(`Cannot evaluate as ${name} must be an integer >= 1: current value is ${value}`);
  }
  const environments = Array.from({ length: Math.min(rows, episodes) }, make);
  const returns: number[] = [], successes: boolean[] = [];
  try {
    for (let first = 0; first < episodes; first += environments.length) {
      const running = environments.slice(0, episodes - first);
      const states = running.map((environment, i) => environment.reset(stream.split(`${first + i}`)));
      const { observationSize: n, goalSize: d, action: { size: m }, episodeSteps } = running[0];
      const observations = new Float32Array(running.length * n), goals = new Float32Array(running.length * d);
      running.forEach(({ desired }, i) => goals.set(desired, i * d));
      const sums = new Float64Array(running.length);
      for (let step = 0; step < episodeSteps; step++) {
        states.forEach((state: GoalState, i) => observations.set(state.observation, i * n));
        const actions = await policy.act({ observations, goals, rows: running.length });
        checkAction("take the policy's actions", actions, running.length * m);
        running.forEach((environment, i) => {
          states[i] = environment.step(actions.subarray(i * m, (i + 1) * m));
          const reached = distanceOf(states[i].achieved, environment.desired) <= environment.threshold;
          if (reached) sums[i] += discount ** step;
        });
      }
      returns.push(...sums);
      successes.push(
        ...running.map(({ desired, successThreshold }, i) =>
          distanceOf(states[i].achieved, desired) <= successThreshold
        ),
      );
    }
  } finally {
    for (const environment of environments) environment.dispose();
  }
  return { returns, successes };
}
