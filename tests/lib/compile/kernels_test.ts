/** Each kernel's value and gradient on `native` and `wasm` against TensorFlow.js on the cpu, and against differences. */
import assert from "node:assert/strict";
import { KERNELS } from "../../../lib/compile/_kernels/mod.ts";
import { compile, type HostTensor } from "../../../lib/compile/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../lib/tensor/mod.ts";
import { assertTensor, floats } from "./_host.ts";
import { type Case, CASES } from "./_kernel_cases.ts";

/** Value and, if asked for, the gradient of Σ wᵢ fᵢ with respect to the float32 inputs. */
function program(item: Case) {
  const { f } = item;
  const outputs = (tensors: readonly Tensor[]) => [f(...tensors)].flat();
  const moving = movingInputs(item);
  return (...tensors: Tensor[]) => {
    const loss = (params: Tensor[]) => {
      const all = [...tensors];
      moving.forEach((place, i) => all[place] = params[i]);
      const sums = outputs(all).filter(({ dtype }) => dtype === "float32").map((y) =>
        tf.sum(tf.mul(y, tf.tensor(Array.from({ length: y.size }, (_, i) => Math.cos(i + 0.3)), y.shape)))
      );
      return sums.length === 0 ? tf.scalar(0) : tf.addN(sums);
    };
    if (moving.length === 0) return { value: outputs(tensors), loss: tf.scalar(0), grads: [] };
    const { value, grads } = valueAndGrad(loss, moving.map((i) => tensors[i]));
    return { value: outputs(tensors), loss: value, grads: grads as Tensor[] };
  };
}

/** Where a program computes gradients of inputs that move: which. */
function movingInputs({ inputs, gradient }: Case): number[] {
  if (gradient === false) return [];
  return inputs.map(({ dtype }, i) => dtype === "float32" ? i : -1).filter((i) => i >= 0);
}

/** Central differences of the loss with respect to one input. */
async function differences(
  lossOf: (inputs: readonly HostTensor[]) => Promise<number>,
  inputs: readonly HostTensor[],
  moving: number,
): Promise<number[]> {
  const { data, shape } = inputs[moving];
  const at = (element: number, by: number) =>
    lossOf(inputs.with(moving, floats(Array.from(data).with(element, data[element] + by), shape)));
  const slopes: number[] = [];
  for (let i = 0; i < data.length; i++) {
    slopes.push((await at(i, STEP) - await at(i, -STEP)) / (2 * STEP));
  }
  return slopes;
}

const STEP = 1e-2;

/** The step's own error is about STEP² times a third derivative, float32's 1e-7 times the loss over STEP. */
const DIFFERENCE_TOLERANCE = 3e-3;

/** float32 arithmetic: the executors sum and approximate in other orders and ways than TensorFlow.js. */
const TOLERANCE = 5e-6;

for (const item of CASES) {
  const { kernel, note, inputs } = item;
  Deno.test(`kernel ${kernel}${note === undefined ? "" : ` (${note})`} equals TensorFlow.js`, async () => {
    const before = tf.memory().numTensors;
    const run = program(item);
    const eager = await compile(run, [...inputs], { executor: "eager" });
    const expected = await eager.run(...inputs);
    for (const executor of ["native", "wasm"] as const) {
      const compiled = await compile(run, [...inputs], { executor, name: kernel });
      const actual = await compiled.run(...inputs);
      expected.value.forEach((value, i) => assertTensor(actual.value[i], value, TOLERANCE));
      expected.grads.forEach((value, i) => assertTensor(actual.grads[i], value, TOLERANCE));
      if (executor === "native") {
        const lossOf = async (values: readonly HostTensor[]) => (await compiled.run(...values)).loss.data[0];
        for (const [i, moving] of movingInputs(item).entries()) {
          const slopes = await differences(lossOf, inputs, moving);
          assertTensor(expected.grads[i], floats(slopes, inputs[moving].shape), DIFFERENCE_TOLERANCE);
        }
      }
      await compiled.dispose();
    }
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("every lowered kernel has a case that uses it", async () => {
  for (const { kernel, f, inputs } of CASES) {
    const { kernelNames } = await tf.profile(() => {
      f(...inputs.map(({ data, shape, dtype }) => tf.tensor(data.slice(), [...shape], dtype)));
      return tf.scalar(0);
    });
    assert.ok(kernelNames.includes(kernel), `${kernel} must be used: kernels are ${kernelNames}`);
  }
  const tested = new Set(CASES.map(({ kernel }) => kernel));
  assert.deepEqual(Object.keys(KERNELS).filter((kernel) => !tested.has(kernel)), []);
});
