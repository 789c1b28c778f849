import type { Experiment } from "../../../lib/harness/mod.ts";
import { PROX_ALGORITHMS, type ProxAlgorithm, ProxSolver } from "../../../lib/methods/weight_sharing/mod.ts";
import { quantile } from "../../../lib/stats/mod.ts";
import { type InputFamily, proxInput } from "./_inputs.ts";

/** One kind of input at several sizes. */
export type TimingConfig = { readonly family: InputFamily; readonly sizes: readonly number[] };

/** Median milliseconds by algorithm; `null`: not run, as it would take too long. */
export type TimingResult = {
  readonly rows: readonly {
    readonly size: number;
    readonly milliseconds: { readonly [algorithm in ProxAlgorithm]: number | null };
  }[];
};

const REPETITIONS = 5;
/** How long each algorithm runs, at least once, before it is timed: compilers need some runs. */
const WARM_UP_MS = 30;
/** Milliseconds that a single run may be expected to take. */
const MAX_MILLISECONDS = 2000;

/** Wall time of the four algorithms in one thread, the sort included: median of five runs after a warm-up. */
export const timing: Experiment<TimingConfig, TimingResult> = {
  id: "timing",
  title: "Run time",
  module: import.meta.url,
  usesExecutor: false,
  timing: true,
  cost: ({ sizes }) => sizes.reduce((sum, size) => sum + size, 0) / 1e5,
  run({ family, sizes }, context) {
    const rows: TimingResult["rows"][number][] = [];
    for (const size of sizes) {
      const { weights, alpha } = proxInput(family, { size, seed: context.seed });
      const milliseconds: Record<ProxAlgorithm, number | null> = {
        pav: null,
        imminent: null,
        end: null,
        search: null,
      };
      for (const algorithm of PROX_ALGORITHMS) {
        if (expected(rows.map((row) => row.milliseconds[algorithm])) > MAX_MILLISECONDS) continue;
        const solver = new ProxSolver(algorithm);
        const out = new Float64Array(size);
        const run = () => {
          const start = performance.now();
          solver.solve(weights, { alpha, out });
          return performance.now() - start;
        };
        const began = performance.now();
        do run(); while (performance.now() - began < WARM_UP_MS);
        milliseconds[algorithm] = quantile(Array.from({ length: REPETITIONS }, run), 0.5);
      }
      rows.push({ size, milliseconds });
      context.progress(rows.length / sizes.length);
    }
    return Promise.resolve({ rows });
  },
};

/** What the next size will take, if the time goes on to grow by the same factor from size to size. */
function expected(before: readonly (number | null)[]): number {
  const [last, previous] = [before.at(-1), before.at(-2)];
  if (last === null) return Infinity;
  if (last === undefined || previous === undefined || previous === null) return 0;
  return last * last / previous;
}
