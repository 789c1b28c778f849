import assert from "node:assert/strict";
import {
  collectJobs,
  everyProfile,
  type Experiment,
  jobId,
  jobLabel,
  jobLabels,
  labeller,
  listPapers,
  loadPaper,
  places,
  PROFILES,
  select,
  study,
} from "../../../../lib/harness/mod.ts";
import paper from "../_fake_paper/0000.00000/mod.ts";

interface Coin {
  readonly [key: string]: { readonly bias: number; readonly metal: string } | string;
  readonly coin: { readonly bias: number; readonly metal: string };
  readonly table: string;
}

const toss: Experiment<Coin, { heads: number }> = {
  id: "toss",
  title: "Coin",
  module: import.meta.url,
  usesExecutor: false,
  run: () => Promise.resolve({ heads: 1 }),
};
const PLAN = { profile: "smoke", seeds: 2 } as const;
const config = (bias: number, table: string): Coin => ({ coin: { bias, metal: "gold" }, table });

Deno.test("jobLabel() names experiment, variant and seed", () => {
  const coins = study(
    toss,
    everyProfile({
      fair: { label: "fair coin", config: config(0.5, "round"), seeds: 2 },
      bent: { config: config(0.6, "round"), seeds: { only: 7 } },
    }),
  );
  assert.deepEqual(coins.jobs(PLAN).map(jobLabel), [
    "toss: fair coin, seed 0",
    "toss: fair coin, seed 1",
    "toss: bent, seed 7",
  ]);
});

Deno.test("a job's name is neither in its id nor in what is written of it", () => {
  const named = (label: string) =>
    study(toss, everyProfile({ fair: { label, config: config(0.5, "round"), seeds: 1 } })).jobs(PLAN)[0];
  assert.equal(jobId(named("one")), jobId(named("other")));
  assert.equal(JSON.stringify(named("one")), JSON.stringify(named("other")));
  assert.deepEqual(Reflect.ownKeys(named("one")), ["experiment", "config", "seed"]);
});

Deno.test("jobLabel() names experiment, configuration and seed", () => {
  const config = { set: "cardio", methods: ["KNN", "LOF", "a long name of a method"] };
  assert.equal(
    jobLabel({ experiment: "fit", config, seed: 3 }),
    'fit set=cardio methods=["KNN","LOF","a long na…, seed 3',
  );
  assert.equal(jobLabel({ experiment: "fit", config: null, seed: 0 }), "fit, seed 0");
});

Deno.test("jobLabels() tells jobs of one name apart by what differs in their configuration", () => {
  const variant = (bias: number, table: string) => ({
    label: "coin",
    config: config(bias, table),
    seeds: { only: 0 },
  });
  const coins = study(
    toss,
    everyProfile({
      a: variant(0.5, "round"),
      b: variant(0.6, "round"),
      c: variant(0.6, "square"),
      d: { ...variant(0.7, "square"), label: "another" },
    }),
  );
  assert.deepEqual([...jobLabels(coins.jobs(PLAN)).values()], [
    "toss: coin coin.bias=0.5, seed 0",
    "toss: coin coin.bias=0.6 table=round, seed 0",
    "toss: coin coin.bias=0.6 table=square, seed 0",
    "toss: another, seed 0",
  ]);
});

Deno.test("labeller() knows the jobs of a paper that were read from a file", () => {
  const label = labeller(paper, PLAN);
  for (const job of collectJobs(paper, PLAN, select(paper))) {
    assert.equal(label(JSON.parse(JSON.stringify(job))), jobLabel(job));
  }
  assert.equal(label({ experiment: "old", config: { bias: 1 }, seed: 3 }), "old bias=1, seed 3");
});

Deno.test("no job of a paper is called by raw JSON or as another is", async () => {
  for (const id of await listPapers(places())) {
    const paper = await loadPaper(id, places());
    for (const profile of PROFILES) {
      const jobs = collectJobs(paper, { profile }, select(paper));
      const labels = jobLabels(jobs);
      assert.equal(new Set(labels.values()).size, jobs.length, `${id}, ${profile}`);
      for (const label of labels.values()) {
        assert.doesNotMatch(label, /[{}"]/, `${id}, ${profile}`);
        assert.ok(label.length <= 130, `${id}, ${profile}: ${label}`);
      }
    }
  }
});
