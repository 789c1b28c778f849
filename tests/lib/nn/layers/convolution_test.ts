/** Convolutions against PyTorch, and their initialisers. */
import assert from "node:assert/strict";
import {
  circularPad,
  type Conv2d,
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  hostTensor,
  initConv2d,
  initConv2dTranspose,
  initDepthwiseConv2d,
} from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { assertClose, evaluate, EXECUTORS, host, type Numbers } from "../_check.ts";
import golden from "../golden/images.json" with { type: "json" };

interface GoldenCase {
  readonly options: object;
  readonly weight: Numbers;
  readonly bias: Numbers;
  readonly x: Numbers;
  readonly y: Numbers;
  readonly cotangent: Numbers;
  readonly xGradient: Numbers;
  readonly weightGradient: Numbers;
  readonly biasGradient: Numbers;
}

type Layer = (x: Tensor, layer: Conv2d, options: object) => Tensor;

const LAYERS: readonly (readonly [name: string, layer: Layer, cases: Record<string, GoldenCase>])[] = [
  ["conv2d", conv2d, golden.convolutions],
  ["depthwiseConv2d", depthwiseConv2d, golden.depthwiseConvolutions],
  ["conv2dTranspose", conv2dTranspose, golden.transposedConvolutions],
];

for (const [name, apply, cases] of LAYERS) {
  for (const [note, item] of Object.entries(cases)) {
    Deno.test(`${name}() equals PyTorch in value and gradients: ${note}`, async () => {
      for (const executor of EXECUTORS) {
        const result = await evaluate(
          executor,
          (x: Tensor, layer: { weight: Tensor; bias: Tensor }, cotangent: Tensor) => {
            const { grads, aux } = valueAndGrad(
              ({ x, layer }: { x: Tensor; layer: { weight: Tensor; bias: Tensor } }) => {
                const y = apply(x, layer, item.options);
                return { value: tf.sum(tf.mul(y, cotangent)), aux: y };
              },
              { x, layer },
            );
            return { y: aux, x: grads.x, weight: grads.layer.weight, bias: grads.layer.bias };
          },
          host(item.x),
          { weight: host(item.weight), bias: host(item.bias) },
          host(item.cotangent),
        );
        const tolerance = 5e-6;
        assert.deepEqual(result.y.shape, item.y.shape);
        assertClose(result.y, item.y.data, { tolerance, what: `${executor} y` });
        assertClose(result.x, item.xGradient.data, { tolerance, what: `${executor} ∂x` });
        assertClose(result.weight, item.weightGradient.data, { tolerance, what: `${executor} ∂weight` });
        assertClose(result.bias, item.biasGradient.data, { tolerance, what: `${executor} ∂bias` });
      }
    });
  }
}

Deno.test("conv2d() with circular padding commutes with periodic shifts", async () => {
  const s = stream(3, "shift");
  const x = hostTensor(s.normal(new Float32Array(2 * 5 * 4 * 2)) as Float32Array, [2, 5, 4, 2]);
  const layer = initConv2d(s, { inputs: 2, outputs: 3, size: [3, 4] });
  const shifted = (x: Tensor) =>
    tf.concat([tf.slice(x, [0, 3, 0, 0]), tf.slice(x, [0, 0, 0, 0], [-1, 3])], 1);
  for (const executor of EXECUTORS) {
    const [before, after] = await evaluate(
      executor,
      (x: Tensor, layer: Conv2d) => [
        conv2d(shifted(x), layer, { padding: "circular" }),
        shifted(conv2d(x, layer, { padding: "circular" })),
      ],
      x,
      layer,
    );
    assertClose(before, after.data, { what: executor });
  }
});

Deno.test("conv2d() without bias has none", async () => {
  const layer = initConv2d(stream(1, "layer"), { inputs: 1, outputs: 2, size: 1, bias: false });
  assert.deepEqual(Object.keys(layer), ["weight"]);
  const x = hostTensor(new Float32Array(4), [1, 2, 2, 1]);
  const y = await evaluate("native", (x: Tensor, layer: Conv2d) => conv2d(x, layer), x, layer);
  assert.deepEqual(Array.from(y.data), Array(8).fill(0));
});

Deno.test("initConv2d() and its kin draw as PyTorch's defaults are bounded", () => {
  const uniform = (data: ArrayLike<number>, bound: number) => {
    const largest = Math.max(...Array.from(data, Math.abs));
    assert.ok(largest <= bound && largest > 0.9 * bound, `${largest} must be just below ${bound}`);
  };
  const options = { inputs: 8, outputs: 12, size: [3, 2] as const };
  const plain = initConv2d(stream(1, "plain"), options);
  assert.deepEqual(plain.weight.shape, [3, 2, 8, 12]);
  uniform(plain.weight.data, 1 / Math.sqrt(48));
  assert.deepEqual(plain.bias?.shape, [12]);
  const transposed = initConv2dTranspose(stream(1, "transposed"), options);
  assert.deepEqual(transposed.weight.shape, [3, 2, 12, 8]);
  uniform(transposed.weight.data, 1 / Math.sqrt(72));
  assert.deepEqual(transposed.bias?.shape, [12]);
  const depthwise = initDepthwiseConv2d(stream(1, "depthwise"), { channels: 16, multiplier: 2, size: 3 });
  assert.deepEqual(depthwise.weight.shape, [3, 3, 16, 2]);
  uniform(depthwise.weight.data, 1 / 3);
  assert.deepEqual(depthwise.bias?.shape, [32]);
  const he = initConv2d(stream(2, "he"), { ...options, outputs: 400, initialiser: "he" });
  const variance = Array.from(he.weight.data).reduce((sum, w) => sum + w * w, 0) / he.weight.data.length;
  assert.ok(Math.abs(variance * 24 - 1) < 0.05, `variance ${variance} must be near 2 / 48`);
  assert.throws(() => initConv2d(stream(1, "bad"), { ...options, inputs: 0 }), RangeError);
});

Deno.test("convolutions refuse what does not fit", () => {
  tf.tidy(() => {
    const layer = { weight: tf.zeros([3, 3, 2, 1]) };
    assert.throws(() => conv2d(tf.zeros([1, 4, 4, 3]), layer), TypeError);
    assert.throws(() => depthwiseConv2d(tf.zeros([4, 4, 2]), layer), TypeError);
    assert.throws(() => conv2dTranspose(tf.zeros([1, 4, 4, 2]), layer), TypeError);
    assert.throws(() => circularPad(tf.zeros([1, 2, 4, 1]), { rows: [3, 0], columns: [0, 0] }), RangeError);
  });
});
