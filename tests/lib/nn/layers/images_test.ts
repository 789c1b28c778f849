/** Pooling and warping of images against PyTorch. */
import assert from "node:assert/strict";
import { avgPool, globalAveragePool, gridSample, maxPool } from "../../../../lib/nn/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { assertClose, evaluate, EXECUTORS, host } from "../_check.ts";
import golden from "../golden/images.json" with { type: "json" };

Deno.test("maxPool(), avgPool() and globalAveragePool() equal PyTorch", async () => {
  const { x, cases, global } = golden.pools;
  for (const executor of EXECUTORS) {
    const result = await evaluate(
      executor,
      (x: Tensor) => ({
        pools: cases.map(({ options: { size, stride, padding } }) => {
          const options = { size: size as [number, number], stride: stride as [number, number], padding };
          return { max: maxPool(x, options), mean: avgPool(x, options) };
        }),
        global: globalAveragePool(x),
      }),
      host(x),
    );
    cases.forEach(({ max, mean }, i) => {
      assert.deepEqual(result.pools[i].max.shape, max.shape);
      assertClose(result.pools[i].max, max.data, { what: `${executor} max ${i}` });
      assertClose(result.pools[i].mean, mean.data, { what: `${executor} mean ${i}` });
    });
    assertClose(result.global, global.data, { what: `${executor} global mean` });
  }
});

const { x: images, grid, cotangent, cases: WARPS } = golden.gridSamples;

for (const { padding, alignCorners, y, xGradient, gridGradient } of WARPS) {
  const options = { padding: padding as "zeros" | "border", alignCorners };
  const note = `${padding}${alignCorners ? ", corners aligned" : ""}`;

  Deno.test(`gridSample() equals PyTorch in value and gradients: ${note}`, async () => {
    for (const executor of EXECUTORS) {
      const result = await evaluate(
        executor,
        (x: Tensor, grid: Tensor, cotangent: Tensor) => {
          const { grads, aux } = valueAndGrad(({ x, grid }: { x: Tensor; grid: Tensor }) => {
            const y = gridSample(x, grid, options);
            return { value: tf.sum(tf.mul(y, cotangent)), aux: y };
          }, { x, grid });
          return { y: aux, grads };
        },
        host(images),
        host(grid),
        host(cotangent),
      );
      assert.deepEqual(result.y.shape, y.shape);
      const tolerance = 5e-6;
      assertClose(result.y, y.data, { tolerance, what: `${executor} y` });
      assertClose(result.grads.x, xGradient.data, { tolerance, what: `${executor} ∂x` });
      assertClose(result.grads.grid, gridGradient.data, { tolerance, what: `${executor} ∂grid` });
    }
  });
}

Deno.test("gridSample() differentiates twice: mixed derivatives agree with differences of the gradient", async () => {
  // S(x, g) = Σ y²: ∂/∂g of ⟨v, ∂S/∂x⟩ along one direction d, against central differences.
  const program = (x: Tensor, grid: Tensor, direction: Tensor) => {
    const along = ({ grid }: { grid: Tensor }) => {
      const loss = ({ x }: { x: Tensor }) => tf.sum(tf.square(gridSample(x, grid)));
      return tf.sum(tf.mul(valueAndGrad(loss, { x }).grads.x, tf.sin(x)));
    };
    const { value, grads } = valueAndGrad(along, { grid });
    return { value, slope: tf.sum(tf.mul(grads.grid, direction)) };
  };
  const direction = host({ shape: grid.shape, data: grid.data.map((_, i) => Math.cos(i)) });
  const step = 1e-3;
  const moved = (by: number) =>
    host({ shape: grid.shape, data: grid.data.map((g, i) => g + by * Math.cos(i)) });
  for (const executor of EXECUTORS) {
    const at = async (by: number) => await evaluate(executor, program, host(images), moved(by), direction);
    const [below, here, above] = [await at(-step), await at(0), await at(step)];
    const difference = (above.value.data[0] - below.value.data[0]) / (2 * step);
    assertClose(here.slope, [difference], { tolerance: 5e-3, what: executor });
  }
});

Deno.test("gridSample() refuses a grid of another form", () => {
  tf.tidy(() => {
    assert.throws(() => gridSample(tf.zeros([2, 3, 3, 1]), tf.zeros([1, 3, 3, 2])), TypeError);
    assert.throws(() => gridSample(tf.zeros([2, 3, 3, 1]), tf.zeros([2, 3, 3])), TypeError);
  });
});
