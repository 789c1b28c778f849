import assert from "node:assert/strict";
import { Estimates } from "../../../../lib/harness/run/estimates.ts";
import type { Job, JobRecord, Paper, Places } from "../../../../lib/harness/mod.ts";
import { withFolder } from "../_helpers.ts";

const job = (n: number, seed: number): Job => ({ experiment: "train", config: { n }, seed });
const record = (own: Job, seconds: number): JobRecord => ({ job: own, result: 0, seconds, sources: {} });

/** As far as estimates look at a paper: its experiments, which state more than was measured. */
const paper = {
  id: "p",
  experiments: [{ id: "train", cost: ({ n }: { n: number }) => n === 9 ? 4 : 30 }, {
    id: "clock",
    cost: () => 4,
    timing: true,
  }],
} as unknown as Paper;

async function withResults(
  test: (read: () => Promise<Estimates>, folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const places = { fixtures: `${folder}/fixtures`, out: `${folder}/out` } as Places;
    await Deno.mkdir(`${folder}/fixtures/p`, { recursive: true });
    const jobs = [record(job(1, 0), 10), record(job(2, 0), 20), record(job(2, 1), 40)];
    await Deno.writeTextFile(
      `${folder}/fixtures/p/laptop.json`,
      JSON.stringify({ executor: "native", jobs }),
    );
    await test(() => Estimates.read({ paper, profile: "laptop", executor: "native", places }), folder);
  });
}

Deno.test("a job is estimated by its own last run, else by the committed one, else as its experiment states", () =>
  withResults(async (read) => {
    const estimates = await read();
    assert.equal(estimates.pace, undefined);
    assert.equal(estimates.secondsOf({ job: job(1, 0) }), 10);
    assert.equal(estimates.secondsOf({ job: job(1, 0), lastSeconds: 3 }), 3);
    assert.equal(estimates.secondsOf({ job: job(2, 7) }), 30, "another seed: the mean of the settings");
    assert.equal(estimates.secondsOf({ job: job(9, 0) }), 4);
  }));

Deno.test("results that were made beside other work do not make estimates longer than experiments state", () =>
  withResults(async (read, folder) => {
    const path = `${folder}/fixtures/p/laptop.json`;
    const golden = JSON.parse(await Deno.readTextFile(path));
    for (const own of golden.jobs) own.seconds *= 18; // 1260 s, where 90 are stated
    await Deno.writeTextFile(path, JSON.stringify(golden));
    const estimates = await read();
    assert.equal(Math.round(100 * estimates.secondsOf({ job: job(1, 0) })) / 100, 12.86);
  }));

Deno.test("a machine's pace is learned from its runs, and kept", () =>
  withResults(async (read, folder) => {
    await (await read()).learn([record(job(2, 0), 60), { ...record(job(1, 0), 1), machine: {} as never }]);
    const estimates = await read();
    assert.equal(estimates.pace, 3);
    assert.equal(estimates.secondsOf({ job: job(1, 0) }), 30);
    assert.equal(estimates.secondsOf({ job: job(1, 0), lastSeconds: 3 }), 3);
    // Later runs count more: (60 / 2 + 20) / (20 / 2 + 20).
    await estimates.learn([record(job(2, 0), 20)]);
    assert.equal((await read()).pace, 50 / 30);
    // Too little work tells nothing, and a damaged file is as none.
    await (await read()).learn([]);
    assert.equal((await read()).pace, 50 / 30);
    await Deno.writeTextFile(`${folder}/out/cache/pace.json`, "{");
    assert.equal((await read()).pace, undefined);
    await Deno.writeTextFile(
      `${folder}/out/cache/pace.json`,
      JSON.stringify({ cpu: "another", paces: { native: { there: 1, here: 9 } } }),
    );
    assert.equal((await read()).pace, undefined, "another processor");
  }));
