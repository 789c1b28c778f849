import type { Experiment } from "../../../../../../lib/harness/mod.ts";
import { stream } from "../../../../../../lib/random/mod.ts";

/** Configuration of {@link noisy}. */
export interface NoisyConfig {
  readonly [option: string]: number | string;
  readonly effect: number;
  /** How long it takes. */
  readonly seconds: number;
}

/** A normal number with a mean, by seed; waits as long as it is told. */
export const noisy: Experiment<NoisyConfig, number> = {
  id: "noisy",
  title: "A noisy number",
  module: import.meta.url,
  usesExecutor: false,
  cost: ({ seconds }) => seconds,
  async run({ effect, seconds }, { seed }) {
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
    return effect + stream(seed, "noisy", String(effect)).normal(new Float64Array(1))[0];
  },
};

/** A number of a data set, about 2 for each. */
export const onSet: Experiment<{ readonly dataSet: string }, number> = {
  id: "on-set",
  title: "A number by data set",
  module: import.meta.url,
  usesExecutor: false,
  data: ({ dataSet }) => [dataSet],
  run: ({ dataSet }) => Promise.resolve(2 + stream(0, dataSet).normal(new Float64Array(1))[0]),
};
