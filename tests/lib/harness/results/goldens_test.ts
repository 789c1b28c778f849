import assert from "node:assert/strict";
import { evaluate } from "../../../../lib/harness/results/evaluate.ts";
import {
  compareGolden,
  compareJson,
  describeDifference,
  evaluateGolden,
  type Golden,
  goldenPath,
  goldenRecords,
  goldenResults,
  makeGolden,
  readGolden,
  toleranceFor,
  writeGolden,
} from "../../../../lib/harness/results/goldens.ts";
import { collectJobs, isTimed, jobId, select } from "../../../../lib/harness/paper/jobs.ts";
import type { RunProvenance } from "../../../../lib/harness/results/provenance.ts";
import type { JobRecord, Json } from "../../../../lib/harness/paper/types.ts";
import { square } from "../_fake_paper/0000.00000/experiments.ts";
import paper from "../_fake_paper/0000.00000/mod.ts";
import { withFolder } from "../_helpers.ts";

const plan = { profile: "laptop" } as const;
const provenance: RunProvenance = {
  code: { commit: "abc", dirty: false },
  machine: { os: "linux", arch: "x86_64", cpu: "cpu", cores: 2, memoryGiB: 4 },
  versions: { deno: "2.9.6" },
  data: [],
  started: "2026-01-01T00:00:00.000Z",
  finished: "2026-01-01T00:01:00.000Z",
  seconds: 60,
  arguments: [],
};

/** Results as the fake paper's experiments would give them. */
function records(change: (experiment: string, result: Json) => Json = (_, result) => result) {
  const results: Record<string, (config: { x?: number; part?: number }, seed: number) => Json> = {
    square: ({ x = 0 }, seed) => x ** 2 + seed,
    slow: ({ part = 0 }) => ({ part }),
    clock: () => ({ seconds: 0.25 }),
  };
  return new Map(
    collectJobs(paper, plan, select(paper)).map((job): [string, JobRecord] => {
      const result = change(
        job.experiment,
        results[job.experiment](job.config as Record<string, number> ?? {}, job.seed),
      );
      return [jobId(job), { job, result, seconds: 1, sources: {} }];
    }),
  );
}

async function golden(): Promise<Golden> {
  return await makeGolden(await evaluate(paper, plan, records(), { executor: "native", provenance }), 0.01);
}

Deno.test("compareJson() finds every difference, with its path", () => {
  const old = { a: [1, 2, 3], b: { c: "x", gone: null }, d: true };
  const now = { a: [1, 2.5, 3], b: { c: "y" }, d: null, e: 1 };
  assert.deepEqual(compareJson(old, now, "result", 0), [
    { path: "result.a[1]", old: 2, new: 2.5, relative: 0.25 },
    { path: "result.b.c", old: "x", new: "y" },
    { path: "result.b.gone", old: null, new: undefined },
    { path: "result.d", old: true, new: null },
    { path: "result.e", old: undefined, new: 1 },
  ]);
  assert.deepEqual(compareJson(old, structuredClone(old), "result", 0), []);
  assert.deepEqual(compareJson([1], [1, 2], "r", 1), [{ path: "r", old: [1], new: [1, 2] }]);
});

Deno.test("compareJson() accepts numbers within the tolerance, and not beyond", () => {
  const cases: [number, number, number, boolean][] = [
    [100, 100.9, 0.01, true],
    [100, 101.1, 0.01, false],
    [-100, 100, 0.01, false],
    [0.3, 0.1 + 0.2, 0, false],
    [0, 0.9e-4, 0.01, true],
    [0, 1.1e-4, 0.01, false],
    [1e-5, 2e-5, 0.01, true],
    [0.02, 0.021, 0.01, false],
  ];
  for (const [old, now, tolerance, accepted] of cases) {
    assert.equal(compareJson(old, now, "x", tolerance).length === 0, accepted, `${old} ${now} ${tolerance}`);
  }
});

