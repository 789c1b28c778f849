/** The command line on a real Slurm: two nodes on this machine. */
import assert from "node:assert/strict";
import type { JobRecord, Json } from "../../../../lib/harness/paper/mod.ts";
import type { Summary } from "../../../../lib/harness/results/mod.ts";
import { PROJECT } from "../../../../lib/harness/paper/places.ts";
import { refigure, withFolder } from "../_helpers.ts";
import { below, Cluster, eventsBelow, PAPERS, parentOf, processes, until } from "./_cluster.ts";

const started = await Cluster.start();
const why = typeof started === "string" ? started : "";
const cluster = started as Cluster;
const skipped = why === "" ? "" : ` (skipped: ${why})`;

const PAPER = "0000.00003";
const LAPTOP = ["reproduce", PAPER, "--profile", "laptop", "--on", "slurm", "--jobs", "2"];

function test(name: string, fn: (folder: string) => Promise<void>): void {
  Deno.test({ name: `${name}${skipped}`, ignore: why !== "", fn: () => withFolder(fn) });
}

/** What a run left: its jobs' results, by job. */
async function resultsOf(folder: string, profile: string): Promise<Map<string, Json>> {
  const text = await Deno.readTextFile(`${folder}/out/${profile}/${PAPER}/results.json`);
  const jobs: JobRecord[] = JSON.parse(text).jobs;
  return new Map(jobs.map(({ job, result }) => [JSON.stringify(job), result]));
}

/** The 8 results of the `laptop` profile. */
async function assertRight(folder: string): Promise<void> {
  const results = await resultsOf(folder, "laptop");
  assert.deepEqual([...results.values()].sort(), [0, 1, 16, 25, 36, 4, 49, 9]);
}

/** How often each job was begun. */
async function startsBelow(folder: string): Promise<number[]> {
  const starts = Map.groupBy(
    (await eventsBelow(`${folder}/out/slurm`)).filter(({ type }) => type === "started"),
    (event) => `${event.from} ${(event as unknown as { job: number }).job}`,
  );
  return [...starts.values()].map(({ length }) => length);
}

/** Waits until an element has done a job and begins another; its folder. */
function untilBusy(folder: string, element: number): Promise<string> {
  return until("element at work", async () => {
    const events = (await eventsBelow(`${folder}/out/slurm`)).filter(({ from }) =>
      from.includes(`/${element}.`)
    );
    const done = events.some(({ type }) => type === "done");
    return done && events.at(-1)!.type !== "end" && events[0].from.replace(/\/[^/]*$/, "");
  });
}

/** The process of an element: what `job.sh` became. */
async function processOf(submission: string, element: number): Promise<number> {
  const [pid] = await processes("lib/harness/start/main.ts work", `${submission} ${element}`);
  return pid;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Number of the array that a command submitted. */
function untilSubmitted(folder: string): Promise<string> {
  return until("submission", async () => {
    for await (const { name } of Deno.readDir(`${folder}/out/slurm/${PAPER}`)) {
      const path = `${folder}/out/slurm/${PAPER}/${name}/submission.json`;
      const ticket = await Deno.readTextFile(path).then(JSON.parse, () => null);
      if (ticket?.slurm) return ticket.slurm.id;
    }
  });
}

test("a smoke paper's results on Slurm are those of its golden, exactly", async (folder) => {
  const golden = "2311.04293/smoke.json";
  await Deno.mkdir(`${folder}/fixtures/2311.04293`, { recursive: true });
  await Deno.copyFile(`${PROJECT}fixtures/${golden}`, `${folder}/fixtures/${golden}`);
  const { code, stdout, stderr } = await refigure({
    args: ["verify", "2311.04293", "--on", "slurm", "--jobs", "2"],
    folder,
    papers: `${PROJECT}reproductions`,
    env: cluster.env,
  });
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /^2311\.04293 smoke on wasm: equal to the golden exactly \(\d+ jobs\)\n$/);
  assert.match(stderr, /Slurm job \d+: \d+ jobs in 2 elements, at most \d+ min each/);
});

test("results, failures and verdicts are those of a local run; what is known is not submitted", async (folder) => {
  const args = ["reproduce", PAPER, "--profile", "smoke", "--json", "--jobs", "2"];
  const local = await refigure({ args, folder: `${folder}/local`, papers: PAPERS });
  const remote = await cluster.run(`${folder}/slurm`, ...args, "--on", "slurm");
  assert.deepEqual([local.code, remote.code], [1, 1], remote.stderr);
  const [here, there] = [local, remote].map(({ stdout }) => JSON.parse(stdout) as Summary);
  assert.deepEqual(there.claims, here.claims);
  assert.deepEqual(there.jobs, { run: 8, cached: 0, failed: 1 });
  assert.deepEqual(there.failures.map(({ message }) => message), here.failures.map(({ message }) => message));
  assert.match(there.failures[0].detail, /experiments\.ts/);
  const results = await Promise.all(
    ["local", "slurm"].map((name) => resultsOf(`${folder}/${name}`, "smoke")),
  );
  assert.deepEqual(results[1], results[0]);
  assert.equal(results[0].size, 8);

  const again = await cluster.run(
    `${folder}/slurm`,
    ...args,
    "--on",
    "slurm",
    "--seeds",
    "1",
    "--only",
    "naps",
  );
  assert.deepEqual((JSON.parse(again.stdout) as Summary).jobs, { run: 0, cached: 8, failed: 0 });
  assert.doesNotMatch(again.stderr, /Slurm job/);
});

