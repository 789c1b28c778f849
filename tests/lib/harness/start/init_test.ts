import assert from "node:assert/strict";
import { PROJECT } from "../../../../lib/harness/mod.ts";
import { init } from "../../../../lib/harness/start/mod.ts";
import { copyPublished, shell } from "../../../_published.ts";
import { withFolder } from "../_helpers.ts";

/** What docs/own-repository.md has its readers copy into a shell, block by block. */
async function blocks(): Promise<string[]> {
  const text = await Deno.readTextFile(`${PROJECT}docs/own-repository.md`);
  return Array.from(text.matchAll(/^```sh\n(.*?)^```/gms), ([, block]) => block);
}

/** A folder with the only programs that a reader must have, and a JupyterLab that tells its arguments. */
async function programs(folder: string): Promise<string> {
  await Deno.mkdir(folder);
  await shell(`for name in git mkdir; do ln -s "$(command -v $name)" "$0/$name"; done`, { args: [folder] });
  await Deno.symlink(Deno.execPath(), `${folder}/deno`);
  await Deno.writeTextFile(`${folder}/npx`, '#!/bin/sh\nshift 2\nexec deno "$@"\n', { mode: 0o700 });
  await Deno.writeTextFile(`${folder}/jupyter-lab`, '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o700 });
  return folder;
}

const WHO = {
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@b",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@b",
};

Deno.test("init makes a repository whose gate passes, and whose results name its own commit", () =>
  withFolder(async (folder) => {
    const library = `${folder}/refigure`, own = `${folder}/my-papers`;
    await copyPublished(library);
    const env = { PATH: await programs(`${folder}/bin`), ...WHO };
    const git = (cwd: string, args: string) => shell(`git ${args}`, { cwd, env: WHO });
    await git(library, "init -q && git add -A && git commit -qm library");

    const [make, commit, use] = await blocks();
    const readme = await Deno.readTextFile(`${PROJECT}README.md`);
    assert.ok(readme.includes(`\n${make.trim().split("\n").at(-1)}\n`), "README has the same command");
    const made = await shell(make, { cwd: folder, env });
    assert.match(made, /claims_test\.ts\n/);
    await shell(commit, { cwd: own, env });
    assert.equal(await git(own, "status --porcelain"), "", "all that is made is committed or ignored");
    await Deno.remove(`${env.PATH}/git`); // from here on nothing needs it
    const said = await shell(use, { cwd: own, env });
    assert.match(said, /0000\.00001 smoke on wasm: equal to the golden exactly/);
    assert.match(said, /1 of 1 papers/);
    assert.match(said, /No claim has a rule that plans more looks/);
    assert.match(said, /ok \| \d+ passed .* 0 failed/);

    const heads = await Promise.all([own, library].map((cwd) => git(cwd, "rev-parse HEAD")));
    const [head, libraryHead] = heads.map((text) => text.trim());
    const { provenance } = JSON.parse(await Deno.readTextFile(`${own}/out/smoke/0000.00001/results.json`));
    assert.deepEqual(provenance.code, { commit: head, dirty: false });
    const { version } = JSON.parse(await Deno.readTextFile(`${PROJECT}deno.json`));
    assert.equal(provenance.versions.refigure, `${version}+${libraryHead.slice(0, 10)}`);
    assert.match(await Deno.readTextFile(`${own}/out/report/index.html`), /A Line Fits a Line/);
    assert.match(
      await Deno.readTextFile(`${own}/README.md`),
      /\[0000\.00001\].*A Line Fits a Line \| 1 \| 0 /,
    );

    const lab = await shell("deno task lab 0000.00001 --port=1", { cwd: own, env });
    assert.deepEqual(lab.trim().split("\n").slice(-3), [
      `--notebook-dir=${await Deno.realPath(own)}/`,
      "--LabApp.default_url=/lab/tree/notebooks/0000.00001.ipynb",
      "--port=1",
    ]);
    assert.equal(await git(library, "status --porcelain"), "", "the library's folder is left alone");
  }));

Deno.test("init overwrites nothing", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/README.md`, "mine");
    assert.throws(() => init(folder), { name: "RangeError", message: /as README\.md is there already/ });
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["README.md"]);
  }));
