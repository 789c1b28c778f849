/** Large convolutions, by Winograd's method or by shifts, against TensorFlow.js and by their structure. */
import assert from "node:assert/strict";
import { trace } from "../../../lib/compile/_backend.ts";
import { compile, type HostTensor } from "../../../lib/compile/mod.ts";
import { optimise } from "../../../lib/compile/_optimise.ts";
import { type Tensor, tf, valueAndGrad } from "../../../lib/tensor/mod.ts";
import { andC } from "./_executors.ts";
import { assertTensor, floats, spread } from "./_host.ts";

interface Shape {
  readonly image: readonly [batch: number, height: number, width: number, channels: number];
  readonly outputs: number;
  readonly padding: Parameters<typeof tf.conv2d>[3];
  /** Those that skip places go by shifts. @default 1 */
  readonly strides?: number | [number, number];
}

const SHAPES: readonly Shape[] = [
  { image: [8, 4, 4, 16], outputs: 16, padding: "same" },
  { image: [8, 5, 3, 16], outputs: 24, padding: "same" },
  { image: [8, 5, 6, 24], outputs: 16, padding: "valid" },
  { image: [9, 4, 5, 16], outputs: 16, padding: [[0, 0], [1, 0], [0, 1], [0, 0]] },
  { image: [8, 4, 6, 16], outputs: 16, padding: "same", strides: 2 },
  { image: [8, 5, 4, 16], outputs: 24, padding: "valid", strides: [2, 1] },
  // With so many places none need be skipped: few channels, and more.
  { image: [32, 18, 19, 1], outputs: 16, padding: "valid" },
  { image: [44, 15, 14, 16], outputs: 17, padding: [[0, 0], [2, 0], [0, 1], [0, 0]] },
];

const convolve = ({ padding, strides = 1 }: Shape) => (x: Tensor, filter: Tensor) =>
  tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, padding);
const inputsOf = ({ image, outputs }: Shape) => [
  spread(image),
  spread([3, 3, image[3], outputs], { phase: 1 }),
];

/** The operators of a program of float32 inputs, with how many times each occurs. */
function operators(program: (inputs: Tensor[]) => readonly Tensor[], shapes: readonly (readonly number[])[]) {
  const traced = trace(program, {
    types: shapes.map((shape) => ({ dtype: "float32", shape })),
    name: "test",
  });
  optimise(traced);
  const counts = new Map<string, number>();
  for (const { op } of traced.graph.nodes) counts.set(op, (counts.get(op) ?? 0) + 1);
  return counts;
}

for (const shape of SHAPES) {
  const { image, outputs, padding, strides = 1 } = shape;
  const name = `[${image}] with ${outputs} filters, ${JSON.stringify(padding)}, strides ${strides}`;
  Deno.test(`a large convolution equals TensorFlow.js, with two derivatives: ${name}`, async () => {
    const f = convolve(shape), inputs = inputsOf(shape);
    assert.ok(!operators(([x, w]) => [f(x, w)], inputs.map(({ shape }) => shape)).has("Conv"));
    const program = (x: Tensor, w: Tensor) => {
      const slopes = ([x, w]: Tensor[]) =>
        valueAndGrad(([x, w]: Tensor[]) => tf.mean(tf.square(f(x, w))) as Tensor, [x, w]).grads as Tensor[];
      const second = valueAndGrad(
        (leaves: Tensor[]) => slopes(leaves).map((g) => tf.sum(tf.square(g))).reduce((a, b) => tf.add(a, b)),
        [x, w],
      ).grads as Tensor[];
      return { y: f(x, w), first: slopes([x, w]), second };
    };
    const results = new Map<string, { y: HostTensor; first: HostTensor[]; second: HostTensor[] }>();
    for (const executor of andC("eager", "native", "wasm")) {
      await using compiled = await compile(program, [inputs[0], inputs[1]], { executor });
      results.set(executor, await compiled.run(inputs[0], inputs[1]) as never);
    }
    const expected = results.get("eager")!;
    for (const executor of andC("native", "wasm")) {
      const { y, first, second } = results.get(executor)!;
      // float32 rounds by 6e-8, in sums of so many numbers below 1.
      assertTensor(y, expected.y, 1e-7 * 9 * image[3]);
      first.forEach((tensor, i) => assertTensor(tensor, expected.first[i], 5e-6));
      second.forEach((tensor, i) => assertTensor(tensor, expected.second[i], 2e-5));
    }
  });
}

