import assert from "node:assert/strict";
import { compileLoop } from "../../../../lib/compile/mod.ts";
import {
  adam,
  clipByGlobalNorm,
  constantRate,
  cosineDecay,
  hostTensor,
  type LearningRate,
  type Optimiser,
  sgd,
} from "../../../../lib/nn/mod.ts";
import { type Tensor, tf } from "../../../../lib/tensor/mod.ts";
import { assertClose, evaluate, EXECUTORS, host } from "../_check.ts";
import golden from "../golden/golden.json" with { type: "json" };

interface Parameters {
  weight: Tensor;
  bias: Tensor;
}

interface Case {
  readonly optimiser: Optimiser;
  readonly rate?: LearningRate;
  readonly maxNorm?: number;
}

const CASES: Record<keyof typeof golden.optimisers, Case> = {
  adam: { optimiser: adam() },
  adamCoupledDecay: { optimiser: adam({ weightDecay: 0.1 }) },
  adamLargeEpsilon: { optimiser: adam({ epsilon: 0.1, beta1: 0.8, beta2: 0.95 }) },
  adamDecoupledDecay: { optimiser: adam({ weightDecay: 0.1, decay: "decoupled" }) },
  sgd: { optimiser: sgd() },
  sgdMomentum: { optimiser: sgd({ momentum: 0.9, weightDecay: 0.1 }) },
  adamClipped: { optimiser: adam(), maxNorm: 0.5 },
  adamCosine: { optimiser: adam(), rate: cosineDecay(1e-2, { steps: 6, end: 1e-3 }) },
};

for (const [name, { optimiser, rate = constantRate(1e-2), maxNorm }] of Object.entries(CASES)) {
  Deno.test(`optimisers: ${name} takes the same steps as PyTorch`, async () => {
    const { weight, bias, gradients, after } = golden.optimisers[name as "adam"];
    const parameters = { weight: host(weight), bias: host(bias) };
    const zeros = {
      weight: host({ ...weight, data: weight.data.map(() => 0) }),
      bias: host({ ...bias, data: [0, 0] }),
    };
    for (const executor of EXECUTORS) {
      const scalars = (step: number) =>
        Object.fromEntries(
          Object.entries(optimiser.scalars(step, rate(step))).map((
            [key, value],
          ) => [key, hostTensor(Float32Array.of(value), [])]),
        );
      type State = { parameters: Parameters; slots: Record<string, Parameters> };
      type Batch = { gradients: Parameters; scalars: Record<string, Tensor> };
      const loop = await compileLoop(
        ({ parameters, slots }: State, { gradients, scalars }: Batch) => {
          const clipped = maxNorm === undefined ? gradients : clipByGlobalNorm(gradients, { maxNorm });
          const update = (key: keyof Parameters) =>
            optimiser.update(parameters[key], {
              gradient: clipped[key],
              slots: Object.fromEntries(optimiser.slots.map((slot) => [slot, slots[slot][key]])),
              scalars,
            });
          const next = { weight: update("weight"), bias: update("bias") };
          const state: State = {
            parameters: { weight: next.weight.parameter, bias: next.bias.parameter },
            slots: Object.fromEntries(
              optimiser.slots.map((
                slot,
              ) => [slot, { weight: next.weight.slots[slot], bias: next.bias.slots[slot] }]),
            ),
          };
          return { state, metrics: state.parameters };
        },
        {
          state: { parameters, slots: Object.fromEntries(optimiser.slots.map((slot) => [slot, zeros])) },
          batch: { gradients: parameters, scalars: scalars(0) },
        },
        { executor },
      );
      for (let step = 0; step < gradients.length; step++) {
        const stack = (tensor: ReturnType<typeof host>) => ({ ...tensor, shape: [1, ...tensor.shape] });
        const moved = await loop.run({
          gradients: { weight: stack(host(gradients[step].weight)), bias: stack(host(gradients[step].bias)) },
          scalars: Object.fromEntries(
            Object.entries(scalars(step)).map(([key, value]) => [key, hostTensor(value.data)]),
          ),
        });
        assertClose(moved.weight, after[step].weight.data, { what: `${executor} weight at step ${step}` });
        assertClose(moved.bias, after[step].bias.data, { what: `${executor} bias at step ${step}` });
      }
      await loop.dispose();
    }
  });
}

Deno.test("clipByGlobalNorm() bounds the joint norm and keeps short gradients", async () => {
  const clip = (gradients: Parameters) => clipByGlobalNorm(gradients, { maxNorm: 1 });
  const long = { weight: hostTensor(Float32Array.of(3)), bias: hostTensor(Float32Array.of(4)) };
  const clipped = await evaluate("native", clip, long);
  assertClose(clipped.weight, [0.6]);
  assertClose(clipped.bias, [0.8]);
  const short = { weight: hostTensor(Float32Array.of(0.3)), bias: hostTensor(Float32Array.of(0.4)) };
  assert.deepEqual((await evaluate("native", clip, short)).weight.data, Float32Array.of(0.3));
});

Deno.test("adam() and sgd() refuse options out of range", () => {
  assert.throws(() => adam({ beta1: 1 }), /beta1 must be in \[0, 1\): current value is 1/);
  assert.throws(() => adam({ weightDecay: -1 }), /weightDecay must be >= 0/);
  assert.throws(() => sgd({ momentum: NaN }), RangeError);
});

Deno.test("optimisers leave no tensor behind", async () => {
  const before = tf.memory().numTensors;
  const x = hostTensor(Float32Array.of(1, 2));
  await evaluate("eager", (x: Tensor) => clipByGlobalNorm({ x }, { maxNorm: 1 }), x);
  assert.equal(tf.memory().numTensors, before);
});
