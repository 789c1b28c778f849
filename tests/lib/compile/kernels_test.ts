/** Each kernel's value and derivatives on `native` and `wasm` against TensorFlow.js on the cpu. */
import assert from "node:assert/strict";
import { KERNELS } from "../../../lib/compile/_kernels/registry.ts";
import { compile } from "../../../lib/compile/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { nameOf } from "./_case.ts";
import { derivatives } from "./_derivatives.ts";
import { assertTensor } from "./_host.ts";
import { CASES } from "./_kernel_cases.ts";

/** float32 arithmetic: the executors sum and approximate in other orders and ways than TensorFlow.js. */
const TOLERANCE = { value: 5e-6, first: 5e-6, second: 2e-5 } as const;

for (const item of CASES) {
  const { kernel, inputs } = item;
  Deno.test(`kernel ${nameOf(item)} equals TensorFlow.js, with its derivatives`, async () => {
    const before = tf.memory().numTensors;
    const run = (...tensors: Tensor[]) => {
      const { value, first, second } = derivatives(item, tensors);
      return { value, first, second };
    };
    const eager = await compile(run, [...inputs], { executor: "eager" });
    const expected = await eager.run(...inputs);
    for (const executor of ["native", "wasm"] as const) {
      const compiled = await compile(run, [...inputs], { executor, name: kernel });
      const actual = await compiled.run(...inputs);
      for (const what of ["value", "first", "second"] as const) {
        assert.equal(actual[what].length, expected[what].length);
        expected[what].forEach((tensor, i) => assertTensor(actual[what][i], tensor, TOLERANCE[what]));
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
