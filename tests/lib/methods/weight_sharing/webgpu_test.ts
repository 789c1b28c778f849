import assert from "node:assert/strict";
import { runScript } from "../../../_child.ts";
import { webgpuEnvironment } from "../../../_webgpu.ts";

const env = await webgpuEnvironment();
const skipped = typeof env === "string";

Deno.test({
  name: `the data-parallel prox runs on webgpu${skipped ? ` (skipped: ${env})` : ""}`,
  ignore: skipped,
  async fn() {
    const script = new URL("./_webgpu_child.ts", import.meta.url);
    const errors = await runScript(script, { env: env as Record<string, string> }) as Record<string, number>;
    assert.deepEqual(Object.keys(errors), ["normal", "merged", "ties", "worst"]);
    // As on the other executors: float32.
    for (const [name, error] of Object.entries(errors)) assert.ok(error <= 3e-7, `${name}: ${error}`);
  },
});
