import assert from "node:assert/strict";
import { outcomeJobs, outcomes } from "../../../reproductions/2305.18593/outcomes.ts";
import { reported } from "../../../reproductions/2305.18593/reported.ts";
import { CLASSICAL, NETWORKS } from "../../../reproductions/2305.18593/studies.ts";
import { allRecords, resultsFrom } from "@refigure/refigure/testing";

const LAPTOP = { profile: "laptop" } as const;
const rowsOf = (plan: Parameters<typeof CLASSICAL.variants>[0]) =>
  new Set(CLASSICAL.variants(plan).map(({ set }) => set.reportedName));

Deno.test("training-free methods run on 31 sets, in full on 43, whose names are rows of the reported tables", () => {
  const [medium, all] = [rowsOf(LAPTOP), rowsOf({ profile: "paper" })];
  assert.deepEqual([medium.size, all.size], [31, 43]);
  for (const dataSet of all) {
    assert.ok(reported({ setting: "semi", dataSet, method: "KNN" }, "auroc"), dataSet);
  }
  assert.ok(!medium.has("internetads") && !medium.has("shuttle") && all.has("internetads"));
});

Deno.test("methods without randomness run once where the split is the same for all seeds", () => {
  const seeds = (name: string, method: "KNN" | "MCD") =>
    CLASSICAL.where(({ set, config }) =>
      set.reportedName === name && config.setting === "semi" && config.methods.includes(method)
    ).jobs(LAPTOP).map(({ seed }) => seed);
  assert.deepEqual(seeds("cardio", "KNN"), [0]);
  assert.deepEqual(seeds("cardio", "MCD"), [0, 1, 2, 3, 6]);
  assert.deepEqual(seeds("glass", "KNN"), [0, 1, 2, 3, 6]);
});

Deno.test("--seeds bounds the seeds of training-free methods", () => {
  const seeds = (count: number) =>
    new Set(CLASSICAL.jobs({ ...LAPTOP, seeds: count }).map(({ seed }) => seed));
  assert.deepEqual([...seeds(1)], [0]);
  assert.deepEqual([...seeds(2)], [0, 1]);
});

Deno.test("outcomes() takes the seeds that the reported columns were made with", () => {
  const classical = allRecords(
    CLASSICAL,
    ({ config }, seed) =>
      Object.fromEntries(config.methods.map((method) => [method, { auroc: seed, aupr: 0, f1: 0 }])),
  );
  const seeds = (setting: "semi" | "unsup", method: string) =>
    outcomes(resultsFrom(classical), { setting, methods: [method] })
      .find(({ dataSet }) => dataSet === "glass")!.scores.map(({ auroc }) => auroc);
  assert.deepEqual(seeds("semi", "KNN"), [0, 1, 2, 3, 6]);
  assert.deepEqual(seeds("unsup", "LOF"), [0, 1, 2, 3, 6]);
  assert.deepEqual(seeds("unsup", "KNN"), [0, 1, 2, 3, 4]);
});

Deno.test("outcomeJobs() asks for one setting and the methods wanted", () => {
  const jobs = outcomeJobs(LAPTOP, { setting: "unsup", methods: ["DTE-C"] });
  assert.equal(jobs.length, 10);
  assert.deepEqual(
    jobs,
    NETWORKS.where(({ config }) => config.setting === "unsup" && config.method === "DTE-C").jobs(LAPTOP),
  );
});
