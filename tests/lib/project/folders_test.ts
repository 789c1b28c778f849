import assert from "node:assert/strict";
import { PROJECT } from "../../../lib/harness/mod.ts";
import { libraryFolder, libraryModule, projectFolder, shortName } from "../../../lib/project/mod.ts";
import { withFolder } from "../harness/_helpers.ts";

const MODULE = new URL("../../../lib/project/mod.ts", import.meta.url).href;

/** The project's folder as a process in another folder sees it, and the short names of paths and URLs. */
async function seenFrom(cwd: string, names: readonly string[] = [], env: Record<string, string> = {}) {
  const script = `import { projectFolder, shortName } from "${MODULE}";
    console.log(JSON.stringify([projectFolder(), ...${JSON.stringify(names)}.map(shortName)]));`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-config", "--allow-read", "--allow-env", `data:text/javascript,${encodeURI(script)}`],
    cwd,
    env: { REFIGURE_PROJECT: "", ...env },
  }).output();
  const text = new TextDecoder();
  return JSON.parse(text.decode(stdout) || `"${text.decode(stderr)}"`);
}

Deno.test("in a checkout the project and the library are one folder", async () => {
  assert.equal(projectFolder(), libraryFolder());
  assert.equal(shortName(MODULE), "lib/project/mod.ts");
  assert.equal(libraryModule("mod.ts"), `${PROJECT}mod.ts`);
  assert.deepEqual(await seenFrom(`${PROJECT}notebooks`), [PROJECT]);
});

Deno.test("elsewhere the project is the nearest folder with a deno.json, and the library keeps its name", () =>
  withFolder(async (made) => {
    const folder = await Deno.realPath(made);
    await Deno.mkdir(`${folder}/own/notebooks`, { recursive: true });
    assert.deepEqual(await seenFrom(`${folder}/own/notebooks`), [PROJECT], "no project: the library's own");
    await Deno.writeTextFile(`${folder}/own/deno.json`, "{}");
    const names = [`${folder}/own/lib/x.ts`, `file://${folder}/own/y.ts`, MODULE, "/elsewhere/z.ts"];
    assert.deepEqual(await seenFrom(`${folder}/own/notebooks`, names), [
      `${folder}/own/`,
      "lib/x.ts",
      "y.ts",
      "@refigure/refigure/lib/project/mod.ts",
      "/elsewhere/z.ts",
    ]);
    // The variable comes first; the library may lie in the project.
    const outer = PROJECT.replace(/[^/]+\/$/, "");
    assert.deepEqual(await seenFrom(folder, [MODULE, `${outer}x.ts`], { REFIGURE_PROJECT: outer }), [
      outer,
      "@refigure/refigure/lib/project/mod.ts",
      "x.ts",
    ]);
    // A checkout that is entered by a link is the same checkout.
    await Deno.symlink(PROJECT, `${folder}/link`);
    assert.deepEqual(await seenFrom(`${folder}/link/docs`), [PROJECT]);
  }));
