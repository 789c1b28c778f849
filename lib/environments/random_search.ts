import type { Stream } from "../random/mod.ts";
import { type Episode, type Policy, recordEpisode } from "./episodes.ts";
import type { Environment } from "./types.ts";

/** A linear policy on standardised observations: a = bound · clip(M (o − mean)/std, −1, 1). */
export interface LinearPolicy {
  /** M, `[actions, observations]`. */
  readonly weights: Float64Array;
  /** Mean of each observation, `[observations]`. */
  readonly mean: Float64Array;
  /** Standard deviation of each observation, `[observations]`. */
  readonly std: Float64Array;
}

/** The action of a linear policy. */
export function linearAction({ weights, mean, std }: LinearPolicy, observation: ArrayLike<number>): number[] {
  const n = mean.length;
  return Array.from({ length: weights.length / n }, (_, a) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += weights[a * n + i] * (observation[i] - mean[i]) / std[i];
    return Math.min(Math.max(sum, -1), 1);
  });
}

/** Options of {@link randomSearch}. */
export interface RandomSearchOptions {
  /** Where random numbers come from. */
  readonly stream: Stream;
  /** Number of updates. */
  readonly iterations: number;
  /** N. @default 16 */
  readonly directions?: number;
  /** b. @default 8 */
  readonly best?: number;
  /** ν. @default 0.03 */
  readonly noise?: number;
  /** α. @default 0.02 */
  readonly stepSize?: number;
  /** Steps of a roll-out. @default the environment's `episodeSteps` */
  readonly steps?: number;
  /** Subtracted from every step's reward in the search, not in what is recorded. @default 0 */
  readonly aliveBonus?: number;
  /** Ends the search once so many transitions have been made. @default Infinity */
  readonly transitions?: number;
}

/** What {@link randomSearch} comes to. */
export interface SearchResult {
  /** After every iteration. */
  readonly policies: readonly LinearPolicy[];
  /** Mean return of an iteration's roll-outs. */
  readonly returns: readonly number[];
  /** All roll-outs, in order. */
  readonly episodes: readonly Episode[];
}

/** Mean and variance of all that was seen, by Welford's method. */
class RunningMoments {
  count = 0;
  readonly mean: Float64Array;
  readonly #sum: Float64Array;

  constructor(size: number) {
    this.mean = new Float64Array(size);
    this.#sum = new Float64Array(size);
  }

  add(rows: Float32Array): void {
    const n = this.mean.length;
    for (let start = 0; start < rows.length; start += n) {
      this.count++;
      for (let i = 0; i < n; i++) {
        const before = rows[start + i] - this.mean[i];
        this.mean[i] += before / this.count;
        this.#sum[i] += before * (rows[start + i] - this.mean[i]);
      }
    }
  }

  get std(): Float64Array {
    return this.#sum.map((sum) => this.count < 2 ? 1 : Math.max(Math.sqrt(sum / (this.count - 1)), 1e-6));
  }
}

/**
 * Augmented random search, version 2 (Mania et al. 2018): with N random directions δ,
 * M ← M + α/(b σ_R) Σ (r₊ − r₋) δ over the b directions with the largest max(r₊, r₋), where r± are the
 * returns of M ± ν δ and σ_R is the standard deviation of their 2b returns. Observations are standardised by
 * all that was seen.
 *
 * @throws {RangeError} If b is not in 1…N.
 *
 * @example
 * ```ts
 * import { pendulum, randomSearch } from "@refigure/refigure/environments";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const { episodes } = randomSearch(pendulum(), {
 *   stream: stream(1, "search"), iterations: 2, directions: 2, best: 1, steps: 10,
 * });
 * assert.equal(episodes.length, 2 * 2 * 2);
 * ```
 */
export function randomSearch(environment: Environment, options: RandomSearchOptions): SearchResult {
  const { stream, iterations, directions = 16, best = 8, noise = 0.03, stepSize = 0.02 } = options;
  const { steps = environment.episodeSteps, aliveBonus = 0, transitions = Infinity } = options;
  if (!(Number.isInteger(best) && best >= 1 && best <= directions)) {
    throw new RangeError(
      `Cannot search as best must be an integer in [1, ${directions}]: current value is ${best}`,
    );
  }
  const { observationSize: n, action } = environment;
  let weights = new Float64Array(n * action.size);
  const seen = new RunningMoments(n);
  const result = { policies: [] as LinearPolicy[], returns: [] as number[], episodes: [] as Episode[] };
  let made = 0;
  for (let iteration = 0; iteration < iterations && made < transitions; iteration++) {
    const { mean, std } = { mean: seen.mean.slice(), std: seen.std };
    const rollOut = (own: Float64Array, name: string) => {
      const policy: Policy = (observation) =>
        linearAction({ weights: own, mean, std }, observation).map((a) => action.bound * a);
      const start = stream.split("start", `${iteration}`, name);
      const episode = recordEpisode(environment, { policy, stream: start, steps });
      result.episodes.push(episode);
      made += episode.steps;
      return episode.rewards.reduce((sum, reward) => sum + reward - aliveBonus, 0);
    };
    const tried = Array.from({ length: directions }, (_, i) => {
      const direction = stream.split("direction", `${iteration}`, `${i}`).normal(
        new Float64Array(weights.length),
      );
      const moved = (by: number) => weights.map((w, k) => w + by * direction[k]);
      return { direction, plus: rollOut(moved(noise), `${i}+`), minus: rollOut(moved(-noise), `${i}-`) };
    });
    for (const { observations } of result.episodes.slice(-2 * directions)) seen.add(observations);
    result.returns.push(tried.reduce((sum, { plus, minus }) => sum + plus + minus, 0) / (2 * directions));
    const kept = tried.toSorted((a, b) => Math.max(b.plus, b.minus) - Math.max(a.plus, a.minus)).slice(
      0,
      best,
    );
    const rewards = kept.flatMap(({ plus, minus }) => [plus, minus]);
    const average = rewards.reduce((sum, r) => sum + r, 0) / rewards.length;
    const spread = Math.sqrt(rewards.reduce((sum, r) => sum + (r - average) ** 2, 0) / rewards.length);
    if (spread > 0) {
      const rate = stepSize / (best * spread);
      weights = weights.map((w, k) =>
        w + rate * kept.reduce((sum, { plus, minus, direction }) => sum + (plus - minus) * direction[k], 0)
      );
    }
    result.policies.push({ weights, mean: seen.mean.slice(), std: seen.std });
  }
  return result;
}
