import type { Stream } from "../../random/mod.ts";
import type { GoalEpisodes } from "./episodes.ts";
import type { GoalPolicy } from "./goal_policy.ts";

/** Half the side of the toy's square. */
export const TOY_BOUND = 10;
/** Within so much of the goal it counts as reached. */
export const TOY_RADIUS = 0.5;
/** Steps after which an episode of the toy ends. */
export const TOY_STEPS = 100;

const clip = (x: number, bound: number) => Math.min(Math.max(x, -bound), bound);

/**
 * A step of toy navigation: s′ = clip(s + a/‖a‖, ±10), one unit into the action's direction; an action of
 * length 0 stays.
 */
export function toyStep(
  state: ArrayLike<number>,
  action: ArrayLike<number>,
  bound = TOY_BOUND,
): Float64Array {
  const length = Math.hypot(action[0], action[1]) || 1;
  return Float64Array.of(
    clip(state[0] + action[0] / length, bound),
    clip(state[1] + action[1] / length, bound),
  );
}

/** A direction: v/‖v‖ with v uniform in a square, as the released script draws it. */
export function drawDirection(stream: Stream): readonly [x: number, y: number] {
  for (;;) {
    const x = 2 * stream.nextUniform() - 1, y = 2 * stream.nextUniform() - 1, length = Math.hypot(x, y);
    if (length > 0) return [x / length, y / length];
  }
}

/** Options of {@link forwardNoise}. */
export interface ForwardNoiseOptions {
  /** Number of episodes. */
  readonly episodes: number;
  /** T: states of an episode. @default 50 */
  readonly length?: number;
  /** Where the noise starts. @default [0, 0] */
  readonly goal?: readonly [x: number, y: number];
  /** Half the side of the square; infinite: a free walk. @default 10 */
  readonly bound?: number;
  /**
   * Pair states with actions as the released script does: the last state stands twice, the goal is left out,
   * and every action belongs to the step before. Then the action says nothing of a goal one step away.
   *
   * @default false
   */
  readonly compatMisaligned?: boolean;
  /** Where random numbers come from. */
  readonly stream: Stream;
}

/**
 * Forward noise of the toy: walks of T − 1 unit steps s ← clip(s − u) that start at the goal, played
 * backwards, so that they end there and action u leads from each state to the next (card §2.9).
 *
 * In a free walk steps are exchangeable, so that E[a | s, g, h] = (g − s)/h exactly, and tr Cov = 1 − ‖g −
 * s‖²/h².
 *
 * @example
 * ```ts
 * import { forwardNoise } from "@refigure/refigure/merlin";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const { observations, actions } = forwardNoise({ episodes: 1, length: 4, stream: stream(1, "noise") });
 * assert.deepEqual(observations.slice(6), Float32Array.of(0, 0)); // the goal comes last
 * assert.ok(Math.abs(observations[0] + actions[0] - observations[2]) < 1e-6);
 * ```
 */
export function forwardNoise(options: ForwardNoiseOptions): GoalEpisodes {
  const { episodes, length = 50, goal = [0, 0], bound = TOY_BOUND, compatMisaligned = false, stream } =
    options;
  const observations = new Float32Array(episodes * length * 2);
  const actions = new Float32Array(episodes * (length - 1) * 2);
  for (let e = 0; e < episodes; e++) {
    const walk: (readonly [number, number])[] = [goal], steps: (readonly [number, number])[] = [];
    for (let k = 1; k < length; k++) {
      const u = drawDirection(stream), [x, y] = walk[k - 1];
      steps.push(u);
      walk.push([clip(x - u[0], bound), clip(y - u[1], bound)]);
    }
    const states = compatMisaligned ? [...walk.slice(1), walk[length - 1]] : walk;
    for (let t = 0; t < length; t++) observations.set(states[length - 1 - t], 2 * (e * length + t));
    for (let t = 0; t < length - 1; t++) actions.set(steps[length - 2 - t], 2 * (e * (length - 1) + t));
  }
  const desired = Float32Array.from({ length: 2 * episodes }, (_, i) => goal[i % 2]);
  const sizes = { observationSize: 2, actionSize: 2, goalSize: 2, actionBound: 1 };
  return { episodes, length, ...sizes, observations, actions, achieved: observations, desired };
}

/** What a policy does in the toy. */
export interface ToyWalks {
  /** States of each walk, the start first, until the goal is reached or the time is up. */
  readonly paths: readonly (readonly (readonly [x: number, y: number])[])[];
  /** Whether each has come within {@link TOY_RADIUS} of the goal. */
  readonly reached: readonly boolean[];
}

/**
 * Lets a policy walk from several starts to one goal, all in step.
 *
 * @param policy Its observations and goals are places; its actions are taken as directions.
 */
export async function walkToy(
  policy: GoalPolicy,
  { starts, goal, steps = TOY_STEPS }: {
    readonly starts: readonly (readonly [x: number, y: number])[];
    readonly goal: readonly [x: number, y: number];
    readonly steps?: number;
  },
): Promise<ToyWalks> {
  const rows = starts.length, paths = starts.map((start) => [start]);
  const observations = Float32Array.from(starts.flat());
  const goals = Float32Array.from({ length: 2 * rows }, (_, i) => goal[i % 2]);
  const near = ([x, y]: readonly [number, number]) => Math.hypot(x - goal[0], y - goal[1]) <= TOY_RADIUS;
  const reached = starts.map(near);
  for (let step = 0; step < steps && reached.includes(false); step++) {
    const actions = await policy.act({ observations, goals, rows });
    for (let row = 0; row < rows; row++) {
      if (reached[row]) continue;
      const [x, y] = toyStep(observations.subarray(2 * row), actions.subarray(2 * row));
      observations.set([x, y], 2 * row);
      paths[row].push([x, y]);
      reached[row] = near([x, y]);
    }
  }
  return { paths, reached };
}
