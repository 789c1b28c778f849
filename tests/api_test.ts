import assert from "node:assert/strict";
import { dirname, resolve } from "node:path";
import { PROJECT } from "../lib/harness/mod.ts";
import { writeApi } from "./_api.ts";
import { filesBelow, withFolder } from "./lib/harness/_helpers.ts";

Deno.test("the API reference has every door, and its links lead to itself, to sources, or out by https", () =>
  withFolder(async (folder) => {
    await writeApi(folder);
    const pages = (await filesBelow(folder)).filter((path) => path.endsWith(".html"));
    const there = new Set(await filesBelow(folder));
    const { exports } = JSON.parse(await Deno.readTextFile(`${PROJECT}deno.json`));
    for (const door of Object.keys(exports)) {
      const name = door === "." ? "~" : door.slice("./".length);
      assert.ok(pages.some((path) => path.startsWith(`${folder}/api/${name}/`)), door);
      const used = await Deno.readTextFile(`${folder}/api/${name}/index.html`).catch(() => "");
      assert.ok(
        door === "." || used.includes('id="module_doc"><div class="markdown">'),
        `${door} says nothing of itself`,
      );
    }
    const problems = new Set<string>();
    for (const page of pages) {
      for (const [, target] of (await Deno.readTextFile(page)).matchAll(/ (?:href|src)="([^"]+)"/g)) {
        if (/^(https:|#)/.test(target)) continue;
        const path = resolve(
          dirname(page),
          decodeURIComponent(target.replaceAll("&#x2F;", "/").split(/[#?]/)[0]),
        );
        const source = path.startsWith(`${folder}/source/`)
          ? path.slice(`${folder}/source/`.length, -".html".length)
          : undefined;
        const found = source === undefined
          ? there.has(path) || there.has(`${path}/index.html`)
          : await Deno.stat(PROJECT + source).then(({ isFile }) => isFile, () => false);
        if (!found) problems.add(`${page.slice(folder.length)}: ${target}`);
      }
    }
    assert.deepEqual([...problems].slice(0, 10), []);
  }));
