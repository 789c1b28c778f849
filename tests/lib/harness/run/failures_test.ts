import assert from "node:assert/strict";
import { zipSync } from "fflate";
import { developmentFile } from "../../../_development_data.ts";
import type { Summary } from "../../../../lib/harness/results/summary.ts";
import { filesBelow, refigure, startRefigure, withFolder } from "../_helpers.ts";

const SLOW = ["reproduce", "0000.00000", "--profile", "laptop", "--executor", "eager", "--jobs", "2"];

/** Waits until the cache holds some results of the slow experiment. */
async function untilCached(folder: string, count: number): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 20) {
    const files = await filesBelow(`${folder}/out/cache/0000.00000/slow`).catch(() => []);
    if (files.filter((path) => path.endsWith(".json")).length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("No result was cached in 20 s");
}

Deno.test("kill -9 in the middle: finished jobs are not run again, and nothing is corrupt", () =>
  withFolder(async (folder) => {
    const child = startRefigure({ args: SLOW, folder });
    const output = child.output();
    await untilCached(folder, 2);
    const [command] = await childrenOf(child.pid);
    Deno.kill(command, "SIGKILL");
    // Who started it says what happened.
    const { code: killed, stderr: said } = await output;
    assert.equal(killed, 137);
    assert.match(
      new TextDecoder().decode(said),
      /\nerror: The command was ended by SIGKILL, most likely for lack of memory: .* Finished jobs are kept\n$/,
    );
    const finished = (await filesBelow(`${folder}/out/cache`)).filter((path) =>
      path.endsWith(".json")
    ).length;
    assert.ok(finished >= 2 && finished < 13);
    const { code, stdout, stderr } = await refigure({ args: SLOW, folder });
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`${13 - finished} jobs run, ${finished} cached, 0 failed`));
    for (const path of await filesBelow(`${folder}/out/cache`)) JSON.parse(await Deno.readTextFile(path));
  }));

for (const victim of ["the command", "what started it", "the task"] as const) {
  Deno.test(`kill -9 of ${victim} ends the workers within 2 s, whatever they compute`, () =>
    withFolder(async (folder) => {
      const args = [
        "reproduce",
        "0000.00001",
        "--profile",
        "paper",
        "--only",
        "table-endless",
        "--jobs",
        "2",
      ];
      const task = victim === "the task";
      const child = startRefigure({ args, folder, task });
      const output = child.output();
      const [starter] = task ? await until(() => childrenOf(child.pid), 1) : [child.pid];
      const [command] = await until(() => commandsOf(starter), 1);
      const workers = await until(() => childrenOf(command), 2);
      // Jobs that never see an event have begun.
      await new Promise((resolve) => setTimeout(resolve, 3000));
      assert.deepEqual(await running(workers), workers);
      Deno.kill(victim === "the command" ? command : child.pid, "SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 2000));
      assert.deepEqual(await running(workers), []);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.deepEqual(await running([starter, command]), []);
      await output;
    }));
}

/** Asks until there are as many. */
async function until(ask: () => Promise<number[]>, count: number): Promise<number[]> {
  for (let waited = 0; waited < 20_000; waited += 50) {
    const found = await ask();
    if (found.length >= count) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`There are no ${count} processes after 20 s`);
}

/** What `ps` prints; "" if there is no such process. Reading /proc would need all permissions. */
async function ps(...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command("ps", { args, stderr: "null" }).output();
  return new TextDecoder().decode(stdout).trim();
}

async function childrenOf(pid: number): Promise<number[]> {
  return (await ps("--ppid", `${pid}`, "-o", "pid=")).split(/\s+/).filter((word) => word !== "").map(Number);
}

/** Those of a process's children that are the command line: a short one goes before, to see that it can. */
async function commandsOf(pid: number): Promise<number[]> {
  const children = await childrenOf(pid);
  const texts = await Promise.all(children.map((child) => ps("-p", `${child}`, "-o", "args=")));
  return children.filter((_, i) => texts[i].includes("harness/cli/main.ts"));
}

/** The processes that exist and are not merely waiting to be buried. */
async function running(pids: readonly number[]): Promise<number[]> {
  const states = await Promise.all(pids.map((pid) => ps("-p", `${pid}`, "-o", "stat=")));
  return pids.filter((_, i) => states[i] !== "" && !states[i].startsWith("Z"));
}

Deno.test("Ctrl-C keeps finished jobs and says how to go on", () =>
  withFolder(async (folder) => {
    const child = startRefigure({ args: [...SLOW, "--force"], folder });
    const output = child.output();
    await untilCached(folder, 2);
    // Twice, as under `deno task`, which passes on what its whole group gets.
    child.kill("SIGINT");
    child.kill("SIGINT");
    const { code, stderr } = await output;
    const text = new TextDecoder().decode(stderr);
    assert.equal(code, 130);
    assert.match(
      text,
      /error: Interrupted: \d+ of 13 jobs are finished and kept\. .*deno task reproduce 0000\.00000 --profile/,
    );
    assert.doesNotMatch(text, /--force/);
    const { stdout } = await refigure({ args: SLOW, folder });
    assert.match(stdout, /0 failed/);
    assert.doesNotMatch(stdout, / 0 cached/);
  }));

Deno.test("Ctrl-C under --no-cache does not claim that anything is kept", () =>
  withFolder(async (folder) => {
    const child = startRefigure({ args: [...SLOW, "--no-cache"], folder });
    let said = "";
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      if (!said.includes("[2/") && (said + text).includes("[2/")) child.kill("SIGINT");
      said += text;
    }
    await child.stdout.cancel();
    await child.status;
    assert.match(
      said,
      /Interrupted: \d+ of 13 jobs were finished, and none is kept.* Run it again with: .* --no-cache/,
    );
  }));

