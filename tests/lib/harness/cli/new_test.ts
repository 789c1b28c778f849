import assert from "node:assert/strict";
import { dirname } from "node:path";
import { PROJECT } from "../../../../lib/harness/paper/places.ts";
import { refigure, withFolder } from "../_helpers.ts";

/** The one other paper of the copy: README's table is made anew twice, which takes a second for each. */
const OTHER = "2310.01647";

const isLeftOut = (name: string) => /^\d{4}\.\d{5}/.test(name) && !name.startsWith(OTHER);

/**
 * A copy of the checkout with one of its papers, by hard links: what is written anew in it leaves the
 * original alone.
 */
async function copyCheckout(folder: string): Promise<void> {
  const { stderr } = await new Deno.Command("cp", { args: ["-al", `${PROJECT}node_modules`, folder] })
    .output();
  // Deno's locks come and go while other tests start it.
  const missed = new TextDecoder().decode(stderr).split("\n").filter((line) =>
    line !== "" && !line.includes(".deno.lock")
  );
  assert.deepEqual(missed, []);
  for (const { name, isDirectory } of Deno.readDirSync(PROJECT)) {
    if (SKIPPED.includes(name) || name.startsWith(".")) continue;
    if (isDirectory) await linkFolder(`${PROJECT}${name}`, `${folder}/${name}`);
    else await Deno.link(`${PROJECT}${name}`, `${folder}/${name}`);
  }
}

const SKIPPED = ["node_modules", "out", "data"];

/** Links a folder's files but those that start with a dot, as other tests make and remove such meanwhile. */
async function linkFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (name.startsWith(".") || isLeftOut(name)) continue;
    if (isDirectory) await linkFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.link(`${from}/${name}`, `${to}/${name}`);
  }
}

/** Runs a program in a folder, with this Deno on the path. */
async function run(folder: string, program: string, ...args: string[]): Promise<string> {
  const path = `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`;
  const command = new Deno.Command(program, { args, cwd: folder, env: { NO_COLOR: "1", PATH: path } });
  const { success, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  assert.ok(success, `${program} ${args.join(" ")}\n${text.decode(stdout)}${text.decode(stderr)}`);
  return text.decode(stdout);
}

/** What docs/tutorial-paper.md has its readers copy into a shell, by heading. */
async function tutorial(): Promise<Map<string, string>> {
  const text = await Deno.readTextFile(`${PROJECT}docs/tutorial-paper.md`);
  return new Map(
    text.split(/^## \d+\. /m).slice(1).map((section) => [
      section.split("\n")[0],
      Array.from(section.matchAll(/^```sh\n(.*?)^```/gms), ([, block]) => block).join(""),
    ]),
  );
}

Deno.test({
  name:
    "deno task new makes a paper that passes format, lint, types and its own tests, and the tutorial's blocks " +
    "make another of it (needs cp -al)",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withFolder(async (folder) => {
      await copyCheckout(folder);
      const deno = (...args: string[]) => run(folder, "deno", ...args);
      const [start, ...steps] = [...(await tutorial()).values()];
      const accept = steps.pop()!;
      const made = await run(folder, "sh", "-ec", start);
      const code = ["reproductions/0000.01961", "tests/reproductions/0000.01961"];
      for (const path of [`${code[0]}/mod.ts`, `${code[1]}/claims_test.ts`, "notebooks/0000.01961.ipynb"]) {
        assert.ok(made.includes(`${path}\n`), path);
      }
      const readme = await Deno.readTextFile(`${folder}/README.md`);
      assert.match(readme, /\[0000\.01961\].*Estimation with Quadratic Loss \| 1 \| 0 /);
      assert.match(readme, new RegExp(`\\[${OTHER.replace(".", "\\.")}\\].* \\| \\d+ \\| \\d+ `));
      await deno("fmt", "--check", ...code);
      await deno("lint", ...code);
      const permissions = ["read", "write", "env", "sys", "ffi=node_modules", "run"].map((name) =>
        `--allow-${name}`
      );
      // Without the tests of its notebook, which `new` has just executed.
      const filter = "--filter=/^(0000.01961|the (smoke|native)|claim|every)/";
      assert.match(await deno("test", filter, ...permissions, code[1]), /10 passed/);
      assert.match(await deno("task", "list", "0000.01961"), /slope-helps/);

      const results = await run(folder, "sh", "-ec", steps.join("\n"));
      assert.match(results, /shrinking-helps +Section 2 +supported/);
      // The last block but what executes the notebook, which takes long.
      const commands = accept.trim().split("\n").filter((line) => !/task notebooks|deno test/.test(line));
      assert.equal(commands.length, 6);
      await run(folder, "sh", "-ec", commands.join("\n"));
      assert.match(await deno("test", "--no-check", filter, ...permissions, code[1]), /10 passed/);
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
