import assert from "node:assert/strict";
import { loadPaper, places } from "../../../../lib/harness/mod.ts";
import { Run } from "../../../../lib/harness/run/run.ts";
import { moduleGraph, moduleGraphs } from "../../../../lib/harness/run/module_graph.ts";
import { withFolder } from "../_helpers.ts";

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
  const { files } = await moduleGraph(import.meta.resolve("../../../../lib/harness/paper/suggest.ts"));
  assert.deepEqual(Object.keys(files), ["lib/harness/paper/suggest.ts"]);
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

Deno.test("moduleGraphs() gives each module its own graph, and its own error", () =>
  withFolder(async (folder) => {
    const text =
      'import { a } from "./shared.ts"; import { Matrix } from "ml-matrix"; export const x = [a, Matrix];';
    const main = await write(folder, { "main.ts": text, "shared.ts": "export const a = 1;" });
    const own = import.meta.resolve("../../../../lib/harness/run/cache.ts");
    for (const broken of ['import "./gone.ts";', "export const = ;", 'import "no-such-package";']) {
      await write(folder, { "broken.ts": broken });
      const entries = [main, `file://${folder}/broken.ts`, own, `file://${folder}/missing.ts`];
      const graphOf = moduleGraphs(entries);
      const found = await Promise.allSettled(entries.map(graphOf));
      assert.deepEqual(found.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled", "rejected"]);
      for (const index of [0, 2]) {
        assert.deepEqual(await graphOf(entries[index]), await moduleGraph(entries[index]));
      }
      for (const index of [1, 3]) {
        const { reason: { message } } = found[index] as PromiseRejectedResult;
        assert.match(message, /^Cannot (read the imports of|resolve) .*(broken|missing)\.ts/);
        await assert.rejects(moduleGraph(entries[index]), { message });
      }
    }
  }));

Deno.test("the key of a job holds the code that reads its data", async () => {
  const paper = await loadPaper("2305.18593", places());
  const run = new Run(paper, { profile: "smoke" }, {
    executor: "native",
    cache: "use",
    workers: 1,
    places: places(),
  });
  const planned = (await run.preview()).jobs;
  const [toy, classical] = ["toy", "classical"].map((experiment) =>
    Object.keys(planned.find(({ job }) => job.experiment === experiment)!.parts!.code)
  );
  assert.ok(toy.includes("lib/data/sets/dte_toy.ts") && !toy.includes("lib/data/formats/npy.ts"));
  assert.ok(classical.includes("lib/data/formats/npy.ts") && !classical.includes("lib/data/sets/dte_toy.ts"));
  // Figures and claims move no result.
  assert.ok(![...toy, ...classical].some((path) => /figures|claims|tables|plan\.ts/.test(path)));
});

/** A door with two modules behind it, one of them behind a second door. */
const DOORS = {
  "main.ts": 'import { a, type T } from "./mod.ts"; export const x: T = a;',
  "mod.ts":
    '/** A door. */\nimport "./effect.ts";\nexport { a } from "./a.ts";\nexport type { T } from "./t.ts";\n' +
    'export * from "./inner/mod.ts";',
  "a.ts": "export const a = 1;",
  "t.ts": "export type T = number;",
  "effect.ts": "export {};",
  "inner/mod.ts": 'export * from "./b.ts";\nexport * from "./c.ts";',
  "inner/b.ts": "export function b() {}",
  "inner/c.ts": "export function c() {}",
};

async function filesOf(folder: string, files: Readonly<Record<string, string>>): Promise<string[]> {
  await Deno.mkdir(`${folder}/inner`, { recursive: true });
  const { files: found } = await moduleGraph(await write(folder, files));
  return Object.keys(found).map((path) => path.slice(path.indexOf(folder) + folder.length + 1));
}

Deno.test("moduleGraph() sees through doors to the modules of the names imported", () =>
  withFolder(async (folder) => {
    const seen = (main: string) => filesOf(folder, { ...DOORS, "main.ts": main });
    assert.deepEqual(await filesOf(folder, DOORS), ["a.ts", "effect.ts", "main.ts"]);
    assert.deepEqual(await seen('import { c } from "./mod.ts"; c();'), [
      "effect.ts",
      "inner/c.ts",
      "main.ts",
    ]);
    // A name that is not found, a namespace and a module with code of its own count in full.
    const all = ["a.ts", "effect.ts", "inner/b.ts", "inner/c.ts", "inner/mod.ts", "main.ts", "mod.ts"];
    assert.deepEqual(await seen('import * as all from "./mod.ts"; all.c();'), all);
    assert.deepEqual(await seen('import { c } from "./mod.ts"; import("./mod.ts");'), all);
    const own = `${DOORS["mod.ts"]}\nexport const own = 1;`;
    assert.deepEqual(await filesOf(folder, { ...DOORS, "mod.ts": own }), all);
  }));

Deno.test("a new export of lib/nn changes no key, a change of a function that is used does", async () => {
  const doors = await Promise.all(
    ["lib/nn/mod.ts", "lib/nn/layers/mod.ts"].map((path) => Deno.readTextFile(path)),
  );
  assert.ok(doors.every((text) => /^export \* from/m.test(text)));
  const training = await moduleGraph(
    import.meta.resolve("../../../../reproductions/2311.03096/experiments/torus.ts"),
  );
  const arithmetic = await moduleGraph(
    import.meta.resolve("../../../../reproductions/2311.03096/experiments/particles.ts"),
  );
  const paths = Object.keys(training.files);
  // A new module is seen by none of the doors, as none of them counts; those of what is used do.
  assert.ok(
    !paths.some((path) => path.endsWith("/mod.ts")),
    `${paths.filter((path) => path.endsWith("/mod.ts"))}`,
  );
  assert.ok(paths.includes("lib/nn/train/train.ts") && !paths.includes("lib/nn/jet/jet.ts"));
  assert.ok(Object.keys(arithmetic.files).length < 20, `${Object.keys(arithmetic.files).length} files`);
  assert.ok(!Object.keys(arithmetic.files).some((path) => path.startsWith("lib/nn/")));
});
