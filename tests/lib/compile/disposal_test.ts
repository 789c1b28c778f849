import assert from "node:assert/strict";
import { compile, compileLoop, disposable } from "../../../lib/compile/mod.ts";
import { hostTensor, type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { andC } from "./_executors.ts";

Deno.test("disposable() frees once, by name or at the end of a block, and passes errors on", async () => {
  let freed = 0;
  const make = () => disposable(() => Promise.resolve(void freed++));
  {
    await using resource = make();
    assert.equal(freed, 0);
    await resource.dispose();
    await resource.dispose();
  }
  assert.equal(freed, 1);
  await assert.rejects(
    async () => {
      await using _resource = make();
      throw new Error("in the block");
    },
    /in the block/,
  );
  assert.equal(freed, 2);
  await assert.rejects(disposable(() => Promise.reject(new Error("busy"))).dispose(), /busy/);
});

for (const executor of andC("native", "wasm", "eager")) {
  Deno.test(`compiled programs and loops end with their block on ${executor}`, async () => {
    const number = hostTensor(1);
    const double = (x: Tensor) => tf.mul(x, 2);
    const escaped = await (async () => {
      await using program = await compile(double, [number], { executor });
      await using loop = await compileLoop(
        (state: Tensor, x: Tensor) => {
          const next = tf.add(state, x);
          return { state: next, metrics: next };
        },
        { state: number, batch: number },
        { executor },
      );
      assert.equal((await program.run(number)).data[0], 2);
      assert.deepEqual([...(await loop.run(hostTensor([1, 2]))).data], [2, 4]);
      return { program, loop };
    })();
    // What a session holds is gone; the eager executor holds nothing.
    if (executor === "eager") return;
    await assert.rejects(escaped.program.run(number));
    await assert.rejects(escaped.loop.run(hostTensor([1])));
  });
}
