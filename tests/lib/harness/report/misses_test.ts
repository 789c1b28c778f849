import assert from "node:assert/strict";
import type { Cell } from "../../../../lib/figures/mod.ts";
import { missesOf } from "../../../../lib/harness/report/_misses.tsx";

type Artefacts = Parameters<typeof missesOf>[0]["artefacts"];

const table = (...rows: Record<string, Cell>[]) =>
  [{
    artefact: { id: "t", location: "Table 1" },
    value: {
      kind: "table",
      columns: [{ key: "name", title: "Network" }, { key: "error", title: "Error" }],
      rows,
      notes: [],
    },
  }] as unknown as Artefacts;

Deno.test("missesOf() takes every value beside a reported one, the largest relative difference first", () => {
  const misses = missesOf({
    artefacts: table(
      { name: "near", error: { value: 101, std: 2, reported: 100 } },
      { name: "far", error: { value: 3, std: 0.25, reported: 2 } },
      { name: "once", error: { value: 5, reported: 4 } },
      { name: "alone", error: { value: 7, std: 1 } },
      { name: "number", error: 8 },
      { name: "missing", error: { value: null, reported: 9 } },
    ),
  });
  assert.deepEqual(misses.map(({ row }) => row), ["far", "once", "near"]);
  assert.deepEqual(misses.map(({ difference }) => difference), [1, 1, 1]);
  assert.deepEqual(misses.map(({ deviations }) => deviations), [4, null, 0.5]);
});

Deno.test("missesOf() of figures and of tables without reported values is empty", () => {
  assert.deepEqual(missesOf({ artefacts: table({ name: "ours", error: { value: 1, std: 0.1 } }) }), []);
});
