import assert from "node:assert/strict";
import { type Table, tableToCsv, tableToHtml, tableToMarkdown } from "../../../lib/figures/mod.ts";

const table: Table = {
  kind: "table",
  columns: [
    { key: "set", title: "Set" },
    { key: "n", title: "n", digits: 0 },
    { key: "auroc", title: "AUROC (%)", note: "mean ± std over 5 seeds (reported)" },
    { key: "delta", title: "Δ", digits: 1 },
  ],
  rows: [
    { set: 'a|b, "c" <d>', n: 214, auroc: { value: 92.814, std: 0.137, reported: 92.79 }, delta: -0.04 },
    { set: "two\nlines", n: null, auroc: { value: null, reported: 80 }, delta: 1.25 },
    { set: "plain", n: { value: 3, std: 0 }, auroc: { value: 50, std: 0 }, delta: -1 },
  ],
  notes: ["DDPM & <others>: not rerun."],
};

Deno.test("tableToMarkdown() formats numbers, dashes, measured values and notes, and escapes", () => {
  assert.equal(
    tableToMarkdown(table),
    [
      "| Set | n | AUROC (%) | Δ |",
      "| :-- | --: | --: | --: |",
      '| a\\|b, "c" &lt;d> | 214 | 92.81 ± 0.14 (92.79) | 0.0 |',
      "| two lines | – | – (80.00) | 1.3 |",
      "| plain | 3 | 50.00 ± 0.00 | −1.0 |",
      "",
      "AUROC (%): mean ± std over 5 seeds (reported)",
      "",
      "DDPM & &lt;others>: not rerun.",
      "",
    ].join("\n"),
  );
});

/** An independent reader of RFC 4180. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)!.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

Deno.test("tableToCsv() keeps full precision and any text, measured values in three columns", () => {
  assert.deepEqual(readCsv(tableToCsv(table)), [
    ["set", "n", "n std", "n reported", "auroc", "auroc std", "auroc reported", "delta"],
    ['a|b, "c" <d>', "214", "", "", "92.814", "0.137", "92.79", "-0.04"],
    ["two\nlines", "", "", "", "", "", "80", "1.25"],
    ["plain", "3", "0", "", "50", "0", "", "-1"],
  ]);
});

Deno.test("tableToHtml() escapes, sets numbers flush right and adds the notes", () => {
  const html = tableToHtml(table);
  assert.ok(html.includes('<td style="text-align:left">a|b, &quot;c&quot; &lt;d&gt;</td>'));
  assert.ok(
    html.includes(
      '<td style="text-align:right;white-space:nowrap">92.81 ± 0.14<br><small>(92.79)</small></td>',
    ),
  );
  assert.ok(html.includes('<td style="text-align:right;white-space:nowrap">–</td>'));
  assert.ok(html.includes("DDPM &amp; &lt;others&gt;: not rerun."));
  assert.equal(html.match(/<tr>/g)!.length, 4);
});

Deno.test("tables without rows are written with their head", () => {
  const empty = { ...table, rows: [], notes: [] };
  assert.equal(tableToCsv(empty), "set,n,auroc,delta\r\n");
  assert.ok(tableToMarkdown(empty).startsWith("| Set | n | AUROC (%) | Δ |\n| :-- | :-- | :-- | :-- |\n"));
});

Deno.test("a title stands above a table, and texts with a tone are coloured", () => {
  const table: Table = {
    kind: "table",
    title: "Claims < 2",
    columns: [{ key: "status", title: "Status", tones: { supported: "good" } }],
    rows: [{ status: "supported" }, { status: "else" }],
    notes: [],
  };
  assert.match(tableToMarkdown(table), /^\*\*Claims &lt; 2\*\*\n\n\| Status \|\n/);
  const html = tableToHtml(table);
  assert.match(html, /<caption style="[^"]*">Claims &lt; 2<\/caption>/);
  assert.match(html, /<span style="color:[^"]*">supported<\/span>/);
  assert.match(html, /<td style="[^"]*">else<\/td>/);
});
