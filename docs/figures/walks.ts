/** Random walks as a study, with results: what the builders of the harness draw in `figures.md`. */
import {
  everyProfile,
  type Experiment,
  jobId,
  type JobRecord,
  type Results,
  resultsOf,
  study,
} from "@refigure/refigure/harness";
import { stream } from "@refigure/refigure/random";

/** A walk of 100 steps. */
export const walk: Experiment<{ readonly drift: number }, { readonly course: readonly number[] }> = {
  id: "walk",
  title: "Random walk",
  module: import.meta.url,
  usesExecutor: false,
  run({ drift }, { seed }) {
    let at = 0;
    const steps = stream(seed, "steps").normal(new Float64Array(100));
    return Promise.resolve({ course: [0, ...Array.from(steps, (step) => at += step + drift)] });
  },
};

/** Walks with and without a drift, eight of each. */
export const WALKS = study(
  walk,
  everyProfile({
    still: { label: "no drift", kind: "control", config: { drift: 0 }, seeds: 8 },
    slow: { label: "drift 0.1", kind: "drift", config: { drift: 0.1 }, seeds: 8 },
    fast: { label: "drift 0.3", kind: "drift", config: { drift: 0.3 }, seeds: 8 },
  }),
);

/** Runs all walks here; a paper leaves that to `deno task reproduce`. */
export async function walkAll(): Promise<Results> {
  const plan = { profile: "laptop" } as const;
  const records = new Map<string, JobRecord>();
  for (const job of WALKS.jobs(plan)) {
    const { config, seed } = job as typeof job & { config: { drift: number } };
    const loadData = () => Promise.reject(new Error("a walk reads no data"));
    const result = await walk.run(config, { seed, executor: "native", loadData, progress() {} });
    records.set(jobId(job), { job, result, seconds: 0, sources: {} });
  }
  return resultsOf(plan, WALKS.jobs(plan), records);
}
