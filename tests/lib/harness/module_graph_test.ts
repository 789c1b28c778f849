import assert from "node:assert/strict";
import { collectJobs, loadPaper, places, select } from "../../../lib/harness/mod.ts";
import { planRun } from "../../../lib/harness/run.ts";
import { moduleGraph } from "../../../lib/harness/module_graph.ts";
import { withFolder } from "./_helpers.ts";

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${name}`, text);
  return `file://${folder}/main.ts`;
}

Deno.test("moduleGraph() lists code, static and dynamic, and packages, but not types", () =>
  withFolder(async (folder) => {
    const entry = await write(folder, {
      "main.ts":
        'import { b } from "./b.ts"; import type { T } from "./t.ts"; import json from "./c.json" with ' +
        '{ type: "json" }; export const a: T = b + json.x; export const later = () => import("./d.ts");',
      "b.ts":
        'import { Matrix } from "ml-matrix"; export * from "./e.ts"; export const b = new Matrix(1, 1).rows;',
      "c.json": '{ "x": 1 }',
      "d.ts": "export {};",
      "e.ts": 'export type { T } from "./t.ts"; export {};',
      "t.ts": 'export { f } from "./f.ts"; export type T = number;',
      "f.ts": "export const f = 1;",
    });
    const before = await moduleGraph(entry);
    const names = Object.keys(before.files).map((path) => path.split("/").at(-1));
    assert.deepEqual(names, ["b.ts", "c.json", "d.ts", "e.ts", "main.ts"]);
    // Packages come with what they need.
    assert.ok(before.packages.some((name) => name.startsWith("ml-matrix@")));
    assert.ok(before.packages.some((name) => name.startsWith("is-any-array@")));
    assert.equal(before.packages.some((name) => name.startsWith("vega@")), false);

    await Deno.writeTextFile(`${folder}/t.ts`, "export type T = number; // changed");
    assert.deepEqual(await moduleGraph(entry), before);
    await Deno.writeTextFile(`${folder}/c.json`, '{ "x": 2 }');
    const { files } = await moduleGraph(entry);
    assert.deepEqual(
      Object.keys(files).filter((path) => files[path] !== before.files[path]),
      Object.keys(files).filter((path) => path.endsWith("c.json")),
    );
  }));

Deno.test("moduleGraph() names files by their path in the project", async () => {
  const { files } = await moduleGraph(import.meta.resolve("../../../lib/harness/_suggest.ts"));
  assert.deepEqual(Object.keys(files), ["lib/harness/_suggest.ts"]);
});

Deno.test("moduleGraph() throws when a module is missing or cannot be parsed", () =>
  withFolder(async (folder) => {
    for (const text of ['import "./gone.ts";', "export const = ;", 'import "no-such-package";']) {
      const entry = await write(folder, { "main.ts": text });
      await assert.rejects(
        moduleGraph(entry),
        /^HarnessError: Cannot (read the imports of|resolve) .*main.ts/,
        text,
      );
    }
  }));

Deno.test("the key of a job holds the code that reads its data", async () => {
  const paper = await loadPaper("2305.18593", places());
  const plan = { profile: "smoke" } as const;
  const jobs = ["toy", "classical"].map((experiment) =>
    collectJobs(paper, plan, select(paper)).find((job) => job.experiment === experiment)!
  );
  const planned = await planRun(paper, jobs, { plan, executor: "native", cache: "use", places: places() });
  const [toy, classical] = planned.jobs.map(({ parts }) => Object.keys(parts!.code));
  assert.ok(toy.includes("lib/data/dte_toy.ts") && !toy.includes("lib/data/npy.ts"));
  assert.ok(classical.includes("lib/data/npy.ts") && !classical.includes("lib/data/dte_toy.ts"));
  // Figures and claims move no result.
  assert.ok(![...toy, ...classical].some((path) => /figures|claims|tables|plan\.ts/.test(path)));
});
