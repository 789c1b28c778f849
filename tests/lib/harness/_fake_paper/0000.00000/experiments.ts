import type { Experiment } from "../../../../../lib/harness/mod.ts";
import { toThePower } from "./power.ts";

/** x² + seed. */
export const square: Experiment<{ readonly x: number }, number> = {
  id: "square",
  title: "A square",
  module: import.meta.url,
  usesExecutor: false,
  run: ({ x }, { seed }) => Promise.resolve(toThePower(x, 2) + seed),
};

/** Takes a given time, tells its progress, and prints more than it should. */
export const slow: Experiment<
  { readonly seconds: number; readonly part: number },
  { readonly part: number }
> = {
  id: "slow",
  title: "Slow",
  module: import.meta.url,
  usesExecutor: true,
  cost: ({ seconds }) => seconds,
  async run({ seconds, part }, { progress }) {
    globalThis.console.log("stray", { part });
    Deno.stdout.writeSync(new TextEncoder().encode("stray text without an end"));
    for (let step = 1; step <= 10; step++) {
      await new Promise((resolve) => setTimeout(resolve, 100 * seconds));
      progress(step / 10);
    }
    return { part };
  },
};

/** Reads data. */
export const mean: Experiment<{ readonly dataSet: string }, { readonly rows: number }> = {
  id: "mean",
  title: "Reads data",
  module: import.meta.url,
  usesExecutor: false,
  data: ({ dataSet }) => [dataSet],
  async run({ dataSet }, { loadData }) {
    const { value } = await loadData<{ readonly rows: { readonly rows: number } }>(dataSet);
    return { rows: value.rows.rows };
  },
};

/** Measures time. */
export const clock: Experiment<null, { readonly seconds: number }> = {
  id: "clock",
  title: "A measurement",
  module: import.meta.url,
  usesExecutor: false,
  timing: true,
  run() {
    const start = performance.now();
    return Promise.resolve({ seconds: performance.now() - start + 1e-9 });
  },
};
