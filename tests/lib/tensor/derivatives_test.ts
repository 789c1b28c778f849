/** First and second derivatives of every kernel against central differences, in float64. */
import "./_float64.ts";
import assert from "node:assert/strict";
import { KERNELS } from "../../../lib/compile/_kernels/registry.ts";
import type { HostTensor } from "../../../lib/compile/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { type Case, nameOf } from "../compile/_case.ts";
import { derivativeOrder, derivatives, lossAndSlope, movingInputs } from "../compile/_derivatives.ts";
import { CASES } from "../compile/_kernel_cases.ts";
import { jet, nested, POINTS } from "./_mlp.ts";

/** The step's own error is STEP² / 6 times a third derivative; that of float64 about 1e-16 / STEP. */
const STEP = 1e-5;
const TOLERANCE = 1e-7;

/** What `f` makes of the inputs, as plain numbers. */
function evaluate<K extends string>(
  f: (tensors: readonly Tensor[]) => Readonly<Record<K, readonly Tensor[]>>,
  inputs: readonly HostTensor[],
): Record<K, number[][]> {
  const before = tf.memory().numTensors;
  const result = tf.tidy(() => {
    const tensors = inputs.map(({ data, shape, dtype }) => tf.tensor(data.slice(), [...shape], dtype));
    const lists = Object.entries<readonly Tensor[]>(f(tensors));
    return Object.fromEntries(lists.map(([name, list]) => [name, list.map((x) => Array.from(x.dataSync()))]));
  });
  assert.equal(tf.memory().numTensors, before);
  return result as unknown as Record<K, number[][]>;
}

/** The two numbers that differences are taken of. */
function lossAndSlopeAt(item: Case, inputs: readonly HostTensor[]): { loss: number; slope: number } {
  const { numbers: [[loss], [slope]] } = evaluate((tensors) => {
    const { loss, slope } = lossAndSlope(item, tensors);
    return { numbers: [loss, slope] };
  }, inputs);
  return { loss, slope };
}

for (const item of CASES.filter((item) => derivativeOrder(item) > 0)) {
  const { inputs, differenceTolerance = TOLERANCE } = item;
  Deno.test(`derivatives of ${nameOf(item)} agree with central differences`, () => {
    const close = (what: string, actual: number, expected: number) => {
      const difference = Math.abs(actual - expected);
      const bound = differenceTolerance * (1 + Math.abs(expected));
      assert.ok(difference <= bound, `${what}: ${actual} must be within ${bound} of ${expected}`);
    };
    const { first, second } = evaluate((tensors) => {
      const { first, second } = derivatives(item, tensors);
      return { first, second };
    }, inputs);
    movingInputs(item).forEach((place, i) => {
      const { data } = inputs[place];
      for (let j = 0; j < data.length; j++) {
        const at = (x: number) =>
          lossAndSlopeAt(item, inputs.with(place, { ...inputs[place], data: data.with(j, x) } as HostTensor));
        const [above, below] = [at(data[j] + STEP), at(data[j] - STEP)];
        const where = `input ${place}, element ${j}`;
        close(`first derivative, ${where}`, first[i][j], (above.loss - below.loss) / (2 * STEP));
        if (derivativeOrder(item) < 2) continue;
        close(`second derivative, ${where}`, second[i][j], (above.slope - below.slope) / (2 * STEP));
      }
    });
  });
}

Deno.test("TensorFlow.js computes in float64 here", () => {
  assert.equal(tf.tidy(() => tf.sqrt(tf.scalar(2)).dataSync()[0]), Math.SQRT2);
});

Deno.test("every lowered kernel whose gradient keeps an output has a case that is differentiated twice", () => {
  const tested = new Set(CASES.filter((item) => derivativeOrder(item) === 2).map(({ kernel }) => kernel));
  const keeping = Object.keys(KERNELS)
    .filter((kernel) => tf.getGradient(kernel)?.outputsToSave?.includes(true));
  assert.ok(keeping.includes("Tanh"));
  assert.deepEqual(keeping.filter((kernel) => !tested.has(kernel)), []);
});

Deno.test("nested gradients of a tanh network equal a jet written by hand, to the third derivative", () => {
  tf.tidy(() => {
    const [x, t] = [0, 1].map((place) => tf.tensor1d(POINTS.map((point) => point[place])));
    const derivatives = nested(x, t).map((values) => values.dataSync());
    POINTS.forEach((point, i) => {
      jet(point).forEach((expected, order) => {
        const difference = Math.abs(derivatives[order][i] - expected);
        assert.ok(
          difference <= 1e-12 * (1 + Math.abs(expected)),
          `order ${order}, point ${i}: ${difference}`,
        );
      });
    });
  });
});