test("kill -9 of a worker, requeue of another element: the results are right, little runs twice", async (folder) => {
  const output = cluster.launch(folder, ...LAPTOP).output();
  const id = await untilSubmitted(folder);
  const element = await untilBusy(folder, 0);
  const worker = (await below(await processOf(element, 0))).find(({ command }) =>
    command.includes("run/_worker.ts")
  );
  Deno.kill(worker!.pid, "SIGKILL");
  await untilBusy(folder, 1);
  await cluster.command("scontrol", "requeue", `${id}_1`);
  const { code, stderr } = await output;
  assert.equal(code, 0, text(stderr));
  await assertRight(folder);
  const starts = (await eventsBelow(`${folder}/out/slurm`)).filter(({ type }) => type === "started");
  const begun = starts.map((event) => JSON.stringify(event)).join("\n");
  assert.equal(
    starts.length,
    10,
    `each of the two interrupted jobs was begun twice:\n${begun}\n${text(stderr)}`,
  );
});

test("kill -9 of an element, scancel of another: said so, kept what was done, and the rest on demand", async (folder) => {
  const child = cluster.launch(folder, ...LAPTOP, "--json");
  const output = child.output();
  const id = await untilSubmitted(folder);
  const element = await untilBusy(folder, 0);
  Deno.kill(await processOf(element, 0), "SIGKILL");
  await untilBusy(folder, 1);
  await cluster.command("scancel", `${id}_1`);
  const { code, stdout, stderr } = await output;
  assert.equal(code, 1, text(stderr));
  const { jobs, failures }: Summary = JSON.parse(text(stdout));
  assert.ok(jobs.run >= 2 && jobs.run + jobs.failed === 8, JSON.stringify(jobs));
  const messages = [...new Set(failures.map(({ message }) => message))];
  assert.equal(messages.length, 2, messages.join("\n"));
  assert.ok(
    messages.some((message) => /^Its element failed \(element 0 of Slurm job \d+, on /.test(message)),
  );
  assert.ok(
    messages.some((message) =>
      /^Its element was cancelled \(element 1 of Slurm job \d+, on .*its log: error: Stopped from outside/
        .test(message)
    ),
    messages.join("\n"),
  );
  assert.match(failures[0].label, /^nap seconds=2 part=\d, seed 0$/);

  const again = await cluster.run(folder, ...LAPTOP, "--json");
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual((JSON.parse(again.stdout) as Summary).jobs, {
    run: jobs.failed,
    cached: jobs.run,
    failed: 0,
  });
  await assertRight(folder);
});

test("a node that is lost in mid-run: the element goes on elsewhere, the results are right", async (folder) => {
  const output = cluster.launch(folder, ...LAPTOP).output();
  const main = await processOf(await untilBusy(folder, 0), 0);
  const nodes = await cluster.command("squeue", "-h", "-o", "%K %N");
  const node = nodes.split("\n").find((line) => line.startsWith("0 "))!.slice(2);
  try {
    await cluster.killNode(node);
    // All that ran there is gone with it, Slurm's own process above the element first.
    const lost = [await parentOf(main), main, ...(await below(main)).map(({ pid }) => pid)];
    for (const pid of lost) Deno.kill(pid, "SIGKILL");
    const { code, stderr } = await output;
    assert.equal(code, 0, text(stderr));
  } finally {
    await cluster.mend();
  }
  await assertRight(folder);
  const begun = (await eventsBelow(`${folder}/out/slurm`)).filter(({ type, from }) =>
    type === "begin" && /\/0\.\d\.jsonl$/.test(from)
  );
  assert.equal(begun.length, 2);
});

test("--detach returns at once, and the same command collects; nothing is submitted twice", async (folder) => {
  const detached = await cluster.run(folder, ...LAPTOP, "--detach");
  assert.deepEqual([detached.code, detached.stdout], [0, ""], detached.stderr);
  assert.match(detached.stderr, /\n8 jobs go on in Slurm job (\d+) \(to cancel them: scancel \1\)\n/);
  assert.match(detached.stderr, /Collect .* with: deno task reproduce 0000\.00003 .*--on slurm --jobs 2\n$/);
  // A waiting process that dies changes nothing, either.
  const child = cluster.launch(folder, ...LAPTOP);
  const output = child.output();
  await untilBusy(folder, 0);
  child.kill("SIGKILL");
  await output;
  const collected = await cluster.run(folder, ...LAPTOP);
  assert.equal(collected.code, 0, collected.stderr);
  assert.doesNotMatch(collected.stderr, /jobs in \d elements/);
  await assertRight(folder);
  assert.deepEqual(await startsBelow(folder), Array(8).fill(1));
});

test("the same command twice at once runs nothing twice; Ctrl-C stops only the waiting", async (folder) => {
  const children = [1, 2, 3].map(() => cluster.launch(folder, ...LAPTOP));
  const outputs = children.map((child) => child.output());
  await untilBusy(folder, 0);
  children[2].kill("SIGINT");
  const [first, second, stopped] = await Promise.all(outputs);
  assert.deepEqual([first.code, second.code], [0, 0], text(first.stderr) + text(second.stderr));
  assert.equal(stopped.code, 130);
  assert.match(
    text(stopped.stderr),
    /error: Interrupted: \d jobs go on in Slurm job (\d+) .*scancel \1\)\. Run/,
  );
  await assertRight(folder);
  assert.deepEqual(await startsBelow(folder), Array(8).fill(1));
});

test("what Slurm refuses, or will never start, is said in one line with what to do", async (folder) => {
  const cases: readonly [string, RegExp][] = [
    ["--partition=nowhere", /^error: Slurm refused the jobs: invalid partition .*doctor.*"--partition=…"$/],
    ["--gres=gpu:7", /^error: Slurm refused the jobs: .*"--gres=…"$/],
    ["--array=0-3", /^error: Cannot pass .* to sbatch as refigure sets that option itself/],
  ];
  for (const [options, message] of cases) {
    const { code, stderr } = await cluster.run(folder, ...LAPTOP, "--slurm", options);
    assert.ok(code === 1 || code === 2, stderr);
    assert.match(stderr.trimEnd().split("\n").at(-1)!, message);
  }
  const output = cluster.launch(folder, ...LAPTOP, "--slurm", "--time=3:00:00").output();
  const id = await untilSubmitted(folder);
  await until(
    "reason",
    async () => (await cluster.command("squeue", "-h", "-o", "%r")).includes("TimeLimit"),
  );
  await new Promise((resolve) => setTimeout(resolve, 5000));
  await cluster.command("scancel", id);
  const { code, stderr } = await output;
  assert.equal(code, 1);
  assert.match(text(stderr), /Slurm job \d+ does not start: PartitionTimeLimit\. .*scancel \d+\n/);
  assert.match(text(stderr), /FAILED: Its element was cancelled \(element \d of/);
});

test("without Slurm's programs: said so before anything is submitted", async (folder) => {
  const path = await Deno.makeTempDir();
  try {
    const { code, stderr } = await refigure({
      args: LAPTOP,
      folder,
      papers: PAPERS,
      env: { PATH: path },
    });
    assert.equal(code, 1);
    assert.match(stderr, /error: Cannot submit to Slurm as sbatch must be on the PATH: .* --on files/);
  } finally {
    await Deno.remove(path);
  }
});

test("jobs that ask for a GPU land on a node that has one", async (folder) => {
  await cluster.run(
    folder,
    ...LAPTOP,
    "--only",
    "naps",
    "--slurm",
    "--gres=gpu:1 --partition=gpu",
    "--detach",
  );
  const id = await untilSubmitted(folder);
  const shown = await until("element", () => cluster.command("scontrol", "show", "job", `${id}_0`));
  assert.match(shown, /Partition=gpu/);
  assert.match(shown, /TresPerNode=gres:gpu:1|gres\/gpu=1/);
  await cluster.command("scancel", id);
});

test("overhead: at most half of the local time and 20 s", async (folder) => {
  const args = ["reproduce", PAPER, "--profile", "paper", "--jobs", "2"];
  const timed = async (action: () => Promise<{ code: number; stderr: string }>) => {
    const start = performance.now();
    const { code, stderr } = await action();
    assert.equal(code, 0, stderr);
    return (performance.now() - start) / 1000;
  };
  // What else the machine does must not decide: one try of three is enough.
  const tries: string[] = [];
  for (let i = 0; i < 3; i++) {
    const local = await timed(() => refigure({ args, folder: `${folder}/local-${i}`, papers: PAPERS }));
    const remote = await timed(() => cluster.run(`${folder}/slurm-${i}`, ...args, "--on", "slurm"));
    if (remote <= 1.5 * local + 20) return;
    tries.push(`${remote.toFixed(1)} s, locally ${local.toFixed(1)} s`);
  }
  assert.fail(tries.join("; "));
});

// Its daemons outlive tests that fail.
if (why === "") globalThis.addEventListener("unload", () => cluster.disposeSync());
