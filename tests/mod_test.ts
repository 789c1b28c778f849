import assert from "node:assert/strict";
import { PROJECT } from "../lib/harness/mod.ts";

/** Names that a door exports, types included. */
async function namesOf(door: string): Promise<string[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", door],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  const modules = Object.values(nodes) as { symbols: { name: string }[] }[];
  return modules.flatMap(({ symbols }) => symbols.map(({ name }) => name));
}

Deno.test("the root door has at most 60 names, those of a first program among them", async () => {
  const names = await namesOf("mod.ts");
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.length <= 60, `${names.length} names`);
  for (
    const name of [
      "compile",
      "tf",
      "hostTensor",
      "stream",
      "matrix",
      "train",
      "rowBatches",
      "adam",
      "initDense",
    ]
  ) {
    assert.ok(names.includes(name), name);
  }
});

Deno.test("every door of deno.json is there, under the same name in exports and imports", async () => {
  const { exports, imports } = JSON.parse(await Deno.readTextFile(`${PROJECT}deno.json`));
  for (const [name, path] of Object.entries(exports as Record<string, string>)) {
    assert.equal(imports[name.replace(/^\./, "@refigure/refigure")], path);
    assert.ok((await Deno.stat(PROJECT + path)).isFile, path);
  }
});