Deno.test("a truncated cache file is a miss with that reason", () =>
  withFolder(async (folder) => {
    const args = ["reproduce", "0000.00000", "--only", "Figure 1"];
    await refigure({ args, folder });
    const [path] = await filesBelow(`${folder}/out/cache`);
    await Deno.truncate(path, 100);
    const dry = await refigure({ args: [...args, "--dry-run"], folder });
    assert.match(dry.stdout, /to run +square: x = \d, seed \d +its cache file is damaged/);
    const { code, stdout } = await refigure({ args, folder });
    assert.equal(code, 0);
    assert.match(stdout, /1 jobs run, 5 cached/);
  }));

Deno.test("failed jobs, figures and claims are reported, the others are written", () =>
  withFolder(async (folder) => {
    const args = ["reproduce", "0000.00001", "--profile", "smoke", "--jobs", "2"];
    const { code, stdout, stderr } = await refigure({ args: [...args, "--json"], folder });
    assert.equal(code, 1, stderr);
    const summary: Summary = JSON.parse(stdout);
    assert.deepEqual(summary.jobs, { run: 1, cached: 0, failed: 8 });
    const failures = Object.fromEntries(
      summary.failures.map(({ job, message }) => [job.experiment, message]),
    );
    assert.match(failures.nan, /result\.scores\[1\] as it must be a finite number: current value is NaN/);
    assert.match(failures.aborts, /ended twice by SIGABRT/);
    assert.match(failures.exits, /exit code 3/);
    const made = summary.artefacts.filter(({ error }) => error === null).map(({ id }) => id);
    assert.deepEqual(made, ["table-fine"]);
    const errors = Object.fromEntries(summary.artefacts.map(({ id, error }) => [id, error]));
    assert.equal(errors["table-nan"], "NoResults: no result of “nan”, all");
    assert.equal(errors["figure-broken"], "TypeError: a bug in the figure");
    assert.match(errors["figure-unknown-mark"]!, /^SyntaxError/);
    assert.deepEqual(summary.claims.map(({ status, error }) => [status, error]), [
      ["not attempted", "TypeError: a bug in the claim"],
      ["not attempted", null],
    ]);
    const files = await filesBelow(`${folder}/out/smoke/0000.00001`);
    assert.ok(files.some((path) => path.endsWith("/table-fine.csv")));

    const text = await refigure({ args, folder });
    assert.equal(text.code, 1);
    assert.match(text.stdout, /Failed:\n {2}throws: all, seed 0: RangeError: Cannot do it/);
    assert.match(text.stdout, /Figure 9: TypeError: a bug in the figure/);
    assert.match(
      text.stdout,
      /Run what is left with: deno task reproduce 0000\.00001 --profile smoke --jobs 2/,
    );
  }));

Deno.test("an output folder that cannot be written is explained on one line, before anything runs", () =>
  withFolder(async (folder) => {
    // As root, a read-only folder can be written; a file in its place cannot.
    const args = ["reproduce", "0000.00000", "--only", "Figure 1"];
    await Deno.writeTextFile(`${folder}/out`, "a file");
    const blocked = await refigure({ args, folder });
    assert.equal(blocked.code, 1);
    assert.match(
      blocked.stderr,
      /^error: Cannot write .*\/out\/.* is a file, not a folder: move .* or name .* --out\n$/,
    );
    await Deno.remove(`${folder}/out`);

    // Results that could be kept are kept when only the figures cannot be written.
    await Deno.mkdir(`${folder}/out/laptop/0000.00000/figure-1.svg/x`, { recursive: true });
    const late = await refigure({ args, folder });
    assert.equal(late.code, 1);
    assert.match(late.stderr, /\nerror: Cannot write .*\/figure-1\.svg as /);
    await Deno.remove(`${folder}/out/laptop`, { recursive: true });
    assert.match((await refigure({ args, folder })).stdout, /0 jobs run, 6 cached/);
  }));

