import type { Experiment } from "../../../lib/harness/mod.ts";
import { compileParallelProx, prox } from "../../../lib/methods/weight_sharing/mod.ts";
import { INPUT_FAMILIES, proxInput } from "./_inputs.ts";

/** Sizes d of the program. */
export type ParallelConfig = { readonly sizes: readonly number[] };

/** The data-parallel program by size. */
export type ParallelResult = {
  readonly rows: readonly {
    readonly size: number;
    /** Dependent rounds: an element-wise operation is 1, a scan or reduction of n numbers log₂ n. */
    readonly rounds: number;
    /** Dependent tensor operations. */
    readonly operations: number;
    readonly bisections: readonly number[];
    /** Largest error over the inputs against the float64 result, in units of max(|w|, α). */
    readonly error: number;
  }[];
};

/** SearchCollisions as a compiled tensor program: its depth, and that it gives the prox. */
export const parallel: Experiment<ParallelConfig, ParallelResult> = {
  id: "parallel",
  title: "Data-parallel program",
  module: import.meta.url,
  usesExecutor: true,
  cost: ({ sizes }) => sizes.length * 0.4,
  async run({ sizes }, { seed, executor, progress }) {
    const rows: ParallelResult["rows"][number][] = [];
    for (const size of sizes) {
      await using program = await compileParallelProx({ size, executor });
      let error = 0;
      for (const family of INPUT_FAMILIES) {
        const { weights, alpha } = proxInput(family, { size, seed });
        const single = Float32Array.from(weights);
        const expected = prox(Float64Array.from(single), { alpha });
        const found = await program.run(single, { alpha });
        const scale = single.reduce((most, w) => Math.max(most, Math.abs(w)), alpha);
        found.forEach((u, i) => error = Math.max(error, Math.abs(u - expected[i]) / scale));
      }
      const { rounds, operations, bisections } = program.depth;
      rows.push({ size, rounds, operations, bisections, error });
      progress(rows.length / sizes.length);
    }
    return { rows };
  },
};
