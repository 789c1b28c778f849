import assert from "node:assert/strict";
import {
  type Affine,
  batchNorm,
  type Dense,
  dense,
  dropout,
  hostTensor,
  initAffine,
  initRunningStatistics,
  layerNorm,
  timeEmbedding,
} from "../../../../lib/nn/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { assertClose, evaluate, EXECUTORS, host } from "../_check.ts";
import golden from "../golden/golden.json" with { type: "json" };

Deno.test("dense() is x W + b", async () => {
  const x = hostTensor(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const layer = {
    weight: hostTensor(Float32Array.of(1, 0, 2, 0, 1, 3), [2, 3]),
    bias: hostTensor(Float32Array.of(10, 20, 30), [3]),
  };
  for (const executor of EXECUTORS) {
    const y = await evaluate(executor, (x: Tensor, layer: Dense) => dense(x, layer), x, layer);
    assertClose(y, [11, 22, 38, 13, 24, 48]);
  }
});

Deno.test("layerNorm() equals PyTorch in value and gradients", async () => {
  const { scale, offset, x, cotangent, ...wanted } = golden.layerNorm;
  for (const executor of EXECUTORS) {
    const { y, grads } = await evaluate(
      executor,
      (parameters: Affine & { x: Tensor }, cotangent: Tensor) => {
        const { grads, aux } = valueAndGrad(({ x, scale, offset }: Affine & { x: Tensor }) => {
          const y = layerNorm(x, { scale, offset });
          return { value: tf.sum(tf.mul(y, cotangent)), aux: y };
        }, parameters);
        return { y: aux, grads };
      },
      { x: host(x), scale: host(scale), offset: host(offset) },
      host(cotangent),
    );
    assertClose(y, wanted.y.data, { what: executor });
    assertClose(grads.x, wanted.xGradient.data, { tolerance: 1e-5, what: `${executor} ∂x` });
    assertClose(grads.scale, wanted.scaleGradient.data, { what: `${executor} ∂scale` });
    assertClose(grads.offset, wanted.offsetGradient.data, { what: `${executor} ∂offset` });
  }
});

Deno.test("layerNorm() ignores shift and scale of its input", async () => {
  const x = Float32Array.of(1, 4, -2, 0.5);
  const run = (x: Float32Array) =>
    evaluate(
      "eager",
      (x: Tensor, affine: Affine) => layerNorm(x, affine),
      hostTensor(x, [1, 4]),
      initAffine(4),
    );
  assertClose(await run(x.map((value) => 3 * value - 7)), (await run(x)).data, { tolerance: 1e-5 });
});

Deno.test("dropout() keeps the expectation and blocks the gradient of what it drops", async () => {
  const x = hostTensor(Float32Array.of(1, 2, 3, 4), [4]);
  const keep = hostTensor(Uint8Array.of(1, 0, 1, 1), [4]);
  for (const executor of EXECUTORS) {
    const { y, grads } = await evaluate(
      executor,
      (x: Tensor, keep: Tensor) => {
        const { grads, aux } = valueAndGrad((x: Tensor) => {
          const y = dropout(x, { keep, rate: 0.75 });
          return { value: tf.sum(y), aux: y };
        }, x);
        return { y: aux, grads };
      },
      x,
      keep,
    );
    assertClose(y, [4, 0, 12, 16]);
    assertClose(grads, [4, 0, 4, 4]);
  }
});

Deno.test("timeEmbedding() equals the formula in float64, in both orders", async () => {
  const { times, cosFirst } = golden.timeEmbedding;
  const t = host({ shape: [times.length], data: times });
  const sinFirst = cosFirst.data.map((_, i) => cosFirst.data[i - i % 8 + (i + 4) % 8]);
  for (const executor of EXECUTORS) {
    const run = (first?: "cos" | "sin") =>
      evaluate(executor, (t: Tensor) => timeEmbedding(t, { dimension: 8, first }), t);
    // A float32 frequency times 999 is off by up to 6e-5.
    assertClose(await run(), cosFirst.data, { tolerance: 1e-4, what: executor });
    assertClose(await run("sin"), sinFirst, { tolerance: 1e-4, what: executor });
  }
  const odd = evaluate("eager", (t: Tensor) => timeEmbedding(t, { dimension: 7 }), t);
  await assert.rejects(odd, RangeError);
});

Deno.test("layers leave no tensor behind", async () => {
  const x = hostTensor(new Float32Array(6).fill(1), [2, 3]);
  const before = tf.memory().numTensors;
  await evaluate(
    "eager",
    (x: Tensor, affine: Affine, running: { mean: Tensor; variance: Tensor }) => ({
      norm: batchNorm(x, { affine, running, training: true }),
      layer: layerNorm(x, affine),
      embedding: timeEmbedding(x, { dimension: 4 }),
    }),
    x,
    initAffine(3),
    initRunningStatistics(3),
  );
  assert.equal(tf.memory().numTensors, before);
});