Deno.test("a batch that is convolved in parts gives what its halves give", async () => {
  const half = 24,
    sides = [8, 8, 32],
    f = convolve({ image: [half, 8, 8, 32], outputs: 32, padding: "same" });
  const program = (x: Tensor, w: Tensor) => {
    const { grads } = valueAndGrad(([x, w]: Tensor[]) => tf.sum(tf.square(f(x, w))) as Tensor, [x, w]);
    return { y: f(x, w), dx: grads[0] as Tensor, dw: grads[1] as Tensor };
  };
  const x = spread([2 * half, ...sides]), w = spread([3, 3, 32, 32], { phase: 1 });
  // Two parts: there are two products of each kind.
  const counted = operators(([x, w]) => [f(x, w)], [x.shape, w.shape]);
  assert.equal(counted.get("Concat"), 1);
  await using whole = await compile(program, [x, w]);
  const { y, dx, dw } = await whole.run(x, w);
  const size = x.data.length / 2;
  const parts = [0, 1].map((i) => floats([...x.data.slice(i * size, (i + 1) * size)], [half, ...sides]));
  await using single = await compile(program, [parts[0], w]);
  const results = [await single.run(parts[0], w), await single.run(parts[1], w)];
  for (const [tensor, name] of [[y, "y"], [dx, "dx"]] as const) {
    const joined = results.flatMap((result) => [...result[name].data]);
    assertTensor(tensor, floats(joined, [...tensor.shape]), 0);
  }
  const [first, second] = results.map(({ dw }) => dw.data);
  const sum = Array.from(first, (value, i) => value + second[i]);
  const largest = Math.max(...sum.map(Math.abs));
  assertTensor(dw, floats(sum, [...dw.shape]), 1e-6 * largest);
});

Deno.test("Winograd's convolution keeps what is not finite within its image and its filter's channel", async () => {
  const [shape] = SHAPES, f = convolve(shape);
  const [x, w] = inputsOf(shape);
  const [batch, height, width, channels] = shape.image;
  const size = height * width * channels, out = height * width * shape.outputs;
  await using program = await compile(f, [x, w]);
  for (const number of [NaN, Infinity]) {
    const image = { ...x, data: x.data.slice() } as HostTensor;
    image.data[2 * size + 7] = number;
    const y = (await program.run(image, w)).data as Float32Array;
    for (let b = 0; b < batch; b++) {
      const finite = y.subarray(b * out, (b + 1) * out).filter(Number.isFinite).length;
      assert.equal(finite, b === 2 ? 0 : out, `image ${b}`);
    }
    const filter = { ...w, data: w.data.slice() } as HostTensor;
    filter.data[5 * shape.outputs + 3] = number;
    const z = (await program.run(x, filter)).data as Float32Array;
    assert.ok(z.every((value, i) => i % shape.outputs === 3 ? Number.isNaN(value) : Number.isFinite(value)));
  }
});

Deno.test("layers of convolutions hand images on as they lie: two blocks move theirs in and out once", () => {
  const [batch, side, channels] = [8, 4, 32];
  const network = ([x, ...filters]: Tensor[]) => {
    const conv = (x: Tensor, i: number) =>
      tf.add(
        tf.conv2d(x as tf.Tensor4D, filters[i] as tf.Tensor4D, 1, "same"),
        tf.mul(filters[i].mean([0, 1, 2]), 2),
      );
    const block = (x: Tensor, i: number) => tf.relu(tf.add(conv(tf.relu(conv(x, i)), i + 1), x));
    return block(tf.relu(block(tf.relu(conv(x, 0)), 1)), 3);
  };
  const shapes = [[batch, side, side, channels], ...Array(5).fill([3, 3, channels, channels])];
  assert.equal(operators((inputs) => [network(inputs)], shapes).get("Transpose"), 2);
  // Means over places and a loss: nothing to move out. Gradients of filters: nothing more to move in.
  const slopes = operators((inputs) => {
    const loss = (filters: Tensor[]) =>
      tf.sum(tf.square(network([inputs[0], ...filters]).mean([1, 2]))) as Tensor;
    return valueAndGrad(loss, inputs.slice(1)).grads as Tensor[];
  }, shapes);
  // The other transpositions are of factors of products, which the engine takes as they lie.
  assert.equal(slopes.get("Transpose"), 1 + 5 + 4);
});

Deno.test("pooling between large convolutions keeps places first, with its gradient", async () => {
  const shapes = [[16, 29, 28, 1], [3, 3, 1, 16], [3, 3, 16, 16]];
  const inputs = shapes.map((shape, i) => spread(shape, { phase: i }));
  for (const pool of [tf.maxPool, tf.avgPool]) {
    const network = (x: Tensor, first: Tensor, second: Tensor) => {
      const conv = (x: Tensor, w: Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same");
      const small = pool(tf.relu(conv(x, first)) as tf.Tensor4D, 2, 2, "valid");
      return tf.mean(tf.square(conv(tf.concat([small, small, small], 1), second))) as Tensor;
    };
    const program = (...leaves: Tensor[]) =>
      valueAndGrad(([x, first, second]: Tensor[]) => network(x, first, second), leaves).grads as Tensor[];
    const [a, b, c] = inputs;
    await using eager = await compile(program, [a, b, c], { executor: "eager" });
    const expected = await eager.run(a, b, c);
    await using compiled = await compile(program, [a, b, c]);
    const found = await compiled.run(a, b, c);
    found.forEach((tensor, i) => assertTensor(tensor, expected[i], 5e-6));
    // The image goes in; all that comes out is the filters' gradients, and the image's.
    const counted = operators((leaves) => program(...leaves).slice(1), shapes);
    assert.ok((counted.get("Transpose") ?? 0) <= 1, `${counted.get("Transpose")} transpositions`);
  }
});
