import assert from "node:assert/strict";
import { jobLabel } from "../../../../lib/harness/paper/job_labels.ts";
import { collectJobs, jobId, select } from "../../../../lib/harness/paper/jobs.ts";
import type { JobRecord, Json, Plan } from "../../../../lib/harness/paper/types.ts";
import { Audit, type AuditOptions, committedJobs, runAudit } from "../../../../lib/harness/results/audit.ts";
import { evaluate } from "../../../../lib/harness/results/evaluate.ts";
import { type Golden, makeGolden, writeGolden } from "../../../../lib/harness/results/goldens.ts";
import { silentProgress } from "../../../../lib/harness/run/progress.ts";
import { PROVENANCE } from "./_origin.ts";
import paper from "../_fake_paper/0000.00000/mod.ts";
import { PAPERS, refigure, startRefigure, withFolder } from "../_helpers.ts";

const plan: Plan = { profile: "laptop", seeds: 40 };

/** 120 squares of 0.1 to 30 s each, as stored, six slow jobs and a measurement of time. */
async function golden(): Promise<Golden> {
  const records = new Map(
    collectJobs(paper, plan, select(paper)).map((job, i): [string, JobRecord] => {
      const { x = 0, part = 0 } = job.config as { x?: number; part?: number } ?? {};
      const result: Json = job.experiment === "square"
        ? x ** 2 + job.seed
        : job.experiment === "slow"
        ? { part }
        : { seconds: 0.5 };
      return [jobId(job), { job, result, seconds: [0.1, 1, 5, 30][i % 4], sources: {} }];
    }),
  );
  const origin = {
    executor: "native" as const,
    provenance: PROVENANCE,
  };
  return await makeGolden(await evaluate(paper, plan, records, origin), 0.01);
}

const COMMITTED = committedJobs([{ paper, golden: await golden() }]);
const options = (seed: number, sample = 12): AuditOptions => ({
  seed,
  sample,
  budgetSeconds: 1000,
  workers: 2,
});

Deno.test("Audit draws from all jobs but those that measure time, the same for the same seed", () => {
  assert.equal(COMMITTED.length, 126);
  assert.ok(COMMITTED.every(({ record }) => record.job.experiment !== "clock"));
  const drawn = (seed: number) =>
    new Audit(COMMITTED, options(seed)).drawn.map(({ record }) => jobLabel(record.job));
  assert.equal(drawn(1).length, 12);
  assert.deepEqual(drawn(1), drawn(1));
  assert.notDeepEqual(drawn(1), drawn(2));
});

Deno.test("a wrong job is drawn, and more than 5 % of wrong jobs are seen, with the printed probabilities", () => {
  const bySeconds = COMMITTED.toSorted((a, b) => a.record.seconds - b.record.seconds);
  const first = new Audit(COMMITTED, options(0));
  assert.equal(first.wrong, 7);
  const [short, long] = [bySeconds[0], bySeconds.at(-1)!];
  const longest = bySeconds.slice(-first.wrong), anywhere = COMMITTED.filter((_, i) => i % 18 === 5);
  const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-9);
  near(first.probabilities[0], first.probabilityOf(long));
  near(first.probabilities[1], first.probabilityOf(short));
  assert.ok(first.probabilityOf(short) > 3 * first.probabilityOf(long));
  const total = 1200;
  const seen = { short: 0, long: 0, longest: 0, anywhere: 0 };
  for (let seed = 1; seed <= total; seed++) {
    const drawn = new Set(new Audit(COMMITTED, options(seed)).drawn);
    if (drawn.has(short)) seen.short++;
    if (drawn.has(long)) seen.long++;
    if (longest.some((job) => drawn.has(job))) seen.longest++;
    if (anywhere.some((job) => drawn.has(job))) seen.anywhere++;
  }
  const check = (count: number, probability: number) => {
    const error = 4 * Math.sqrt(probability * (1 - probability) / total);
    assert.ok(Math.abs(count / total - probability) < error, `${count / total}, not ${probability}`);
  };
  check(seen.short, first.probabilityOf(short));
  check(seen.long, first.probabilityOf(long));
  check(seen.longest, first.confidence);
  // Whichever jobs are wrong, it is no less than the confidence.
  assert.ok(seen.anywhere / total > first.confidence - 0.02);
});

Deno.test("Audit draws no more than the budget holds", () => {
  const count = (budgetSeconds: number, sample?: number) =>
    new Audit(COMMITTED, { ...options(1), budgetSeconds, sample }).drawn.length;
  assert.equal(count(1e6), 126);
  assert.equal(count(1), 1);
  const some = count(60);
  assert.ok(some > 10 && some < 126, String(some));
  assert.equal(count(60, 5), 5);
  assert.equal(count(60, 126), some);
  const all = new Audit(COMMITTED, { ...options(1), budgetSeconds: 1e6, sample: undefined });
  assert.deepEqual([all.confidence, all.probabilities], [1, [1, 1]]);
});

