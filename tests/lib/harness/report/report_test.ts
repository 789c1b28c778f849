import assert from "node:assert/strict";
import { listPapers } from "../../../../lib/harness/mod.ts";
import { isReduced } from "../../../../lib/harness/paper/jobs.ts";
import { places, PROJECT } from "../../../../lib/harness/paper/places.ts";
import { buildReport, type BuiltReport } from "../../../../lib/harness/report/build.ts";
import { serveFolder } from "../../../../lib/harness/report/serve.ts";
import { SourcePages } from "../../../../lib/harness/report/_sources.tsx";
import { findChromium, scrollThrough, watch, withBrowser } from "../_browser.ts";
import { filesBelow, refigure, withFolder } from "../_helpers.ts";

const chromium = findChromium();
const unless = chromium ? "" : " (skipped: no Chromium on this machine)";

/** The report of all papers, built once. */
let built: Promise<BuiltReport> | undefined;
const folder = await Deno.makeTempDir({ prefix: "refigure-report-" });
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

async function withReport(test: (report: BuiltReport) => Promise<void>): Promise<void> {
  await test(await (built ??= buildReport({ ...places(), out: folder })));
}

Deno.test("the report has every figure, table and claim of every paper, and its start page is small", () =>
  withReport(async ({ folder, papers, files }) => {
    assert.deepEqual(papers.map(({ paper }) => paper.id), await listPapers(places()));
    assert.deepEqual(
      (await filesBelow(folder)).map((path) => path.slice(folder.length + 1)).sort(),
      [...files].sort(),
    );
    const size = async (name: string) => (await Deno.stat(`${folder}/${name}`)).size;
    assert.ok(
      await size("index.html") + await size("assets/style.css") + await size("assets/report.js") < 300_000,
    );
    for (const { paper, results } of papers) {
      const html = await Deno.readTextFile(`${folder}/papers/${paper.id}.html`);
      for (const { artefact } of results?.evaluation.artefacts ?? []) {
        assert.ok(html.includes(`id="${artefact.id}"`), artefact.id);
        assert.ok(
          files.includes(`papers/${paper.id}/${artefact.id}.${artefact.kind === "figure" ? "svg" : "csv"}`),
        );
      }
      for (const { claim, verdict, beyond } of results?.evaluation.claims ?? []) {
        const [, own] = html.split(`id="claim-${claim.id}"`);
        const flagged = own.split("</h3>")[0].includes(">smaller scale</span>");
        const plan = beyond?.plan ?? results!.golden.plan;
        assert.equal(flagged, verdict.status !== "not attempted" && isReduced(claim, plan), claim.id);
      }
      assert.match(html, /deno task reproduce .* --profile (laptop|smoke) --only/);
    }
  }));

Deno.test("every link of the report leads to something within the report: a web server has no more", () =>
  withReport(async ({ folder, files }) => {
    const problems: string[] = [];
    for (const page of files.filter((path) => path.endsWith(".html"))) {
      const html = await Deno.readTextFile(`${folder}/${page}`);
      const ids = new Set(Array.from(html.matchAll(/ id="([^"]+)"/g), ([, id]) => id));
      for (const [, target] of html.matchAll(/ (?:href|src|data-spec)="([^"]+)"/g)) {
        if (/^(https:\/\/|data:)/.test(target)) continue;
        const [path, hash] = target.split("#");
        if (path === "" && !ids.has(hash)) problems.push(`${page}: ${target}`);
        if (path === "") continue;
        const url = new URL(path, `file://${folder}/${page}`);
        const inside = url.pathname.startsWith(`${folder}/`);
        if (!inside || !await Deno.stat(url).then(() => true, () => false)) {
          problems.push(`${page}: ${target}`);
        }
      }
    }
    assert.deepEqual(problems, []);
  }));

