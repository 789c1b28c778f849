import assert from "node:assert/strict";
import { readNotebook } from "../../../../lib/harness/mod.ts";
import { findChromium, withBrowser } from "../_browser.ts";
import { withFolder } from "../_helpers.ts";
import { NotebookKernel } from "./_kernel.ts";
import { answer, hasFrontEnd, lab, TOKEN, withLab } from "./_lab.ts";

Deno.test("lab says what to install where there is no Jupyter", () =>
  withFolder(async (folder) => {
    const { code, stderr } = await lab(folder, [], { PATH: folder }).output();
    assert.equal(code, 1);
    assert.match(
      new TextDecoder().decode(stderr),
      /^error: Cannot open notebooks as jupyter-lab or jupyter-notebook must be on the PATH: install Jupyter \(`pip/,
    );
  }));

Deno.test("lab suggests the nearest paper", () =>
  withFolder(async (folder) => {
    const { code, stderr } = await lab(folder, ["2305.18595"]).output();
    assert.equal(code, 2);
    assert.match(new TextDecoder().decode(stderr), /Did you mean .*2305.18593/);
  }));

const found = await hasFrontEnd();
const chromium = findChromium();

Deno.test({
  name: `lab serves the notebooks with this checkout's kernel${
    found ? "" : " (skipped: no Jupyter on the PATH)"
  }`,
  ignore: !found,
  fn: () =>
    withLab(async (address) => {
      const { kernelspecs } = await answer(`${address}/api/kernelspecs?token=${TOKEN}`);
      const { argv, env } = kernelspecs.deno.spec;
      assert.equal(argv[0], Deno.execPath());
      assert.equal(env.NO_COLOR, "1");
      // The checkout is the root: notebooks link to papers' pages beside their folder.
      for (const [folder, name] of [["notebooks", "2305.18593.ipynb"], ["reproductions", "2305.18593"]]) {
        const { content } = await answer(`${address}/api/contents/${folder}?token=${TOKEN}`);
        assert.ok(content.some((entry: { name: string }) => entry.name === name), folder);
      }
      const { status, url, body } = await fetch(`${address}/?token=${TOKEN}`);
      await body?.cancel();
      assert.deepEqual([status, new URL(url).pathname.endsWith("/tree/notebooks")], [200, true], url);
    }),
});

Deno.test({
  name: `figures with sliders come with a style that makes these wide${
    found ? "" : " (skipped: no Jupyter on the PATH)"
  }`,
  ignore: !found,
  fn: () =>
    withLab(async (address) => {
      await using kernel = await NotebookKernel.start(address, "notebooks/2311.04293.ipynb");
      const { error, bundles } = await kernel.run(`
import { lineChart, show, sliderFigure } from "../lib/figures/mod.ts";
const texts = { title: "A line", x: { title: "x" }, y: { title: "y" }, alt: "A rising line." };
const { spec } = lineChart([{ name: "a", x: [0, 1], y: [0, 1] }], texts);
await show({ kind: "figure", spec, alt: "" });
const slider = { name: "now", label: "time", min: 0, max: 3, step: 0.1, value: 1.5 };
await show(sliderFigure(spec, { sliders: [slider], alt: "" }));`);
      assert.equal(error, "");
      const kinds = bundles.map((bundle) => Object.keys(bundle)[0]);
      const figure = "application/vnd.vegalite.v5+json";
      assert.deepEqual(kinds, [figure, "text/html", figure]);
      assert.match(String(bundles[1]["text/html"]), /^<style>.*\.vega-bind input\[type=range\]/);
    }),
});

const without = !found
  ? " (skipped: no Jupyter on the PATH)"
  : chromium
  ? ""
  : " (skipped: no Chromium on this machine)";

Deno.test({
  name: `a browser shows a committed notebook's figures and tables${without}`,
  ignore: without !== "",
  fn: () =>
    withLab((address) =>
      withBrowser(chromium!, async (browser) => {
        const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
        await page.goto(`${address}/notebooks/notebooks/2305.18593.ipynb?token=${TOKEN}`);
        await page.waitForFunction(`document.querySelectorAll(".cell, .jp-Cell").length > 20`, undefined, {
          timeout: 60_000,
        });
        const pictures = page.locator("img[src^='data:image/png']");
        await pictures.first().waitFor({ timeout: 60_000 });
        const notebook = await readNotebook("notebooks/2305.18593.ipynb");
        const outputs = notebook.cells.flatMap(({ outputs = [] }) => outputs);
        const shown = outputs.filter(({ data }) => data?.["image/png"] !== undefined).length;
        assert.equal(await pictures.count(), shown);
        const widths = await pictures.evaluateAll((images) =>
          // deno-lint-ignore no-explicit-any -- this runs in the browser
          images.map((image: any) => image.naturalWidth)
        );
        assert.ok(widths.every((width: number) => width > 100), String(widths));
        assert.ok(await page.locator(".output_html table, .jp-RenderedHTML table").count() > 5);
      })
    ),
});
