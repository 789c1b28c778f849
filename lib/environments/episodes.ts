import type { Stream } from "../random/mod.ts";
import { checkAction, checkNumbers } from "./_check.ts";
import type { Environment } from "./types.ts";

/** One recorded episode of L steps. */
export interface Episode {
  /** `[L + 1, observationSize]`: before the first step, and after every step. */
  readonly observations: Float32Array;
  /** `[L, actionSize]` */
  readonly actions: Float32Array;
  /** `[L]` */
  readonly rewards: Float32Array;
  /** L, number of steps. */
  readonly steps: number;
}

/** What an agent does in a state. `step` counts from 0 in every episode. */
export type Policy = (observation: Float64Array, step: number) => ArrayLike<number>;

/** Options of {@link recordEpisode}. */
export interface RecordOptions {
  /** Chooses the actions. */
  readonly policy: Policy;
  /** Draws the start state. */
  readonly stream: Stream;
  /** Most steps. @default the environment's `episodeSteps` */
  readonly steps?: number;
}

/**
 * Runs a policy until the episode is over, and records everything. Actions are kept as they are after
 * clipping.
 */
export function recordEpisode(
  environment: Environment,
  { policy, stream, steps = environment.episodeSteps }: RecordOptions,
): Episode {
  const { observationSize, action: { size, bound } } = environment;
  const observations: number[] = [], actions: number[] = [], rewards: number[] = [];
  let observation = environment.reset(stream);
  observations.push(...observation);
  for (let step = 0; step < steps; step++) {
    const action = Array.from(policy(observation, step), (a) => Math.min(Math.max(a, -bound), bound));
    checkAction("take the policy's action", action, size);
    const transition = environment.step(action);
    observation = transition.observation;
    observations.push(...observation);
    actions.push(...action);
    rewards.push(transition.reward);
    if (transition.terminated) break;
  }
  checkNumbers("keep the observations", observations, (rewards.length + 1) * observationSize);
  return {
    observations: Float32Array.from(observations),
    actions: Float32Array.from(actions),
    rewards: Float32Array.from(rewards),
    steps: rewards.length,
  };
}

/** Episodes of one environment. */
export interface EpisodeSet {
  /** n, numbers of an observation. */
  readonly observationSize: number;
  /** p, numbers of an action. */
  readonly actionSize: number;
  /** In the order in which they were recorded. */
  readonly episodes: readonly Episode[];
}

/** The number of transitions of some episodes. */
export function countTransitions({ episodes }: EpisodeSet): number {
  return episodes.reduce((sum, { steps }) => sum + steps, 0);
}

/**
 * Splits a set by episode, so that no window of one part overlaps one of the other.
 *
 * @param options `share` of the episodes that go to the second part (at least one, if there are two), drawn
 *   from `stream`.
 * @throws {RangeError} If there are fewer than two episodes, or the share is not in [0, 1].
 */
export function splitEpisodes(
  set: EpisodeSet,
  { share, stream }: { readonly share: number; readonly stream: Stream },
): readonly [EpisodeSet, EpisodeSet] {
  const { episodes } = set;
  if (!(share >= 0 && share <= 1)) {
    throw new RangeError(`Cannot split as share must be in [0, 1]: current value is ${share}`);
  }
  if (episodes.length < 2) {
    throw new RangeError(
      `Cannot split as the number of episodes must be >= 2: current value is ${episodes.length}`,
    );
  }
  const held = Math.min(Math.max(1, Math.round(share * episodes.length)), episodes.length - 1);
  const order = stream.permutation(episodes.length);
  const part = (indices: Int32Array) => ({
    ...set,
    episodes: Array.from(indices.sort(), (i) => episodes[i]),
  });
  return [part(order.slice(held)), part(order.slice(0, held))];
}

/** A run of `length` steps within an episode. */
export interface Window {
  /** Index of the episode. */
  readonly episode: number;
  /** Index of the first step. */
  readonly start: number;
}

/** All windows of `length` steps that lie within one episode, in order. */
export function windowsOf({ episodes }: EpisodeSet, length: number): Window[] {
  return episodes.flatMap(({ steps }, episode) =>
    Array.from({ length: Math.max(0, steps - length + 1) }, (_, start) => ({ episode, start }))
  );
}

/** Mean and standard deviation by coordinate. */
export interface Moments {
  /** μ of each coordinate. */
  readonly mean: Float64Array;
  /** At least 1e-6, so that a coordinate that never changes can be divided by it. */
  readonly std: Float64Array;
}

/** What a set's numbers are standardised by: z = (x − mean)/std. */
export interface Scaling {
  /** Of observations. */
  readonly observations: Moments;
  /** Of actions. */
  readonly actions: Moments;
  /** Of rewards. */
  readonly rewards: Moments;
}

function moments(arrays: readonly Float32Array[], columns: number): Moments {
  const sum = new Float64Array(columns), squares = new Float64Array(columns);
  let rows = 0;
  for (const array of arrays) {
    rows += array.length / columns;
    for (let i = 0; i < array.length; i++) sum[i % columns] += array[i];
  }
  const mean = sum.map((value) => value / rows);
  for (const array of arrays) {
    for (let i = 0; i < array.length; i++) squares[i % columns] += (array[i] - mean[i % columns]) ** 2;
  }
  return { mean, std: squares.map((value) => Math.max(Math.sqrt(value / rows), 1e-6)) };
}

/**
 * Mean and (population) standard deviation of observations, actions and rewards: take them from training data
 * only.
 */
export function scalingOf({ episodes, observationSize, actionSize }: EpisodeSet): Scaling {
  if (episodes.length === 0) {
    throw new RangeError("Cannot take moments as there must be an episode: there is none");
  }
  return {
    observations: moments(episodes.map(({ observations }) => observations), observationSize),
    actions: moments(episodes.map(({ actions }) => actions), actionSize),
    rewards: moments(episodes.map(({ rewards }) => rewards), 1),
  };
}

/** A set in units of a scaling. */
export function standardiseEpisodes(set: EpisodeSet, scaling: Scaling): EpisodeSet {
  const scaled = (array: Float32Array, { mean, std }: Moments) =>
    array.map((value, i) => (value - mean[i % mean.length]) / std[i % mean.length]);
  return {
    ...set,
    episodes: set.episodes.map(({ observations, actions, rewards, steps }) => ({
      observations: scaled(observations, scaling.observations),
      actions: scaled(actions, scaling.actions),
      rewards: scaled(rewards, scaling.rewards),
      steps,
    })),
  };
}
