import assert from "node:assert/strict";
import { ROOT } from "../../../../lib/harness/paper/places.ts";
import { markRun } from "../../../../lib/harness/run/run_mark.ts";
import { filesBelow, withFolder } from "../_helpers.ts";

/** A process that marks a run in a folder, says so, and waits. */
async function otherRun(folder: string): Promise<Deno.ChildProcess> {
  const program = `
    import { markRun } from ${JSON.stringify(new URL(`file://${ROOT}lib/harness/run/run_mark.ts`).href)};
    await markRun(${JSON.stringify(folder)});
    console.log("marked");
    setInterval(() => {}, 1000);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    cwd: ROOT,
    stdout: "piped",
  }).spawn();
  await child.stdout.getReader().read();
  return child;
}

Deno.test("markRun() tells once of a run that was killed, and never of one that lives or has ended", () =>
  withFolder(async (parent) => {
    const folder = `${parent}/runs`;
    const first = await markRun(folder);
    assert.deepEqual(first.lost, []);
    await first.end();
    assert.deepEqual(await filesBelow(folder), []);

    const killed = await otherRun(folder);
    const second = await markRun(folder);
    assert.deepEqual(second.lost, [], "it lives");
    killed.kill("SIGKILL");
    await killed.status;
    const third = await markRun(folder);
    assert.equal(third.lost.length, 1);
    assert.match(third.lost[0], /^\d{4}-\d\d-\d\d \d\d:\d\d$/);
    const fourth = await markRun(folder);
    assert.deepEqual(fourth.lost, []);
    for (const mark of [second, third, fourth]) await mark.end();
    assert.deepEqual(await filesBelow(folder), []);
  }));
