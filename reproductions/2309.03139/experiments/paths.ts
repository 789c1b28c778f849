import { drawNBody, simulateNBody, skipNBody } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import { NumpyRandom } from "../../../lib/random/mod.ts";

/** Which simulations of the stream, at which steps. */
export type PathsConfig = {
  readonly seed: number;
  /** Simulations before the first one shown. */
  readonly skip: number;
  readonly rows: number;
  /** Frames that the generator stores, which fixes its stream. */
  readonly frames: number;
  readonly at: readonly number[];
};

/** True motion. */
export type PathsResult = {
  readonly simulations: readonly {
    readonly charges: readonly number[];
    /** [steps][n * 3], particle by particle. */
    readonly positions: readonly (readonly number[])[];
  }[];
};

/** The true paths between input and target of a few test simulations. */
export const paths: Experiment<PathsConfig, PathsResult> = {
  id: "paths",
  title: "True N-body paths",
  module: import.meta.url,
  usesExecutor: false,
  run({ seed, skip, rows, frames, at }) {
    const random = new NumpyRandom(seed);
    skipNBody(random, skip, { frames });
    const simulations = Array.from({ length: rows }, () => {
      const state = drawNBody(random, { frames });
      const n = state.particles;
      return {
        charges: [...state.charges],
        positions: simulateNBody(state, { at }).map(({ position }) =>
          Array.from({ length: 3 * n }, (_, k) => {
            const x = position[(k % 3) * n + Math.floor(k / 3)];
            return Math.round(1e5 * x) / 1e5;
          })
        ),
      };
    });
    return Promise.resolve({ simulations });
  },
};
