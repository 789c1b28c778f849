import assert from "node:assert/strict";
import { BUNDLED_EXECUTORS, engineVersions, EXECUTORS, probeExecutors } from "../../../lib/compile/mod.ts";
import { ALLOW_LIBRARIES } from "../../_child.ts";

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
  await assert.rejects(engineVersions("abacus" as "native"), RangeError);
});

Deno.test("the executors of every machine run with least permissions, without network, and print nothing", async () => {
  const root = new URL("../../../", import.meta.url);
  const script = `
    import { compileLoop } from "${new URL("lib/compile/mod.ts", root).href}";
    for (const executor of ${JSON.stringify(BUNDLED_EXECUTORS)}) {
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
      ...["--allow-read", "--allow-env", "--allow-sys", ALLOW_LIBRARIES],
      `data:application/javascript,${encodeURIComponent(script)}`,
    ],
    cwd: root,
  });
  const { code, stdout, stderr } = await child.output();
  const printed = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.equal(printed, "");
  assert.equal(code, 0);
});
