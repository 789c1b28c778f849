import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { exportOnnx, type HostTensor, onnxMetadata } from "../../../lib/compile/mod.ts";
import { inspectCheckout } from "../../../lib/harness/results/provenance.ts";
import { fitDdpm, fitDteCategorical } from "../../../lib/methods/diffusion_time/mod.ts";
import { loadModel, saveModel } from "../../../lib/models/mod.ts";
import { hostTensor } from "../../../lib/nn/mod.ts";
import { matrix } from "../../../lib/stats/mod.ts";
import type { Tensor } from "../../../lib/tensor/mod.ts";
import { type Case, CASES, type Feed } from "./_cases.ts";

const place = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Whether Python has what the bare script needs. */
function hasPython(): boolean {
  try {
    const args = ["-c", "import numpy, onnxruntime"];
    return new Deno.Command(PYTHON, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

const PYTHON = Deno.env.get("PYTHON") ?? "python3";
const python = hasPython();
const PLACES = `on wasm, in Python${python ? "" : " (skipped: python3 has no numpy and onnxruntime)"}`;

/** Differences are of rounding only: the file computes in float32 what the method rounds elsewhere. */
function assertAlike(found: ArrayLike<number>, wanted: ArrayLike<number>, what: string): void {
  assert.equal(found.length, wanted.length, what);
  const largest = Array.from(wanted).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const apart = Array.from(wanted).reduce((most, x, i) => Math.max(most, Math.abs(x - found[i])), 0);
  assert.ok(apart <= 2e-6 * Math.max(largest, 1e-3), `${what}: ${apart} apart, of at most ${largest}`);
  assert.ok(new Set(Array.from(wanted)).size > 1, `${what} is the same for all rows`);
}

async function withCase(make: () => Promise<Case>, test: (saved: Case, path: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  const made = await make();
  try {
    await saveModel(`${folder}/model.onnx`, made.model);
    // Nobody else writes there, and nothing is left behind.
    assert.deepEqual(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["model.onnx"]);
    await test(made, `${folder}/model.onnx`);
  } finally {
    await made.free?.();
    await Deno.remove(folder, { recursive: true });
  }
}

const tensorOf = ({ dtype, shape, data }: Feed) =>
  dtype === "float64"
    ? { dtype, shape, data: Float64Array.from(data) }
    : { dtype, shape, data: Float32Array.from(data) };

for (const [name, make] of Object.entries(CASES)) {
  Deno.test(`${name}: its file gives the same in bare onnxruntime, ${PLACES}`, () =>
    withCase(make, async ({ feeds, wanted, method }, path) => {
      const given = `${path}.json`;
      await Deno.writeTextFile(given, JSON.stringify(feeds));
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--no-check", "--quiet", "--allow-read", "--allow-ffi", "--allow-env", "--allow-sys"],
          ...[place("_bare.ts"), path, given],
        ],
      }).output();
      const text = new TextDecoder();
      assert.ok(stdout.length > 0, text.decode(stderr));
      const bare = JSON.parse(text.decode(stdout));
      for (const [output, values] of Object.entries(wanted)) assertAlike(bare[output], values, output);

      await using wasm = await loadModel(path, { executor: "wasm" });
      assert.equal(wasm.about.method, method);
      const found: Record<string, HostTensor> = await wasm.run(
        Object.fromEntries(Object.entries(feeds).map(([input, feed]) => [input, tensorOf(feed)])),
      );
      for (const [output, values] of Object.entries(wanted)) assertAlike(found[output].data, values, output);

      if (!python) return;
      const there = await new Deno.Command(PYTHON, { args: [place("_bare.py"), path, given] }).output();
      assert.ok(there.success, text.decode(there.stderr));
      const { about, ...outputs } = JSON.parse(text.decode(there.stdout));
      assert.deepEqual(about, wasm.about);
      for (const [output, values] of Object.entries(wanted)) assertAlike(outputs[output], values, output);
    }));
}

Deno.test("saveModel() says what made the model: commit, data, seed and settings", async () => {
  const rows = matrix(Float32Array.from({ length: 60 }, (_, i) => Math.sin(i)), { columns: 3 });
  const options = { seed: 9, epochs: 1, hidden: [8, 8, 8], onProgress: () => {} };
  await using detector = await fitDteCategorical(rows, options);
  const path = await Deno.makeTempFile({ suffix: ".onnx" });
  const said = await saveModel(path, detector);
  await using loaded = await loadModel(path);
  assert.deepEqual(loaded.about, said);
  const { commit, dirty } = await inspectCheckout();
  assert.deepEqual([said.commit, said.dirty, said.seed], [commit, dirty, 9]);
  assert.deepEqual(said.settings, { seed: 9, epochs: 1, hidden: [8, 8, 8] });
  assert.deepEqual(JSON.parse(onnxMetadata(await Deno.readFile(path)).refigure), said);
  // Other rows, another digest; the same, the same.
  const of = async (data: Float32Array) => {
    await using again = await fitDteCategorical(matrix(data, { columns: 3 }), options);
    return again.portable().made.data;
  };
  assert.equal(await of(Float32Array.from(rows.data)), said.data);
  assert.notEqual(await of(Float32Array.from(rows.data, (x, i) => i === 7 ? x + 1e-6 : x)), said.data);
  await assert.rejects(loaded.score(matrix([1, 2], { columns: 2 })), /rows|dimension/i);
  await assert.rejects(saveModel(`${path}/no/folder.onnx`, detector), Deno.errors.NotADirectory);
});

Deno.test("saveModel() refuses a detector that draws numbers as it scores", async () => {
  const rows = matrix(Float32Array.from({ length: 192 }, (_, i) => Math.sin(i * i)), { columns: 3 });
  const sizes = { steps: 10, start: 3, width: 8, hidden: 8, epochs: 1, seed: 0 };
  await using detector = await fitDdpm(rows, { ...sizes, stochastic: true });
  await assert.rejects(
    saveModel("nowhere.onnx", detector),
    /^TypeError: Cannot save DDPM as stochastic must be off/,
  );
});

Deno.test("loadModel() tells what is no file of saveModel", async () => {
  const path = await Deno.makeTempFile();
  await assert.rejects(loadModel(path), /Cannot load .* as it must be a file of saveModel: it is empty/);
  await Deno.writeTextFile(path, "not a model");
  await assert.rejects(
    loadModel(path),
    /it is another one, or damaged; other \.onnx files are opened by openOnnx/,
  );
  await Deno.writeFile(path, exportOnnx((x: Tensor) => x.square(), [hostTensor([1, 2])]));
  await assert.rejects(loadModel(path), /it is another one, or damaged/);
});
