import assert from "node:assert/strict";
import type { Evaluation, Golden } from "../../../../lib/harness/results/mod.ts";
import { listPapers } from "../../../../lib/harness/paper/papers.ts";
import { places, PROJECT } from "../../../../lib/harness/paper/places.ts";
import {
  collectPaperGoldens,
  galleryTable,
  README_MARKERS,
  updateReadme,
  verdictTable,
} from "../../../../lib/harness/report/readme.ts";

const golden = {
  plan: { profile: "laptop" },
  executor: "native",
  provenance: { finished: "2026-01-02T03:04:05.000Z" },
  claims: [{ status: "inconclusive" }],
} as unknown as Golden;
const evaluation = {
  claims: (["supported", "supported", "contradicted", "not attempted"] as const).map((status, i) => ({
    claim: { id: `claim-${i}`, statement: `Statement ${i} | it is.` },
    verdict: { status, ...(i === 1 && { fragile: [3] }) },
  })),
  artefacts: [{
    value: { kind: "table", rows: [{ a: { value: 1, reported: 2 }, b: { value: 3, reported: 3 } }] },
  }],
} as unknown as Evaluation;

Deno.test("verdictTable() counts claims by their present status, not by the stored one", () => {
  const table = verdictTable([
    { paper: { id: "1", title: "One", read: "all" }, golden, evaluation },
    { paper: { id: "2", title: "Two", read: "a page" }, golden: null, evaluation: null },
    {
      paper: { id: "3", title: "Three", read: "all" },
      golden: { ...golden, plan: { profile: "smoke" } },
      evaluation,
    },
  ]);
  assert.deepEqual(table.split("\n").slice(2), [
    "| [1](reproductions/1/README.md) | One | 2 | 1 | 0 | 1 | 1 | laptop, native, 2026-01-02 | all | 2 |",
    "| [2](reproductions/2/README.md) | Two | – | – | – | – | – | not yet | a page | – |",
    "| [3](reproductions/3/README.md) | Three | – | – | – | – | – | not yet (it runs: smoke) | all | – |",
  ]);
});

Deno.test("galleryTable() shows the papers that have results, two in a row, with the verdict they are known for", () => {
  const papers = ["1", "2", "3", "4", "5"].map((id) => ({
    paper: { id, title: `Paper ${id}`, read: "all", ...id !== "1" && { headline: "claim-2" } },
    golden: id === "2" ? null : { ...golden, ...id === "5" && { plan: { profile: "smoke" as const } } },
    evaluation,
  }));
  const cell = (id: string) =>
    `[![Paper ${id}](fixtures/${id}/gallery.png)](reproductions/${id}/README.md)<br>` +
    `[Paper ${id}](reproductions/${id}/README.md)`;
  const verdict = "<br>“Statement 2 \\| it is.” does not hold here.";
  assert.deepEqual(galleryTable(papers).split("\n").slice(2), [
    `| ${cell("1")} | ${cell("3")}${verdict} |`,
    `| ${cell("4")}${verdict} | ${cell("5")} |`,
  ]);
});

Deno.test("updateReadme() replaces what is between the markers, and nothing else", () => {
  const { gallery, verdicts } = README_MARKERS;
  const text = `before\n${gallery[0]}\nold\n${gallery[1]}\nbetween\n${verdicts[0]}\nold\n${
    verdicts[1]
  }\nafter\n`;
  const papers = [{ paper: { id: "1", title: "One", read: "all" }, golden, evaluation }];
  const updated = updateReadme(text, papers);
  assert.ok(updated.startsWith(`before\n${gallery[0]}\n\n| | |`));
  assert.ok(updated.endsWith(`2026-01-02 | all | 2 |\n\n${verdicts[1]}\nafter\n`));
  assert.ok(updated.includes(`${gallery[1]}\nbetween\n${verdicts[0]}\n`) && !updated.includes("old"));
  assert.equal(updateReadme(updated, papers), updated);
  assert.throws(() => updateReadme("no markers", papers), SyntaxError);
});

Deno.test("README.md holds the present pictures and verdicts (else: deno task readme)", async () => {
  const text = await Deno.readTextFile(`${PROJECT}README.md`);
  const papers = await collectPaperGoldens(places());
  assert.equal(updateReadme(text, papers), text);
  for (const { paper, golden } of papers) {
    if (golden) assert.ok((await Deno.stat(`${places().fixtures}/${paper.id}/gallery.png`)).isFile);
  }
});

Deno.test("docs/papers.md names papers that there are, with a picture of each one's page", async () => {
  const text = await Deno.readTextFile(`${PROJECT}docs/papers.md`);
  const papers = await listPapers(places());
  const named = Array.from(text.matchAll(/\]\(pictures\/([^)]+)\.png\)/g), ([, id]) => id);
  assert.ok(named.length >= 10, "run `deno task screens`");
  assert.deepEqual(named.filter((id) => !papers.includes(id)), []);
  const pictures = [...Deno.readDirSync(`${PROJECT}docs/pictures`)].map(({ name }) =>
    name.replace(".png", "")
  );
  assert.deepEqual(pictures.toSorted(), [...named, "readme", "verdict"].toSorted());
});

Deno.test("every link of README, CONTRIBUTING, docs and the papers' pages leads to a file, and to a heading in it", async () => {
  const papers = (await listPapers(places())).map((id) => `reproductions/${id}/README.md`);
  const docs = [...Deno.readDirSync(`${PROJECT}docs`)].map(({ name }) => `docs/${name}`);
  const pages = ["README.md", "CONTRIBUTING.md", ...docs, ...papers].filter((path) => path.endsWith(".md"));
  const problems: string[] = [];
  for (const page of pages) {
    const text = (await Deno.readTextFile(`${PROJECT}${page}`)).replaceAll(/```.*?```|`[^`\n]*`/gs, "");
    for (const [, link, picture] of text.matchAll(/\]\(([^)\s]+)\)| src="([^"]+)"/g)) {
      const target = link ?? picture;
      if (/^(https?|mailto):/.test(target)) continue;
      const url = new URL(target, `file://${PROJECT}${page}`);
      const found = await Deno.stat(url).catch(() => null);
      const heading = decodeURIComponent(url.hash.slice(1));
      const headed = heading === "" || found?.isFile && headings(await Deno.readTextFile(url)).has(heading);
      if (!found || !headed) problems.push(`${page}: ${target}`);
    }
  }
  assert.deepEqual(problems, []);
});

/** Anchors of a page's headings, as GitHub makes them. */
function headings(text: string): Set<string> {
  return new Set(
    Array.from(
      text.matchAll(/^#+ (.*)$/gm),
      ([, title]) => title.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(/\s/g, "-"),
    ),
  );
}
