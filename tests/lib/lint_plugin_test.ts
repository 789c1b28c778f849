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
      ["lib/environments", "@mujoco/mujoco"],
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

Deno.test("the linter keeps comments within the page", () => {
  const words = (count: number) => "word ".repeat(count).trim();
  const wide = words(23); // 114 characters
  for (
    const source of [`// ${wide}`, `/** ${wide} */`, `/**\n * ${wide}\n */`, `const x = 1; // ${words(21)}`]
  ) {
    assert.deepEqual(rulesOf("lib/nn/x.ts", source), ["comment-width"], source);
    assert.deepEqual(rulesOf("bench/x.ts", source), ["comment-width"], source);
  }
  const fits = `// ${"x".repeat(107)}`;
  assert.equal(fits.length, 110);
  assert.deepEqual(rulesOf("lib/nn/x.ts", fits), []);
  assert.deepEqual(rulesOf("lib/nn/x.ts", `${fits}x`), ["comment-width"]);
  // Signs count once, however many bytes they take; code is the formatter's.
  assert.deepEqual(rulesOf("lib/nn/x.ts", `// ${"σ".repeat(107)}`), []);
  assert.deepEqual(rulesOf("lib/nn/x.ts", `const x = "${"x".repeat(120)}";\n// short`), []);
  assert.deepEqual(rulesOf("lib/nn/x.ts", `/* ${wide}\n${wide} */`), ["comment-width", "comment-width"]);
});

Deno.test("the linter keeps code out of doors", () => {
  const door =
    '/** What is inside. */\nimport "./_effect.ts";\nexport * from "./a.ts";\nexport { b, type C } from "./b.ts";\n';
  assert.deepEqual(rulesOf("lib/nn/mod.ts", door), []);
  for (const code of ["export const x = 1;", 'import { b } from "./b.ts";', "const x = 1;\nexport { x };"]) {
    const expected = code.split("\n").map(() => "doors-only-reexport");
    assert.deepEqual(rulesOf("lib/nn/mod.ts", door + code), expected, code);
    assert.deepEqual(rulesOf("lib/nn/model.ts", code), []);
    assert.deepEqual(rulesOf("reproductions/2305.18593/mod.ts", code), []);
  }
});

Deno.test("the linter has folders of lib entered through their doors", () => {
  const cases: readonly [string, string, boolean][] = [
    ["lib/nn/jet/jet.ts", "../layers/mod.ts", true],
    ["lib/nn/jet/jet.ts", "../layers/layers.ts", false],
    ["lib/nn/jet/jet.ts", "../../stats/matrix.ts", false],
    ["lib/nn/jet/jet.ts", "../../compile/types.ts", true],
    ["lib/nn/jet/jet.ts", "./_jet_activations.ts", true],
    ["lib/data/sets/mnist.ts", "../load.ts", true],
    ["lib/data/load.ts", "./sets/mnist.ts", false],
    ["lib/compile/_backend.ts", "./_kernels/registry.ts", true],
    ["lib/nn/jet/jet.ts", "@refigure/refigure/stats", true],
    ["tests/lib/nn/jet/jet_test.ts", "../../../../lib/nn/jet/_jet_activations.ts", true],
  ];
  for (const [file, specifier, allowed] of cases) {
    for (
      const source of [
        `import { x } from "${specifier}";`,
        `export * from "${specifier}";`,
        `await import("${specifier}");`,
      ]
    ) assert.deepEqual(rulesOf(file, source), allowed ? [] : ["through-doors"], `${file}: ${source}`);
  }
});
