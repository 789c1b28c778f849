import assert from "node:assert/strict";
import plugin from "../../lib/lint_plugin.ts";

const rulesOf = (file: string, source: string) =>
  Deno.lint.runPlugin(plugin, `${Deno.cwd()}/${file}`, source).map(({ id }) => id.replace("refigure/", ""));

Deno.test("the linter refuses randomness without a seed", () => {
  assert.deepEqual(rulesOf("lib/nn/x.ts", "const x = Math.random();"), ["no-unseeded-random"]);
  assert.deepEqual(rulesOf("lib/nn/x.ts", "const x = tf.randomNormal([2]);"), ["no-unseeded-random"]);
  assert.deepEqual(rulesOf("lib/nn/x.ts", "const x = Math.sin(1); const y = tf.add(x, x);"), []);
});

Deno.test("the linter keeps each engine and plotting library in one folder", () => {
  for (
    const [owner, specifier] of [
      ["lib/tensor", "@tensorflow/tfjs"],
      ["lib/compile", "onnxruntime-node"],
      ["lib/compile", "onnxruntime-web/wasm"],
      ["lib/figures", "vega"],
      ["lib/figures", "vega-lite"],
      ["lib/figures", "d3"],
    ]
  ) {
    for (const source of [`import "${specifier}";`, `const x = await import("npm:${specifier}");`]) {
      assert.deepEqual(rulesOf(`${owner}/x.ts`, source), [], source);
      assert.deepEqual(rulesOf("lib/stats/x.ts", source), ["one-owner"], source);
    }
  }
});

Deno.test("the linter refuses TensorFlow.js functions with wrong derivatives", () => {
  assert.deepEqual(rulesOf("lib/nn/x.ts", "tf.losses.softmaxCrossEntropy(a, b);"), ["no-unsafe-gradient"]);
  assert.deepEqual(rulesOf("lib/nn/x.ts", "new (data.constructor)(3);"), []);
});
