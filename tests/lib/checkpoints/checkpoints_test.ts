import assert from "node:assert/strict";
import { Checkpoints, type CheckpointStore, resumable, type Snapshot } from "../../../lib/checkpoints/mod.ts";

const IDENTITY = "0123456789abcdef".repeat(4), NAME = `${IDENTITY.slice(0, 32)}-0`;

const SNAPSHOT: Snapshot = {
  step: 7,
  done: false,
  leaves: [Float32Array.of(1, -0, NaN, 1e-45), Int32Array.of(-3), new Uint8Array(0), Uint8Array.of(1)],
  streams: [[1, -2, 3, 4]],
  carried: { best: Infinity, losses: [0.1, 1 / 3], weights: Float32Array.of(2), none: undefined },
};

interface Memory extends CheckpointStore {
  readonly files: Map<string, Uint8Array>;
  readonly notes: string[];
}

function memory(files = new Map<string, Uint8Array>()): Memory {
  const notes: string[] = [];
  return {
    files,
    notes,
    note: (text) => void notes.push(text),
    read: (name) => Promise.resolve(files.get(name)),
    write: (name, bytes) => Promise.resolve(void files.set(name, bytes)),
  };
}

async function saved(owner = "me"): Promise<Memory> {
  const store = memory();
  await (await new Checkpoints(store, { owner }).open(IDENTITY)).save(SNAPSHOT);
  return store;
}

Deno.test("Checkpoints gives back what was saved, bit for bit", async () => {
  const { files } = await saved();
  assert.deepEqual([...files.keys()], [NAME]);
  const { found } = await new Checkpoints(memory(files), { owner: "me" }).open(IDENTITY);
  assert.deepEqual(found, SNAPSHOT);
  assert.ok(Object.is(found!.leaves[0][1], -0));
});

Deno.test("Checkpoints ignores what is not whole, whichever byte is wrong, and says so", async () => {
  const whole = (await saved()).files.get(NAME)!;
  const flipped = Array.from(whole, (_, at) => {
    const bytes = whole.slice();
    bytes[at] ^= 1;
    return bytes;
  });
  const cut = Array.from(whole, (_, length) => whole.slice(0, length));
  const others = [new TextEncoder().encode("{}"), new Uint8Array(1000), Uint8Array.from([...whole, 0])];
  for (const bytes of [...flipped, ...cut, ...others]) {
    const store = memory(new Map([[NAME, bytes]]));
    const { found } = await new Checkpoints(store, { owner: "me" }).open(IDENTITY);
    assert.equal(found, undefined);
    assert.match(store.notes[0], /is damaged and ignored/);
  }
});

Deno.test("Checkpoints ignores those of other jobs and other trainings, and says so", async () => {
  const { files } = await saved("another job");
  const store = memory(files);
  assert.equal((await new Checkpoints(store, { owner: "me" }).open(IDENTITY)).found, undefined);
  assert.match(store.notes[0], /is of another training and ignored/);
  const digest = `${IDENTITY.slice(0, 63)}0`; // the names of their files are the same
  const again = memory((await saved()).files);
  assert.equal((await new Checkpoints(again, { owner: "me" }).open(digest)).found, undefined);
  assert.match(again.notes[0], /is of another training and ignored/);
});

Deno.test("Checkpoints tells equal trainings apart by their order", async () => {
  const store = memory();
  const first = new Checkpoints(store);
  for (const step of [1, 2]) await (await first.open(IDENTITY)).save({ ...SNAPSHOT, step });
  const second = new Checkpoints(store);
  const steps = [];
  for (let i = 0; i < 3; i++) steps.push((await second.open(IDENTITY)).found?.step);
  assert.deepEqual(steps, [1, 2, undefined]);
});

Deno.test("Checkpoints is due by time only, and counts the seconds of all processes", async () => {
  const store = memory();
  const lazy = await new Checkpoints(store).open(IDENTITY);
  assert.deepEqual([lazy.due(), lazy.long], [false, false]);
  const first = new Checkpoints(store, { everySeconds: 0.06 });
  const keen = await first.open(IDENTITY);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual([keen.due(), keen.long], [false, true]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(keen.due(), true);
  await keen.save(SNAPSHOT);
  assert.equal(keen.due(), false);
  const second = new Checkpoints(store);
  await second.open(IDENTITY);
  assert.ok(second.secondsBefore > 0.06 && second.secondsBefore < 10, `${second.secondsBefore} s`);
});

Deno.test("Checkpoints goes on when it cannot save, and says why", async () => {
  const full = { ...memory(), write: () => Promise.reject(new Error("No space left on device")) };
  await (await new Checkpoints(full).open(IDENTITY)).save(SNAPSHOT);
  assert.match(full.notes[0], /^Cannot save a training: No space left on device; it goes on$/);
  const store = memory();
  await (await new Checkpoints(store).open(IDENTITY)).save({ ...SNAPSHOT, carried: { f: () => 1 } });
  assert.match(store.notes[0], /^Cannot save a training: .*could not be cloned.*; it goes on$/);
  assert.equal(store.files.size, 0);
});

Deno.test("resumable() removes its folder when the work is done, and only then", async () => {
  const folder = `${await Deno.makeTempDir()}/work`;
  await Deno.mkdir(folder);
  await Deno.writeTextFile(`${folder}/x`, "");
  await assert.rejects(resumable(folder, () => Promise.reject(new Error("stopped"))), /stopped/);
  assert.ok((await Deno.stat(folder)).isDirectory);
  assert.equal(await resumable(folder, () => Promise.resolve(3)), 3);
  await assert.rejects(Deno.stat(folder), Deno.errors.NotFound);
  assert.equal(await resumable(folder, () => Promise.resolve(4)), 4);
});
