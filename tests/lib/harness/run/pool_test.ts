import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { lines } from "../../../../lib/harness/run/_protocol.ts";
import { runTasks, type Task, type TaskEnd } from "../../../../lib/harness/run/pool.ts";
import type { Json } from "../../../../lib/harness/paper/types.ts";
import { PAPERS } from "../_helpers.ts";

function task(paper: string, experiment: string, config: Json = null): Task {
  return {
    module: pathToFileURL(`${PAPERS}/${paper}/experiments.ts`).href,
    experiment,
    config,
    seed: 3,
    executor: "eager",
    policy: "stand-in",
    data: experiment === "mean" ? ["adbench/42_WBC"] : [],
  };
}

async function run(tasks: readonly Task[], workers: number, onStart?: (index: number, pid: number) => void) {
  const ends = new Map<number, TaskEnd>();
  const fractions = new Map<number, number[]>();
  await runTasks(tasks, {
    workers,
    onStart,
    onProgress: (index, fraction) => fractions.set(index, [...fractions.get(index) ?? [], fraction]),
    onEnd: (index, end) => Promise.resolve(void ends.set(index, end)),
  });
  return { ends: tasks.map((_, index) => ends.get(index)!), fractions };
}

const messageOf = (end: TaskEnd) => end.type === "failed" ? end.message : JSON.stringify(end.result);

Deno.test("runTasks() reports each failure, and goes on", async () => {
  const cases: [string, RegExp][] = [
    ["fine", /^"fine"$/],
    ["throws", /^RangeError: Cannot do it as it must be possible: current value is false$/],
    ["aborts", /^Its process was ended twice by SIGABRT$/],
    ["fine", /^"fine"$/],
    ["exits", /^Its process ended with exit code 3$/],
    ["rejects", /^Its process ended with exit code 1: Error: nobody caught this$/],
    ["nan", /^RangeError: Cannot keep result\.scores\[1\] .* NaN$/],
    ["bytes", /^TypeError: Cannot keep result\.scores .* Float32Array$/],
    ["undeclared", /^TypeError: Cannot load adbench\/42_WBC as the experiment must declare it/],
    ["writes", /^NotCapable: Requires write access/],
    [
      "absent",
      /^TypeError: Cannot run absent as .*experiments\.ts must export it: current exports are .*experiments/,
    ],
    ["fine", /^"fine"$/],
  ];
  for (const workers of [1, 3]) {
    const { ends } = await run(cases.map(([experiment]) => task("0000.00001", experiment)), workers);
    for (const [index, [, message]] of cases.entries()) assert.match(messageOf(ends[index]), message);
  }
});