Deno.test("the report shows sources with lines to point at, notebooks with pictures, and nothing hidden", () =>
  withReport(async ({ folder, files }) => {
    const read = (path: string) => Deno.readTextFile(`${folder}/source/${path}.html`);
    const id = "2305.18593";
    const module = await Deno.readTextFile(`${PROJECT}reproductions/${id}/mod.ts`);
    const page = await read(`reproductions/${id}/mod.ts`);
    assert.equal(page.match(/<li id="L\d+">/g)!.length, module.trimEnd().split("\n").length);
    const notebook = await read(`notebooks/${id}.ipynb`);
    assert.ok(notebook.match(/<img src="data:image\/png;base64,/g)!.length >= 5);
    assert.ok(notebook.includes("<table"));
    assert.doesNotMatch(notebook, /<script(?! src="[./]+assets\/report\.js")/);
    assert.ok((await read(`reproductions/${id}`)).includes("experiments"));
    const hidden = files.filter((path) => /^source\/(node_modules|out|data)\/|\/\./.test(path));
    assert.deepEqual(hidden, []);
  }));

Deno.test("links of a README out of the checkout, or to what is hidden in it, are none", () => {
  const sources = new SourcePages();
  const at = (href: string) => sources.linkIn(href, { base: "reproductions/x", from: "papers/x.html" });
  for (
    const href of ["../../../etc/passwd", "/etc/passwd", "../../.git/config", "../../node_modules/.bin", "#x"]
  ) {
    assert.equal(at(href), "", href);
  }
  assert.equal(at("../../lib/stats/mod.ts#L3"), "../source/lib/stats/mod.ts.html#L3");
  assert.equal(at("https://arxiv.org"), "https://arxiv.org");
});

Deno.test("a report leaves nothing behind of the one before, and says which results of one's own it shows", () =>
  withFolder(async (folder) => {
    const reproduce = ["reproduce", "0000.00000", "--profile", "smoke", "--executor", "eager", "--jobs", "1"];
    await refigure({ args: reproduce, folder });
    const without = await refigure({ args: ["report", "--no-own"], folder });
    assert.match(without.stdout, /^0 of 2 papers, /, without.stderr);
    await Deno.writeTextFile(`${folder}/out/report/papers/old.html`, "");
    await Deno.mkdir(`${folder}/out/report/api`);
    await Deno.writeTextFile(`${folder}/out/report/api/index.html`, "the reference");
    const own = await refigure({ args: ["report"], folder });
    assert.match(own.stdout, /^0 of 2 papers, 1 with your own results, /, own.stderr);
    const page = (name: string) => Deno.readTextFile(`${folder}/out/report/${name}.html`);
    const html = await page("papers/0000.00000-own");
    assert.match(html, /Your own run of the smoke profile/);
    assert.match(html, /out\/smoke\/0000.00000\/results.json/);
    assert.match(html, /stand-ins, not the published sets|Partly on stand-in data/);
    assert.match(await page("papers/0000.00000"), /There are no committed results yet/);
    for (const name of ["index", "papers/0000.00000"]) {
      assert.match(await page(name), /0000\.00000-own\.html/);
    }
    assert.ok(!(await filesBelow(`${folder}/out/report`)).some((path) => path.endsWith("old.html")));
    // An API reference stays, with pages for the sources that it links to.
    assert.equal(await page("api/index"), "the reference");
    assert.match(await page("index"), /<a href="api\/index.html">/);
    assert.match(await page("source/lib/stats/summary.ts"), /meanAndStd/);
    // Results that are cut off are told of, and cost nothing else.
    await Deno.truncate(`${folder}/out/smoke/0000.00000/results.json`, 100);
    const damaged = await refigure({ args: ["report"], folder });
    assert.equal(damaged.code, 0);
    assert.match(damaged.stderr, /^Left out: .*results\.json/);
  }));

Deno.test("the report's server answers with files of its folder only", () =>
  withReport(async ({ folder }) => {
    const stop = new AbortController();
    const server = serveFolder(folder, { port: 0, signal: stop.signal });
    assert.equal(server.addr.hostname, "127.0.0.1");
    const get = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${server.addr.port}${path}`);
      await response.body?.cancel();
      return [response.status, response.headers.get("content-type")];
    };
    assert.deepEqual(await get("/"), [200, "text/html; charset=utf-8"]);
    assert.deepEqual(await get("/assets/style.css"), [200, "text/css; charset=utf-8"]);
    for (const path of ["/nothing", "/..%2f..%2fdeno.json", "/%2e%2e/%2e%2e/x", "/%00", "/%", "/assets"]) {
      assert.equal((await get(path))[0], 404, path);
    }
    stop.abort();
    await server.finished;
  }));

Deno.test({
  name: `every page of the report works in a browser, wide and narrow${unless}`,
  ignore: !chromium,
  fn: () =>
    withReport(({ folder, files, papers }) =>
      withBrowser(chromium!, async (browser, alive) => {
        const page = await browser.newPage();
        const problems = watch(page);
        // Of the sources' pages one of each kind.
        const sources = ["", "/mod.ts", "/README.md"].map((name) => `reproductions/2305.18593${name}`);
        const kinds = [...sources, "notebooks/2305.18593.ipynb"].map((name) => `source/${name}.html`);
        for (const kind of kinds) assert.ok(files.includes(kind), kind);
        const pages = files.filter((name) => name.endsWith(".html") && !name.startsWith("source/"));
        for (const path of [...pages, ...kinds]) {
          for (const width of [1200, 390]) {
            // As high as four windows, so that few frames are drawn to scroll through it.
            await page.setViewportSize({ width, height: 3600 });
            await page.goto(`file://${folder}/${path}`);
            await scrollThrough(page);
            // Every figure that has room becomes interactive.
            await page.waitForFunction(
              `[...document.querySelectorAll(".picture[data-spec]:not([data-drawn])")].every((picture) =>
                picture.clientWidth < Number(picture.querySelector("img").getAttribute("width"))
              )`,
              undefined,
              { timeout: 60_000 },
            );
            const scrolled = await page.evaluate("document.documentElement.scrollWidth");
            assert.ok(Number(scrolled) <= width, `${path} at ${width}: ${scrolled} pixels wide`);
            if (width === 1200 && path.startsWith("papers/")) {
              const figures = papers.find(({ paper }) =>
                path === `papers/${paper.id}.html`
              )!.results?.evaluation
                .artefacts.filter(({ artefact, stamped }) => artefact.kind === "figure" && stamped).length ??
                0;
              const still = await page.evaluate(
                `[...document.querySelectorAll(".picture[data-spec]:not([data-drawn])")]
                  .map((picture) => picture.dataset.figure)`,
              );
              assert.deepEqual(still, [], path);
              const drawn = await page.evaluate(`document.querySelectorAll(".picture[data-drawn]").length`);
              assert.equal(Number(drawn), figures, path);
              const empty = await page.evaluate(
                `[...document.querySelectorAll(".picture[data-drawn]")].filter((picture) =>
                picture.querySelectorAll(".role-mark path, .role-mark text, .role-mark rect, .role-mark line, .role-mark image").length === 0
              ).map((picture) => picture.dataset.figure)`,
              );
              assert.deepEqual(empty, []);
            }
            assert.deepEqual(problems, [], path);
            alive();
          }
        }
      })
    ),
});

