import assert from "node:assert/strict";
import type { Paper } from "../../../../lib/harness/mod.ts";
import { prepareRun, Run, runTasks, type Task } from "../../../../lib/harness/run/mod.ts";
import { withFolder } from "../_helpers.ts";
import { learning } from "./_learning.ts";

const LEARNING: Task = {
  module: learning.module,
  experiment: "learning",
  config: { epochs: 20 },
  seed: 3,
  executor: "native",
  policy: "stand-in",
  data: [],
};

Deno.test("a worker uses the threads that a job is given", async () => {
  const said: string[] = [];
  await runTasks([{ ...LEARNING, threads: 1.5 }, { ...LEARNING, threads: 2 }], {
    workers: 1,
    onEnd: (_, end) => Promise.resolve(void said.push(end.type === "failed" ? end.message : end.type)),
  });
  assert.match(said[0], /^RangeError: Cannot use threads as their number must be an integer >= 1: .* 1\.5$/);
  assert.equal(said[1], "done");
});

Deno.test("results of several threads have a key of their own", () =>
  withFolder(async (folder) => {
    const profile = { data: "stand-in", summary: "" };
    const paper = {
      ...{ id: "0000.00002", title: "", authors: "", venue: "", read: "", artefacts: [], claims: [] },
      profiles: { smoke: profile, laptop: profile, paper: profile },
      experiments: [learning],
    } as unknown as Paper;
    const executorOf = async (threads?: number) => {
      const { jobs: [job] } = await new Run(paper, { profile: "smoke" }, {
        executor: "native",
        cache: "use",
        workers: 1,
        threads,
        places: { papers: folder, out: `${folder}/out`, fixtures: `${folder}/fixtures` },
        jobs: [{ experiment: "learning", config: { epochs: 1 }, seed: 1 }],
      }).preview();
      return job.parts!.executor;
    };
    assert.deepEqual(
      [await executorOf(), await executorOf(1), await executorOf(2)],
      ["native", "native", "native, 2 threads"],
    );
  }));

Deno.test("threads take the place of jobs, and are for native", async () => {
  const prepare = (options: object) => prepareRun("2311.03096", options);
  const { options: { workers } } = await prepare({ threads: navigator.hardwareConcurrency });
  assert.equal(workers, 1);
  await assert.rejects(prepare({ threads: 0 }), /threads must be an integer >= 1: current value is 0/);
  await assert.rejects(
    prepare({ threads: 2, executor: "wasm" }),
    /threads must be 1 on wasm: current value is 2/,
  );
});
