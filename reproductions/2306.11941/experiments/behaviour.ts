import { countTransitions, digestEpisodes } from "../../../lib/environments/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import { type DataConfig, loadEpisodes, modelsOf } from "./_data.ts";

/** A set of recorded behaviour. */
export type BehaviourConfig = { readonly data: DataConfig };

export type BehaviourResult = {
  readonly episodes: number;
  readonly transitions: number;
  /** Mean return of an episode. */
  readonly meanReturn: number;
  /** SHA-256 of all that was recorded. */
  readonly digest: string;
};

/** What the models learn from. */
export const behaviour: Experiment<BehaviourConfig, BehaviourResult> = {
  id: "behaviour",
  title: "Behaviour data",
  module: import.meta.url,
  usesExecutor: false,
  data: ({ data }) => modelsOf(data.environment),
  async run({ data }, context) {
    const { recorded } = await loadEpisodes(data, context);
    const { episodes } = recorded;
    const total = episodes.reduce((sum, { rewards }) => sum + rewards.reduce((a, b) => a + b, 0), 0);
    return {
      episodes: episodes.length,
      transitions: countTransitions(recorded),
      meanReturn: total / episodes.length,
      digest: digestEpisodes(recorded),
    };
  },
};
