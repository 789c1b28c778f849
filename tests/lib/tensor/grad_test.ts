import assert from "node:assert/strict";
import { stopGradient, tf, valueAndGrad } from "../../../lib/tensor/mod.ts";

type Tensor = tf.Tensor;

const POINT = [0.27, 0.43, 0.68];

function gradient(f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  return valueAndGrad((x: Tensor) => f(x), x).grads as Tensor;
}

Deno.test("customGrad that saves its output differentiates twice", () => {
  tf.tidy(() => {
    const exp = tf.customGrad((x, save) => {
      const value = tf.exp(x as Tensor);
      (save as (tensors: Tensor[]) => void)([value, x as Tensor]);
      return { value, gradFunc: (dy, saved) => tf.mul(dy, (saved as Tensor[])[0]) };
    });
    const first = (x: Tensor) => gradient((x) => tf.mul(tf.square(x), exp(x)).sum(), x);
    const second = gradient((x) => first(x).sum(), tf.tensor1d(POINT)).dataSync();
    // d²/dx² of x² eˣ = (x² + 4x + 2) eˣ
    POINT.forEach((x, i) => {
      const expected = (x * x + 4 * x + 2) * Math.exp(x);
      assert.ok(Math.abs(second[i] - expected) < 1e-5, `${second[i]} must be ${expected}`);
    });
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

Deno.test("stopGradient() has no gradient, and nothing is computed for one", async () => {
  const a = tf.ones([2, 2]) as Tensor, b = tf.ones([2, 2]) as Tensor;
  const products = async (f: () => void) =>
    (await tf.profile(f)).kernels.filter(({ name }) => name === "BatchMatMul").length;
  const loss = (hidden: (product: Tensor) => Tensor) => () => {
    const { grads } = valueAndGrad(({ a, b }) => tf.matMul(hidden(tf.matMul(a, b)), b).sum(), { a, b });
    const zero = grads.a.abs().sum().dataSync()[0] === 0;
    assert.equal(zero, hidden === stopGradient);
    assert.ok(grads.b.abs().sum().dataSync()[0] > 0);
  };
  // Two forward. Backward two for each, or one for the second, of which only b has a gradient.
  assert.equal(await products(loss((product) => product)), 6);
  assert.equal(await products(loss(stopGradient)), 3);
});
