/** Many steps must not grow memory: tested as a slope, since its level says nothing about a leak. */
import assert from "node:assert/strict";
import { ALLOW_COMPILER, runScript } from "../../_child.ts";
import { andC } from "./_executors.ts";
import type { Growth } from "./_memory_child.ts";

const script = new URL("./_memory_child.ts", import.meta.url);

for (const executor of andC("native", "wasm")) {
  Deno.test(`10 000 steps on ${executor} grow neither live tensors nor the process`, async () => {
    const allow = executor === "c" ? ALLOW_COMPILER : [];
    const { steps, bound, tensors, leak, ...grown } = await runScript(script, {
      args: [executor],
      allow,
    }) as Growth;
    assert.equal(steps, 10_000);
    assert.equal(tensors, 0);
    for (const [what, { slope, error }] of Object.entries(grown)) {
      assert.ok(
        slope + 2 * error < bound,
        `${what}: ${slope} ± ${error} bytes per step must be below ${bound}`,
      );
    }
    // The measurement sees a leak: there the caller keeps what it read.
    assert.ok(leak.slope - 2 * leak.error > bound, `${leak.slope} ± ${leak.error} bytes per step is a leak`);
  });
}
