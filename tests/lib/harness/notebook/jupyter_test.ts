import assert from "node:assert/strict";
import { readNotebook } from "../../../../lib/harness/mod.ts";
import { ROOT } from "../../../../lib/harness/paper/places.ts";
import { findChromium, withBrowser } from "../_browser.ts";
import { withFolder } from "../_helpers.ts";

/** Whether a program that opens notebooks is on the PATH. */
async function hasFrontEnd(): Promise<boolean> {
  for (const program of ["jupyter-lab", "jupyter-notebook"]) {
    try {
      await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).output();
      return true;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return false;
}

/** Starts `deno task lab` with the task's permissions. */
function lab(folder: string, args: readonly string[], env: Record<string, string> = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--config", `${ROOT}deno.json`],
      ...["--allow-read", `--allow-write=${folder}`, "--allow-env", "--allow-sys"],
      "--allow-run=jupyter-lab,jupyter-notebook",
      ...[`${ROOT}lib/harness/cli/main.ts`, "lab", ...args],
    ],
    env: { NO_COLOR: "1", REFIGURE_OUT: `${folder}/out`, ...env },
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

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

/** Runs a test while `lab` serves the notebooks. */
function withLab(test: (address: string) => Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    const port = freePort();
    const options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", `--port=${port}`, "--port-retries=0"];
    const child = lab(folder, options, { JUPYTER_TOKEN: TOKEN });
    const output = child.output();
    const address = `http://127.0.0.1:${port}`;
    try {
      await answer(`${address}/api/kernelspecs?token=${TOKEN}`);
      await test(address);
    } finally {
      const stopped = await fetch(`${address}/api/shutdown?token=${TOKEN}`, { method: "POST" }).catch(() =>
        null
      );
      await stopped?.body?.cancel();
      if (!stopped?.ok) child.kill();
      await output;
    }
  });
}

const TOKEN = "test";

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

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

/** JSON from the server, once it is up. */
// deno-lint-ignore no-explicit-any -- Jupyter's answers
async function answer(address: string): Promise<any> {
  for (let waited = 0;; waited += 100) {
    try {
      const response = await fetch(address);
      if (response.ok) return await response.json();
      await response.body?.cancel();
    } catch {
      // not up yet
    }
    if (waited > 30_000) throw new Error(`${address} did not answer in 30 s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
