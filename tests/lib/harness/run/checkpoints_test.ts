import assert from "node:assert/strict";
import { andC } from "../../compile/_executors.ts";
import type { Paper } from "../../../../lib/harness/mod.ts";
import { Interrupted, type JobRecord } from "../../../../lib/harness/paper/mod.ts";
import { JobCheckpoints } from "../../../../lib/harness/run/checkpoints.ts";
import { type CacheMode, type Progress, Run, silentProgress } from "../../../../lib/harness/run/mod.ts";
import { filesBelow, withFolder } from "../_helpers.ts";
import { learning, type Learnt } from "./_learning.ts";

const EPOCHS = 1000;

const PAPER = {
  id: "0000.00002",
  title: "On learning",
  authors: "A. Nonymous",
  venue: "Nowhere",
  read: "nothing",
  profiles: {
    smoke: { data: "stand-in", summary: "" },
    laptop: { data: "stand-in", summary: "" },
    paper: { data: "stand-in", summary: "" },
  },
  experiments: [learning],
  artefacts: [],
  claims: [],
} as unknown as Paper;

interface Options {
  readonly cache?: CacheMode;
  readonly executor?: "native" | "wasm" | "c";
  readonly onProgress?: (notes: string[]) => void;
  readonly signal?: AbortSignal;
  readonly everySeconds?: number;
}

function prepare(folder: string, { cache = "use", executor = "wasm", everySeconds = 0.02 }: Options) {
  return new Run(PAPER, { profile: "smoke" }, {
    executor,
    cache,
    workers: 1,
    places: { papers: folder, out: `${folder}/out`, fixtures: `${folder}/fixtures` },
    jobs: [{ experiment: "learning", config: { epochs: EPOCHS }, seed: 5 }],
    checkpointSeconds: everySeconds,
  });
}

/** Runs the job; `interfere` is called again and again while it runs. */
async function run(
  folder: string,
  options: Options & { readonly interfere?: (files: string[]) => Promise<void> } = {},
): Promise<{ readonly record: JobRecord; readonly result: Learnt; readonly notes: string[] }> {
  const notes: string[] = [];
  const progress: Progress = { ...silentProgress, note: (text) => void notes.push(text) };
  let running = true;
  const watch = (async () => {
    while (running && options.interfere) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      await options.interfere(await unfinished(folder));
    }
  })();
  try {
    const { records, failures } = await prepare(folder, options).execute({
      progress,
      signal: options.signal,
    });
    assert.deepEqual(failures, []);
    const [record] = records.values();
    return { record, result: record.result as unknown as Learnt, notes };
  } finally {
    running = false;
    await watch;
  }
}

async function unfinished(folder: string): Promise<string[]> {
  const files = await filesBelow(`${folder}/out/cache`).catch(() => []);
  return files.filter((path) => path.includes(".unfinished/") && !path.endsWith(".tmp"));
}

/** Starts the job and interrupts it once it has saved so many trainings. */
async function interrupted(folder: string, trainings: number, options: Options = {}): Promise<void> {
  const stop = new AbortController();
  const interfere = (files: string[]) => {
    if (files.length >= trainings) stop.abort();
    return Promise.resolve();
  };
  await assert.rejects(run(folder, { ...options, signal: stop.signal, interfere }), Interrupted);
}

const numbers = ({ slope, losses }: Learnt) => ({ slope, losses });

for (const executor of andC("wasm", "native")) {
  Deno.test(`a job that was stopped goes on from its checkpoints, with the same bits: ${executor}`, () =>
    withFolder((whole) =>
      withFolder(async (folder) => {
        const { result } = await run(whole, { executor, everySeconds: 1e6 });
        assert.deepEqual(result.seen, [EPOCHS, EPOCHS]);
        await interrupted(folder, 2, { executor });
        const { result: resumed, record } = await run(folder, { executor });
        assert.deepEqual(numbers(resumed), numbers(result));
        const [first, second] = resumed.seen;
        assert.equal(first, 0, "the first training had ended");
        assert.ok(second < EPOCHS, `the second one took ${second} epochs again`);
        assert.ok(record.seconds > 0.02, "the seconds of both processes count");
        assert.deepEqual(await unfinished(folder), [], "nothing is left when the job is done");
      })
    ));
}

