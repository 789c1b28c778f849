import assert from "node:assert/strict";
import { lineProgress, Run, type RunOutcome } from "../../../../lib/harness/run/mod.ts";
import { onSlurm } from "../../../../lib/harness/slurm/backend.ts";
import type { ClusterOptions } from "../../../../lib/harness/slurm/options.ts";
import { withFolder } from "../_helpers.ts";
import { type Behaviour, FakeSlurm } from "./_fake_slurm.ts";
import paper from "./_papers/0000.00003/mod.ts";

const PATIENCE = { result: 300, events: 30, queue: 10, look: 10 };

/** Eight naps; nothing is really run. */
function runIn(folder: string, cache: "use" | "off" = "use"): Run {
  const places = { papers: folder, fixtures: folder, out: `${folder}/out` };
  return new Run(paper, { profile: "laptop" }, { executor: "native", cache, workers: 1, places });
}

interface Told {
  readonly outcome: RunOutcome;
  readonly lines: readonly string[];
}

/** Runs on a Slurm that behaves in some way. */
async function execute(run: Run, slurm: FakeSlurm, options: ClusterOptions = {}): Promise<Told> {
  const lines: string[] = [];
  const backend = onSlurm({ atOnce: 1, ...options }, { scheduler: slurm, patience: PATIENCE });
  const outcome = await run.execute({ progress: lineProgress((line) => lines.push(line)), backend });
  return { outcome, lines };
}

async function behaving(folder: string, behave: Behaviour, options: ClusterOptions = {}) {
  const run = runIn(folder);
  const slurm = new FakeSlurm((await run.preview()).jobs, behave);
  return { slurm, ...await execute(run, slurm, options) };
}

/** Minutes that a submission asks for. */
const minutes = ({ submissions }: FakeSlurm, i: number) =>
  Number(submissions[i].args.findLast((arg) => arg.startsWith("--time="))!.slice(7));

/** An element that does one job, and ends in a state. */
const endsAs =
  (state: string | null, { memory = null as number | null, times = 1 } = {}): Behaviour =>
  async (element, submission) => {
    if (submission > times) {
      await element.finishAll();
      return "COMPLETED";
    }
    element.begin(memory);
    await element.finish(0);
    await element.log("some text\nerror: the last word\n");
    return state;
  };

Deno.test("a time-out: what is left is submitted once more, with three times the minutes", () =>
  withFolder(async (folder) => {
    const { slurm, outcome, lines } = await behaving(folder, endsAs("TIMEOUT"));
    assert.deepEqual([outcome.run, outcome.failures.length], [8, 0]);
    assert.deepEqual(slurm.submissions.map(({ elements: [{ batch }] }) => batch.jobs.length), [8, 7]);
    assert.equal(minutes(slurm, 1), 3 * minutes(slurm, 0));
    assert.ok(lines.some((line) => /ran out of time.*7 jobs are submitted again with 33 min$/.test(line)));
  }));

Deno.test("a second time-out, or one under the user's own limit, fails the jobs and says what to do", async () => {
  for (const [times, sbatch, submissions] of [[2, [], 2], [1, ["--time=5"], 1]] as const) {
    await withFolder(async (folder) => {
      const { slurm, outcome } = await behaving(folder, endsAs("TIMEOUT", { times }), { sbatch });
      assert.equal(slurm.submissions.length, submissions);
      assert.equal(outcome.failures.length + outcome.run, 8);
      const { message, detail, label } = outcome.failures[0];
      assert.match(
        message,
        /^Its element ran out of time: ask for more with --slurm "--time=…" \(element 0 of/,
      );
      assert.match(message, /Slurm job \d, on n1\); its log: error: the last word$/);
      assert.match(detail, /^The end of .*\/0\.log:\nsome text\n/);
      assert.match(label, /^nap seconds=2 part=\d, seed 0$/);
    });
  }
});

