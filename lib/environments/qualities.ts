import { createHash } from "node:crypto";
import type { Stream } from "../random/mod.ts";
import type { EpisodeSet, Policy } from "./episodes.ts";
import { linearAction, type LinearPolicy } from "./random_search.ts";

/**
 * A policy out of those of a search, by their returns: the best ("expert", with a share of 1), or the first
 * whose return is a share of the best's ("medium", with a half).
 *
 * @param returns Of each policy, e.g. a mean over roll-outs.
 * @param share In (0, 1].
 * @throws {RangeError} If there is not one return for each policy, the best return is not positive, or the
 *   share is not in (0, 1].
 */
export function policyOf(
  policies: readonly LinearPolicy[],
  { returns, share }: { readonly returns: readonly number[]; readonly share: number },
): LinearPolicy {
  if (!(share > 0 && share <= 1)) {
    throw new RangeError(`Cannot choose a policy as share must be in (0, 1]: current value is ${share}`);
  }
  if (returns.length !== policies.length || policies.length === 0) {
    throw new RangeError(
      `Cannot choose a policy as there must be one return for each of ${policies.length} policies, and at ` +
        `least one: current value is ${returns.length}`,
    );
  }
  const most = Math.max(...returns);
  if (!(most > 0)) {
    throw new RangeError(`Cannot choose a policy as the best return must be > 0: current value is ${most}`);
  }
  return policies[returns.findIndex((value) => value >= share * most)];
}

/** Options of {@link explore}. */
export interface ExploreOptions {
  /** Draws the noise. */
  readonly stream: Stream;
  /** Bound of the actions. */
  readonly bound: number;
  /** Standard deviation of the noise as a share of the bound. */
  readonly noise: number;
}

/** A linear policy whose actions get normal noise: bound · (π(o) + σ N(0, 1)), for {@link recordEpisode}. */
export function explore(policy: LinearPolicy, { stream, bound, noise }: ExploreOptions): Policy {
  return (observation) => {
    const action = linearAction(policy, observation);
    const added = stream.normal(new Float64Array(action.length), { std: noise });
    return action.map((a, k) => bound * (a + added[k]));
  };
}

/**
 * SHA-256, in hexadecimal, of recorded episodes: of the sizes (observation, action, number of episodes), and
 * then for each episode its number of steps, its observations, actions and rewards. Sizes are 32-bit integers
 * and numbers 32-bit floats, all little-endian.
 *
 * @example
 * ```ts
 * import { digestEpisodes } from "@refigure/refigure/environments";
 * import assert from "node:assert/strict";
 *
 * const digest = (reward: number) =>
 *   digestEpisodes({
 *     observationSize: 1,
 *     actionSize: 1,
 *     episodes: [{
 *       observations: Float32Array.of(0, 1),
 *       actions: Float32Array.of(1),
 *       rewards: Float32Array.of(reward),
 *       steps: 1,
 *     }],
 *   });
 * assert.match(digest(0), /^[0-9a-f]{64}$/);
 * assert.notEqual(digest(0), digest(1));
 * ```
 */
export function digestEpisodes({ observationSize, actionSize, episodes }: EpisodeSet): string {
  const hash = createHash("sha256");
  const add = (values: ArrayLike<number>, set: (view: DataView, at: number, value: number) => void) => {
    const view = new DataView(new ArrayBuffer(4 * values.length));
    for (let i = 0; i < values.length; i++) set(view, 4 * i, values[i]);
    hash.update(new Uint8Array(view.buffer));
  };
  const integers = (...values: number[]) => add(values, (view, at, value) => view.setUint32(at, value, true));
  const floats = (values: Float32Array) => add(values, (view, at, value) => view.setFloat32(at, value, true));
  integers(observationSize, actionSize, episodes.length);
  for (const { steps, observations, actions, rewards } of episodes) {
    integers(steps);
    for (const part of [observations, actions, rewards]) floats(part);
  }
  return hash.digest("hex");
}
