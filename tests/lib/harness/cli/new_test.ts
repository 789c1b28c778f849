import assert from "node:assert/strict";
import { ROOT } from "../../../../lib/harness/paper/places.ts";
import { refigure, withFolder } from "../_helpers.ts";

/** A copy of the checkout by hard links: what is written anew in it leaves the original alone. */
async function copyCheckout(folder: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("cp", { args: ["-al", `${ROOT}node_modules`, folder] })
    .output();
  assert.ok(success, new TextDecoder().decode(stderr));
  for (const { name, isDirectory } of Deno.readDirSync(ROOT)) {
    if (SKIPPED.includes(name) || name.startsWith(".")) continue;
    if (isDirectory) await linkFolder(`${ROOT}${name}`, `${folder}/${name}`);
    else await Deno.link(`${ROOT}${name}`, `${folder}/${name}`);
  }
}

const SKIPPED = ["node_modules", "out", "data"];

/** Links a folder's files but those that start with a dot, as other tests make and remove such meanwhile. */
async function linkFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (name.startsWith(".")) continue;
    if (isDirectory) await linkFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.link(`${from}/${name}`, `${to}/${name}`);
  }
}

async function deno(folder: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  assert.ok(success, `deno ${args.join(" ")}\n${text.decode(stdout)}${text.decode(stderr)}`);
  return text.decode(stdout);
}

Deno.test({
  name: "deno task new makes a paper that passes format, lint, types and its own tests (needs cp -al)",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withFolder(async (folder) => {
      await copyCheckout(folder);
      const made = await deno(folder, "task", "new", "2501.01234", "--title", "A Line Fits a Line");
      const code = ["reproductions/2501.01234", "tests/reproductions/2501.01234"];
      for (const path of [`${code[0]}/mod.ts`, `${code[1]}/claims_test.ts`, "notebooks/2501.01234.ipynb"]) {
        assert.ok(made.includes(`${path}\n`), path);
      }
      assert.match(
        await Deno.readTextFile(`${folder}/README.md`),
        /\[2501\.01234\].*A Line Fits a Line \| 1 \| 0 /,
      );
      await deno(folder, "fmt", "--check", ...code);
      await deno(folder, "lint", ...code);
      const permissions = ["read", "write", "env", "sys", "ffi=node_modules", "run"].map((name) =>
        `--allow-${name}`
      );
      // Without the tests of its notebook, which `new` has just executed.
      const tests = await deno(
        folder,
        "test",
        "--filter=/^(2501.01234|the (smoke|native)|claim|every)/",
        ...permissions,
        code[1],
      );
      assert.match(tests, /9 passed/);
      assert.match(await deno(folder, "task", "list", "2501.01234"), /slope-helps/);
    }),
});

Deno.test("new refuses an id, a title or a paper that cannot be", () =>
  withFolder(async (folder) => {
    const wrong = async (...args: string[]) => {
      const { code, stderr } = await refigure({ args: ["new", ...args], folder });
      assert.equal(code, 2, stderr);
      return stderr;
    };
    assert.match(
      await wrong("25.1", "--title", "x"),
      /its id must be like 2501\.01234: current value is 25\.1/,
    );
    assert.match(await wrong("2501.01234", "--title", 'a "quoted" title'), /must be one line without/);
    assert.match(await wrong("0000.00000", "--title", "x"), /is there already/);
    assert.match(await wrong("2501.01234"), /--title/);
  }));
