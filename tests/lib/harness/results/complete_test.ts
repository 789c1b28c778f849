import assert from "node:assert/strict";
import { collectJobs, jobId, select } from "../../../../lib/harness/paper/jobs.ts";
import { PROJECT } from "../../../../lib/harness/paper/places.ts";
import type { JobRecord, Plan } from "../../../../lib/harness/paper/types.ts";
import { completeGolden } from "../../../../lib/harness/results/complete.ts";
import { evaluate } from "../../../../lib/harness/results/evaluate.ts";
import { evaluateGolden, makeGolden } from "../../../../lib/harness/results/goldens.ts";
import { silentProgress } from "../../../../lib/harness/run/progress.ts";
import { withFolder } from "../_helpers.ts";
import { PROVENANCE } from "./_origin.ts";
import paper from "./_undecided/0000.00003/mod.ts";

const plan: Plan = { profile: "laptop" };
const jobs = collectJobs(paper, plan, select(paper)).filter(({ experiment }) => experiment === "noisy");
const claims = paper.claims.filter(({ id }) => id === "clear" || id === "equal");
const noisy = { ...paper, artefacts: [], claims };
const wanted = collectJobs(noisy, plan, select(noisy));

/** Results that no run gives, so that a kept one is known. */
const stored = (job: JobRecord["job"]): JobRecord => ({
  job,
  result: 1000 + job.seed,
  seconds: 1,
  sources: {},
});

Deno.test("completeGolden() runs only what a golden lacks, keeps what it has, and drops what is no more wanted", () =>
  withFolder(async (folder) => {
    const places = {
      papers: `${PROJECT}tests/lib/harness/results/_undecided`,
      fixtures: `${folder}/fixtures`,
      out: `${folder}/out`,
    };
    const kept = wanted.slice(0, 4), missing = wanted.slice(4);
    assert.ok(missing.length > 1);
    const extra = jobs.find((job) => !wanted.some((other) => jobId(other) === jobId(job)))!;
    assert.ok(extra);
    const records = new Map(kept.map((job) => [jobId(job), stored(job)]));
    // What ran them, and the experiment that is missing does not load.
    const provenance = { ...PROVENANCE, versions: { ...PROVENANCE.versions, engine: "1.0" } };
    const evaluation = await evaluate(noisy, plan, records, { executor: "native", provenance });
    const made = await makeGolden(evaluation, 0.01);
    const old = { ...made, jobs: [...made.jobs, stored(extra)] };
    const golden = await completeGolden(noisy, old, {
      places,
      workers: 1,
      progress: silentProgress,
      signal: new AbortController().signal,
      arguments: ["bless", "--missing"],
    });
    assert.deepEqual(golden.jobs.map(({ job }) => jobId(job)), wanted.map(jobId));
    assert.deepEqual(golden.jobs.slice(0, 4), kept.map(stored));
    for (const { job, result } of golden.jobs.slice(4)) {
      assert.ok(Math.abs(Number(result)) < 100, jobId(job));
    }
    const { claims } = await evaluateGolden(noisy, golden);
    assert.deepEqual(golden.claims.map(({ status }) => status), claims.map(({ verdict }) => verdict.status));
    assert.equal(golden.provenance.started, PROVENANCE.started);
    assert.equal(golden.provenance.versions.engine, "1.0");
    assert.deepEqual(golden.provenance.arguments, ["bless", "--missing"]);
    assert.ok(golden.provenance.seconds > PROVENANCE.seconds);

    // Nothing is missing now.
    const again = await completeGolden(noisy, golden, {
      places,
      workers: 1,
      progress: silentProgress,
      signal: new AbortController().signal,
      arguments: [],
    });
    assert.deepEqual(again, golden);
  }));
