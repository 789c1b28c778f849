import assert from "node:assert/strict";
import {
  executeNotebook,
  hasJupyter,
  isLive,
  listPapers,
  normaliseNotebook,
  type Notebook,
  notebookProgram,
  places,
  readNotebook,
  settledOutputs,
  writeNotebook,
} from "../../../../lib/harness/mod.ts";
import { withFolder } from "../_helpers.ts";

const jupyter = await hasJupyter();
/** The papers that have a notebook: one whose laptop results are not committed yet has none. */
const ids = (await listPapers(places())).filter((id) => {
  try {
    return Deno.statSync(`notebooks/${id}.ipynb`).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
});
const unless = jupyter ? "" : " (skipped: jupyter-nbconvert is not on the PATH)";

const pathOf = (id: string) => `notebooks/${id}.ipynb`;

const FIGURE = "application/vnd.vegalite.v5+json", PICTURE = "image/png", TABLE = "text/html";

/** Figures and tables that a notebook's outputs show, by MIME type. */
function shown({ cells }: Pick<Notebook, "cells">): Record<string, number> {
  const counts: Record<string, number> = { [FIGURE]: 0, [PICTURE]: 0, [TABLE]: 0 };
  for (const output of cells.flatMap(({ outputs = [] }) => outputs)) {
    for (const type of Object.keys(output.data ?? {})) if (type in counts) counts[type]++;
  }
  return counts;
}

for (const id of ids) {
  // Cells tagged `live` compute the same under every profile: they run in the next test.
  Deno.test({
    name: `the notebook of ${id} computes its results anew in the Deno kernel${unless}`,
    ignore: !jupyter,
    fn: async () => {
      const options = { environment: { REFIGURE_PROFILE: "smoke" }, live: false };
      const made = shown(await executeNotebook(pathOf(id), options));
      const { cells } = await readNotebook(pathOf(id));
      assert.deepEqual(made, shown({ cells: cells.filter((cell) => !isLive(cell)) }));
      assert.ok(made[FIGURE] > 0);
    },
  });

  Deno.test({
    name: `the notebook of ${id} runs from top to bottom, and shows the committed results${unless}`,
    ignore: !jupyter,
    fn: async () => {
      const notebooks = [await executeNotebook(pathOf(id)), await readNotebook(pathOf(id))];
      // Every figure has its PNG fallback, and none is missing from either run.
      const [counts, kept] = notebooks.map(shown);
      assert.deepEqual(counts, kept);
      assert.equal(kept[PICTURE], kept[FIGURE]);
      const [made, committed] = notebooks.map(settledOutputs);
      assert.deepEqual(Object.keys(made), Object.keys(committed));
      for (const [cell, outputs] of Object.entries(committed)) {
        // Not deepEqual: its message would print figures' specifications whole.
        assert.ok(
          JSON.stringify(made[cell]) === JSON.stringify(outputs),
          `cell ${cell} differs: run \`deno task notebooks ${id}\` and look at it`,
        );
      }
    },
  });

  Deno.test(`the notebook of ${id} is committed with all outputs, normalised`, async () => {
    const notebook = await readNotebook(pathOf(id));
    assert.deepEqual(normaliseNotebook(notebook), notebook);
    for (const cell of notebook.cells.filter(({ cell_type }) => cell_type === "code")) {
      assert.ok(cell.outputs!.length > 0, `cell ${cell.id} has no output`);
      const last = [cell.source].flat().join("").trimEnd().split("\n").at(-1)!;
      assert.ok(!last.includes("console."), `cell ${cell.id} may lose what it prints last: use show()`);
      assert.ok(cell.outputs!.every(({ output_type }) => output_type !== "error"), `cell ${cell.id} failed`);
    }
  });
}

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
      await Deno.writeTextFile(files[i], notebookProgram(await readNotebook(pathOf(id))));
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

Deno.test("readNotebook() refuses what is not a notebook", async () => {
  await assert.rejects(readNotebook("deno.json"), /not a Jupyter notebook/);
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
