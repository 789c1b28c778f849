import {
  everyProfile,
  type Experiment,
  type Job,
  jobId,
  type Results,
  resultsOf,
  study,
} from "../../../../lib/harness/mod.ts";

/** A series of tosses. */
export type Tosses = {
  readonly heads: number;
  /** Of some series alone. */
  readonly edges?: number;
  readonly course: readonly number[];
};

const coin: Experiment<{ readonly bias: number }, Tosses> = {
  id: "coin",
  title: "Coin",
  module: import.meta.url,
  usesExecutor: false,
  run: () => Promise.reject(new Error("nothing runs here")),
};

/** Three coins, the last of which is tossed once. */
export const COINS = study(
  coin,
  everyProfile({
    fair: { label: "fair coin", config: { bias: 0.5 }, seeds: 3, metal: "gold" },
    bent: { label: "bent coin", config: { bias: 0.6 }, seeds: 2, metal: "tin" },
    lone: { config: { bias: 0.7 }, seeds: { only: 0 }, metal: "tin" },
  }),
);

export const PLAN = { profile: "smoke" } as const;

/** Texts that every artefact has. */
export const TEXTS = {
  id: "coins",
  location: "Table 1",
  title: "Coins",
  caption: "Tosses of coins.",
} as const;

/** Finished jobs, with what a coin of a bias shows by seed. */
export function resultsWith(
  result: (bias: number, seed: number) => Tosses,
  jobs: readonly Job<{ readonly bias: number }>[] = COINS.jobs(PLAN),
): Results {
  const records = jobs.map((job) => ({
    job,
    result: result(job.config.bias, job.seed),
    seconds: 0,
    sources: {},
  }));
  return resultsOf(PLAN, jobs, new Map(records.map((record) => [jobId(record.job), record])));
}

/** Tosses whose heads are ten times the bias plus the seed. */
export const tosses = (bias: number, seed: number): Tosses => ({
  heads: Math.round(10 * bias) + seed,
  course: [10, 100 * (1 + seed)],
  ...(bias === 0.6 && seed === 1 && { edges: 4 }),
});
