import assert from "node:assert/strict";
import { collectJobs, jobId, type Plan } from "../../../lib/harness/mod.ts";
import paper from "../../../reproductions/2305.18593/mod.ts";
import { classicalJobs } from "../../../reproductions/2305.18593/jobs.ts";
import { reported } from "../../../reproductions/2305.18593/reported.ts";
import { reportedName } from "../../../reproductions/2305.18593/plan.ts";

const all = (plan: Plan) => collectJobs(paper, plan, { artefacts: paper.artefacts, claims: paper.claims });

Deno.test("jobs are distinct and belong to known experiments in every profile", () => {
  for (const profile of ["smoke", "laptop", "paper"] as const) {
    const jobs = all({ profile });
    assert.equal(new Set(jobs.map(jobId)).size, jobs.length);
    assert.ok(jobs.length > 0);
  }
});

Deno.test("classicalJobs() covers the 31 sets, and their names are rows of the reported tables", () => {
  const jobs = classicalJobs({ profile: "laptop" });
  const names = new Set(jobs.map(({ config }) => reportedName(config.dataSet)));
  assert.equal(names.size, 31);
  for (const dataSet of names) assert.ok(reported("semi", "auroc", { dataSet, method: "KNN" }), dataSet);
});

Deno.test("classicalJobs() runs methods without randomness once where the split is the same for all seeds", () => {
  const jobs = classicalJobs({ profile: "laptop" }).filter(({ config }) => config.setting === "semi");
  const knn = (set: string) =>
    jobs.filter(({ config }) => config.dataSet === `adbench/${set}` && config.methods.includes("KNN")).length;
  assert.equal(knn("6_cardio"), 1);
  assert.equal(knn("14_glass"), 5);
});

Deno.test("a plan's number of seeds bounds the seeds of every experiment", () => {
  const seeds = (count: number) =>
    new Set(classicalJobs({ profile: "laptop", seeds: count }).map(({ seed }) => seed));
  assert.deepEqual([...seeds(1)], [0]);
  assert.ok(all({ profile: "laptop", seeds: 1 }).length < all({ profile: "laptop" }).length);
});
