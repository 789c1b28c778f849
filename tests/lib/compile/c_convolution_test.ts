/**
 * Convolutions of the executor `c` and their gradients beside TensorFlow.js: channels that fill vectors or
 * not, images in several parts, images that are parts of others, and weights that are not finite.
 */
import assert from "node:assert/strict";
import { compile, type HostTensor } from "../../../lib/compile/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { conv2d, type Convolution } from "./_convolution_cases.ts";
import { WITHOUT_C } from "./_executors.ts";
import { assertTensor, floats, spread } from "./_host.ts";

const SHAPES: readonly Convolution[] = [
  { note: "a pair of inputs in a vector", image: [9, 7], padding: 1, counts: [3, 8, 8] },
  { note: "one input, many places", image: [28, 28], padding: "same", counts: [12, 1, 8] },
  { note: "a vector and some outputs", image: [5, 6], counts: [2, 6, 21] },
  { note: "two vectors and some outputs", image: [5, 6], padding: "same", counts: [2, 16, 37] },
  { note: "many inputs, few outputs", image: [6, 6], padding: "same", counts: [2, 33, 2] },
  { note: "stride 2", image: [11, 11], filter: [5, 5], strides: 2, padding: 1, counts: [7, 8, 16] },
  { note: "strides beyond the filter", image: [7, 9], filter: [2, 2], strides: [3, 4], counts: [2, 6, 20] },
  { note: "dilated", image: [9, 8], padding: 2, dilations: 2, counts: [2, 10, 32] },
  { note: "dilated [1, 3]", image: [9, 10], padding: "same", dilations: [1, 3], counts: [2, 6, 6] },
  { note: "large images", image: [40, 33], padding: "same", counts: [3, 12, 4] },
];

const both = (window: Convolution) => (x: Tensor, filter: Tensor) => {
  // An image that is a part of another.
  const image = tf.slice(x, [0, 1, 0, 0], [x.shape[0], x.shape[1]! - 1, x.shape[2]!, x.shape[3]!]);
  const f = (x: Tensor, filter: Tensor) => conv2d(window)(x as tf.Tensor4D, filter as tf.Tensor4D);
  const [dx, dw] = tf.grads((x: Tensor, filter: Tensor) => tf.sum(tf.square(f(x, filter))))([image, filter]);
  return { y: f(image, filter), dx, dw };
};

async function results(window: Convolution, [x, filter]: readonly HostTensor[], executor: "c" | "eager") {
  await using program = await compile(both(window), [x, filter], { executor });
  return await program.run(x, filter) as unknown as Record<"y" | "dx" | "dw", HostTensor>;
}

for (const window of SHAPES) {
  Deno.test({
    name: `a convolution on c and its gradients equal TensorFlow.js's: ${window.note}`,
    ignore: WITHOUT_C !== undefined,
    async fn() {
      const {
        image: [height, width] = [4, 3],
        filter = [3, 3],
        counts: [batch, inputs, outputs] = [1, 1, 2],
      } = window;
      const given = [
        spread([batch, height + 1, width, inputs]),
        spread([...filter, inputs, outputs], { phase: 1, low: -0.3, high: 0.3 }),
      ];
      const found = await results(window, given, "c"), wanted = await results(window, given, "eager");
      for (const name of ["y", "dx", "dw"] as const) {
        const most = (wanted[name].data as Float32Array).reduce(
          (most, value) => Math.max(most, Math.abs(value)),
          0,
        );
        const scaled = ({ data, shape }: HostTensor) =>
          floats(Array.from(data as Float32Array, (value) => value / most), shape);
        assert.ok(most > 0.01);
        assertTensor(scaled(found[name]), scaled(wanted[name]), 2e-6);
      }
    },
  });
}

Deno.test({
  name: "the gradient of an image on c has nothing of a border where a weight is not finite",
  ignore: WITHOUT_C !== undefined,
  async fn() {
    const window: Convolution = { note: "", padding: "same" };
    const filter = spread([3, 3, 2, 4]);
    (filter.data as Float32Array)[3] = Infinity;
    const slope = (dy: Tensor, filter: Tensor) =>
      tf.grad((x) => tf.sum(tf.mul(conv2d(window)(x as tf.Tensor4D, filter as tf.Tensor4D), dy)))(
        tf.ones([2, 5, 4, 2]),
      );
    const dy = spread([2, 5, 4, 4], { low: 1, high: 2 });
    const [found, wanted] = await Promise.all((["c", "eager"] as const).map(async (executor) => {
      await using program = await compile(slope, [dy, filter], { executor });
      return await program.run(dy, filter) as HostTensor;
    }));
    assert.ok(wanted.data.some((value) => value === Infinity) && wanted.data.some(Number.isFinite));
    assertTensor(found, wanted, 2e-6);
  },
});
