import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { useThreads } from "../../../lib/compile/mod.ts";
import { ALLOW_LIBRARIES } from "../../_child.ts";

Deno.test({
  name: "useThreads() gives programs their threads, and results agree to rounding",
  ignore: Deno.build.os !== "linux", // where ps counts threads
  async fn() {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", "--quiet", "--allow-read", "--allow-env", "--allow-sys", "--allow-run=ps"],
        ...[ALLOW_LIBRARIES, fileURLToPath(new URL("./_threads_child.ts", import.meta.url))],
      ],
    }).output();
    const text = new TextDecoder();
    assert.ok(stdout.length > 0, text.decode(stderr));
    const { counts: [one, many], results: [first, second] } = JSON.parse(text.decode(stdout)) as {
      counts: number[];
      results: number[][];
    };
    // 63 more; what else a process has threads for comes and goes.
    assert.ok(many - one > 40, `${one} and ${many} threads`);
    const largest = Math.max(...first.map(Math.abs));
    first.forEach((x, i) => assert.ok(Math.abs(x - second[i]) < 1e-4 * largest));
  },
});

Deno.test("useThreads() wants an integer >= 1", () => {
  for (const count of [0, 1.5, NaN, -2]) {
    assert.throws(
      () => useThreads(count),
      /^RangeError: Cannot use threads as their number must be an integer >= 1/,
    );
  }
});
