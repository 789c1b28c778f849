import assert from "node:assert/strict";
import { formatCell, type Table } from "../../../../lib/figures/mod.ts";
import { metricTable } from "../../../../lib/harness/mod.ts";
import { COINS, PLAN, resultsWith, TEXTS, tosses } from "./_coins.ts";

const HEADS = { title: "Heads", digits: 1, value: ({ heads }: { readonly heads: number }) => heads };
const SPREAD = "Mean ± standard deviation over seeds.";

Deno.test("metricTable() has a row for each variant: its label, its seeds, mean and deviation (ddof 1)", () => {
  const { columns, rows, notes } = metricTable({
    ...TEXTS,
    of: COINS,
    rows: "Coin",
    columns: { heads: HEADS },
    notes: ["Tossed by hand."],
  }).render(resultsWith(tosses)) as Table;
  assert.deepEqual(columns, [
    { key: "label", title: "Coin" },
    { key: "seeds", title: "Seeds", digits: 0 },
    { key: "heads", title: "Heads", digits: 1 },
  ]);
  assert.deepEqual(rows, [
    { label: "fair coin", seeds: 3, heads: { value: 6, std: 1 } },
    { label: "bent coin", seeds: 2, heads: { value: 6.5, std: Math.SQRT1_2 } },
    { label: "lone", seeds: 1, heads: { value: 7 } }, // a single seed has no spread
  ]);
  assert.deepEqual(notes, [SPREAD, "Tossed by hand."]);
  assert.equal(formatCell(rows[2].heads, columns[2]), "7.0");
});

Deno.test("metricTable() of single seeds says nothing of spreads, but how many seeds there are", () => {
  const artefact = metricTable({ ...TEXTS, of: COINS, rows: "Coin", columns: { heads: HEADS } });
  const jobs = COINS.jobs({ ...PLAN, seeds: 1 });
  const { rows, notes } = artefact.render(resultsWith(tosses, jobs)) as Table;
  assert.deepEqual(rows.map(({ seeds, heads }) => [seeds, heads]), [5, 6, 7].map((value) => [1, { value }]));
  assert.deepEqual(notes, []);
});

Deno.test("metricTable() leaves out runs without a number, and shows the paper's value beside or alone", () => {
  const { columns, rows } = metricTable({
    ...TEXTS,
    of: COINS,
    variants: ["bent", "lone"],
    label: ({ metal }) => `of ${metal}`,
    rows: "Coin",
    columns: {
      edges: { title: "Edges", note: "it stood.", value: ({ edges }) => edges },
      heads: { ...HEADS, reported: ({ config }) => config.bias === 0.6 ? 6 : undefined },
      most: { title: "Most", value: () => null, reported: ({ metal }) => metal.length },
      ratio: { title: "of the first", cell: ({ runs }, all) => runs.length / all[0].runs.length },
    },
  }).render(resultsWith(tosses)) as Table;
  assert.deepEqual(rows, [
    {
      label: "of tin",
      seeds: 2,
      edges: { value: 4 },
      heads: { value: 6.5, std: Math.SQRT1_2, reported: 6 },
      most: { value: null, reported: 3 },
      ratio: 1,
    },
    {
      label: "of tin",
      seeds: 1,
      edges: null,
      heads: { value: 7 },
      most: { value: null, reported: 3 },
      ratio: 0.5,
    },
  ]);
  assert.equal(columns[2].note, "it stood.");
});

Deno.test("metricTable() adds rows, notes from results, and the jobs of these", () => {
  const artefact = metricTable({
    ...TEXTS,
    of: COINS,
    variants: ["lone"],
    rows: "Coin",
    columns: { heads: HEADS },
    before: () => [{ label: "certainty", heads: 10 }],
    after: ({ records }) => [{ label: "tossed", heads: records.length }],
    notes: ({ plan }) => [`Profile ${plan.profile}.`],
    moreJobs: (plan) => COINS.jobs(plan, ["bent"]),
  });
  assert.deepEqual(
    artefact.jobs(PLAN),
    COINS.jobs(PLAN, ["bent", "lone"]).toSorted((a, b) => b.config.bias - a.config.bias),
  );
  const { rows, notes } = artefact.render(resultsWith(tosses)) as Table;
  assert.deepEqual(rows.map(({ label, heads }) => [label, heads]), [
    ["certainty", 10],
    ["lone", { value: 7 }],
    ["tossed", 6],
  ]);
  assert.deepEqual(notes, ["Profile smoke."]);
});

Deno.test("metricTable() without results is an error of its own kind", () => {
  const artefact = metricTable({ ...TEXTS, of: COINS, rows: "Coin", columns: { heads: HEADS } });
  assert.throws(() => artefact.render(resultsWith(tosses, [])), { name: "NoResults" });
  assert.deepEqual([artefact.id, artefact.kind, artefact.location], ["coins", "table", "Table 1"]);
});