Deno.test({
  name: `tables sort by a click or a key, commands are marked for copying, themes switch${unless}`,
  ignore: !chromium,
  fn: () =>
    withReport(({ folder }) =>
      withBrowser(chromium!, async (browser) => {
        const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, colorScheme: "light" });
        await page.goto(`file://${folder}/papers/2305.18593.html`);
        const table = page.locator("#table-semi-auroc table");
        const column = async (n: number) =>
          (await table.locator(`tbody tr td:nth-child(${n})`).evaluateAll((cells) =>
            // deno-lint-ignore no-explicit-any -- this runs in the browser
            cells.map((cell: any) => cell.dataset.value)
          )).filter((text: string) => text !== "").map(Number);
        const button = table.locator("thead th:nth-child(2) button");
        await button.click();
        const up = await column(2);
        assert.ok(up.length > 5);
        assert.deepEqual(up, up.toSorted((a: number, b: number) => a - b));
        await button.press("Enter");
        assert.deepEqual(await column(2), up.toReversed());
        assert.equal(await table.locator("thead th:nth-child(2)").getAttribute("aria-sort"), "descending");
        assert.ok(await page.locator(".command + .copy").count() > 5);

        const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
        const light = await ground();
        await page.locator("#theme").click(); // light
        assert.equal(await ground(), light);
        await page.locator("#theme").click(); // dark
        assert.notEqual(await ground(), light);
        await page.keyboard.press("Tab");
        assert.ok(await page.evaluate("document.activeElement !== document.body"));
      })
    ),
});