Deno.test("too little memory: twice as much, once, where it is known", () =>
  withFolder(async (folder) => {
    const { slurm, outcome } = await behaving(folder, endsAs("OUT_OF_MEMORY", { memory: 1000 }));
    assert.deepEqual([outcome.run, outcome.failures.length], [8, 0]);
    assert.ok(slurm.submissions[1].args.includes("--mem=2000"));
    await Deno.remove(`${folder}/out`, { recursive: true });
    const unknown = await behaving(folder, endsAs("OUT_OF_MEMORY"));
    assert.equal(unknown.outcome.failures.length, 7);
    assert.match(unknown.outcome.failures[0].message, /ran out of memory: ask for more with --slurm "--mem/);
  }));

Deno.test("a job whose process was killed is submitted with more memory, the others go on", () =>
  withFolder(async (folder) => {
    const { slurm, outcome } = await behaving(folder, async (element, submission) => {
      if (submission > 1) return (await element.finishAll(), "COMPLETED");
      element.begin(500);
      const failed = { seconds: 1, message: "Its process was killed twice", detail: "" };
      element.tell({ type: "failed", job: 3, ...failed, killed: true });
      for (const place of [0, 1, 2, 4, 5, 6, 7]) await element.finish(place);
      element.tell({ type: "end" });
      return "OUT_OF_MEMORY";
    });
    assert.deepEqual([outcome.run, outcome.failures.length], [8, 0]);
    assert.deepEqual(slurm.submissions.map(({ elements: [{ batch }] }) => batch.jobs.length), [8, 1]);
    assert.ok(slurm.submissions[1].args.includes("--mem=1000"));
  }));

Deno.test("preempted and lost elements are submitted once more; others end with the right message", async () => {
  const cases: readonly [string | null, number, RegExp][] = [
    ["PREEMPTED", 2, /was preempted by other jobs/],
    ["NODE_FAIL", 2, /lost its node/],
    ["BOOT_FAIL", 2, /got a node that did not start/],
    ["CANCELLED", 1, /was cancelled/],
    ["FAILED", 1, /failed/],
    ["COMPLETED", 1, /ended without a word/],
    ["DEADLINE", 1, /passed its deadline/],
    [null, 1, /is gone from the queue/],
  ];
  for (const [state, submissions, message] of cases) {
    await withFolder(async (folder) => {
      const { slurm, outcome } = await behaving(folder, endsAs(state, { times: 2 }));
      assert.equal(slurm.submissions.length, submissions, `${state}`);
      assert.equal(outcome.run, submissions);
      assert.match(outcome.failures[0].message, message);
      assert.match(outcome.failures[0].message, /; its log: error: the last word$/);
    });
  }
});

Deno.test("without queue and accounting, the log says why", () =>
  withFolder(async (folder) => {
    const { slurm, outcome } = await behaving(folder, async (element, submission) => {
      if (submission > 1) return (await element.finishAll(), "COMPLETED");
      await element.log("slurmstepd: error: *** JOB 4 ON n1 CANCELLED AT 2026-11-28 DUE TO TIME LIMIT ***\n");
      return null;
    });
    assert.deepEqual([slurm.submissions.length, outcome.run], [2, 8]);
  }));

Deno.test("an element without a log: the folder is not shared", () =>
  withFolder(async (folder) => {
    const { outcome } = await behaving(folder, () => Promise.resolve("FAILED"));
    assert.match(outcome.failures[0].message, /it left no log: .* must be on a disk that the nodes share$/);
  }));

Deno.test("a result that shows late is waited for, one that does not come is told", () =>
  withFolder(async (folder) => {
    const late: Promise<void>[] = [];
    const { outcome } = await behaving(folder, (element) => {
      element.begin();
      for (const place of element.batch.jobs.keys()) element.tell({ type: "done", job: place, seconds: 1 });
      element.tell({ type: "end" });
      const soon = async (place: number) => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        await element.finish(place, { told: false });
      };
      late.push(...[0, 1, 2, 3, 4, 5, 6].map(soon));
      return Promise.resolve("COMPLETED");
    });
    await Promise.all(late);
    assert.equal(outcome.run, 7);
    assert.match(
      outcome.failures[0].message,
      /^It was done, but its result is not in .*\/cache\/0000\.00003 after 0 s: do the nodes share it\?$/,
    );
  }));

Deno.test("a killed element's last result counts although it was not told", () =>
  withFolder(async (folder) => {
    const { outcome } = await behaving(folder, async (element) => {
      element.begin();
      for (const place of element.batch.jobs.keys()) await element.finish(place, { told: place === 0 });
      return "CANCELLED";
    });
    assert.deepEqual([outcome.run, outcome.failures.length], [8, 0]);
  }));

Deno.test("results of other code than here are not taken, and the difference is told", () =>
  withFolder(async (folder) => {
    const run = runIn(folder);
    const { jobs } = await run.preview();
    const elsewhere = jobs.map((job) => ({ ...job, parts: { ...job.parts!, runtime: "deno 2.8" } }));
    const { outcome } = await execute(run, new FakeSlurm(elsewhere));
    assert.equal(outcome.failures.length, 8);
    assert.match(
      outcome.failures[0].message,
      /^It was done on the cluster, but not as it is here: deno 2\.8 → deno 2\.9$/,
    );
  }));

Deno.test("a silent queue is asked again", () =>
  withFolder(async (folder) => {
    const run = runIn(folder);
    const slurm = new FakeSlurm((await run.preview()).jobs, endsAs("TIMEOUT"));
    slurm.silent = 3;
    assert.equal((await execute(run, slurm)).outcome.run, 8);
  }));

