/** Each kernel's value and derivatives on `native`, `wasm` and `c` against TensorFlow.js on the cpu. */
import assert from "node:assert/strict";
import { KERNELS } from "../../../lib/compile/_kernels/registry.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { runAlone, togetherOnC } from "./_batches.ts";
import { nameOf } from "./_case.ts";
import { derivatives } from "./_derivatives.ts";
import { assertTensor } from "./_host.ts";
import { andC } from "./_executors.ts";
import { CASES } from "./_kernel_cases.ts";

/** float32 arithmetic: the executors sum and approximate in other orders and ways than TensorFlow.js. */
const TOLERANCE = { value: 5e-6, first: 5e-6, second: 2e-5 } as const;

/** A case with its derivatives, as a program. */
const small = CASES.map((item) => ({
  program(...tensors: Tensor[]) {
    const { value, first, second } = derivatives(item, tensors);
    return { value, first, second };
  },
  rounds: [[...item.inputs]],
}));
const onC = togetherOnC(small);

for (const [index, item] of CASES.entries()) {
  Deno.test(`kernel ${nameOf(item)} equals TensorFlow.js, with its derivatives`, async () => {
    const before = tf.memory().numTensors;
    const [expected] = await runAlone(small[index], { executor: "eager" });
    for (const executor of andC("native", "wasm")) {
      const [actual] = executor === "c"
        ? await onC(index)
        : await runAlone(small[index], { executor, name: item.kernel });
      for (const what of ["value", "first", "second"] as const) {
        assert.equal(actual[what].length, expected[what].length);
        expected[what].forEach((tensor, i) => assertTensor(actual[what][i], tensor, TOLERANCE[what]));
      }
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
