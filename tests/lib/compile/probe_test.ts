import assert from "node:assert/strict";
import {
  BUNDLED_EXECUTORS,
  engineVersions,
  type ExecutorName,
  EXECUTORS,
  probeExecutors,
} from "../../../lib/compile/mod.ts";
import { ALLOW_COMPILER, ALLOW_LIBRARIES } from "../../_child.ts";
import { andC, WITHOUT_C } from "./_executors.ts";

Deno.test("probeExecutors() finds what every machine has working, and says what the others lack", async () => {
  const statuses = await probeExecutors();
  assert.deepEqual(statuses.map(({ executor }) => executor), [...EXECUTORS]);
  for (const { executor, works, reason, title, versions } of statuses) {
    assert.ok(title.length > 0);
    if (works) {
      assert.match(versions["@tensorflow/tfjs"], /^\d+\.\d+\.\d+/);
    } else {
      assert.ok(!(BUNDLED_EXECUTORS as readonly string[]).includes(executor), `${executor}: ${reason}`);
      assert.match(reason!, /^Cannot (run|load) .*(install|Debian)/);
    }
  }
});

Deno.test("engineVersions() names the packages a result depends on", async () => {
  assert.deepEqual(Object.keys(await engineVersions("native")), ["@tensorflow/tfjs", "onnxruntime-node"]);
  assert.deepEqual(Object.keys(await engineVersions("wasm")), ["@tensorflow/tfjs", "onnxruntime-web"]);
  assert.deepEqual(Object.keys(await engineVersions("eager")), ["@tensorflow/tfjs"]);
  for (const executor of andC()) {
    const versions = await engineVersions(executor);
    assert.deepEqual(Object.keys(versions), ["@tensorflow/tfjs", "cc"]);
    assert.match(versions.cc, /\d+\.\d+/);
  }
  await assert.rejects(engineVersions("abacus" as "native"), RangeError);
});

/** Runs a loop on executors in a process with these permissions; it must print nothing. */
async function runWith(executors: readonly ExecutorName[], allow: readonly string[]): Promise<void> {
  const root = new URL("../../../", import.meta.url);
  const script = `
    import { compileLoop } from "${new URL("lib/compile/mod.ts", root).href}";
    for (const executor of ${JSON.stringify(executors)}) {
      const zero = { dtype: "float32", shape: [], data: Float32Array.of(0) };
      const step = (state, batch) => ({ state: state.add(batch), metrics: {} });
      const loop = await compileLoop(step, { state: zero, batch: zero }, { executor });
      await loop.run({ dtype: "float32", shape: [2], data: Float32Array.of(1, 2) });
      if ((await loop.readState()).data[0] !== 3) throw new Error(executor);
      await loop.dispose();
    }`;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--config", "deno.json", "--no-prompt", "--quiet", "--no-check"],
      ...["--allow-read", "--allow-env", "--allow-sys", ALLOW_LIBRARIES, ...allow],
      `data:application/javascript,${encodeURIComponent(script)}`,
    ],
    cwd: root,
  });
  const { code, stdout, stderr } = await child.output();
  const printed = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.equal(printed, "");
  assert.equal(code, 0);
}

Deno.test("the executors of every machine run with least permissions, without network, and print nothing", async () => {
  await runWith(BUNDLED_EXECUTORS, []);
});

Deno.test({
  name: "c needs its compiler and a place for what it builds besides, and prints nothing either",
  ignore: WITHOUT_C !== undefined,
  async fn() {
    await runWith(["c"], ALLOW_COMPILER);
    await assert.rejects(runWith(["c"], []), /Requires run access/);
  },
});
