/** Rewrites `docs/papers.md`: the first screen of each paper's page (`deno task screens`). */
import { glanceAt } from "../../../../lib/harness/report/glance.ts";
import { places, PROJECT } from "../../../../lib/harness/paper/places.ts";
import { buildReport } from "../../../../lib/harness/report/build.ts";
import { findChromium, withBrowser } from "../_browser.ts";
import { withFolder } from "../_helpers.ts";

const HEAD = `# Ten papers at first sight

The first screen of each paper's page in the report (\`deno task report --open\`): what came out, at which scale,
on which data, and what of the paper was at hand. Made by \`deno task screens\`.
`;

if (import.meta.main) {
  const chromium = findChromium();
  if (!chromium) throw new Error("Cannot draw the pages as there is no Chromium on this machine");
  await withFolder(async (out) => {
    const { folder, papers } = await buildReport({ ...places(), out });
    const sections: string[] = [];
    await withBrowser(chromium, async (browser, alive) => {
      const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, colorScheme: "light" });
      for (const { paper, results } of papers) {
        if (!results) continue;
        await page.goto(`file://${folder}/papers/${paper.id}.html`);
        await page.screenshot({ path: `${PROJECT}docs/pictures/${paper.id}.png` });
        const { outcome } = glanceAt(paper, results);
        const title = `[${paper.title}](../reproductions/${paper.id}/README.md)`;
        sections.push(`## ${title}\n\n${outcome}\n\n![Its page](pictures/${paper.id}.png)\n`);
        alive();
      }
    });
    await Deno.writeTextFile(`${PROJECT}docs/papers.md`, [HEAD, ...sections].join("\n"));
  });
}
