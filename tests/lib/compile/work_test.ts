import assert from "node:assert/strict";
import { trace } from "../../../lib/compile/_backend.ts";
import { compile, compileLoop, meterWork, scan, type Task } from "../../../lib/compile/mod.ts";
import { optimise } from "../../../lib/compile/_optimise.ts";
import { workOf } from "../../../lib/compile/work.ts";
import { hostTensor, type Tensor, tf, valueAndGrad } from "../../../lib/tensor/mod.ts";

/** The tasks of a program of float32 inputs. */
function tasksOf(program: (inputs: Tensor[]) => readonly Tensor[], shapes: readonly number[][]): Task[] {
  const traced = trace(program, {
    types: shapes.map((shape) => ({ dtype: "float32", shape })),
    name: "test",
  });
  optimise(traced);
  return workOf(traced);
}

const once = (flop: number, floats: number): Task => ({ flop, bytes: 4 * floats, times: 1 });

/** Known graphs: a program, its inputs' shapes, and its tasks by hand. */
const KNOWN: readonly (readonly [
  what: string,
  program: (inputs: Tensor[]) => readonly Tensor[],
  shapes: readonly number[][],
  tasks: readonly Task[],
])[] = [
  ["a product", ([a, b]) => [tf.matMul(a, b)], [[3, 4], [4, 5]], [once(2 * 3 * 4 * 5, 12 + 20 + 15)]],
  [
    "a product with a bias, of a transposed matrix",
    ([a, b, c]) => [tf.add(tf.matMul(a, b, true), c)],
    [[4, 3], [4, 5], [5]],
    [once(2 * 3 * 4 * 5, 12 + 20 + 5 + 15)],
  ],
  [
    "products in batches",
    ([a, b]) => [tf.matMul(a, b)],
    [[6, 3, 4], [6, 4, 5]],
    [once(6 * 2 * 3 * 4 * 5, 6 * (12 + 20 + 15))],
  ],
  ["Einsum", ([a, b]) => [tf.einsum("ijk,kl->il", a, b)], [[2, 3, 4], [4, 5]], [
    once(2 * 2 * 3 * 4 * 5, 24 + 20 + 10),
  ]],
  // One group: reads x and y, writes the result.
  [
    "a chain of element-wise operations",
    ([x, y]) => [tf.tanh(tf.add(tf.square(x), tf.mul(y, 3)))],
    [[7, 8], [7, 8]],
    [once(0, 3 * 56)],
  ],
  // Neither the transposition nor what is cut off is work: 20 numbers are read, 20 written.
  [
    "views",
    ([x]) => [tf.exp(tf.slice(tf.transpose(x), [0, 0], [4, 5]))],
    [[10, 6]],
    [once(0, 20 + 20)],
  ],
  ["a view alone", ([x]) => [tf.reshape(tf.transpose(x), [60])], [[10, 6]], []],
  ["a reduction with what leads to it", ([x]) => [tf.sum(tf.square(x), 1)], [[10, 6]], [once(0, 60 + 10)]],
  // Summed up by a product with ones, which is none.
  ["a sum of many rows", ([x]) => [tf.sum(x, 0)], [[256, 6]], [once(0, 256 * 6 + 6)]],
  // The mean must be known before x − mean, which reads x once more.
  ["moments", ([x]) => [tf.sub(x, tf.mean(x))], [[10, 6]], [once(0, 60 + 1), once(0, 60 + 1 + 60)]],
  // tanh is wanted by a product and so is in memory; its input comes from a product, too.
  [
    "a layer",
    ([x, w, v]) => [tf.matMul(tf.tanh(tf.matMul(x, w)), v)],
    [[8, 4], [4, 6], [6, 2]],
    [once(2 * 8 * 4 * 6, 32 + 24 + 48), once(2 * 8 * 6 * 2, 48 + 12 + 16), once(0, 48 + 48)],
  ],
  [
    "a gather, which reads what it takes",
    ([x]) => [tf.gather(x, tf.tensor1d([3, 1], "int32"))],
    [[100, 5]],
    [once(0, 10 + 2 + 10)],
  ],
];

for (const [what, program, shapes, tasks] of KNOWN) {
  Deno.test(`workOf() counts ${what}`, () => {
    const sorted = (list: readonly Task[]) => list.toSorted((a, b) => b.flop - a.flop || b.bytes - a.bytes);
    assert.deepEqual(sorted(tasksOf(program, shapes)), sorted(tasks));
  });
}

Deno.test("workOf() counts a convolution and its gradients as the products that define them", () => {
  // Large and small images, few and many channels, strides: whatever the lowering is.
  const SIZES = [[2, 6, 3, 4, 1], [2, 32, 2, 3, 1], [2, 8, 9, 4, 2], [8, 8, 16, 16, 1], [8, 8, 16, 24, 2]];
  for (const [batch, side, inputs, outputs, stride] of SIZES) {
    const flop = (wanted: "y" | "dx" | "dw") =>
      tasksOf(([x, w]) => {
        const f = (x: Tensor, w: Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, "same");
        if (wanted === "y") return [f(x, w)];
        const { grads: [dx, dw] } = valueAndGrad(
          ([x, w]: Tensor[]) => tf.sum(tf.square(f(x, w))) as Tensor,
          [x, w],
        ) as { grads: Tensor[] };
        return [wanted === "dx" ? dx : dw];
      }, [[batch, side, side, inputs], [3, 3, inputs, outputs]]).reduce((sum, task) => sum + task.flop, 0);
    const product = 2 * batch * (side / stride) ** 2 * 9 * inputs * outputs;
    assert.equal(flop("y"), product);
    // The loss needs y itself.
    assert.equal(flop("dx"), 2 * product);
    assert.equal(flop("dw"), 2 * product);
  }
});

Deno.test("workOf() counts the body of a scan once per step", () => {
  const program = (steps: number) =>
    tasksOf(([x, w]) => {
      const { carry } = scan((h: Tensor, entry: Tensor, w: Tensor) => {
        const next = tf.tanh(tf.add(tf.matMul(h, w), entry));
        return { carry: next, output: {} };
      }, { carry: tf.zeros([2, 3]), inputs: x, parameters: w });
      return [carry];
    }, [[steps, 2, 3], [3, 3]]);
  for (const steps of [1, 7, 100]) {
    const products = program(steps).filter(({ flop }) => flop > 0);
    assert.equal(products.reduce((sum, { flop, times }) => sum + flop * times, 0), steps * 2 * 2 * 3 * 3);
  }
});

Deno.test("meterWork() counts runs of programs and steps of loops, and forgets what was taken", async () => {
  const meter = meterWork();
  const x = hostTensor([1, 2, 3]);
  await using program = await compile((x: Tensor) => tf.square(x), [x]);
  await using loop = await compileLoop(
    (sum: Tensor, x: Tensor) => ({ state: tf.add(sum, tf.square(x)), metrics: {} }),
    { state: hostTensor(0), batch: hostTensor(0) },
  );
  meter.take();
  await program.run(x);
  await program.run(x);
  await loop.run(hostTensor([1, 2, 3, 4, 5]));
  const runs = meter.take();
  assert.deepEqual(runs.map(({ loop, runs }) => [loop, runs]), [[false, 2], [true, 5]]);
  assert.deepEqual(runs[0].tasks, [once(0, 6)]);
  assert.deepEqual(meter.take(), []);
});
