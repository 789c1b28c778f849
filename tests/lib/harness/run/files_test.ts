import assert from "node:assert/strict";
import { probeFolder, writeAtomic } from "../../../../lib/harness/run/files.ts";
import { filesBelow, withFolder } from "../_helpers.ts";

Deno.test("writeAtomic() replaces a file and leaves nothing else", () =>
  withFolder(async (folder) => {
    for (const text of ["one", "two"]) {
      await writeAtomic(`${folder}/a/b.txt`, text);
      assert.equal(await Deno.readTextFile(`${folder}/a/b.txt`), text);
    }
    assert.deepEqual(await filesBelow(folder), [`${folder}/a/b.txt`]);
  }));

Deno.test("writeAtomic() meets no file of another machine whose process has the same number", () =>
  withFolder(async (folder) => {
    // What any process of this number, or an earlier run, may have left behind.
    for (let i = 0; i < 1000; i++) await Deno.writeTextFile(`${folder}/.b.txt.${Deno.pid}-${i}.tmp`, "");
    await writeAtomic(`${folder}/b.txt`, "text");
    assert.equal(await Deno.readTextFile(`${folder}/b.txt`), "text");
    await Promise.all(Array.from({ length: 50 }, (_, i) => writeAtomic(`${folder}/b.txt`, `${i}`)));
  }));

Deno.test("writeAtomic() keeps the old file when it cannot write the new one", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/folder/x`, { recursive: true });
    await assert.rejects(writeAtomic(`${folder}/folder`, "text"));
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["folder"]);
  }));

Deno.test("writeAtomic() says that a folder stands in a file's place", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/figure.svg/below`, { recursive: true });
    await assert.rejects(writeAtomic(`${folder}/figure.svg`, "x"), {
      name: "WriteError",
      message: `Cannot write ${folder}/figure.svg as a folder stands in its place: move it away`,
    });
    assert.deepEqual(await filesBelow(folder), []);
  }));

Deno.test("probeFolder() explains what is in the way", () =>
  withFolder(async (folder) => {
    await probeFolder(`${folder}/a/b`);
    assert.deepEqual(await filesBelow(folder), []);
    await Deno.writeTextFile(`${folder}/file`, "");
    for (const path of [`${folder}/file`, `${folder}/file/below`]) {
      await assert.rejects(probeFolder(path), {
        name: "WriteError",
        message: /a part of its path is a file, not a folder/,
      });
    }
  }));

Deno.test({
  name: "writeError() tells a full disk from a read-only one (needs Linux)",
  ignore: Deno.build.os !== "linux",
  async fn() {
    // Real errors of the operating system: a device that is always full, and a folder that nobody can write.
    const cases: [string, RegExp][] = [
      [
        "/dev/full",
        /^Cannot write \/dev\/full as the disk is full: make room, then start again \(finished jobs are kept\)$/,
      ],
      [
        "/sys/kernel/file",
        /^Cannot write \/sys\/kernel\/file as it is read-only: make it writable or name .* --out \(or REFIGURE_OUT\)$/,
      ],
    ];
    for (const [path, message] of cases) {
      // Only a process with all permissions may open these paths.
      const program = `const { writeError } = await import("./lib/harness/run/files.ts");
        const error = await Deno.writeTextFile("${path}", "x").then(() => null, (error) => error);
        const { name, message } = writeError("${path}", error);
        console.log(name + ": " + message);`;
      const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", program] })
        .output();
      const [name, ...explained] = new TextDecoder().decode(stdout).trim().split(": ");
      assert.equal(name, "WriteError");
      assert.match(explained.join(": "), message);
    }
  },
});
