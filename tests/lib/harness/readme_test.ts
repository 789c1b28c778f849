import assert from "node:assert/strict";
import { type Golden } from "../../../lib/harness/goldens.ts";
import { places, ROOT } from "../../../lib/harness/places.ts";
import {
  collectPaperGoldens,
  README_MARKERS,
  updateReadme,
  verdictTable,
} from "../../../lib/harness/readme.ts";

const golden = {
  plan: { profile: "laptop" },
  executor: "native",
  provenance: { finished: "2026-01-02T03:04:05.000Z" },
  claims: [{ status: "supported" }, { status: "supported" }, { status: "contradicted" }, {
    status: "not attempted",
  }],
} as unknown as Golden;

Deno.test("verdictTable() counts claims by status", () => {
  const table = verdictTable([
    { paper: { id: "1", title: "One" }, golden },
    { paper: { id: "2", title: "Two" }, golden: null },
  ]);
  assert.deepEqual(table.split("\n").slice(2), [
    "| [1](reproductions/1/README.md) | One | 2 | 1 | 0 | 1 | laptop, native, 2026-01-02 |",
    "| [2](reproductions/2/README.md) | Two | – | – | – | – | not yet |",
  ]);
});

Deno.test("updateReadme() replaces what is between the markers, and nothing else", () => {
  const [begin, end] = README_MARKERS;
  const text = `before\n${begin}\nold\n${end}\nafter\n`;
  const updated = updateReadme(text, "| new |");
  assert.equal(updated, `before\n${begin}\n\n| new |\n\n${end}\nafter\n`);
  assert.equal(updateReadme(updated, "| new |"), updated);
  assert.throws(() => updateReadme("no markers", "| new |"), SyntaxError);
});

Deno.test("README.md holds the present table of verdicts (else: deno task readme)", async () => {
  const text = await Deno.readTextFile(`${ROOT}README.md`);
  assert.equal(updateReadme(text, verdictTable(await collectPaperGoldens(places()))), text);
});
