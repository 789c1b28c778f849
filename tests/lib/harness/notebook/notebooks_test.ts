import assert from "node:assert/strict";
import {
  executeNotebook,
  hasJupyter,
  listPapers,
  normaliseNotebook,
  notebookProgram,
  places,
  readGolden,
  readNotebook,
  writeNotebook,
} from "../../../../lib/harness/mod.ts";
import { withFolder } from "../_helpers.ts";

const jupyter = await hasJupyter();
// A notebook shows laptop results: a paper that has none yet has no notebook.
const ids = (await Promise.all(
  (await listPapers(places())).map(async (id) => await readGolden(places(), id, "laptop") ? [id] : []),
)).flat();
const unless = jupyter ? "" : " (skipped: jupyter-nbconvert is not on the PATH)";

Deno.test("the cells of all notebooks have no type error and no lint", async () => {
  // Beside `notebooks`, which is not linted: the cells import `../lib/…`.
  const prefix = `tests/.cells-${crypto.randomUUID()}-`;
  const files = ids.map((id) => `${prefix}${id}.ts`);
  const run = async (...args: string[]) => {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" } })
      .output();
    assert.ok(success, new TextDecoder().decode(stderr));
  };
  try {
    for (const [i, id] of ids.entries()) {
      await Deno.writeTextFile(files[i], notebookProgram(await readNotebook(`notebooks/${id}.ipynb`)));
    }
    await run("check", "--quiet", ...files);
    // Cells may print, and import what a reader is told to use.
    await run("lint", "--quiet", "--rules-exclude=no-console,no-unused-vars", ...files);
  } finally {
    for (const file of files) await Deno.remove(file);
  }
});

Deno.test({
  name: `executeNotebook() fails with the cell's error${unless}`,
  ignore: !jupyter,
  fn: async () => {
    await assert.rejects(
      executeNotebook("tests/lib/harness/notebook/_must_fail.ipynb"),
      /this cell must fail/,
    );
  },
});

Deno.test({
  name: `executeNotebook() executes again what the kernel lost a picture of${unless}`,
  ignore: !jupyter,
  fn: () =>
    withFolder(async (folder) => {
      const output = (text: string) => ({ output_type: "display_data", data: { "text/plain": text } });
      const outputs = [output("a"), output("b")];
      const cell = { cell_type: "code", id: "two", metadata: {}, source: "", execution_count: 1, outputs };
      const path = `${folder}/two.ipynb`;
      await Deno.writeTextFile(path, JSON.stringify({ cells: [cell], metadata: {} }));
      await Deno.writeTextFile(
        `${folder}/lossy.ts`,
        `
        const out = Deno.args.find((arg) => arg.startsWith("--output-dir=")).slice(13);
        const notebook = JSON.parse(Deno.readTextFileSync(Deno.args.at(-1)));
        Deno.writeTextFileSync("calls", "x", { append: true });
        if (Deno.readTextFileSync("calls") === "x") notebook.cells[1].outputs.pop();
        Deno.writeTextFileSync(out + "/executed.ipynb", JSON.stringify(notebook));
      `,
      );
      const program = `#!/bin/sh\nexec "${Deno.execPath()}" run -A lossy.ts "$@"\n`;
      await Deno.writeTextFile(`${folder}/jupyter-nbconvert`, program, { mode: 0o700 });
      const made = await executeNotebook(path, { environment: { PATH: folder } });
      assert.equal(made.cells[0].outputs!.length, 2);
      assert.equal(await Deno.readTextFile(`${folder}/calls`), "xx");
    }),
});

Deno.test("readNotebook() refuses what is not a notebook", async () => {
  await assert.rejects(readNotebook("deno.json"), /not a Jupyter notebook/);
  await withFolder(async (folder) => {
    const path = `${folder}/a.ipynb`;
    await assert.rejects(readNotebook(path), { name: "HarnessError", message: /there is no such file$/ });
    const cell = { cell_type: "code", metadata: {}, source: ["1"], outputs: [] };
    for (
      const damaged of [
        null,
        [],
        { cells: {} },
        { cells: [null] },
        { cells: [{ ...cell, source: 1 }] },
        { cells: [{ ...cell, source: ["1", null] }] },
        { cells: [{ ...cell, outputs: {} }] },
        { cells: [{ ...cell, outputs: [null] }] },
        { cells: [{ ...cell, cell_type: 3 }] },
      ]
    ) {
      await Deno.writeTextFile(path, JSON.stringify(damaged));
      await assert.rejects(readNotebook(path), { name: "HarnessError", message: /not a Jupyter notebook/ });
    }
    await Deno.writeTextFile(path, JSON.stringify({ cells: [cell] }));
    assert.deepEqual((await readNotebook(path)).cells, [cell]);
  });
});

Deno.test("normaliseNotebook() removes what differs between equal runs", () => {
  const { cells } = normaliseNotebook({
    cells: [{
      cell_type: "code",
      id: "a",
      metadata: { execution: { "iopub.execute_input": "2001-01-01" }, tags: ["x"] } as never,
      source: "1",
      execution_count: 7,
      outputs: [
        { output_type: "stream", name: "stdout", text: "10 %\r50 %\rdone\n" },
        { output_type: "stream", name: "stdout", text: ["\x1b[33mnext\x1b[39m\n"] },
      ],
    }],
    metadata: { kernelspec: { name: "other" } },
    nbformat: 4,
    nbformat_minor: 4,
  });
  assert.deepEqual(cells[0].metadata, { tags: ["x"] });
  assert.equal(cells[0].execution_count, 1);
  assert.deepEqual(cells[0].outputs, [{ name: "stdout", output_type: "stream", text: ["done\n", "next\n"] }]);
});

Deno.test("writeNotebook() and readNotebook() agree, and figures take one line", () =>
  withFolder(async (folder) => {
    const notebook = normaliseNotebook({
      cells: [{
        cell_type: "code",
        id: "a",
        metadata: {},
        source: "show",
        outputs: [{
          output_type: "display_data",
          data: {
            "application/vnd.vegalite.v5+json": { mark: 'a "quoted" \\ mark', data: [1, 2, { x: "\n" }] },
          },
        }],
      }],
      metadata: {},
      nbformat: 4,
      nbformat_minor: 5,
    });
    await writeNotebook(`${folder}/a.ipynb`, notebook);
    assert.deepEqual(await readNotebook(`${folder}/a.ipynb`), notebook);
    const lines = (await Deno.readTextFile(`${folder}/a.ipynb`)).split("\n");
    assert.equal(lines.filter((line) => line.includes("mark")).length, 1);
  }));
