import assert from "node:assert/strict";
import { PROJECT } from "../lib/harness/mod.ts";
import library from "../deno.json" with { type: "json" };
import { copyPublished, shell } from "./_published.ts";
import { serveRegistry } from "./_registry.ts";
import { filesBelow, withFolder } from "./lib/harness/_helpers.ts";

const PROGRAM = `
import { compile, hostTensor, matrix, type tf } from "@refigure/refigure";
import { findSymmetry, prototype } from "@refigure/refigure/crystals";
import { fitDteCategorical } from "@refigure/refigure/diffusion_time";
import { barChart, renderPng, renderSvg } from "@refigure/refigure/figures";
import { normalCdf } from "@refigure/refigure/stats";
import { prox } from "@refigure/refigure/weight_sharing";

const ring = Float32Array.from({ length: 600 }, (_, i) => (i % 2 === 0 ? Math.cos(i) : Math.sin(i - 1)));
await using detector = await fitDteCategorical(matrix(ring, { columns: 2 }), { seed: 1, epochs: 20 });
const scores = await detector.score(matrix(new Float32Array([1, 0, 3, 3]), { columns: 2 }));

const x = hostTensor([1, 2, 3]);
await using squares = await compile((x: tf.Tensor) => x.square().sum(), [x]);
const squared = await squares.run(x);

const chart = barChart([{ label: "a", value: 1 }, { label: "b", value: 2 }], {
  title: "Two bars",
  value: { title: "value" },
  alt: "b is twice a.",
});
const svg = await renderSvg(chart), png = await renderPng(chart);

console.log(JSON.stringify({
  scores: [...scores],
  prox: [...prox(Float32Array.of(0, 1, 3), { alpha: 1 })],
  sum: squared.data[0],
  half: normalCdf(0),
  group: findSymmetry(prototype("rockSalt")).spaceGroup,
  svg: svg.includes("Two bars"),
  png: [...png.subarray(1, 4)],
}));
`;

/** What the program says in a new project with this configuration. */
async function useIn(own: string, configuration: object, env: Record<string, string> = {}): Promise<unknown> {
  await Deno.mkdir(own);
  await Deno.writeTextFile(`${own}/deno.json`, JSON.stringify(configuration));
  await Deno.writeTextFile(`${own}/main.ts`, PROGRAM);
  const flags = "--quiet --no-prompt --allow-read --allow-env --allow-sys --allow-ffi";
  const said = await shell(`deno run ${flags} main.ts`, { cwd: own, env });
  const { scores: [onRing, outside], ...made } = JSON.parse(said.trim().split("\n").at(-1)!);
  assert.ok(outside > onRing, `${outside} > ${onRing}`);
  return made;
}

const MADE = { prox: [1, 1, 2], sum: 14, half: 0.5, group: 225, svg: true, png: [80, 78, 71] };
const imports = { "@refigure/refigure": `jsr:@refigure/refigure@${library.version}` };

Deno.test("a project in an empty folder that takes the library by path trains, compiles and draws", () =>
  withFolder(async (folder) => {
    await copyPublished(`${folder}/refigure`);
    const before = await filesBelow(`${folder}/refigure`);
    assert.deepEqual(await useIn(`${folder}/own`, { links: ["../refigure"], imports }), MADE);
    assert.deepEqual(await filesBelow(`${folder}/refigure`), before, "the library's folder is left alone");
  }));

Deno.test("a project that takes the library from a stand-in of the registry does the same, and lists its papers", () =>
  withFolder(async (folder) => {
    await copyPublished(`${folder}/refigure`);
    const registry = await serveRegistry(`${folder}/refigure`);
    try {
      const { hostname, port } = registry.addr;
      // Deno's own cache, with the packages of everyone: what comes from this registry is for this test only.
      const cache = `${folder}/cache`;
      await Deno.mkdir(cache);
      await Deno.symlink(`${await denoDir()}/npm`, `${cache}/npm`);
      const env = { JSR_URL: `http://${hostname}:${port}/`, DENO_DIR: cache };
      assert.deepEqual(await useIn(`${folder}/own`, { imports }, env), MADE);
      const mine = `${folder}/mine`;
      await Deno.mkdir(mine);
      await shell(`deno run -A jsr:@refigure/refigure@${library.version}/cli init`, { cwd: mine, env });
      assert.match(await shell("deno task list 0000.00001", { cwd: mine, env }), /slope-helps/);
    } finally {
      await registry.shutdown();
    }
  }));

async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

Deno.test("files of packages are looked up under deno.json's versions", async () => {
  const named = new Set<string>();
  for (const path of (await filesBelow(`${PROJECT}lib`)).filter((path) => /\.tsx?$/.test(path))) {
    const calls = (await Deno.readTextFile(path)).matchAll(/import\.meta\.resolve\(\s*(["`])([^"`]+)/g);
    for (const [, , specifier] of calls) named.add(specifier);
  }
  assert.ok(named.size >= 5);
  for (const specifier of named) {
    const [, version] = /^(npm:@?[^@]+@[\d.]+)(\/|$)/.exec(specifier) ?? [];
    assert.ok(Object.values<string>(library.imports).includes(version), specifier);
  }
});
