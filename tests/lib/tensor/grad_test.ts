import assert from "node:assert/strict";
import { tf, valueAndGrad } from "../../../lib/tensor/mod.ts";

type Tensor = tf.Tensor;

/** Functions of a vector of three numbers in (0.2, 1), none of them at a kink. */
const FUNCTIONS: Record<string, (x: Tensor) => Tensor> = {
  abs: (x) => tf.abs(x.sub(0.5)),
  acos: tf.acos,
  acosh: (x) => tf.acosh(x.add(1)),
  add: (x) => x.add(x.square()),
  addN: (x) => tf.addN([x, x.square()]),
  asin: tf.asin,
  asinh: tf.asinh,
  atan: tf.atan,
  atan2: (x) => tf.atan2(x, x.square().add(1)),
  atanh: (x) => tf.atanh(x.mul(0.5)),
  ceil: tf.ceil,
  clipByValue: (x) => tf.clipByValue(x, 0.4, 0.6),
  concat: (x) => tf.concat([x, x.square()]),
  cos: tf.cos,
  cosh: tf.cosh,
  cumprod: (x) => tf.cumprod(x),
  "cumprod, exclusive and reversed": (x) => tf.cumprod(x, 0, true, true),
  cumsum: (x) => tf.cumsum(x),
  div: (x) => x.div(x.square().add(1)),
  dot: (x) => tf.dot(x, x.square()),
  elu: (x) => tf.elu(x.sub(0.5)),
  erf: tf.erf,
  exp: tf.exp,
  expm1: tf.expm1,
  floor: tf.floor,
  floorDiv: (x) => tf.floorDiv(x, 0.3),
  fusedMatMul: (x) =>
    tf.fused.matMul({
      a: x.reshape([1, 3]) as tf.Tensor2D,
      b: tf.tensor2d([1, 2, -1, 0.5, 0.3, 2], [3, 2]),
      activation: "sigmoid",
    }),
  gather: (x) => tf.gather(x, tf.tensor1d([0, 2, 2], "int32")),
  gatherND: (x) => tf.gatherND(x, tf.tensor2d([[0], [2], [2]], [3, 1], "int32")),
  "leaky relu": (x) => tf.leakyRelu(x.sub(0.5), 0.2),
  log: tf.log,
  log1p: tf.log1p,
  logSoftmax: (x) => tf.logSoftmax(x),
  logSumExp: (x) => tf.logSumExp(x),
  matMul: (x) => tf.matMul(x.reshape([3, 1]), x.square().reshape([1, 3])),
  max: (x) => tf.max(x),
  maximum: (x) => tf.maximum(x, 0.4),
  mean: (x) => tf.mean(x),
  min: (x) => tf.min(x),
  minimum: (x) => tf.minimum(x, 0.4),
  "mirrorPad, reflect": (x) => tf.mirrorPad(x, [[1, 2]], "reflect"),
  "mirrorPad, symmetric": (x) => tf.mirrorPad(x, [[2, 1]], "symmetric"),
  mod: (x) => tf.mod(x, 0.4),
  moments: (x) => tf.moments(x).variance,
  mul: (x) => x.mul(x),
  neg: tf.neg,
  norm: (x) => tf.norm(x),
  pad: (x) => x.pad([[1, 2]]),
  pow: (x) => tf.pow(x, x),
  prelu: (x) => tf.prelu(x.sub(0.5), tf.tensor1d([0.1, 0.2, 0.3])),
  prod: (x) => tf.prod(x),
  reciprocal: tf.reciprocal,
  relu: (x) => tf.relu(x.sub(0.5)),
  relu6: (x) => tf.relu6(x.mul(10)),
  reverse: (x) => tf.reverse(x),
  round: tf.round,
  rsqrt: tf.rsqrt,
  scatterND: (x) => tf.scatterND(tf.tensor2d([[1], [3], [1]], [3, 1], "int32"), x, [4]),
  selu: (x) => tf.selu(x.sub(0.5)),
  sigmoid: tf.sigmoid,
  sign: tf.sign,
  sin: tf.sin,
  sinh: tf.sinh,
  slice: (x) => x.slice([1], [2]),
  softmax: (x) => tf.softmax(x),
  silu: (x) => x.mul(tf.sigmoid(x)),
  softplus: tf.softplus,
  split: (x) => tf.split(x, 3)[1].mul(x),
  sqrt: tf.sqrt,
  square: tf.square,
  squaredDifference: (x) => tf.squaredDifference(x, x.square()),
  stack: (x) => tf.stack([x, x.square()]),
  step: (x) => tf.step(x),
  stridedSlice: (x) => tf.stridedSlice(x, [2], [0], [-1], 0, 1),
  sub: (x) => x.sub(x.square()),
  sum: (x) => tf.sum(x),
  tan: tf.tan,
  tanh: tf.tanh,
  tile: (x) => tf.tile(x, [2]),
  transpose: (x) => x.reshape([3, 1]).transpose(),
  unsortedSegmentSum: (x) => tf.unsortedSegmentSum(x, tf.tensor1d([0, 1, 0], "int32"), 2),
  unstack: (x) => tf.unstack(x.reshape([3, 1]))[1].mul(x),
  where: (x) => tf.where(x.greater(0.4).logicalAnd(x.less(0.6)).logicalNot(), x.square(), x),
};