Deno.test("describeDifference() shows old, new and relative difference", () => {
  const [difference] = compareJson({ auroc: 90 }, { auroc: 91.8 }, "fit, seed 0: result", 0);
  assert.equal(describeDifference(difference), "fit, seed 0: result.auroc: 90 → 91.8 (relative 2.0e-2)");
  assert.equal(describeDifference({ path: "x", old: undefined, new: "y" }), 'x: nothing → "y"');
});

Deno.test("compareGolden() finds nothing in equal results, whatever the clock says", async () => {
  const slower = records((experiment, result) => experiment === "clock" ? { seconds: 2 } : result);
  assert.deepEqual(await compareGolden(paper, await golden(), slower, 0), []);
  // The claim on it has turned; that is no difference either.
  assert.equal(isTimed(paper, plan, paper.claims[1]), true);
});

Deno.test("compareGolden() finds changed, missing and new results, and turned claims", async () => {
  const before = await golden();
  const paths = async (now: ReadonlyMap<string, JobRecord>, tolerance = 0) =>
    (await compareGolden(paper, before, now, tolerance)).map(({ path }) => path);

  const turned = records((experiment, result) => experiment === "square" ? -(result as number) : result);
  assert.deepEqual((await paths(turned)).slice(-2), [
    "square: x = 3, seed 1: result",
    "claim growth: status",
  ]);

  const changed = records((_, result) => result === 10 ? 10.05 : result);
  assert.deepEqual(await paths(changed), ["square: x = 3, seed 1: result", "claim growth: numbers.last"]);
  assert.deepEqual(await paths(changed, 0.01), []);

  const missing = records();
  const [first] = missing.keys();
  missing.delete(first);
  assert.equal((await paths(missing, 0.01))[0], "square: x = 1, seed 0: result");
  const more = records();
  const job = { experiment: "square", config: { x: 9 }, seed: 0 };
  more.set(jobId(job), { job, result: 81, seconds: 1, sources: {} });
  assert.deepEqual(await paths(more, 0.01), ["square x=9, seed 0: result"]);
});

Deno.test("compareGolden() finds a figure that is made differently from the same results", async () => {
  const before = await golden();
  const [figure, table] = paper.artefacts;
  const redrawn = { ...figure, render: () => ({ ...figure.render(goldenResults(before)), alt: "redrawn" }) };
  const differences = await compareGolden({ ...paper, artefacts: [redrawn, table] }, before, records(), 0);
  assert.deepEqual(differences.map(({ path }) => path), [
    "figure-1: digest of what is made from the golden's results",
  ]);
});

Deno.test("toleranceFor() is zero only from wasm to wasm", async () => {
  const native = await golden();
  const wasm: Golden = { ...native, executor: "wasm" };
  assert.deepEqual(
    [toleranceFor(wasm, "wasm"), toleranceFor(wasm, "native"), toleranceFor(native, "wasm")],
    [0, 0.01, 0.01],
  );
});

Deno.test("readGolden() gives back what writeGolden() wrote, one line per job", () =>
  withFolder(async (fixtures) => {
    const places = { papers: "", fixtures, out: "" };
    assert.equal(await readGolden(places, paper.id, "laptop"), null);
    const before = await golden();
    await writeGolden(places, before);
    assert.deepEqual(await readGolden(places, paper.id, "laptop"), before);
    const text = await Deno.readTextFile(goldenPath(places, paper.id, "laptop"));
    assert.equal(text.split("\n").filter((line) => line.startsWith('{"job"')).length, before.jobs.length);
    await Deno.writeTextFile(goldenPath(places, paper.id, "laptop"), text.slice(0, 500));
    await assert.rejects(readGolden(places, paper.id, "laptop"), /^HarnessError: Cannot read .*laptop\.json/);
  }));

Deno.test("evaluateGolden() makes figures, tables and claims without running anything", async () => {
  const before = await golden();
  const evaluation = await evaluateGolden(paper, before);
  assert.equal(evaluation.artefact("Figure 1").kind, "figure");
  assert.deepEqual(evaluation.claims.map(({ verdict }) => verdict.status), ["supported", "supported"]);
  assert.equal(evaluation.results.of(square).length, goldenRecords(before).size - 7);
  assert.throws(() => evaluation.artefact("Figure 2"), /Did you mean "Figure 1"/);
});