Deno.test("a job whose process is killed goes on by itself in the next", () =>
  withFolder(async (folder) => {
    let killed = 0;
    const { result } = await run(folder, {
      interfere: async (files) => {
        if (files.length === 0 || killed++ > 0) return;
        for (const worker of await workersOf(Deno.pid)) Deno.kill(worker, "SIGKILL");
      },
    });
    assert.ok(killed > 0);
    assert.ok(result.seen[0] < EPOCHS, `${result.seen}`);
  }));

Deno.test("checkpoints that are cut off or of another job are ignored with a word", () =>
  withFolder(async (folder) => {
    await interrupted(folder, 1);
    const [path] = await unfinished(folder);
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.subarray(0, bytes.length / 2));
    const { result, notes } = await run(folder);
    assert.deepEqual(result.seen, [EPOCHS, EPOCHS]);
    assert.match(notes.join("\n"), /^learning.*: The checkpoint [0-9a-f]{32}-0 is damaged and ignored/);
    // The same training, but of a run on another executor: the job is another.
    await interrupted(folder, 1, { executor: "native" });
    const [native] = await unfinished(folder);
    const [, key] = native.match(/([0-9a-f]+)\.unfinished/)!;
    const wasm = (await filesBelow(`${folder}/out/cache`)).find((path) =>
      path.endsWith(".json") && !path.includes(key)
    )!;
    await Deno.mkdir(wasm.replace(".json", ".unfinished"), { recursive: true });
    await Deno.rename(native, `${wasm.replace(".json", ".unfinished")}/${native.split("/").at(-1)}`);
    await Deno.remove(wasm);
    const again = await run(folder);
    assert.deepEqual(again.result, result);
    assert.match(again.notes.join("\n"), /is of another training and ignored/);
  }));

Deno.test("a run that takes no cached results takes no checkpoints of earlier runs either", () =>
  withFolder(async (folder) => {
    await interrupted(folder, 1);
    const { result } = await run(folder, { cache: "refresh" });
    assert.deepEqual(result.seen, [EPOCHS, EPOCHS]);
    assert.deepEqual(await unfinished(folder), []);
  }));

Deno.test("JobCheckpoints says once that it cannot write, and takes no names but those of checkpoints", () =>
  withFolder(async (folder) => {
    const notes: string[] = [], name = `${"0".repeat(32)}-0`;
    const options = { owner: "job", note: (text: string) => void notes.push(text) };
    const nowhere = new JobCheckpoints("/proc/job.unfinished", { root: "/proc", ...options });
    for (let i = 0; i < 3; i++) await nowhere.write(name, Uint8Array.of(1));
    assert.equal(notes.length, 1);
    assert.match(notes[0], /^Cannot write \/proc\/.*; the job goes on, and is not saved meanwhile$/);
    const here = new JobCheckpoints(`${folder}/cache/job.unfinished`, {
      root: `${folder}/cache`,
      ...options,
    });
    await Deno.mkdir(`${folder}/cache`);
    await Deno.writeTextFile(here.folder, "in the way"); // is moved aside
    for (const given of [name, "x", `../${name}`, `${name}/x`]) await here.write(given, Uint8Array.of(2));
    assert.deepEqual((await here.request()).names, [name]);
    assert.deepEqual((await filesBelow(folder)).filter((path) => !path.includes(".aside")), [
      `${here.folder}/${name}`,
    ]);
    assert.deepEqual(await here.read(name), Uint8Array.of(2));
    assert.equal(await here.read(`../job.unfinished/${name}`), undefined);
    assert.equal(notes.length, 1);
    await here.remove();
    await here.remove();
    assert.deepEqual((await here.request()).names, []);
  }));

Deno.test("two runs of one job at once lose nothing", () =>
  withFolder(async (folder) => {
    const [a, b] = await Promise.all([run(folder), run(folder)]);
    assert.deepEqual(numbers(a.result), numbers(b.result));
    assert.deepEqual((await run(folder)).result, b.result);
  }));

/** Worker processes that a process has started. */
async function workersOf(pid: number): Promise<number[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "pid=,args=", "--ppid", `${pid}`] })
    .output();
  return new TextDecoder().decode(stdout).split("\n")
    .filter((line) => line.includes("_worker.ts")).map((line) => parseInt(line));
}
