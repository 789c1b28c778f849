import assert from "node:assert/strict";
import { collectJobs, jobId, select } from "../../../../lib/harness/paper/jobs.ts";
import { PROJECT } from "../../../../lib/harness/paper/places.ts";
import type { JobRecord, Plan } from "../../../../lib/harness/paper/types.ts";
import { evaluateCommitted, writeDecided } from "../../../../lib/harness/results/decided.ts";
import { evaluate } from "../../../../lib/harness/results/evaluate.ts";
import { makeGolden, writeGolden } from "../../../../lib/harness/results/goldens.ts";
import { traceFigure } from "../../../../lib/harness/results/trace.ts";
import { withFolder } from "../_helpers.ts";
import { PROVENANCE } from "./_origin.ts";
import paper, { LEFT, NOISY } from "./_undecided/0000.00003/mod.ts";

const plan: Plan = { profile: "laptop" }, more: Plan = { profile: "laptop", seeds: 5 };
const record = (job: JobRecord["job"]): JobRecord => ({ job, result: job.seed, seconds: 1, sources: {} });

Deno.test("figures that say so show the seeds that `decide` has added, and can be traced to them", () =>
  withFolder(async (folder) => {
    const where = {
      papers: `${PROJECT}tests/lib/harness/results/_undecided`,
      fixtures: `${folder}/fixtures`,
      out: `${folder}/out`,
    };
    const records = new Map(collectJobs(paper, plan, select(paper)).map((job) => [jobId(job), record(job)]));
    const golden = await makeGolden(
      await evaluate(paper, plan, records, { executor: "native", provenance: PROVENANCE }),
      0.01,
    );
    await writeGolden(where, golden);
    const made = async () => (await evaluateCommitted(paper, golden, where)).artefacts;
    const [before, left] = await made();
    assert.deepEqual([before.seeds, before.beyond, left.seeds], [[0, 1, 2], undefined, []]);
    assert.equal(left.value!.kind, "table", "the profile has no jobs of it, and says so");
    assert.match(JSON.stringify(left.value), /Not in this profile.*--only figure-2/);

    const jobs = [...NOISY.jobs(more), ...LEFT.jobs(more)].filter((job) => !records.has(jobId(job)));
    const [{ id, status, numbers, because }] = golden.claims;
    const claims = [{ id, plan: more, status, numbers, because }];
    await writeDecided(where, { ...golden, jobs: jobs.map(record), claims, artefacts: [] });
    const [larger, found] = await made();
    assert.deepEqual([larger.seeds, larger.beyond, found.seeds], [[0, 1, 2, 3, 4], more, [0, 1, 2]]);
    assert.deepEqual([larger.value!.kind, found.value!.kind], ["figure", "figure"]);

    const path = `${folder}/figure-2.vl.json`;
    assert.ok(found.stamped?.kind === "figure");
    await Deno.writeTextFile(path, JSON.stringify(found.stamped.spec));
    const { source, command, searched } = await traceFigure(path, where);
    assert.equal(source?.path, searched.at(-1));
    assert.deepEqual(source?.records.map(({ job }) => jobId(job)), LEFT.jobs(more).map(jobId));
    assert.match(command, /--profile laptop --only "figure-2" --seeds 5/);
  }));
