import type { Experiment } from "../../../lib/harness/mod.ts";
import { type ProxAlgorithm, ProxSolver } from "../../../lib/methods/weight_sharing/mod.ts";
import { INPUT_FAMILIES, type InputFamily, proxInput } from "./_inputs.ts";

/** Sizes d to count at. */
export type RoundsConfig = { readonly sizes: readonly number[] };

/** What the three parallel algorithms needed on one input. */
export type RoundsRow = {
  readonly family: InputFamily;
  readonly size: number;
  /** Final clusters. */
  readonly clusters: number;
  /** Rounds of ImminentCollisions and steps of EndCollisions; `null`: not run, as it would take too long. */
  readonly imminent: number | null;
  readonly end: number | null;
  /** Evaluations of "where does this cluster end" by SearchCollisions, one after the other. */
  readonly search: number;
  /** Bisection steps of its levels, the smallest blocks first. */
  readonly bisections: readonly number[];
};

/** All rows. */
export type RoundsResult = { readonly rows: readonly RoundsRow[] };

/** d² work that is still done. */
const MAX_WORK = 3e8;

/** Dependent rounds of the parallel algorithms by size and kind of input: counts, not times. */
export const rounds: Experiment<RoundsConfig, RoundsResult> = {
  id: "rounds",
  title: "Parallel rounds",
  module: import.meta.url,
  usesExecutor: false,
  cost: ({ sizes }) => sizes.reduce((sum, size) => sum + size, 0) / 2e5,
  run({ sizes }, context) {
    const rows: RoundsRow[] = [];
    for (const family of INPUT_FAMILIES) {
      for (const size of sizes) {
        const { weights, alpha } = proxInput(family, { size, seed: context.seed });
        const solve = (algorithm: ProxAlgorithm) => {
          const solver = new ProxSolver(algorithm);
          solver.solve(weights, { alpha });
          return solver.lastClusters();
        };
        const search = solve("search");
        const clusters = search.clusters.count;
        // EndCollisions looks at all that is left in each of its steps, ImminentCollisions in each of its
        // rounds.
        const end = clusters * size <= MAX_WORK ? solve("end").counts.rounds : null;
        const slow = family === "worst case" && size * size > MAX_WORK;
        const imminent = slow ? null : solve("imminent").counts.rounds;
        const { rounds, bisections } = search.counts;
        rows.push({ family, size, clusters, imminent, end, search: rounds, bisections });
        context.progress(rows.length / (sizes.length * INPUT_FAMILIES.length));
      }
    }
    return Promise.resolve({ rows });
  },
};
