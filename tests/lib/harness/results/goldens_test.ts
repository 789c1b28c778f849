import assert from "node:assert/strict";
import { readDecided } from "../../../../lib/harness/results/decided.ts";
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
  goldenText,
  makeGolden,
  parseGolden,
  readGolden,
  toleranceFor,
  writeGolden,
} from "../../../../lib/harness/results/goldens.ts";
import { collectJobs, isTimed, jobId, select } from "../../../../lib/harness/paper/jobs.ts";
import type { RunProvenance } from "../../../../lib/harness/results/provenance.ts";
import type { JobRecord, Json } from "../../../../lib/harness/paper/types.ts";
import { square } from "../_fake_paper/0000.00000/experiments.ts";
import paper from "../_fake_paper/0000.00000/mod.ts";
import { HarnessError } from "../../../../lib/harness/paper/errors.ts";
import { listPapers } from "../../../../lib/harness/paper/papers.ts";
import { places } from "../../../../lib/harness/paper/places.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { refigure, withFolder } from "../_helpers.ts";

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

Deno.test("artefact() takes an id before a location that begins alike", async () => {
  const [own] = paper.artefacts;
  assert.equal(own.id, "figure-1");
  const other = { ...own, id: "figure-other", location: "Figure 1 (something else)" };
  const evaluation = await evaluateGolden({ ...paper, artefacts: [other, own] }, await golden());
  const made = (id: string) => evaluation.artefacts.find(({ artefact }) => artefact.id === id)?.stamped;
  assert.equal(evaluation.artefact("figure-1"), made("figure-1"));
  assert.equal(evaluation.artefact("Figure 1"), made("figure-other"));
});

Deno.test("a claim on measured times has a verdict in every profile but smoke", async () => {
  const statuses = async (profile: "smoke" | "laptop") =>
    (await evaluateGolden(paper, { ...await golden(), plan: { profile } })).claims
      .filter(({ claim }) => isTimed(paper, plan, claim))
      .map(({ verdict }) => verdict.status);
  assert.deepEqual(await statuses("laptop"), ["supported"]);
  assert.deepEqual(await statuses("smoke"), ["not attempted"]);
});

Deno.test("parseGolden() says which part of which file is not as it must be", async () => {
  const whole = JSON.parse(goldenText(await golden()));
  const cases: readonly (readonly [(golden: typeof whole) => unknown, string])[] = [
    [() => null, "it must be an object: current value is null"],
    [() => [], "it must be an object: current value is []"],
    [(golden) => ({ ...golden, format: 2 }), "format must be 1: current value is 2"],
    [(golden) => ({ ...golden, plan: null }), "plan must be an object: current value is null"],
    [(golden) => ({ ...golden, jobs: { length: 3 } }), 'jobs must be a list: current value is {"length":3}'],
    [(golden) => ({ ...golden, jobs: [null] }), "jobs[0] must be an object: current value is null"],
    [
      ({ jobs, ...rest }) => ({ ...rest, jobs: jobs.with(1, { ...jobs[1], seconds: "1" }) }),
      'jobs[1].seconds must be a number: current value is "1"',
    ],
    [(golden) => ({ ...golden, claims: [{}] }), "claims[0].id must be a text: current value is nothing"],
    [
      ({ provenance, ...rest }) => ({ ...rest, provenance: { ...provenance, machine: {} } }),
      "provenance.machine.os must be a text: current value is nothing",
    ],
  ];
  for (const [damage, problem] of cases) {
    assert.throws(() => parseGolden(JSON.stringify(damage(structuredClone(whole))), "a/b.json"), {
      name: "HarnessError",
      message:
        `Cannot read a/b.json as ${problem}. Get the file again (a committed one with \`git checkout\`)`,
    });
  }
});

/** Uniform numbers, one a call. */
function uniforms(seed: number): () => number {
  const source = stream(seed, "damage");
  return () => source.uniform(new Float64Array(1))[0];
}

/** A JSON value with one part replaced or removed, chosen by the stream. */
function mutate(value: Json, random: () => number): Json {
  const pick = (count: number) => Math.floor(random() * count);
  if (value !== null && typeof value === "object" && random() < 0.85) {
    const keys = Object.keys(value);
    if (keys.length > 0) {
      const key = keys[pick(keys.length)];
      const child = mutate((value as Record<string, Json>)[key], random);
      if (Array.isArray(value)) return value.with(Number(key), child);
      return { ...value as Record<string, Json>, [key]: child };
    }
  }
  return [null, "", "text", -1, 1e308, [], [null], {}, { length: 1 }, true][pick(10)] as Json;
}

Deno.test("readDecided() asks for the plan of each claim", () =>
  withFolder(async (folder) => {
    const whole = await golden(), where = { ...places(), fixtures: folder };
    await Deno.mkdir(`${folder}/${whole.paper}`);
    const path = `${folder}/${whole.paper}/decided.json`;
    const write = (plan: unknown) =>
      Deno.writeTextFile(
        path,
        JSON.stringify({ ...whole, claims: whole.claims.map((c) => ({ ...c, plan })) }),
      );
    await write({ profile: "laptop", seeds: 4 });
    assert.equal((await readDecided(where, whole.paper))?.claims[0].plan.seeds, 4);
    for (const plan of [undefined, null, { profile: "x" }, { profile: "laptop", seeds: "4" }]) {
      await write(plan);
      await assert.rejects(readDecided(where, whole.paper), {
        name: "HarnessError",
        message: /^Cannot read .*decided\.json as claims\[0\]\.plan.* must be .*: current value is/,
      });
    }
  }));

Deno.test("500 damaged goldens are each refused with the file's name, or read to the end", async () => {
  const whole = JSON.parse(goldenText(await golden())) as Json;
  let refused = 0;
  for (let seed = 0; seed < 500; seed++) {
    const text = JSON.stringify(mutate(whole, uniforms(seed)));
    let read: Golden;
    try {
      read = parseGolden(text, "a/b.json");
    } catch (error) {
      assert.ok(
        error instanceof HarnessError && error.message.includes("a/b.json"),
        `seed ${seed}: ${error}`,
      );
      refused++;
      continue;
    }
    // A job's own result may be anything: then its figures and claims say so.
    const evaluation = await evaluateGolden(paper, read);
    assert.equal(evaluation.claims.length, paper.claims.length);
    await compareGolden(paper, read, records(), 0);
  }
  assert.ok(refused > 250 && refused < 500, `${refused} were refused`);
});

Deno.test("every committed golden is read", async () => {
  for (const id of await listPapers(places())) {
    for (const profile of ["smoke", "laptop"] as const) await readGolden(places(), id, profile);
  }
});

Deno.test("list shows the papers though a golden is damaged, and names its file", () =>
  withFolder(async (folder) => {
    for (const text of ["null", "{}", "[", "", "[[[[", '{"format":1,"jobs":[null],"claims":[null]}']) {
      await Deno.mkdir(`${folder}/fixtures/0000.00000`, { recursive: true });
      await Deno.writeTextFile(`${folder}/fixtures/0000.00000/smoke.json`, text);
      const { code, stdout, stderr } = await refigure({ args: ["list"], folder });
      assert.equal(code, 1);
      assert.match(stdout, /0000\.00000 .* smoke \(damaged\) .*On squares\n0000\.00001/);
      assert.match(stderr, /^error: Cannot read .*\/fixtures\/0000\.00000\/smoke\.json as [^\n]*\n$/);
    }
  }));
