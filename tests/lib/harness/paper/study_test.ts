import assert from "node:assert/strict";
import {
  comparison,
  everyProfile,
  type Experiment,
  higher,
  jobId,
  resultsOf,
  seedsOf,
  study,
} from "../../../../lib/harness/mod.ts";

const coin: Experiment<{ bias: number }, { heads: number }> = {
  id: "coin",
  title: "Coin",
  module: import.meta.url,
  usesExecutor: false,
  run: ({ bias }) => Promise.resolve({ heads: bias }),
};
const COINS = study(
  coin,
  everyProfile({
    fair: { label: "fair coin", config: { bias: 0.5 }, seeds: 3, fair: true },
    bent: { label: "bent coin", config: { bias: 0.6 }, seeds: 2, fair: false },
  }),
);
const PLAN = { profile: "smoke" } as const;

Deno.test("seedsOf() gives the first of a list, goes on after it, and leaves out those of another", () => {
  const seeds = (count?: number) => ({ ...PLAN, ...(count !== undefined && { seeds: count }) });
  assert.deepEqual(seedsOf([0, 1, 2, 3, 6], seeds()), [0, 1, 2, 3, 6]);
  assert.deepEqual(seedsOf([0, 1, 2, 3, 6], seeds(6)), [0, 1, 2, 3, 6, 7]);
  assert.deepEqual(seedsOf({ only: 3 }, seeds(5)), [3]);
  const others = { list: [0, 1, 2, 3, 4], except: [0, 1, 2, 3, 6] };
  assert.deepEqual([seedsOf(others, seeds()), seedsOf(others, seeds(2))], [[4], []]);
  assert.deepEqual(seedsOf({ list: [0, 1, 2], except: { only: 0 } }, seeds(2)), [1]);
});

Deno.test("Study.where() keeps the variants that fit, in every use", () => {
  const fair = COINS.where((variant) => variant.fair);
  assert.deepEqual(fair.variants(PLAN).map(({ name }) => name), ["fair"]);
  assert.deepEqual(fair.jobs(PLAN), COINS.jobs(PLAN, ["fair"]));
  const jobs = COINS.jobs(PLAN);
  const records = jobs.map((job) => ({ job, result: { heads: job.seed }, seconds: 0, sources: {} }));
  const results = resultsOf(PLAN, jobs, new Map(records.map((record) => [jobId(record.job), record])));
  assert.deepEqual(fair.groups(results), COINS.groups(results, ["fair"]));
  assert.deepEqual(COINS.where(() => false).finished(results), []);
  assert.throws(() => COINS.where(() => false).groups(results), { name: "NoResults" });
});

Deno.test("comparison() asks for a job once, though both sides need it", () => {
  const claim = comparison("more-heads", {
    location: "nowhere",
    statement: "A coin shows more heads than half of its heads.",
    measured: "Heads",
    first: COINS.sample("fair", ({ heads }) => heads),
    second: COINS.sample("fair", ({ heads }) => heads / 2),
    rule: higher(),
  });
  assert.deepEqual(claim.jobs(PLAN), COINS.jobs(PLAN, ["fair"]));
});