Deno.test("detached jobs are found again by the same run, in all states", () =>
  withFolder(async (folder) => {
    // Of four elements, one is done, one failed, one was cancelled and one still waits.
    const run = runIn(folder);
    const slurm = new FakeSlurm((await run.preview()).jobs, async (element, submission) => {
      if (submission > 1 || element.index === 0) return (await element.finishAll(), "COMPLETED");
      if (element.index === 3) return "PENDING";
      element.begin();
      if (element.index === 2) return "CANCELLED";
      for (const job of [0, 1]) {
        element.tell({
          type: "failed",
          job,
          seconds: 1,
          message: "RangeError: no",
          detail: "",
          killed: false,
        });
      }
      element.tell({ type: "end" });
      return "FAILED";
    });
    const options = { atOnce: 4, detach: true };
    await assert.rejects(execute(run, slurm, options), {
      name: "Detached",
      message: /^[246] jobs go on in Slurm job 1 \(to cancel them: scancel 1( 2)?\)$/,
    });
    const before = slurm.submissions.length;
    const waiting = slurm.submissions[0].elements[3];
    setTimeout(async () => {
      await waiting.finishAll();
      slurm.set(1, 3, "COMPLETED");
    }, 100);
    const { outcome, lines } = await execute(runIn(folder), slurm, { atOnce: 4 });
    // The failure is told, not repeated; what was cancelled meanwhile is submitted again.
    assert.deepEqual(outcome.failures.map(({ message }) => message), ["RangeError: no", "RangeError: no"]);
    assert.equal(outcome.failures.length + outcome.cached + outcome.run, 8);
    assert.ok(slurm.submissions.length <= before + 1, lines.join("\n"));
    // It was told: the next run tries again.
    const third = await execute(runIn(folder), slurm, { atOnce: 4 });
    assert.deepEqual([third.outcome.cached, third.outcome.run], [6, 2]);
  }));

Deno.test("two runs at once submit once", () =>
  withFolder(async (folder) => {
    const runs = [runIn(folder), runIn(folder)];
    const slurm = new FakeSlurm((await runs[0].preview()).jobs);
    await runs[1].preview();
    const told = await Promise.all(runs.map((run) => execute(run, slurm)));
    assert.deepEqual(told.map(({ outcome }) => [outcome.run, outcome.failures.length]), [[8, 0], [8, 0]]);
    assert.equal(slurm.submissions.length, 1);
  }));

Deno.test("a submission that was cut off before Slurm's answer is found by its name", () =>
  withFolder(async (folder) => {
    const run = runIn(folder);
    const slurm = new FakeSlurm((await run.preview()).jobs);
    const submit = slurm.submit.bind(slurm);
    slurm.submit = async (args) => {
      await submit(args);
      const home = `${folder}/out/slurm/0000.00003`;
      const name = [...Deno.readDirSync(home)].find(({ isDirectory }) => isDirectory)!.name;
      // What a killed process leaves behind.
      await Deno.rename(`${home}/${name}`, `${home}/kept`);
      await Deno.mkdir(`${home}/${name}`);
      throw new Error("killed");
    };
    await assert.rejects(execute(run, slurm), /killed/);
    slurm.submit = submit;
    const [{ args }] = slurm.submissions;
    const name = args.at(-1)!.split("/").at(-2)!;
    await Deno.rename(`${folder}/out/slurm/0000.00003/kept`, `${folder}/out/slurm/0000.00003/${name}`);
    const { outcome } = await execute(runIn(folder), slurm);
    assert.deepEqual([outcome.cached + outcome.run, slurm.submissions.length], [8, 1]);
  }));

Deno.test("a run that takes no known results gets fresh ones, also after a break", () =>
  withFolder(async (folder) => {
    const { jobs } = await runIn(folder).preview();
    const slurm = new FakeSlurm(jobs, async (element, submission) => {
      if (submission === 1) return "PENDING";
      await element.finishAll();
      return "COMPLETED";
    });
    await assert.rejects(execute(runIn(folder, "off"), slurm, { detach: true }), { name: "Detached" });
    await slurm.submissions[0].elements[0].finishAll();
    slurm.set(1, 0, "COMPLETED");
    const collected = await execute(runIn(folder, "off"), slurm);
    assert.deepEqual([collected.outcome.run, slurm.submissions.length], [8, 1]);
    // They were collected: another one begins anew.
    const anew = await execute(runIn(folder, "off"), slurm);
    assert.deepEqual([anew.outcome.run, slurm.submissions.length], [8, 2]);
    // And the run's own cache knows nothing of them.
    assert.ok((await runIn(folder).preview()).jobs.every(({ lookup }) => !lookup.hit));
  }));
