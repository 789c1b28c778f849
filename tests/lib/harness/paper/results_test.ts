import assert from "node:assert/strict";
import { jobId } from "../../../../lib/harness/paper/jobs.ts";
import { resultsFor, resultsOf } from "../../../../lib/harness/paper/results.ts";
import type { DataSource } from "../../../../lib/data/mod.ts";
import type { JobRecord } from "../../../../lib/harness/paper/types.ts";
import { square } from "../_fake_paper/0000.00000/experiments.ts";
import paper from "../_fake_paper/0000.00000/mod.ts";

function record(x: number, seed: number, sources: Record<string, DataSource> = {}): JobRecord {
  return { job: { experiment: "square", config: { x }, seed }, result: x * x + seed, seconds: 1, sources };
}

Deno.test("resultsOf() gives finished jobs in declared order", () => {
  const records = [record(3, 0), record(1, 0, { b: "stand-in", a: "stand-in", c: "file" })];
  const map = new Map(records.map((record) => [jobId(record.job), record]));
  const jobs = [1, 2, 3].map((x) => ({ experiment: "square", config: { x }, seed: 0 }));
  const results = resultsOf({ profile: "smoke" }, jobs, map);
  assert.deepEqual(results.of(square).map(({ result }) => result), [1, 9]);
  assert.deepEqual(results.of({ ...square, id: "cube" }), []);
  assert.deepEqual(results.standIns, ["a", "b"]);
});

Deno.test("resultsFor() holds only the jobs that the artefact declares", () => {
  const records = [record(1, 0), record(1, 1), record(7, 0, { a: "stand-in" })];
  const map = new Map(records.map((record) => [jobId(record.job), record]));
  const results = resultsFor(paper.artefacts[0], { profile: "smoke", seeds: 1 }, map);
  assert.deepEqual(results.of(square).map(({ result }) => result), [1]);
  assert.deepEqual(results.standIns, []);
});