Deno.test("two runs at once both end well, and their folder holds one run's files", () =>
  withFolder(async (folder) => {
    const args = ["reproduce", "0000.00000", "--executor", "eager", "--jobs", "2"];
    const runs = await Promise.all(
      ["1", "2"].map((seeds) => refigure({ args: [...args, "--seeds", seeds], folder })),
    );
    for (const { code, stderr } of runs) assert.equal(code, 0, stderr);
    const outputs = `${folder}/out/laptop/0000.00000`;
    const summary: Summary = JSON.parse(await Deno.readTextFile(`${outputs}/summary.json`));
    const { data: { values } } = JSON.parse(await Deno.readTextFile(`${outputs}/figure-1.vl.json`));
    assert.equal(values.length, 3 * summary.seeds!);
    assert.equal((await filesBelow(folder)).some((path) => path.endsWith(".tmp")), false);
    for (const path of await filesBelow(`${folder}/out/cache`)) JSON.parse(await Deno.readTextFile(path));
  }));

Deno.test("data that is missing and cannot be had fails its jobs, and the others go on", () =>
  withFolder(async (folder) => {
    const args = ["reproduce", "0000.00000", "--profile", "paper", "--executor", "eager", "--json"];
    const { code, stdout, stderr } = await refigure({ args, folder });
    assert.equal(code, 1, stderr);
    const { jobs, failures }: Summary = JSON.parse(stdout);
    assert.deepEqual(jobs, { run: 13, cached: 0, failed: 1 });
    assert.match(failures[0].message, /^The data set adbench\/42_WBC is missing: /);
  }));

/** An npz member of pickled objects, as NumPy writes lists of mixed things. */
function pickledNpz(): Uint8Array {
  const header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".padEnd(117) + "\n";
  const npy = Uint8Array.of(
    0x93,
    ...new TextEncoder().encode("NUMPY"),
    1,
    0,
    118,
    0,
    ...new TextEncoder().encode(header),
  );
  return zipSync({ "X.npy": npy, "y.npy": npy });
}

const WHOLE = developmentFile("adbench/Classical/42_WBC.npz");
const needsData = WHOLE ? "" : " (skipped: adbench/Classical/42_WBC.npz is not in REFIGURE_DATA)";

for (
  const [what, damage] of [
    ["truncated", (bytes: Uint8Array) => bytes.slice(0, 700)],
    ["with a byte flipped", (bytes: Uint8Array) => bytes.with(700, bytes[700] ^ 1)],
    ["of pickled objects", pickledNpz],
  ] as const
) {
  Deno.test({
    name: `a data file ${what} fails its jobs in one line that says what to do${needsData}`,
    ignore: !WHOLE,
    fn: () =>
      withFolder(async (folder) => {
        await Deno.mkdir(`${folder}/data/adbench/Classical`, { recursive: true });
        const path = `${folder}/data/adbench/Classical/42_WBC.npz`;
        await Deno.writeFile(path, damage(await Deno.readFile(WHOLE!)));
        const args = ["reproduce", "0000.00000", "--profile", "paper", "--executor", "eager", "--json"];
        const damaged = await refigure({ args, folder, data: `${folder}/data` });
        assert.equal(damaged.code, 1, damaged.stderr);
        const { jobs, failures }: Summary = JSON.parse(damaged.stdout);
        assert.deepEqual(jobs, { run: 13, cached: 0, failed: 1 });
        assert.match(
          failures[0].message,
          /42_WBC\.npz must have 1444 bytes with SHA-256 .*; delete it, then run `deno task data fetch adbench\/42_WBC`$/,
        );
        assert.ok(!failures[0].message.includes("\n"));
        // Nothing is lost: with the right file only the failed job runs.
        await Deno.copyFile(WHOLE!, path);
        const mended = await refigure({ args, folder, data: `${folder}/data` });
        assert.equal(mended.code, 0, mended.stderr);
        assert.deepEqual((JSON.parse(mended.stdout) as Summary).jobs, { run: 1, cached: 13, failed: 0 });
      }),
  });
}

Deno.test("a loader variable in the environment, as clusters set them, does not stop a run", () =>
  withFolder(async (folder) => {
    const args = ["reproduce", "0000.00000", "--profile", "smoke", "--executor", "eager", "--jobs", "1"];
    const { code, stderr } = await refigure({ args, folder, env: { LD_LIBRARY_PATH: folder } });
    assert.equal(code, 0, stderr);
  }));