const POINT = [0.27, 0.43, 0.68];
const STEP = 1e-2;

/** Σ wᵢ fᵢ(x + x²/5): a scalar whose second derivative is not 0 even where f is linear. */
function weighted(f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const y = f(x.add(x.square().mul(0.2)));
  return y.mul(tf.tensor(Array.from({ length: y.size }, (_, i) => Math.cos(i + 0.3)), y.shape)).sum();
}

function gradient(f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  return valueAndGrad((x: Tensor) => f(x), x).grads as Tensor;
}

/** Central differences, one element at a time. */
function differences(f: (x: Tensor) => Tensor): number[] {
  const at = (moved: number, by: number) =>
    f(tf.tensor1d(POINT.map((x, i) => i === moved ? x + by : x))).dataSync()[0];
  return POINT.map((_, i) => (at(i, STEP) - at(i, -STEP)) / (2 * STEP));
}

/** float32 differences of numbers near 1 are good to about 1e-5 / step; the step's own error is of that order. */
function assertClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expected.forEach((value, i) => {
    const difference = Math.abs(actual[i] - value);
    assert.ok(
      difference <= 3e-3 * (1 + Math.abs(value)),
      `entry ${i}: ${actual[i]} must be close to ${value}`,
    );
  });
}

for (const [name, f] of Object.entries(FUNCTIONS)) {
  Deno.test(`gradient of ${name} agrees with finite differences, twice`, () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const x = tf.tensor1d(POINT);
      const loss = (x: Tensor) => weighted(f, x);
      const first = (x: Tensor) => gradient(loss, x).mul(tf.tensor1d([0.7, -0.9, 1.1])).sum();
      assertClose(gradient(loss, x).dataSync(), differences(loss));
      assertClose(gradient(first, x).dataSync(), differences(first));
    });
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("gradient of tanh agrees with finite differences three times", () => {
  tf.tidy(() => {
    const x = tf.tensor1d(POINT);
    const first = (x: Tensor) => gradient((x) => tf.tanh(x).mul(x).sum(), x).sum();
    const second = (x: Tensor) => gradient(first, x).sum();
    assertClose(gradient(second, x).dataSync(), differences(second));
  });
});

Deno.test("customGrad that saves its output differentiates twice", () => {
  tf.tidy(() => {
    const exp = tf.customGrad((x, save) => {
      const value = tf.exp(x as Tensor);
      (save as (tensors: Tensor[]) => void)([value, x as Tensor]);
      return { value, gradFunc: (dy, saved) => tf.mul(dy, (saved as Tensor[])[0]) };
    });
    const loss = (x: Tensor) => weighted(exp, x);
    const first = (x: Tensor) => gradient(loss, x).sum();
    assertClose(gradient(first, tf.tensor1d(POINT)).dataSync(), differences(first));
  });
});

Deno.test("valueAndGrad() returns value, gradients of every leaf and auxiliary tensors, and leaks nothing", () => {
  const params = { a: tf.tensor1d([1, 2]), unused: [tf.scalar(3)] };
  const before = tf.memory().numTensors;
  const { value, grads, aux } = valueAndGrad(
    ({ a }) => ({ value: a.square().sum(), aux: { mean: a.mean(), kept: [a] } }),
    params,
  );
  assert.equal(value.dataSync()[0], 5);
  assert.deepEqual(Array.from(grads.a.dataSync()), [2, 4]);
  assert.deepEqual(Array.from(grads.unused[0].dataSync()), [0]);
  assert.equal(aux.mean.dataSync()[0], 1.5);
  assert.deepEqual(Array.from(aux.kept[0].dataSync()), [1, 2]);
  tf.dispose([value, grads.a, grads.unused, aux.mean, aux.kept]);
  assert.equal(tf.memory().numTensors, before);
  tf.dispose([params.a, params.unused]);
});

Deno.test("valueAndGrad() throws when the loss is not a scalar", () => {
  const x = tf.tensor1d([1, 2]);
  assert.throws(() => valueAndGrad((x: Tensor) => x.square(), x), {
    name: "TypeError",
    message: "Cannot take a gradient as the loss must be a scalar: current value is of shape [2]",
  });
  assert.throws(() => valueAndGrad(() => tf.scalar(1), {}), TypeError);
  x.dispose();
});

Deno.test("lib/tensor leaves only backends that are the same on every machine", () => {
  assert.equal(tf.getBackend(), "cpu");
  const { registryFactory } = tf.engine() as unknown as { registryFactory: object };
  assert.deepEqual(Object.keys(registryFactory).filter((name) => !name.startsWith("refigure")), ["cpu"]);
});

Deno.test("lib/tensor prints nothing", async () => {
  const script = `
    const { tf } = await import(${
    JSON.stringify(new URL("../../../lib/tensor/mod.ts", import.meta.url).href)
  });
    if (tf.tensor1d([1, 2]).sum().dataSync()[0] !== 3) throw new Error("wrong sum");`;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", "--quiet", script],
  }).output();
  assert.equal(code, 0);
  assert.equal(new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr), "");
});
