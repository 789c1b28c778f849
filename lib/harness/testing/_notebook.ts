/** What is tested of every notebook. */
import assert from "node:assert/strict";
import {
  executeNotebook,
  hasJupyter,
  isLive,
  normaliseNotebook,
  type Notebook,
  PROJECT,
  readNotebook,
  settledOutputs,
} from "../mod.ts";

const jupyter = await hasJupyter();
const unless = jupyter ? "" : " (skipped: jupyter-nbconvert is not on the PATH)";

const FIGURE = "application/vnd.vegalite.v5+json", PICTURE = "image/png", TABLE = "text/html";

/** Figures and tables that a notebook's outputs show, by MIME type. */
function shown({ cells }: Pick<Notebook, "cells">): Record<string, number> {
  const counts: Record<string, number> = { [FIGURE]: 0, [PICTURE]: 0, [TABLE]: 0 };
  for (const output of cells.flatMap(({ outputs = [] }) => outputs)) {
    for (const type of Object.keys(output.data ?? {})) if (type in counts) counts[type]++;
  }
  return counts;
}

/** Tests that a paper's notebook runs, under the smoke profile too, and shows the committed results. */
export function testNotebook(id: string): void {
  const path = `${PROJECT}notebooks/${id}.ipynb`;

  // Cells tagged `live` compute the same under every profile: they run in the next test.
  Deno.test({
    name: `the notebook of ${id} computes its results anew in the Deno kernel${unless}`,
    ignore: !jupyter,
    fn: async () => {
      const options = { environment: { REFIGURE_PROFILE: "smoke" }, live: false };
      const made = shown(await executeNotebook(path, options));
      const { cells } = await readNotebook(path);
      assert.deepEqual(made, shown({ cells: cells.filter((cell) => !isLive(cell)) }));
      assert.ok(made[FIGURE] > 0);
    },
  });

  Deno.test({
    name: `the notebook of ${id} runs from top to bottom, and shows the committed results${unless}`,
    ignore: !jupyter,
    fn: async () => {
      const notebooks = [await executeNotebook(path), await readNotebook(path)];
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

  // As `new` writes it, where there is no Jupyter that could have executed it.
  const waits = !jupyter && !/"execution_count": \d/.test(Deno.readTextFileSync(path));
  Deno.test({
    name: `the notebook of ${id} is committed with all outputs, normalised${waits ? unless : ""}`,
    ignore: waits,
    fn: async () => {
      const notebook = await readNotebook(path);
      assert.deepEqual(normaliseNotebook(notebook), notebook);
      for (const cell of notebook.cells.filter(({ cell_type }) => cell_type === "code")) {
        assert.ok(cell.outputs!.length > 0, `cell ${cell.id} has no output`);
        const last = [cell.source].flat().join("").trimEnd().split("\n").at(-1)!;
        assert.ok(!last.includes("console."), `cell ${cell.id} may lose what it prints last: use show()`);
        assert.ok(
          cell.outputs!.every(({ output_type }) => output_type !== "error"),
          `cell ${cell.id} failed`,
        );
      }
    },
  });
}