Deno.test("runAudit() finds a tampered job exactly where it is drawn", () =>
  withFolder(async (folder) => {
    const places = { papers: PAPERS, fixtures: `${folder}/fixtures`, out: `${folder}/out` };
    const squares = COMMITTED.filter(({ record }) => record.job.experiment === "square");
    const population = squares.map((committed, i) =>
      i === 0 ? { ...committed, record: { ...committed.record, result: 1.5 } } : committed
    );
    const found: boolean[] = [];
    for (let seed = 1; seed <= 4; seed++) {
      const audit = new Audit(population, options(seed, 60));
      const outcome = await runAudit(audit, {
        ...options(seed),
        places,
        progress: silentProgress,
        signal: new AbortController().signal,
      });
      assert.equal(outcome.finished.length, 60, JSON.stringify(outcome.failures));
      assert.equal(outcome.differences.length > 0, audit.drawn.includes(population[0]));
      found.push(outcome.differences.length > 0);
    }
    assert.ok(found.includes(true) && found.includes(false));
    assert.deepEqual([...Deno.readDirSync(folder)], [], "nothing is kept");
  }));

Deno.test("audit says what differs and with what probability it would have seen more", () =>
  withFolder(async (folder) => {
    const stored = await golden();
    const places = { papers: PAPERS, fixtures: `${folder}/fixtures`, out: `${folder}/out` };
    const run = (...args: string[]) => refigure({ args: ["audit", ...args], folder });
    const none = await run("0000.00000");
    assert.equal(none.code, 1);
    assert.match(none.stderr, /Cannot audit 0000\.00000 as it has no golden for laptop/);

    await writeGolden(places, stored);
    const equal = await run("--sample", "20", "--seed", "5");
    assert.equal(equal.code, 0, equal.stderr);
    assert.match(equal.stderr, /^20 of 126 jobs drawn with the seed 5, about /);
    assert.match(equal.stdout, /^20 of 20 drawn jobs recomputed: 15\.9 % of all 126, none differs\.\n/);
    const audit = new Audit(COMMITTED, { ...options(5, 20), budgetSeconds: 600 });
    assert.ok(
      equal.stdout.includes(
        `(7 or more of 126), this audit would have seen it with probability ${
          audit.confidence.toFixed(3)
        }, whichever they are`,
      ),
    );
    assert.match(equal.stdout, /--sample 20 --budget 600s --jobs \d+ --seed 5\n$/);

    const jobs = stored.jobs.map((record) =>
      record.job.experiment === "square" ? { ...record, result: 1.25 } : record
    );
    await writeGolden(places, { ...stored, jobs });
    const wrong = await run("0000.00000", "--sample", "3", "--seed", "6", "--json");
    assert.equal(wrong.code, 1);
    const report = JSON.parse(wrong.stdout);
    assert.deepEqual([report.seed, report.jobs, report.finished.length], [6, 126, 3]);
    const three = new Audit(COMMITTED, { ...options(6, 3), budgetSeconds: 600 });
    assert.ok(report.differences.length > 0 && Math.abs(report.confidence - three.confidence) < 1e-9);
    assert.match(report.differences[0].path, /^0000\.00000 square: x = \d, seed \d+: result$/);
    const another = await run("--sample", "1", "--json");
    assert.ok(Number.isInteger(JSON.parse(another.stdout).seed));
    assert.equal((await run("--budget", "10")).code, 2);
  }));

Deno.test("audit that is interrupted or out of time says what it covered", () =>
  withFolder(async (folder) => {
    const stored = await golden();
    // Stored as quick, so that all six fit into the budget; they take 3 s each.
    const jobs = stored.jobs.filter(({ job }) => job.experiment === "slow")
      .map(({ job, ...rest }) => ({
        ...rest,
        seconds: 0.1,
        job: { ...job, config: { seconds: 3, part: 0 } },
      }));
    const many = jobs.map(({ job, ...rest }, seed) => ({ ...rest, job: { ...job, seed } }));
    const places = { papers: PAPERS, fixtures: `${folder}/fixtures`, out: `${folder}/out` };
    await writeGolden(places, { ...stored, jobs: many });
    const spent = await refigure({ args: ["audit", "--budget", "14s", "--jobs", "1"], folder });
    assert.match(spent.stdout, /^[1-4] of 6 drawn jobs recomputed, then the budget was spent: /m);
    assert.match(spent.stdout, /should being wrong not depend on which jobs were finished\.\n/);

    const child = startRefigure({ args: ["audit", "--jobs", "1"], folder });
    const reading = child.stderr.pipeThrough(new TextDecoderStream());
    const reader = reading.getReader();
    let text = "";
    while (!text.includes("[1/6]")) text += (await reader.read()).value ?? "";
    child.kill("SIGINT");
    reader.releaseLock();
    const stdout = await new Response(child.stdout).text();
    assert.equal((await child.status).code, 130);
    assert.match(stdout, /^[12] of 6 drawn jobs recomputed, then interrupted/m);
    await reading.cancel();
  }));
