import type { Stream } from "../../random/mod.ts";
import { checkAction, clip } from "../_check.ts";
import { distanceOf } from "./_points.ts";
import type { GoalBehaviour, GoalEnvironment, GoalEpisodes, GoalState } from "./types.ts";

/** Noise on the actions of a recorded behaviour. */
export interface ActionNoise {
  /** Standard deviation of what is added to every coordinate, before clipping to ±1. */
  readonly std: number;
  /** Probability that the whole action is replaced by one uniform in ±1. */
  readonly uniform: number;
}

/** The noise of the published expert data (WGCSL's `noise_eps` and `random_eps`). */
export const PUBLISHED_NOISE: ActionNoise = { std: 0.2, uniform: 0.3 };

/** Options of {@link recordGoalEpisodes}. */
export interface RecordGoalOptions {
  /** Number of episodes. */
  readonly episodes: number;
  /** Who acts. @default actions uniform in ±1: the "random" data */
  readonly policy?: GoalBehaviour;
  /** Noise that is added to the policy's actions. @default {@link PUBLISHED_NOISE} if there is a `policy` */
  readonly noise?: ActionNoise;
  /** Episode i draws from `stream.split(i)` alone, so fewer episodes are the first ones of more. */
  readonly stream: Stream;
}

/**
 * Records episodes as the published data sets hold them (Yang et al. 2022, `buffer.pkl`): 50 states, 49
 * actions, the goals achieved and the one desired.
 *
 * @throws {RangeError} If `episodes` is not a positive integer.
 *
 * @example
 * ```ts
 * import { pointReach, recordGoalEpisodes } from "@refigure/refigure/environments";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const task = pointReach();
 * const data = recordGoalEpisodes(task, { episodes: 3, policy: task.expert, stream: stream(1, "data") });
 * assert.deepEqual([data.length, data.observations.length, data.actions.length], [50, 300, 294]);
 * ```
 */
export function recordGoalEpisodes(
  environment: GoalEnvironment,
  { episodes, policy, noise = PUBLISHED_NOISE, stream }: RecordGoalOptions,
): GoalEpisodes {
  if (!Number.isInteger(episodes) || episodes < 1) {
    throw new RangeError(`Cannot record as episodes must be an integer >= 1: current value is ${episodes}`);
  }
  const { observationSize: n, goalSize: d, action: { size: m, bound }, episodeSteps: length } = environment;
  const columns: GoalEpisodes = {
    episodes,
    length,
    observationSize: n,
    actionSize: m,
    goalSize: d,
    actionBound: bound,
    observations: new Float32Array(episodes * length * n),
    actions: new Float32Array(episodes * (length - 1) * m),
    achieved: new Float32Array(episodes * length * d),
    desired: new Float32Array(episodes * d),
  };
  const keep = (row: number, { observation, achieved }: GoalState) => {
    columns.observations.set(observation, row * n);
    columns.achieved.set(achieved, row * d);
  };
  const gauss = new Float64Array(m), flat = new Float64Array(m);
  for (let episode = 0; episode < episodes; episode++) {
    const own = stream.split(`${episode}`), noises = own.split("noise");
    let state = environment.reset(own);
    columns.desired.set(environment.desired, episode * d);
    keep(episode * length, state);
    for (let step = 0; step < length - 1; step++) {
      let action: ArrayLike<number> = noises.uniform(flat, { low: -bound, high: bound });
      if (policy) {
        const wanted = policy(state, environment.desired, step);
        checkAction("take the policy's action", wanted, m);
        noises.normal(gauss, { std: noise.std * bound });
        if (noises.nextUniform() >= noise.uniform) {
          action = Float64Array.from(wanted, (a, i) => clip(a + gauss[i], bound));
        }
      }
      columns.actions.set(action, (episode * (length - 1) + step) * m);
      state = environment.step(action);
      keep(episode * length + step + 1, state);
    }
  }
  return columns;
}

/** What a data set's episodes return; each array has one number per episode. */
export interface GoalReturns {
  /** Σ γ^t 1[‖achieved_t − g‖ <= threshold], t = 0 … T − 2. */
  readonly discounted: Float64Array;
  /** The same sum without discount. */
  readonly rewarded: Float64Array;
  /** 1 where the last of these terms is rewarded. */
  readonly atEnd: Float64Array;
  /** 1 where the first is. */
  readonly atStart: Float64Array;
  /** Index of the first that is rewarded; T − 1 if none is. */
  readonly firstHit: Float64Array;
}

/**
 * Returns of recorded episodes, as the published data sets count them: the reward at t is that of the state
 * before action t, so there are T − 1 terms.
 */
export function goalReturnsOf(
  data: GoalEpisodes,
  { threshold, discount = 0.98 }: { readonly threshold: number; readonly discount?: number },
): GoalReturns {
  const { episodes, length, goalSize: d, achieved, desired } = data;
  const [discounted, rewarded, atEnd, atStart] = Array.from({ length: 4 }, () => new Float64Array(episodes));
  const firstHit = new Float64Array(episodes).fill(length - 1);
  for (let episode = 0; episode < episodes; episode++) {
    const goal = desired.subarray(episode * d, (episode + 1) * d);
    for (let t = 0; t < length - 1; t++) {
      const row = (episode * length + t) * d;
      if (distanceOf(achieved.subarray(row, row + d), goal) > threshold) continue;
      discounted[episode] += discount ** t;
      if (rewarded[episode]++ === 0) firstHit[episode] = t;
      if (t === 0) atStart[episode] = 1;
      if (t === length - 2) atEnd[episode] = 1;
    }
  }
  return { discounted, rewarded, atEnd, atStart, firstHit };
}
