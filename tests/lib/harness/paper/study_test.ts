import assert from "node:assert/strict";
import {
  comparison,
  everyProfile,
  type Experiment,
  higher,
  type Job,
  jobId,
  resultsOf,
  seedsOf,
  study,
  type Variant,
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

/** Results in which every coin shows as many heads as its seed says. */
function finishedOf(jobs: readonly Job[]) {
  const records = jobs.map((job) => ({ job, result: { heads: job.seed }, seconds: 0, sources: {} }));
  return resultsOf(PLAN, jobs, new Map(records.map((record) => [jobId(record.job), record])));
}

Deno.test("seedsOf() gives the first of a list, goes on after it, and leaves out those of another", () => {
  const seeds = (count?: number) => ({ ...PLAN, ...(count !== undefined && { seeds: count }) });
  assert.deepEqual(seedsOf([0, 1, 2, 3, 6], seeds()), [0, 1, 2, 3, 6]);
  assert.deepEqual(seedsOf([0, 1, 2, 3, 6], seeds(6)), [0, 1, 2, 3, 6, 7]);
  assert.deepEqual(seedsOf({ only: 3 }, seeds(5)), [3]);
  const published = { list: [0, 1, 2, 3, 6], first: 1 };
  assert.deepEqual([undefined, 5, 9].map((count) => seedsOf(published, seeds(count))), [
    [0],
    published.list,
    published.list,
  ]);
  const others = { list: [0, 1, 2, 3, 4], except: [0, 1, 2, 3, 6] };
  assert.deepEqual([seedsOf(others, seeds()), seedsOf(others, seeds(2))], [[4], []]);
  assert.deepEqual(seedsOf({ list: [0, 1, 2], except: { only: 0 } }, seeds(2)), [1]);
  const beyond = { beyond: [7, 8] };
  assert.deepEqual([undefined, 1, 5].map((count) => seedsOf(beyond, seeds(count))), [[], [7], [7, 8]]);
});

Deno.test("Study.where() keeps the variants that fit, in every use", () => {
  const fair = COINS.where((variant) => variant.fair);
  assert.deepEqual(fair.variants(PLAN).map(({ name }) => name), ["fair"]);
  assert.deepEqual(fair.jobs(PLAN), COINS.jobs(PLAN, ["fair"]));
  const results = finishedOf(COINS.jobs(PLAN));
  assert.deepEqual(fair.groups(results), COINS.groups(results, ["fair"]));
  assert.deepEqual(COINS.where(() => false).finished(results), []);
  assert.throws(() => COINS.where(() => false).groups(results), { name: "NoResults" });
});

Deno.test("comparison() asks for a job once, though both sides need it", () => {
  const claim = comparison("more-heads", {
    location: "nowhere",
    statement: "A coin shows more heads than half of its heads.",
    safeguards: "An identity.",
    measured: "Heads",
    first: COINS.sample("fair", ({ heads }) => heads),
    second: COINS.sample("fair", ({ heads }) => heads / 2),
    rule: higher(),
  });
  assert.deepEqual(claim.jobs(PLAN), COINS.jobs(PLAN, ["fair"]));
});

Deno.test("a variant's first seed may have a configuration of its own, and stays the variant's", () => {
  const kept = study(
    coin,
    everyProfile({ fair: { config: { bias: 0.5 }, firstSeed: { bias: 0.6 }, seeds: [4, 5] } }),
  );
  const jobs = kept.jobs(PLAN);
  assert.deepEqual(jobs.map(({ seed, config }) => [seed, config.bias]), [[4, 0.6], [5, 0.5]]);
  const [group] = kept.groups(finishedOf(jobs));
  assert.deepEqual(group.runs.map(({ seed, config }) => [seed, config]), [[4, { bias: 0.6 }], [5, {
    bias: 0.5,
  }]]);
  assert.deepEqual([group.config, "firstSeed" in group], [{ bias: 0.5 }, false]);
});

Deno.test("study() gives the seeds that are asked for, 0 and up, or the profile's", () => {
  const seedsAt = (seeds?: number) =>
    COINS.jobs({ ...PLAN, ...(seeds && { seeds }) }).map(({ seed }) => seed);
  assert.deepEqual(seedsAt(), [0, 1, 2, 0, 1]);
  assert.deepEqual(seedsAt(1), [0, 0]);
  assert.deepEqual(seedsAt(4), [0, 1, 2, 3, 0, 1, 2, 3]);
});

Deno.test("labels and fields of a variant are no part of its jobs", () => {
  const renamed = study(
    coin,
    everyProfile({
      a: { label: "another name", config: { bias: 0.5 }, seeds: 3 },
      b: { config: { bias: 0.6 }, seeds: 2 },
    }),
  );
  assert.deepEqual(renamed.jobs(PLAN).map(jobId), COINS.jobs(PLAN).map(jobId));
  assert.deepEqual(Object.keys(renamed.jobs(PLAN)[0]), ["experiment", "config", "seed"]);
});

Deno.test("groups come in declared order with ascending seeds, whatever the order of names and results", () => {
  const jobs = COINS.jobs(PLAN).toReversed();
  const groups = COINS.groups(finishedOf(jobs), ["bent", "fair"]);
  assert.deepEqual(groups.map(({ name, label, fair }) => [name, label, fair]), [
    ["fair", "fair coin", true],
    ["bent", "bent coin", false],
  ]);
  assert.deepEqual(groups.map(({ runs }) => runs.map(({ seed }) => seed)), [[0, 1, 2], [0, 1]]);
});

Deno.test("a variant without runs is left out; asked for by itself, it is an error that names it", () => {
  const results = finishedOf(COINS.jobs(PLAN, ["bent"]));
  assert.deepEqual(COINS.groups(results).map(({ name }) => name), ["bent"]);
  const missing = { name: "NoResults", message: "no result of “Coin”, fair coin" };
  assert.throws(() => COINS.group(results, "fair"), missing);
  assert.throws(() => COINS.result(results, "fair"), missing);
  assert.throws(() => COINS.groups(finishedOf([])), { name: "NoResults", message: "no result of “Coin”" });
  assert.deepEqual(COINS.result(results, "bent"), { heads: 0 });
});

Deno.test("Study.sample() has numbers by seed, without those that a run lacks", () => {
  const sample = COINS.sample("fair", ({ heads }) => heads === 1 ? null : 10 * heads);
  assert.equal(sample.label(PLAN), "fair coin");
  assert.deepEqual([...sample.values(finishedOf(COINS.jobs(PLAN)))], [[0, 0], [2, 20]]);
  assert.deepEqual([...sample.values(finishedOf([]))], []);
});

Deno.test("a profile may leave variants out", () => {
  const fair = { config: { bias: 0.5 }, seeds: 1 };
  type Coins = { readonly fair: Variant<{ bias: number }>; readonly bent?: Variant<{ bias: number }> };
  const small: Coins = { fair };
  const large: Coins = { fair, bent: { ...fair, config: { bias: 0.6 } } };
  const coins = study(coin, { smoke: small, laptop: large, paper: large });
  const names = (profile: "smoke" | "laptop") => coins.variants({ profile }).map(({ name }) => name);
  assert.deepEqual([names("smoke"), names("laptop")], [["fair"], ["fair", "bent"]]);
  assert.deepEqual(coins.jobs(PLAN, ["bent"]), []);
});
