import type { Experiment } from "../../../lib/harness/mod.ts";
import { quantile } from "../../../lib/stats/mod.ts";
import { CLASSICAL_METHODS, fitClassical } from "./classical.ts";
import { trainNetwork } from "./networks.ts";
import { loadSplit } from "./_evaluation.ts";
import { firstRows } from "./_rows.ts";

/** One data set; at most this many of its rows are scored. */
export type TimingConfig = { readonly dataSet: string; readonly maxRows: number };

/** Seconds per scored row, by method. */
export type TimingResult = {
  readonly rows: number;
  readonly secondsPerRow: { readonly [method: string]: number };
};

/** Networks whose inference is timed; the time does not depend on how long they were trained. */
const TIMED_NETWORKS = ["DTE-C", "DTE-IG", "DDPM", "PlanarFlow", "VAE"] as const;
const REPETITIONS = 3;

/** Inference time per row (Fig. 1): median of three runs after a warm-up; one core, semi-supervised. */
export const timing: Experiment<TimingConfig, TimingResult> = {
  id: "timing",
  title: "Inference time",
  module: import.meta.url,
  usesExecutor: true,
  timing: true,
  data: ({ dataSet }) => [dataSet],
  cost: ({ maxRows }) => maxRows / 100,
  async run({ dataSet, maxRows }, context) {
    const { seed, executor } = context;
    const { train, test } = await loadSplit({ dataSet, setting: "semi" }, context);
    const rows = firstRows(test, maxRows);
    const secondsPerRow: Record<string, number> = {};
    const total = CLASSICAL_METHODS.length + TIMED_NETWORKS.length;
    const time = async (method: string, score: () => unknown) => {
      await score();
      const seconds: number[] = [];
      for (let i = 0; i < REPETITIONS; i++) {
        const start = performance.now();
        await score();
        seconds.push((performance.now() - start) / 1000);
      }
      secondsPerRow[method] = quantile(seconds, 0.5) / rows.rows;
      context.progress(Object.keys(secondsPerRow).length / total);
    };
    for (const method of CLASSICAL_METHODS) {
      const detector = fitClassical(method, train, { setting: "semi", seed });
      await time(method, () => detector.score(rows));
    }
    for (const method of TIMED_NETWORKS) {
      await using model = await trainNetwork(method, train, { epochs: 1, seed, executor });
      await time(method, () => model.score(rows));
    }
    return { rows: rows.rows, secondsPerRow };
  },
};
