import type { Stream } from "../../random/mod.ts";
import type { GoalEpisodes } from "./episodes.ts";

/** A transition with the goal that it is said to serve. */
export interface HindsightDraw {
  /** Episode, 0 … N − 1. */
  readonly episode: number;
  /** Time of state and action, 0 … T − 2. */
  readonly time: number;
  /** Time of the state whose achieved goal is the goal; -1: the episode's desired goal. */
  readonly goalTime: number;
  /** h: steps that are left. */
  readonly horizon: number;
}

/** Columns of a batch, written by {@link HindsightSampler.fill}. */
export interface HindsightBatch {
  /** `[batch, n]` */
  readonly observations: Float32Array;
  /** `[batch, d]` */
  readonly goals: Float32Array;
  /** `[batch]` */
  readonly horizons: Float32Array;
  /** `[batch, m]` */
  readonly actions: Float32Array;
}

/** Options of {@link HindsightSampler}. */
export interface HindsightOptions {
  /** ρ: probability that the goal is what a later state has achieved, in [0, 1]. */
  readonly ratio: number;
}

/**
 * Draws state, action, goal and horizon from recorded episodes (Jain & Ravanbakhsh 2024, released code).
 *
 * An episode is drawn uniformly, then one of the T(T − 1)/2 pairs of times i < j. With probability ρ the goal
 * is what state j has achieved and h = j − i, otherwise it is the episode's desired goal and h = T − i. So
 * neither time nor horizon is uniform: P(h) = (T − h)/(T(T − 1)/2) with hindsight, and P(i) = (T − 1 −
 * i)/(T(T − 1)/2) in any case.
 *
 * @example
 * ```ts
 * import { HindsightSampler } from "@refigure/refigure/merlin";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const episodes = {
 *   episodes: 1, length: 3, observationSize: 1, actionSize: 1, goalSize: 1, actionBound: 1,
 *   observations: Float32Array.of(0, 1, 2), actions: Float32Array.of(1, 1),
 *   achieved: Float32Array.of(0, 1, 2), desired: Float32Array.of(9),
 * };
 * const draws = stream(1, "draws"), sampler = new HindsightSampler(episodes, { ratio: 1 });
 * for (let k = 0; k < 20; k++) {
 *   const { time, goalTime, horizon } = sampler.draw(draws);
 *   assert.ok(goalTime > time && horizon === goalTime - time);
 * }
 * ```
 */
export class HindsightSampler {
  readonly #pairs: readonly (readonly [number, number])[];
  /** Probability that a goal is replaced. */
  readonly ratio: number;

  /**
   * Finds the pairs of states that can be drawn.
   *
   * @throws {RangeError} If there is no episode of two states, or `ratio` is not a probability.
   */
  constructor(readonly episodes: GoalEpisodes, { ratio }: HindsightOptions) {
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new RangeError(`Cannot draw goals as ratio must be in [0, 1]: current value is ${ratio}`);
    }
    if (!(episodes.episodes >= 1 && episodes.length >= 2)) {
      throw new RangeError(
        "Cannot draw goals as there must be an episode of at least 2 states: current value is " +
          `${episodes.episodes} episodes of ${episodes.length}`,
      );
    }
    checkColumns(episodes);
    this.ratio = ratio;
    const pairs: [number, number][] = [];
    for (let i = 0; i < episodes.length; i++) {
      for (let j = i + 1; j < episodes.length; j++) pairs.push([i, j]);
    }
    this.#pairs = pairs;
  }

  /** One draw. */
  draw(stream: Stream): HindsightDraw {
    const episode = stream.nextInteger(this.episodes.episodes);
    const [time, later] = this.#pairs[stream.nextInteger(this.#pairs.length)];
    // The episode's own number is spent in any case, so that ρ = 0 and ρ = 1 see the same transitions.
    return stream.nextUniform() < this.ratio
      ? { episode, time, goalTime: later, horizon: later - time }
      : { episode, time, goalTime: -1, horizon: this.episodes.length - time };
  }

  /** Fills rows `from` to `to` (all, if absent) of a batch. */
  fill(
    batch: HindsightBatch,
    { stream, from = 0, to = batch.horizons.length }: {
      readonly stream: Stream;
      readonly from?: number;
      readonly to?: number;
    },
  ): void {
    const { length, observationSize: n, actionSize: m, goalSize: d, ...columns } = this.episodes;
    for (let row = from; row < to; row++) {
      const { episode, time, goalTime, horizon } = this.draw(stream);
      const state = episode * length + time;
      copyRow(columns.observations, { from: state, into: batch.observations, at: row, width: n });
      copyRow(columns.actions, {
        from: episode * (length - 1) + time,
        into: batch.actions,
        at: row,
        width: m,
      });
      if (goalTime < 0) copyRow(columns.desired, { from: episode, into: batch.goals, at: row, width: d });
      else {
        const goal = episode * length + goalTime;
        copyRow(columns.achieved, { from: goal, into: batch.goals, at: row, width: d });
      }
      batch.horizons[row] = horizon;
    }
  }
}

/** @throws {RangeError} If a column has not as many numbers as its episodes. */
function checkColumns(data: GoalEpisodes): void {
  const { episodes, length, observationSize, actionSize, goalSize } = data;
  const wanted = {
    observations: episodes * length * observationSize,
    actions: episodes * (length - 1) * actionSize,
    achieved: episodes * length * goalSize,
    desired: episodes * goalSize,
  };
  for (const column of ["observations", "actions", "achieved", "desired"] as const) {
    if (data[column].length === wanted[column]) continue;
    throw new RangeError(
      `Cannot draw goals as ${column} must have ${wanted[column]} numbers: ` +
        `current value is ${data[column].length}`,
    );
  }
}

function copyRow(
  source: Float32Array,
  { from, into, at, width }: {
    readonly from: number;
    readonly into: Float32Array;
    readonly at: number;
    readonly width: number;
  },
): void {
  for (let k = 0; k < width; k++) into[at * width + k] = source[from * width + k];
}
