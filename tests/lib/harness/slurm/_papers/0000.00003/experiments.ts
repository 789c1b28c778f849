import type { Experiment } from "../../../../../../lib/harness/mod.ts";

/** Takes a given time. */
export const nap: Experiment<{ readonly seconds: number; readonly part: number }, number> = {
  id: "nap",
  title: "A nap",
  module: import.meta.url,
  usesExecutor: false,
  cost: ({ seconds }) => seconds,
  async run({ seconds, part }, { seed, progress }) {
    for (let step = 1; step <= 10; step++) {
      await new Promise((resolve) => setTimeout(resolve, 100 * seconds));
      progress(step / 10);
    }
    return part ** 2 + seed;
  },
};

/** Fails. */
export const refuse: Experiment<null, null> = {
  id: "refuse",
  title: "A failure",
  module: import.meta.url,
  usesExecutor: false,
  run() {
    throw new RangeError("Cannot do it as it must be possible: current value is false");
  },
};
