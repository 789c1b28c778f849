import assert from "node:assert/strict";
import { collectJobs, experimentOf, isReduced, jobId, select } from "../../../../lib/harness/paper/jobs.ts";
import type { Json, Plan } from "../../../../lib/harness/paper/types.ts";
import paper from "../_fake_paper/0000.00000/mod.ts";

const plan = { profile: "laptop", seeds: 2 } as const;

Deno.test("jobId() is the same for the same job, whatever the order of keys", () => {
  const job = (config: Record<string, number>, seed = 0) => jobId({ experiment: "fit", config, seed });
  assert.equal(job({ a: 1, b: 2 }), job({ b: 2, a: 1 }));
  assert.notEqual(job({ a: 1 }), job({ a: 2 }));
  assert.notEqual(job({ a: 1 }), job({ a: 1 }, 1));
});

Deno.test("select() finds artefacts and claims by id or location", () => {
  const ids = (only: string[]) => {
    const { artefacts, claims } = select(paper, only);
    return [...artefacts, ...claims].map(({ id }) => id);
  };
  assert.deepEqual(ids([]), ["figure-1", "table-1", "growth", "speed"]);
  assert.deepEqual(ids(["Figure 1"]), ["figure-1"]);
  assert.deepEqual(ids(["FIGURE-1", "growth"]), ["figure-1", "growth"]);
  assert.deepEqual(ids(["Section 2"]), ["speed"]);
});

Deno.test("select() suggests the nearest name", () => {
  const cases: [string, RegExp][] = [
    ["Figrue 1", /has no such figure, table or claim\. Did you mean "Figure 1"\?$/],
    ["grwth", /Did you mean "growth"\?$/],
    ["zzz", /Known: "Figure 1", "figure-1", "Table 1", "table-1", "growth", "speed"\.$/],
    // A location is not taken for another that merely begins alike.
    ["Figure 10", /Did you mean "Figure 1"\?$/],
  ];
  for (const [name, message] of cases) {
    assert.throws(() => select(paper, [name]), { name: "UsageError", message });
  }
});

Deno.test("collectJobs() lists each job once, in declared order", () => {
  const jobs = collectJobs(paper, plan, select(paper));
  assert.equal(new Set(jobs.map(jobId)).size, jobs.length);
  assert.deepEqual([...new Set(jobs.map(({ experiment }) => experiment))], ["square", "slow", "clock"]);
  assert.equal(jobs.filter(({ experiment }) => experiment === "square").length, 6);
  assert.deepEqual(collectJobs(paper, plan, select(paper, ["Figure 1", "growth"])), jobs.slice(0, 6));
});

Deno.test("experimentOf() throws for an experiment that the paper does not list", () => {
  const job = { experiment: "cube", config: null, seed: 0 };
  assert.throws(
    () => experimentOf(paper, job),
    /must be one of square, slow, mean, clock: current value is cube/,
  );
});

Deno.test("isReduced() tells settings and data sets from the paper's, whatever the number of seeds", () => {
  const claim = (own: readonly Json[]) => ({
    ...paper.claims[0],
    jobs: ({ profile }: Plan) =>
      (profile === "paper" ? ["long"] : own).flatMap((config) =>
        Array.from(
          { length: profile === "paper" ? 5 : 2 },
          (_, seed) => ({ experiment: "fit", config, seed }),
        )
      ),
  });
  const reduced = (...own: Json[]) => isReduced(claim(own), { profile: "laptop" });
  assert.deepEqual([reduced("long"), reduced("short"), reduced("long", "more")], [false, true, true]);
  assert.equal(isReduced(claim(["short"]), { profile: "paper" }), false);
});
