import assert from "node:assert/strict";
import { collectJobs, jobId, type Plan, PROFILES } from "../../../lib/harness/mod.ts";
import { generatorsOf, symmetryFactor } from "../../../lib/methods/lie_symmetry/mod.ts";
import { problemOf } from "../../../reproductions/2311.04293/experiments/_problem.ts";
import { ablationJobs, sweepJobs } from "../../../reproductions/2311.04293/jobs.ts";
import paper from "../../../reproductions/2311.04293/mod.ts";
import { ACTIVE_GENERATORS, EQUATIONS, scaleOf, SEEDS } from "../../../reproductions/2311.04293/plan.ts";

const all = (plan: Plan) => collectJobs(paper, plan, { artefacts: paper.artefacts, claims: paper.claims });

Deno.test("jobs are distinct in every profile, and their steps divide by their checkpoints", () => {
  for (const profile of PROFILES) {
    const jobs = all({ profile });
    assert.equal(new Set(jobs.map(jobId)).size, jobs.length);
    const { training: { steps, checkpoints } } = scaleOf({ profile });
    assert.ok(Number.isInteger(steps / checkpoints), profile);
  }
});

Deno.test("the laptop profile has the sizes of its description, and at least three seeds of everything trained", () => {
  const jobs = all({ profile: "laptop" }).filter(({ experiment }) => experiment === "training");
  const byConfig = Map.groupBy(jobs, ({ config }) => JSON.stringify({ ...config as object, map: undefined }));
  for (const [config, list] of byConfig) assert.ok(list.length >= 3, config);
  const cost = jobs.reduce((sum, { config }) => sum + paper.experiments[2].cost!(config), 0);
  assert.ok(cost > 300 && cost < 1020, `${cost} s on one core`); // 2 cores, 10 minutes, 15 % to spare
});

Deno.test("a plan's number of seeds bounds the seeds of every experiment", () => {
  assert.deepEqual([...new Set(all({ profile: "laptop", seeds: 1 }).map(({ seed }) => seed))], [0]);
  assert.equal(sweepJobs({ profile: "laptop", seeds: 9 }, "heat", "least").length, 2 * SEEDS.length);
});

Deno.test("generators that are never left out have no term in the point form", () => {
  for (const name of EQUATIONS) {
    const { equation } = problemOf(name);
    const active = generatorsOf(equation).filter((field) => symmetryFactor(equation, field).size > 0);
    assert.deepEqual(active.map((field) => field.name), ACTIVE_GENERATORS[name]);
    for (const { config } of ablationJobs({ profile: "laptop" }, name)) {
      assert.equal(config.generators!.length, equation.generators.length - 1);
    }
  }
});
