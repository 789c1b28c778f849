import assert from "node:assert/strict";
import { findDataSet } from "../../../lib/data/mod.ts";
import { collectJobs, jobId, type Plan } from "../../../lib/harness/mod.ts";
import { matchedHidden } from "../../../lib/methods/multichannel_egnn/mod.ts";
import paper from "../../../reproductions/2309.03139/mod.ts";
import { scaleOf } from "../../../reproductions/2309.03139/plan.ts";

const PROFILES = ["smoke", "laptop", "paper"] as const;
const all = (plan: Plan) => collectJobs(paper, plan, { artefacts: paper.artefacts, claims: paper.claims });

Deno.test("jobs are distinct, and their data is in the catalogue, in every profile", () => {
  for (const profile of PROFILES) {
    const jobs = all({ profile });
    assert.equal(new Set(jobs.map(jobId)).size, jobs.length);
    for (const job of jobs) {
      const experiment = paper.experiments.find(({ id }) => id === job.experiment)!;
      for (const name of experiment.data?.(job.config) ?? []) {
        const { generate, standIn } = findDataSet(name);
        if (profile === "smoke") assert.ok(generate ?? standIn, `${name} needs no file`);
      }
    }
  }
});

Deno.test("means are over as many seeds as the issue asks for: two at least, three in paper", () => {
  for (const [profile, least] of [["laptop", 2], ["paper", 3]] as const) {
    const { nbody, solar, molecules } = scaleOf({ profile });
    const seeds = [...nbody.models.map(({ seeds }) => seeds), solar.seeds, molecules.seeds];
    assert.ok(Math.min(...seeds) >= least, `${profile}: ${seeds}`);
  }
});

Deno.test("the wider EGNN of the controls is the smallest with as many parameters as K = 3", () => {
  for (const profile of ["laptop", "paper"] as const) {
    const { models, training: { hidden, layers } } = scaleOf({ profile }).nbody;
    const wide = models.flatMap(({ model }) => model.kind === "EGNN" && model.hidden ? [model.hidden] : []);
    assert.deepEqual(wide, [matchedHidden({ channels: 3, hidden, layers })]);
  }
});

Deno.test("a plan's number of seeds replaces that of every network", () => {
  const jobs = all({ profile: "laptop", seeds: 1 });
  assert.deepEqual([...new Set(jobs.map(({ seed }) => seed))], [0]);
  assert.ok(jobs.length < all({ profile: "laptop" }).length);
});
