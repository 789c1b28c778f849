import {
  type Environment,
  type Episode,
  explore,
  type LinearPolicy,
  oscillatorPolicy,
  type Policy,
  policyOf,
  randomSearch,
  recordEpisode,
} from "../../../lib/environments/mod.ts";
import { type Stream, stream } from "../../../lib/random/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";

/** How good recorded behaviour is; the paper's data have all but the first, and a full replay. */
export type Quality = "medium" | "medium-expert" | "expert";
export const QUALITIES: readonly Quality[] = ["medium", "medium-expert", "expert"];

/** What one policy shows. */
type Part = Exclude<Quality, "medium-expert">;

/**
 * A search that is long enough for a policy that runs, with the library's defaults. The bonus for being alive
 * is taken off, as with it standing still is a local optimum.
 */
const LONG_SEARCH = { aliveBonus: 1, iterations: 10_000, transitions: 200_000 };

/** Share of the best return at which a policy is medium. */
const SHARES: Readonly<Record<Part, number>> = { medium: 0.5, expert: 1 };

/** Episodes by which a policy's return is measured. */
const TRIALS = 16;

/** Standard deviation of the noise on a searched policy's actions, as a share of the bound. */
const EXPLORATION = 0.1;

/** Gaits of which the one with the largest return runs; ranges as for the mixture of gaits. */
const CANDIDATES = 64, AMPLITUDE = [0.4, 0.8], FREQUENCY = [1, 2];

/** σ of the noise on the best gait. */
const GAIT_NOISE: Readonly<Record<Part, number>> = { medium: 0.3, expert: 0.05 };

/** Makes the policy of an episode. */
type MakePolicy = (part: Part, stream: Stream) => Policy;

/** Options of {@link qualityEpisodes}. */
interface QualityOptions {
  /** What finds the policies. */
  readonly by: "search" | "gaits";
  readonly quality: Quality;
  readonly seed: number;
  readonly transitions: number;
  /** Longest episode, in search and recording. */
  readonly steps: number;
}

/**
 * Episodes of a quality: half of the transitions of `medium-expert` are those of `medium`, half those of
 * `expert`, to the bit.
 */
export function qualityEpisodes(environment: Environment, options: QualityOptions): Episode[] {
  const { quality, transitions, steps } = options;
  const draws = drawsOf(environment, options), makePolicy = policiesOf(environment, options);
  const parts: readonly Part[] = quality === "medium-expert" ? ["medium", "expert"] : [quality];
  return parts.flatMap((part) => {
    const episodes: Episode[] = [];
    for (let done = 0; done < transitions / parts.length; done += episodes.at(-1)!.steps) {
      const own = draws.split(part, `${episodes.length}`);
      const policy = makePolicy(part, own.split("policy"));
      episodes.push(recordEpisode(environment, { policy, stream: own.split("start"), steps }));
    }
    return episodes;
  });
}

const drawsOf = ({ name }: Environment, { seed }: Pick<QualityOptions, "seed">) =>
  stream(seed, "qualities", name);

/** A worker runs several jobs on the qualities of an environment: they share what was found. */
const found = new Map<string, MakePolicy>();

function policiesOf(
  environment: Environment,
  { by, seed, steps }: Pick<QualityOptions, "by" | "seed" | "steps">,
): MakePolicy {
  const key = JSON.stringify([environment.name, by, seed, steps]);
  let policies = found.get(key);
  if (policies === undefined) {
    const find = by === "search" ? searched : gaits;
    found.set(key, policies = find(environment, { stream: drawsOf(environment, { seed }), steps }));
  }
  return policies;
}

/** Where policies are found, and how long an episode is. */
interface Finding {
  readonly stream: Stream;
  readonly steps: number;
}

/**
 * Policies of a long search: the best, and the first of half its return. Returns are those that are recorded,
 * with the noise on the actions, under which the search itself did not run.
 */
function searched(environment: Environment, { stream, steps }: Finding): MakePolicy {
  const { policies } = randomSearch(environment, { ...LONG_SEARCH, stream: stream.split("search"), steps });
  const { bound } = environment.action;
  const noisy = (policy: LinearPolicy, stream: Stream) =>
    explore(policy, { stream, bound, noise: EXPLORATION });
  const returns = policies.map((policy, i) =>
    mean(Array.from({ length: TRIALS }, (_, trial) => {
      const own = stream.split("trial", `${i}`, `${trial}`);
      return returnOf(environment, { policy: noisy(policy, own.split("policy")), stream: own, steps });
    }))
  );
  const chosen = (part: Part) => policyOf(policies, { returns, share: SHARES[part] });
  const by: Readonly<Record<Part, LinearPolicy>> = { medium: chosen("medium"), expert: chosen("expert") };
  return (part, stream) => noisy(by[part], stream);
}

/** Return of an episode. */
function returnOf(
  environment: Environment,
  { policy, stream, steps }: Finding & { readonly policy: Policy },
): number {
  const { rewards } = recordEpisode(environment, { policy, stream: stream.split("start"), steps });
  return rewards.reduce((sum, reward) => sum + reward, 0);
}

/** The gait, of many, with the largest return, under little noise and under much. */
function gaits(environment: Environment, { stream, steps }: Finding): MakePolicy {
  const candidates = Array.from({ length: CANDIDATES }, (_, i) => {
    const own = stream.split("gait", `${i}`);
    const [strength, rate] = own.split("kind").uniform(new Float64Array(2));
    const gait = {
      amplitude: AMPLITUDE[0] + (AMPLITUDE[1] - AMPLITUDE[0]) * strength,
      frequency: FREQUENCY[0] * (FREQUENCY[1] / FREQUENCY[0]) ** rate,
      phases: own.split("phases").uniform(new Float64Array(environment.action.size), { high: 2 * Math.PI }),
    };
    const policy = oscillatorPolicy(environment, { ...gait, stream: own.split("policy"), noise: 0 });
    return { gait, total: returnOf(environment, { policy, stream: own, steps }) };
  });
  const { gait } = candidates.reduce((best, next) => next.total > best.total ? next : best);
  return (part, stream) => oscillatorPolicy(environment, { ...gait, stream, noise: GAIT_NOISE[part] });
}