Deno.test({
  name: `claims narrow to a status or a word, pictures enlarge, figures follow the theme${unless}`,
  ignore: !chromium,
  fn: () =>
    withReport(({ folder }) =>
      withBrowser(chromium!, async (browser) => {
        const page = await browser.newPage({ viewport: { width: 390, height: 800 }, colorScheme: "dark" });
        await page.goto(`file://${folder}/index.html`);
        // All statuses of a paper are in sight on a phone.
        for (const cell of await page.locator("table.index tbody tr:first-child td.number").all()) {
          const box = await cell.boundingBox();
          assert.ok(box !== null && box.x + box.width <= 390);
        }

        await page.goto(`file://${folder}/papers/2305.18593.html`);
        const shown = page.locator("ol.claims > li:visible");
        const all = await shown.count();
        await page.locator(".filter button", { hasText: "supported" }).first().click();
        const supported = await shown.count();
        assert.ok(supported > 0 && supported < all, `${supported} of ${all}`);
        assert.equal(await page.locator("ol.claims > li[data-status=supported]").count(), supported);
        await page.locator(".filter button", { hasText: "all" }).click();
        await page.locator(".filter input").fill("no claim says this");
        assert.equal(await shown.count(), 0);
        await page.locator(".filter input").fill("");
        assert.equal(await shown.count(), all);

        const picture = page.locator(".picture[data-figure]:not(.images)").first();
        await picture.scrollIntoViewIfNeeded();
        const filter = () =>
          page.evaluate(
            `getComputedStyle(document.querySelector(".picture[data-figure]:not(.images)")).filter`,
          );
        assert.match(String(await filter()), /invert/);
        await page.locator("#theme").click(); // light
        assert.equal(await filter(), "none");
        await picture.locator("img").click();
        const full = page.locator("dialog.enlarged img");
        const width = (await full.boundingBox())!.width;
        assert.ok(width > (await picture.locator("img").boundingBox())!.width, `${width}`);
        await page.locator("dialog.enlarged button").click();
        assert.equal(await page.locator("dialog.enlarged").count(), 0);
      })
    ),
});

Deno.test({
  name: `without JavaScript every figure of the report is a picture${unless}`,
  ignore: !chromium,
  fn: () =>
    withReport(({ folder, papers }) =>
      withBrowser(chromium!, async (browser) => {
        const context = await browser.newContext({
          javaScriptEnabled: false,
          viewport: { width: 1200, height: 20_000 },
        });
        const page = await context.newPage();
        const { paper } = papers.find(({ results }) => results !== null)!;
        await page.goto(`file://${folder}/papers/${paper.id}.html`);
        assert.ok(await page.locator(".picture img").count() > 0);
        await page.locator(".picture img").first().scrollIntoViewIfNeeded();
        const box = await page.locator(".picture img").first().boundingBox();
        assert.ok(box !== null && box.width > 200 && box.height > 100);
      })
    ),
});

Deno.test("compare writes a page that shows the same changes", () =>
  withFolder(async (folder) => {
    const { code, stdout } = await refigure({
      args: [
        "compare",
        `${PROJECT}fixtures/2305.18593/smoke.json`,
        `${PROJECT}fixtures/2305.18593/laptop.json`,
      ],
      folder,
      papers: `${PROJECT}reproductions`,
    });
    assert.equal(code, 1);
    const html = await Deno.readTextFile(`${folder}/out/compare/index.html`);
    const [, changed] = /Claims: (\d+ of \d+) changed/.exec(stdout)!;
    assert.ok(html.includes(`Claims: ${changed} changed`));
    const [, cells] = /Tables: (\d+) cells/.exec(stdout)!;
    assert.ok(html.includes(`Tables: ${cells} cells changed`));
  }));
