import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { PROJECT } from "../../../../lib/harness/paper/places.ts";
import { markRun } from "../../../../lib/harness/run/run_mark.ts";
import { filesBelow, withFolder } from "../_helpers.ts";

/** A process that marks a run in a folder, says so, and waits. */
async function otherRun(folder: string): Promise<Deno.ChildProcess> {
  const program = `
    import { markRun } from ${JSON.stringify(pathToFileURL(`${PROJECT}lib/harness/run/run_mark.ts`).href)};
    await markRun(${JSON.stringify(folder)}, { root: ${JSON.stringify(folder)} });
    console.log("marked");
    setInterval(() => {}, 1000);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    cwd: PROJECT,
    stdout: "piped",
  }).spawn();
  await child.stdout.getReader().read();
  return child;
}

Deno.test("markRun() tells once of a run that was killed, and never of one that lives or has ended", () =>
  withFolder(async (parent) => {
    const folder = `${parent}/runs`;
    const first = await markRun(folder, { root: parent });
    assert.deepEqual(first.lost, []);
    await first.end();
    assert.deepEqual(await filesBelow(folder), []);

    const killed = await otherRun(folder);
    const second = await markRun(folder, { root: parent });
    assert.deepEqual(second.lost, [], "it lives");
    killed.kill("SIGKILL");
    await killed.status;
    const third = await markRun(folder, { root: parent });
    assert.equal(third.lost.length, 1);
    assert.match(third.lost[0], /^\d{4}-\d\d-\d\d \d\d:\d\d$/);
    const fourth = await markRun(folder, { root: parent });
    assert.deepEqual(fourth.lost, []);
    for (const mark of [second, third, fourth]) await mark.end();
    assert.deepEqual(await filesBelow(folder), []);
  }));

Deno.test("markRun() moves aside what stands in its way, and says what it may not move", () =>
  withFolder(async (root) => {
    const ways: readonly ((folder: string) => Promise<void>)[] = [
      (folder) => Deno.writeTextFile(`${folder}/paper`, ""),
      (folder) => Deno.symlink("paper", `${folder}/paper`),
      async (folder) => {
        await Deno.mkdir(`${folder}/paper`);
        await Deno.writeTextFile(`${folder}/paper/.runs`, "");
      },
    ];
    for (const [i, block] of ways.entries()) {
      const cache = `${root}/${i}`;
      await Deno.mkdir(cache);
      await block(cache);
      const mark = await markRun(`${cache}/paper/.runs`, { root: cache });
      assert.deepEqual(mark.lost, []);
      await mark.end();
    }
    await Deno.writeTextFile(`${root}/file`, "");
    await Deno.symlink("loop", `${root}/loop`);
    for (
      const [name, message] of [["file", /is a file, not a folder/], [
        "loop",
        /leads back to itself/,
      ]] as const
    ) {
      const marked = markRun(`${root}/${name}/paper/.runs`, { root: `${root}/${name}` });
      await assert.rejects(marked, { name: "WriteError", message });
    }
  }));
