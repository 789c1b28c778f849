import assert from "node:assert/strict";
import { type GraphEngine, loadEngine } from "../../../lib/compile/_executors.ts";
import { openSession, openSessions } from "../../../lib/compile/_sessions.ts";
import { compile, compileLoop } from "../../../lib/compile/mod.ts";
import type { Tensor } from "../../../lib/tensor/mod.ts";
import { andC } from "./_executors.ts";
import { floats } from "./_host.ts";

/** An engine that counts. */
function countingEngine() {
  const counts = { opened: 0, released: 0 };
  const engine: GraphEngine = {
    kind: "graph",
    versions: {},
    // deno-lint-ignore require-await -- rejects, as engines do
    async open(model) {
      if (model[0] === 0) throw new Error("refused");
      counts.opened++;
      return {
        inputNames: [],
        outputNames: [],
        run: (feeds) => Promise.resolve(feeds),
        release() {
          counts.released++;
          return Promise.resolve();
        },
      };
    },
    tensor: () => assert.fail("not used"),
  };
  return { engine, counts };
}

Deno.test("openSession() shares a session between equal models until the last is released", async () => {
  const { engine, counts } = countingEngine();
  const [one, two, other] = await Promise.all(
    [[1, 2], [1, 2], [1, 3]].map((model) => openSession(engine, Uint8Array.from(model), "model")),
  );
  assert.deepEqual(counts, { opened: 2, released: 0 });
  await one.release();
  await one.release();
  await other.release();
  assert.deepEqual(counts, { opened: 2, released: 1 });
  assert.equal(openSessions(engine), 1);
  await two.release();
  assert.deepEqual(counts, { opened: 2, released: 2 });
  await (await openSession(engine, Uint8Array.of(1, 2), "model")).release();
  assert.deepEqual(counts, { opened: 3, released: 3 });
});

Deno.test("openSession() does not share a session that could not be opened", async () => {
  const { engine } = countingEngine();
  for (let i = 0; i < 2; i++) {
    await assert.rejects(openSession(engine, Uint8Array.of(0), "model"), { message: "refused" });
    assert.equal(openSessions(engine), 0);
  }
});

for (const executor of andC("native", "wasm")) {
  Deno.test(`equal programs and loops share a session on ${executor}, and keep their states apart`, async () => {
    const engine = await loadEngine(executor) as GraphEngine;
    const before = openSessions(engine);
    const double = (factor: number) => compile((x: Tensor) => x.mul(factor), [floats([0, 0])], { executor });
    const [one, two, triple] = [await double(2), await double(2), await double(3)];
    assert.equal(openSessions(engine), before + 2);
    const results = await Promise.all([one, two, triple].map((program) => program.run(floats([1, 2]))));
    assert.deepEqual(results, [[2, 4], [2, 4], [3, 6]].map((values) => floats(values)));
    await one.dispose();
    assert.deepEqual(await two.run(floats([3, 4])), floats([6, 8]));

    const step = (state: Tensor, x: Tensor) => ({ state: state.add(x), metrics: {} });
    const loop = (start: number) =>
      compileLoop(step, { state: floats([start], []), batch: floats([0], []) }, { executor });
    const [first, second] = [await loop(0), await loop(10)];
    assert.equal(openSessions(engine), before + 3);
    await Promise.all([first.run(floats([1, 2])), second.run(floats([5]))]);
    assert.deepEqual(await first.readState(), floats([3], []));
    assert.deepEqual(await second.readState(), floats([15], []));
    for (const program of [two, triple, first, second]) await program.dispose();
    assert.equal(openSessions(engine), before);
  });
}
