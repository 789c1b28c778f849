/**
 * Rewrites `docs/papers.md`, the first screen of each paper's page, README's picture of a verdict, and a
 * picture of README's own first screen (`deno task screens`).
 */
import { marked } from "marked";
import { glanceAt } from "../../../../lib/harness/report/glance.ts";
import { places, PROJECT } from "../../../../lib/harness/paper/places.ts";
import { buildReport } from "../../../../lib/harness/report/build.ts";
import { findChromium, withBrowser } from "../_browser.ts";
import { withFolder } from "../_helpers.ts";

/** The verdict that README shows. */
const VERDICT = { paper: "2311.03096", claim: "sharing-helps" };

const HEAD = `# Ten papers at first sight

The first screen of each paper's page in the report (\`deno task report --open\`): what came out, at which scale,
on which data, and what of the paper was at hand. Made by \`deno task screens\`.
`;

/** Roughly GitHub's style. */
const STYLE = `
  body { font: 16px/1.5 "Noto Sans", Helvetica, Arial, sans-serif; color: #1f2328; margin: 32px; }
  h1, h2 { border-bottom: 1px solid #d1d9e0; padding-bottom: 0.3em; margin: 24px 0 16px; }
  h1 { margin-top: 0; }
  a { color: #0969da; }
  code { background: #eff1f3; padding: 0.2em 0.4em; border-radius: 6px; font-size: 85%; }
  pre { background: #f6f8fa; padding: 16px; border-radius: 6px; }
  pre code { background: none; padding: 0; }
  table { border-collapse: collapse; margin-bottom: 16px; }
  td, th { border: 1px solid #d1d9e0; padding: 6px 13px; }
  img { max-width: 100%; }`;

/** README as a page of a repository's host. */
async function readmePage(): Promise<string> {
  const html = await marked.parse(await Deno.readTextFile(`${PROJECT}README.md`));
  return `<!doctype html><meta charset="utf-8"><base href="file://${PROJECT}"><style>${STYLE}</style>${html}`;
}

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
      await page.setViewportSize({ width: 860, height: 800 });
      await page.goto(`file://${folder}/papers/${VERDICT.paper}.html`);
      await page.locator(`#claim-${VERDICT.claim}`).screenshot({
        path: `${PROJECT}docs/pictures/verdict.png`,
      });
      await page.setViewportSize({ width: 1000, height: 800 });
      await Deno.writeTextFile(`${out}/readme.html`, await readmePage());
      await page.goto(`file://${out}/readme.html`);
      await page.screenshot({ path: `${PROJECT}docs/pictures/readme.png` });
    });
    await Deno.writeTextFile(`${PROJECT}docs/papers.md`, [HEAD, ...sections].join("\n"));
  });
}
