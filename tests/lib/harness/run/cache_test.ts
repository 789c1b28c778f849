import assert from "node:assert/strict";
import { machine } from "../../../../lib/harness/run/machine.ts";
import { Cache, difference, keyOf, type KeyParts } from "../../../../lib/harness/run/cache.ts";
import type { JobRecord } from "../../../../lib/harness/paper/types.ts";
import { filesBelow, withFolder } from "../_helpers.ts";

const parts: KeyParts = {
  job: { experiment: "fit", config: { set: "cardio" }, seed: 1 },
  data: { cardio: "real/abc" },
  executor: "native",
  engines: { engine: "1.0" },
  runtime: "deno 2.9",
  code: { "lib/a.ts": "1", "lib/b.ts": "2" },
  packages: { matrix: "6.0" },
};
const record: JobRecord = {
  job: parts.job,
  result: { auroc: 0.1 + 0.2 },
  seconds: 1.5,
  sources: { cardio: "file" },
};

/** One change of each part, and the reason it gives. */
const CHANGES: readonly (readonly [Partial<KeyParts>, string])[] = [
  [{ executor: "wasm", engines: { other: "2.0" } }, "executor native → wasm"],
  [{ engines: { engine: "1.1" } }, "engine changed: engine"],
  [{ data: { cardio: "stand-in/1" } }, "data changed: cardio"],
  [{ runtime: "deno 3.0" }, "deno 2.9 → deno 3.0"],
  [{ packages: { matrix: "6.1" } }, "packages changed: matrix"],
  [{ code: { "lib/a.ts": "3", "lib/c.ts": "1" } }, "code changed: lib/a.ts, lib/b.ts (gone), lib/c.ts (new)"],
];

Deno.test("Cache gives back what was stored", () =>
  withFolder(async (folder) => {
    const cache = new Cache(folder);
    assert.deepEqual(await cache.lookup(parts), { hit: false, reason: "never run" });
    await cache.store(parts, record);
    assert.deepEqual(await cache.lookup(parts), { hit: true, record });
    const [path, ...others] = await filesBelow(folder);
    assert.equal(others.length, 0);
    assert.match(path, /\/fit\/[0-9a-f]{20}\/[0-9a-f]{64}\.json$/);
  }));

Deno.test("Cache tells why a job is a miss", () =>
  withFolder(async (folder) => {
    const cache = new Cache(folder);
    await cache.store(parts, record);
    for (const [change, reason] of CHANGES) {
      // Another executor's time tells nothing.
      const seconds = change.executor === undefined ? { seconds: record.seconds } : {};
      assert.deepEqual(await cache.lookup({ ...parts, ...change }), { hit: false, reason, ...seconds });
    }
    const other = { ...parts, job: { ...parts.job, seed: 2 } };
    assert.deepEqual(await cache.lookup(other), { hit: false, reason: "never run" });
  }));

Deno.test("Cache tells of a miss how long the job took before, and how much memory", () =>
  withFolder(async (folder) => {
    const cache = new Cache(folder);
    await cache.store(parts, { ...record, memory: 321 });
    const lookup = await cache.lookup({ ...parts, runtime: "deno 3.0" });
    assert.deepEqual(lookup, { hit: false, reason: "deno 2.9 → deno 3.0", memory: 321, seconds: 1.5 });
    // On another machine it took another time.
    await cache.store(parts, { ...record, machine: machine() });
    assert.deepEqual(await cache.lookup({ ...parts, runtime: "deno 3.0" }), {
      hit: false,
      reason: "deno 2.9 → deno 3.0",
    });
  }));

Deno.test("Cache compares with the newest entry of the job", () =>
  withFolder(async (folder) => {
    const cache = new Cache(folder);
    await cache.store(parts, record);
    const [first] = await filesBelow(folder);
    await Deno.utime(first, 1000, 1000);
    await cache.store({ ...parts, executor: "wasm" }, record);
    const now = { ...parts, runtime: "deno 3.0" };
    assert.deepEqual(await cache.lookup(now), {
      hit: false,
      reason: "executor wasm → native; deno 2.9 → deno 3.0",
    });
  }));

Deno.test("Cache takes a damaged file as a miss and replaces it", () =>
  withFolder(async (folder) => {
    const cache = new Cache(folder);
    await cache.store(parts, record);
    const [path] = await filesBelow(folder);
    const text = await Deno.readTextFile(path);
    const damaged = [
      "",
      "null",
      text.slice(0, text.length / 2),
      text.replace("0.30000000000000004", "0.3000000000000001"),
      text.replace('"checksum"', '"sum"'),
    ];
    for (const content of damaged) {
      await Deno.writeTextFile(path, content);
      assert.deepEqual(await cache.lookup(parts), { hit: false, reason: "its cache file is damaged" });
      // Not even as something to compare with.
      assert.deepEqual(await cache.lookup({ ...parts, executor: "wasm" }), {
        hit: false,
        reason: "never run",
      });
    }
    await cache.store(parts, record);
    assert.deepEqual(await cache.lookup(parts), { hit: true, record });
  }));

Deno.test("Cache keeps the newest entries of a job and removes what killed processes left", () =>
  withFolder(async (folder) => {
    const cache = new Cache(folder);
    for (let version = 1; version <= 10; version++) {
      await cache.store({ ...parts, runtime: `deno ${version}` }, record);
      const { hit } = await cache.lookup({ ...parts, runtime: `deno ${version}` });
      assert.ok(hit);
    }
    const files = await filesBelow(folder);
    assert.equal(files.length, 8);
    const left = `${files[0].slice(0, files[0].lastIndexOf("/"))}/.x.json.123-0.tmp`;
    await Deno.writeTextFile(left, "part");
    await Deno.utime(left, 1000, 1000);
    await cache.store({ ...parts, runtime: "deno 11" }, record);
    assert.equal((await filesBelow(folder)).includes(left), false);
  }));

