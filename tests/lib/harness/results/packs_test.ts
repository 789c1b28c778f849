import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { Packs } from "../../../../lib/harness/results/_packs.ts";
import { Repository } from "../../../../lib/harness/results/_repository.ts";
import { withFolder } from "../_helpers.ts";

/** Runs git in a folder. */
function git(cwd: string, ...args: readonly string[]): Uint8Array {
  const { success, stdout, stderr } = new Deno.Command("git", {
    args: ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "gc.auto=0", ...args],
    cwd,
    env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
  }).outputSync();
  assert.ok(success, new TextDecoder().decode(stderr));
  return stdout;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A repository of eight commits of long files that differ a little, with an annotated tag. */
function makeRepository(folder: string): void {
  git(folder, "init", "-q");
  Deno.mkdirSync(`${folder}/lib/deep`, { recursive: true });
  for (let version = 0; version < 8; version++) {
    // Longer than what one instruction of a difference copies, and not to be compressed away.
    const lines = Array.from({ length: 9000 }, (_, i) => `${(i * 2654435761) % 4294967291}`);
    lines.splice(1000 * version, 2, `version ${version}`);
    Deno.writeTextFileSync(`${folder}/lib/long.txt`, lines.join("\n"));
    Deno.writeTextFileSync(`${folder}/lib/deep/${version}.txt`, `${version}\n`);
    Deno.writeTextFileSync(`${folder}/empty`, "");
    git(folder, "add", "-A");
    git(folder, "commit", "-q", "-m", `version ${version}`);
  }
  git(folder, "tag", "-a", "v1", "-m", "first");
}

interface Listed {
  readonly oid: string;
  readonly type: string;
  readonly base: string;
}

/** All objects, with what their differences are to. */
function objectsOf(folder: string): Listed[] {
  const format = "--batch-check=%(objectname) %(objecttype) %(deltabase)";
  return text(git(folder, "cat-file", "--batch-all-objects", format)).trim().split("\n").map((line) => {
    const [oid, type, base] = line.split(" ");
    return { oid, type, base };
  });
}

for (
  const [named, flags] of [["by offset", []], ["by name", ["-c", "repack.useDeltaBaseOffset=false"]]] as const
) {
  Deno.test(`Packs gives each object of a pack whole, with differences ${named} (needs git)`, () =>
    withFolder((folder) => {
      makeRepository(folder);
      git(folder, ...flags, "repack", "-q", "-adf", "--depth=5");
      const packs = new Packs(`${folder}/.git/objects`);
      const objects = objectsOf(folder);
      assert.deepEqual([...new Set(objects.map(({ type }) => type))].sort(), [
        "blob",
        "commit",
        "tag",
        "tree",
      ]);
      assert.ok(objects.some(({ base }) => !/^0+$/.test(base)), "nothing is a difference");
      for (const { oid, type } of objects) {
        const found = inflateSync(packs.loose(oid)!);
        assert.equal(text(found.subarray(0, found.indexOf(32))), type);
        assert.equal(createHash("sha1").update(found).digest("hex"), oid); // git's name of it
      }
      assert.equal(packs.loose("0".repeat(40)), undefined);
      assert.equal(packs.loose("f".repeat(40)), undefined);
      return Promise.resolve();
    }));
}

Deno.test("a repository in packs is read, compared, and found damaged where it is (needs git)", () =>
  withFolder(async (folder) => {
    makeRepository(folder);
    git(folder, "repack", "-q", "-adf");
    assert.equal(await differs(folder), false);
    const repository = (await Repository.open(folder))!;
    assert.equal(await repository.show("HEAD~3", "lib/deep/4.txt"), "4\n");
    assert.match(await repository.show("v1~7", "lib/long.txt"), /^version 0\n/);
    Deno.writeTextFileSync(`${folder}/lib/deep/4.txt`, "5\n");
    assert.equal(await differs(folder), true);
    Deno.writeTextFileSync(`${folder}/lib/deep/4.txt`, "4\n");
    assert.equal(await differs(folder), false);

    // A byte of the commit's own bytes: it is noticed by its digest, or as it cannot be inflated.
    const [pack] = [...Deno.readDirSync(`${folder}/.git/objects/pack`)].map(({ name }) => name)
      .filter((name) => name.endsWith(".pack"));
    const path = `${folder}/.git/objects/pack/${pack}`;
    Deno.chmodSync(path, 0o600);
    const bytes = Deno.readFileSync(path);
    const head = text(git(folder, "rev-parse", "HEAD")).trim();
    const line = text(git(folder, "verify-pack", "-v", path)).split("\n").find((line) =>
      line.startsWith(head)
    )!;
    const [, , , , offset] = line.split(/\s+/);
    bytes[Number(offset) + 20] ^= 1;
    Deno.writeFileSync(path, bytes);
    await assert.rejects(differs(folder), /corrupt|SHA|checksum/i);
  }));

/** Whether the code differs from the commit, as a new command would see it. */
async function differs(folder: string): Promise<boolean> {
  return await (await Repository.open(folder))!.differs(["lib"]);
}
