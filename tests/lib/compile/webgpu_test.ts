/**
 * The `webgpu` executor on this machine's GPU or, without one, on the software driver of Debian's chromium
 * package.
 */
import assert from "node:assert/strict";
import { runScript } from "../../_child.ts";
import { webgpuEnvironment } from "../../_webgpu.ts";

const env = await webgpuEnvironment();
const skipped = typeof env === "string";

Deno.test({
  name: `every kernel and a training loop run on webgpu${skipped ? ` (skipped: ${env})` : ""}`,
  ignore: skipped,
  async fn() {
    const script = new URL("./_webgpu_child.ts", import.meta.url);
    const { cases, failures } = await runScript(script, { env: env as Record<string, string> }) as {
      cases: number;
      failures: string[];
    };
    assert.deepEqual(failures, []);
    assert.ok(cases > 200);
  },
});
