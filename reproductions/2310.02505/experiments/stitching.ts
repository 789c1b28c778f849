import type { Experiment } from "../../../lib/harness/mod.ts";
import { encodeStates, nearestStates, stitchEpisodes } from "../../../lib/methods/merlin/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { mean, quantile } from "../../../lib/stats/mod.ts";
import { type DataConfig, modelsOf, openTask } from "./_tasks.ts";

/** What stitching makes of point tasks' episodes, by δ. */
export type StitchingConfig = {
  readonly data: DataConfig;
  readonly steps: number;
  readonly width: number;
  /** δ, least cosine of a switch; above 1: none. */
  readonly thresholds: readonly number[];
};

/** At one δ. */
export type Stitching = {
  readonly threshold: number;
  /** Mean number of switches of an episode. */
  readonly switches: number;
  /** Walks that were dropped, for each that was kept. */
  readonly discarded: number;
  /** Median and 90 % quantile of the distance jumped, of all steps with a switch; 0 if there are none. */
  readonly jump: readonly [median: number, high: number];
  /** Mean number of unit cells of the map that an episode visits. */
  readonly cells: number;
};

export type StitchingResult = { readonly rows: readonly Stitching[] };

/** Diagnostics of stitching; an addition. */
export const stitching: Experiment<StitchingConfig, StitchingResult> = {
  id: "stitching",
  title: "Stitched episodes by threshold",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ data }) => modelsOf(data),
  cost: ({ steps, width }) => 6 + steps * width * 5e-5,
  async run({ data, thresholds, ...sizes }, context) {
    const { seed, executor, progress } = context;
    const task = await openTask(data, context);
    const { episodes: recorded } = task, { length } = recorded;
    try {
      const encoded = await encodeStates(recorded, { ...sizes, seed, executor, onProgress: progress });
      const nearest = nearestStates(encoded);
      const rows = thresholds.map((threshold): Stitching => {
        const { switches, discarded, rows } = stitchEpisodes(recorded, {
          ...{ ...nearest, threshold },
          stream: stream(seed, "stitching"),
        });
        const at = (row: number) => recorded.observations.subarray(2 * row, 2 * row + 2);
        const jumps: number[] = [], visited: number[] = [];
        for (let e = 0; e < switches.length; e++) {
          const own = rows.subarray(e * length, (e + 1) * length);
          for (let t = 1; t < length; t++) {
            // The walk went from row own[t] to its neighbour, and one step back there.
            const neighbour = own[t - 1] + 1;
            if (neighbour === own[t]) continue;
            const [[x, y], [u, v]] = [at(own[t]), at(neighbour)];
            jumps.push(Math.hypot(x - u, y - v));
          }
          visited.push(new Set([...own].map((row) => `${[...at(row)].map(Math.floor)}`)).size);
        }
        const jump = jumps.length === 0
          ? [0, 0] as const
          : [quantile(jumps, 0.5), quantile(jumps, 0.9)] as const;
        return {
          threshold,
          switches: mean(switches),
          discarded: discarded / switches.length,
          jump,
          cells: mean(visited),
        };
      });
      return { rows };
    } finally {
      task.dispose();
    }
  },
};