Deno.test("Cache removes checkpoints of other states of the code after a week", () =>
  withFolder(async (folder) => {
    const cache = new Cache(folder);
    const now = Date.now() / 1000;
    const places: string[] = [];
    for (const [version, days] of [[1, 0], [2, 6], [3, 8]]) {
      const { folder: place } = await cache.unfinished({ ...parts, runtime: `deno ${version}` });
      places.push(place);
      await Deno.mkdir(place, { recursive: true });
      await Deno.writeTextFile(`${place}/0`, "saved");
      await Deno.utime(place, now - 86_400 * days, now - 86_400 * days);
    }
    await cache.store(parts, record);
    const left = (await filesBelow(folder)).filter((path) => !path.endsWith(".json"));
    assert.deepEqual(left, [`${places[0]}/0`, `${places[1]}/0`].sort());
  }));

Deno.test("Cache gives no job the result of another, whatever an entry is called", () =>
  withFolder(async (folder) => {
    const cache = new Cache(folder);
    await cache.store(parts, record);
    const [stored] = await filesBelow(folder);
    const jobs = [{ seed: 2 }, { config: { set: "wine" } }, { experiment: "other" }];
    const asked = [
      ...CHANGES.map(([change]) => change),
      ...jobs.map((job) => ({ job: { ...parts.job, ...job } })),
    ];
    for (const change of asked) {
      const other = { ...parts, ...change };
      await cache.store(other, { ...record, job: other.job, result: "its own" });
      const found = await cache.lookup(other);
      assert.ok(found.hit && found.record.result === "its own");
      for (const path of await filesBelow(folder)) {
        if (path === stored) continue;
        await Deno.copyFile(stored, path);
        assert.deepEqual(await cache.lookup(other), {
          hit: false,
          reason: "its cache file holds another job's result",
        });
        await Deno.remove(path);
        // Nor under a name that is no key.
        await Deno.copyFile(stored, path.replace(/[^/]+$/, "copy.json"));
        assert.equal((await cache.lookup(other)).hit, false);
        await Deno.remove(path.replace(/[^/]+$/, "copy.json"));
      }
    }
    assert.deepEqual(await cache.lookup(parts), { hit: true, record });
  }));

Deno.test("Cache moves aside what stands in the place of an entry or of its folders", () =>
  withFolder(async (folder) => {
    await new Cache(`${folder}/first`).store(parts, record);
    const [entry] = await filesBelow(`${folder}/first`);
    const [, experiment, job, name] = entry.slice(folder.length + 1).split("/");
    const places = [experiment, `${experiment}/${job}`, `${experiment}/${job}/${name}`];
    const things: readonly (readonly [string, (path: string) => Promise<void>])[] = [
      ["folder", (path) => Deno.mkdir(`${path}/kept`, { recursive: true })],
      ["file", (path) => Deno.writeTextFile(path, "kept")],
      ["link that leads to itself", (path) => Deno.symlink(path, path)],
      ["link that leads nowhere", (path) => Deno.symlink(`${folder}/nowhere`, path)],
    ];
    for (const [i, [what, put]] of things.entries()) {
      for (const [j, place] of places.entries()) {
        const root = `${folder}/${i}-${j}`;
        await Deno.mkdir(`${root}/${place}`.replace(/\/[^/]*$/, ""), { recursive: true });
        await put(`${root}/${place}`);
        const cache = new Cache(root);
        assert.equal((await cache.lookup(parts)).hit, false, `${what} at ${place}`);
        await cache.store(parts, record);
        assert.deepEqual(await cache.lookup(parts), { hit: true, record }, `${what} at ${place}`);
      }
    }
  }));

Deno.test("Cache keeps what was stored just now, also after the clock was set back", () =>
  withFolder(async (folder) => {
    const cache = new Cache(folder);
    const ahead = Date.now() / 1000 + 3600;
    for (let version = 0; version < 8; version++) {
      await cache.store({ ...parts, runtime: `deno ${version}` }, record);
    }
    for (const path of await filesBelow(folder)) await Deno.utime(path, ahead, ahead);
    await cache.store({ ...parts, runtime: "deno 99" }, record);
    assert.deepEqual(await cache.lookup({ ...parts, runtime: "deno 99" }), { hit: true, record });
    assert.equal((await filesBelow(folder)).length, 8);
  }));

Deno.test("Cache is safe when many write and read the same entry", () =>
  withFolder(async (folder) => {
    const caches = Array.from({ length: 8 }, () => new Cache(folder));
    const found = await Promise.all(
      caches.flatMap((cache) => [cache.store(parts, record), cache.lookup(parts)]),
    );
    for (const lookup of found) if (lookup && !lookup.hit) assert.equal(lookup.reason, "never run");
    assert.deepEqual(await caches[0].lookup(parts), { hit: true, record });
    assert.equal((await filesBelow(folder)).length, 1);
  }));

Deno.test("keyOf() changes with every part, not with the order of keys", async () => {
  const key = await keyOf(parts);
  for (const [change] of CHANGES) assert.notEqual(await keyOf({ ...parts, ...change }), key);
  assert.equal(await keyOf({ ...parts, code: { "lib/b.ts": "2", "lib/a.ts": "1" } }), key);
});

Deno.test("difference() shortens long lists", () => {
  const code = (digest: string) => Object.fromEntries("abcdef".split("").map((name) => [name, digest]));
  const text = difference({ ...parts, code: code("1") }, { ...parts, code: code("2") });
  assert.equal(text, "code changed: a, b, c, and 3 more");
});
