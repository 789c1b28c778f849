import assert from "node:assert/strict";
import { collectJobs, jobId, type Plan } from "../../../lib/harness/mod.ts";
import paper from "../../../reproductions/2311.03096/mod.ts";
import { torusJobs } from "../../../reproductions/2311.03096/jobs.ts";
import { NAMES, scaleOf } from "../../../reproductions/2311.03096/plan.ts";

const all = (plan: Plan) => collectJobs(paper, plan, { artefacts: paper.artefacts, claims: paper.claims });

Deno.test("jobs are distinct and belong to known experiments in every profile", () => {
  for (const profile of ["smoke", "laptop", "paper"] as const) {
    const jobs = all({ profile });
    assert.equal(new Set(jobs.map(jobId)).size, jobs.length);
    assert.ok(jobs.length > 0);
  }
});

Deno.test("smoke uses no published file, and laptop has at least 3 seeds of every network", () => {
  assert.equal(paper.profiles.smoke.data, "stand-in");
  const { torus, cifar } = scaleOf({ profile: "laptop" });
  for (const { name, seeds } of [...torus, ...cifar]) assert.ok(seeds >= 3, name);
});

Deno.test("the paper profile has the released scripts' settings", () => {
  const { torus, cifar } = scaleOf({ profile: "paper" });
  const { config } = torus.find(({ name }) => name === NAMES.shared)!;
  const { epochs, batchSize, learningRate, dropout, channels, fraction, regulariser } = config;
  assert.deepEqual([epochs, batchSize, learningRate, dropout, fraction], [200, 512, 0.1, 0.4, 0.6]);
  assert.deepEqual([channels, regulariser], [[32, 64], { sharing: [1e-3, 1e-4] }]);
  const photographs = cifar.find(({ name }) => name.includes("ρ"))!.config;
  assert.deepEqual([photographs.epochs, photographs.channels, photographs.pooling], [400, 64, 1]);
  assert.deepEqual(photographs.regulariser, { sharing: [1e-3], l1: 1e-4, rho: 0.98 });
});

Deno.test("a plan's number of seeds replaces that of every network", () => {
  assert.deepEqual([...new Set(torusJobs({ profile: "laptop", seeds: 2 }).map(({ seed }) => seed))], [0, 1]);
});