Deno.test("runTasks() tells of memory that is used up, and does not try again", async () => {
  let starts = 0;
  const { ends: [end] } = await run([task("0000.00001", "full")], 1, () => starts++);
  assert.match(messageOf(end), /^Its process ran out of memory \(V8's heap is full: .*\): try --jobs 1 or /);
  assert.equal(starts, 1);
});

Deno.test("runTasks() tells how much memory a process has taken", async () => {
  const { ends } = await run([
    task("0000.00001", "filling", 1),
    task("0000.00001", "filling", 700),
    task("0000.00001", "filling", 1),
  ], 1);
  const [before, full, after] = ends.map((end) => end.type === "done" ? end.memory! : NaN);
  assert.ok(before > 30 && before < 600 && full > 700 && full < before + 900, `${before} ${full}`);
  assert.ok(after >= full, "the process is the same, and its peak counts");
});

Deno.test("runTasks() gives an error's text on one line, without what a terminal would obey", async () => {
  const { ends: [end] } = await run([task("0000.00001", "loud")], 1);
  assert.equal(messageOf(end), "Error: one two red three\\x08");
});

Deno.test("runTasks() takes time in proportion to the size of a result", async () => {
  const seconds = async (bytes: number) => {
    const start = performance.now();
    const { ends: [end] } = await run([task("0000.00001", "large", bytes)], 1);
    assert.ok(end.type === "done" && (end.result as string).length === bytes);
    return (performance.now() - start) / 1000;
  };
  await seconds(1000);
  const [small, large] = [await seconds(2_000_000), await seconds(20_000_000)];
  // Ten times the bytes: a hundred times the work if each part were put to the end of a growing text.
  assert.ok(large < 25 * small + 2, `${small} s, ${large} s`);
});

Deno.test("lines() gives the lines of any parts", async () => {
  const text = "one\n\ntwo λ\nthree\n\nlast";
  const bytes = new TextEncoder().encode(text);
  for (let size = 1; size <= bytes.length; size++) {
    const parts = Array.from(
      { length: Math.ceil(bytes.length / size) },
      (_, i) => bytes.slice(i * size, (i + 1) * size),
    );
    const found: string[] = [];
    for await (const line of lines(ReadableStream.from(parts))) found.push(line);
    assert.deepEqual(found, text.split("\n"), `parts of ${size}`);
  }
});

Deno.test("runTasks() keeps stray output apart from results, and passes progress on", async () => {
  const { ends, fractions } = await run([task("0000.00000", "slow", { seconds: 0.6, part: 7 })], 1);
  assert.equal(messageOf(ends[0]), '{"part":7}');
  const told = fractions.get(0)!;
  assert.equal(told[0], 0);
  assert.ok(told.some((fraction) => fraction > 0 && fraction < 1));
  assert.deepEqual(told, told.toSorted((a, b) => a - b));
});

Deno.test("runTasks() loads declared data and tells where it came from", async () => {
  const { ends: [end] } = await run([task("0000.00000", "mean", { dataSet: "adbench/42_WBC" })], 1);
  assert.ok(end.type === "done", messageOf(end));
  assert.deepEqual(end.sources, { "adbench/42_WBC": "stand-in" });
  assert.ok((end.result as { rows: number }).rows > 0);
});

Deno.test("runTasks() uses a process again, and replaces one that was killed under a job", async () => {
  const tasks = Array.from({ length: 4 }, (_, part) => task("0000.00000", "slow", { seconds: 0.3, part }));
  const pids: number[] = [];
  let killed = 0;
  const { ends } = await run(tasks, 1, (index, pid) => {
    pids.push(pid);
    // The first try of the second job is killed from outside; its second try succeeds.
    if (index === 1 && killed++ === 0) setTimeout(() => Deno.kill(pid, "SIGKILL"), 150);
  });
  assert.deepEqual(ends.map(messageOf), [0, 1, 2, 3].map((part) => `{"part":${part}}`));
  assert.equal(pids.length, 5);
  assert.equal(pids[0], pids[1]);
  assert.equal(new Set(pids).size, 2);
});

Deno.test("runTasks() gives a job up whose process is killed twice", async () => {
  const tasks = [0, 1].map((part) => task("0000.00000", "slow", { seconds: 0.3, part }));
  const { ends } = await run(tasks, 1, (index, pid) => {
    if (index === 0) setTimeout(() => Deno.kill(pid, "SIGKILL"), 150);
  });
  assert.match(messageOf(ends[0]), /killed twice by SIGKILL, most likely for lack of memory/);
  assert.equal(messageOf(ends[1]), '{"part":1}');
});

Deno.test("runTasks() ends all processes when its signal is raised", async () => {
  const controller = new AbortController();
  const pids: number[] = [];
  const ends: number[] = [];
  const tasks = [0.1, 60, 60, 60].map((seconds, part) => task("0000.00000", "slow", { seconds, part }));
  await runTasks(tasks, {
    workers: 2,
    signal: controller.signal,
    onStart: (index, pid) => {
      pids.push(pid);
      if (index === 2) setTimeout(() => controller.abort(), 100);
    },
    onEnd: (index) => Promise.resolve(void ends.push(index)),
  });
  assert.deepEqual(ends, [0]);
  for (const pid of pids) assert.throws(() => Deno.kill(pid, "SIGCONT"));
});

Deno.test("runTasks() passes on what onEnd throws, and leaves no process behind", async () => {
  const pids: number[] = [];
  await assert.rejects(
    runTasks([0.1, 60].map((seconds, part) => task("0000.00000", "slow", { seconds, part })), {
      workers: 2,
      onStart: (_, pid) => void pids.push(pid),
      onEnd: () => Promise.reject(new Error("disk full")),
    }),
    /disk full/,
  );
  for (const pid of pids) assert.throws(() => Deno.kill(pid, "SIGCONT"));
});
