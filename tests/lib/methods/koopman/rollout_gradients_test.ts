import assert from "node:assert/strict";
import { compile, type HostTensor } from "../../../../lib/compile/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import {
  type Complex,
  gradientFactor,
  rollout,
  ROLLOUT_METHODS,
  type RolloutMethod,
} from "../../../../lib/methods/koopman/mod.ts";
import { far, randomSystem, type Traced } from "./_systems.ts";

const loss = (s: Traced, method: RolloutMethod) => {
  const { re, im } = rollout(s, { method });
  return tf.add(tf.mean(tf.square(tf.sin(re))), tf.mean(tf.mul(re, tf.cos(im))));
};
const gradient = (s: Traced, method: RolloutMethod) =>
  valueAndGrad((s: Traced) => loss(s, method), s).grads as Traced;

Deno.test("rollout(): first and second gradients of all methods are those of the recurrence", async () => {
  const system = randomSystem(13);
  const second = (s: Traced, method: RolloutMethod) =>
    valueAndGrad((s: Traced) => {
      const { exponent, start, inputs } = gradient(s, method);
      return tf.addN(
        [exponent, start, inputs].flatMap(({ re, im }) => [tf.sum(tf.square(re)), tf.sum(tf.mul(im, 2))]),
      );
    }, s).grads as Traced;
  for (const derivative of [gradient, second]) {
    const results = await Promise.all(ROLLOUT_METHODS.map(async (method) => {
      const program = await compile((s: Traced) => derivative(s, method), [system]);
      const found = await program.run(system);
      await program.dispose();
      return [found.exponent, found.start, found.inputs].flatMap(({ re, im }) => [re.data, im.data]);
    }));
    for (const other of results.slice(1)) {
      other.forEach((leaf, i) => {
        const scale = Math.max(...Array.from(results[0][i], Math.abs));
        assert.ok(
          far(leaf, results[0][i]) <= 2e-5 * scale,
          `leaf ${i}: ${far(leaf, results[0][i])} of ${scale}`,
        );
      });
    }
  }
});

Deno.test("rollout(): the gradient on TensorFlow.js is that of the compiled program, and keeps no tensors", async () => {
  const system = randomSystem(9);
  const before = tf.memory().numTensors;
  for (const method of ROLLOUT_METHODS) {
    const [eager, native] = await Promise.all((["eager", "native"] as const).map(async (executor) => {
      const program = await compile((s: Traced) => gradient(s, method), [system], { executor });
      const found = await program.run(system);
      await program.dispose();
      return [found.exponent, found.start, found.inputs].flatMap(({ re, im }) => [re.data, im.data]);
    }));
    eager.forEach((leaf, i) => assert.ok(far(leaf, native[i]) < 1e-5, `${method}, leaf ${i}`));
  }
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("rollout(): the gradient equals finite differences", async () => {
  const system = randomSystem(9);
  const value = await compile((s: Traced) => loss(s, "doubling"), [system]);
  const slope = await compile((s: Traced) => gradient(s, "doubling"), [system]);
  const found = await slope.run(system);
  for (const name of ["exponent", "start", "inputs"] as const) {
    for (const part of ["re", "im"] as const) {
      const shifted = async (by: number) => {
        const data = Float32Array.from(system[name][part].data);
        data[3] += by;
        const tensor = hostTensor(data, system[name][part].shape);
        return (await value.run({ ...system, [name]: { ...system[name], [part]: tensor } })).data[0];
      };
      const difference = (await shifted(2e-3) - await shifted(-2e-3)) / 4e-3;
      const got = found[name][part].data[3];
      assert.ok(
        Math.abs(got - difference) < 1e-3 * (1 + Math.abs(got)),
        `${name}.${part}: ${got}, ${difference}`,
      );
    }
  }
  await Promise.all([value.dispose(), slope.dispose()]);
});

Deno.test("Theorem: gradients change by e^{kΔtμ} in modulus, for each mode, variant and method", async () => {
  const timeStep = 0.05, steps = 100, modes = 3;
  const target = stream(3, "target").normal(new Float32Array(2 * modes));
  for (const mu of [[-0.2, -0.2, -0.2], [0, 0, 0], [-0.3, -0.1, 0.1]]) {
    for (const method of ROLLOUT_METHODS) {
      // L_k = Re⟨w, x̂_k⟩ has the gradient w at x̂_k.
      const program = await compile((start: Complex, inputs: Complex) => {
        const exponent = {
          re: tf.tensor1d(mu.map((value) => value * timeStep)),
          im: tf.tensor1d([1, 2, 3].map((j) => j * Math.PI * timeStep)),
        };
        const weight = {
          re: tf.tensor2d(target.slice(0, modes), [1, modes]),
          im: tf.tensor2d(target.slice(modes), [1, modes]),
        };
        return [1, 10, 100].map((k) =>
          valueAndGrad((leaves: { start: Complex; inputs: Complex }) => {
            const { re, im } = rollout({ exponent, ...leaves }, { method });
            const at = (part: Tensor) => tf.squeeze(tf.slice(part, k - 1, 1), [0]);
            return tf.add(tf.sum(tf.mul(at(re), weight.re)), tf.sum(tf.mul(at(im), weight.im)));
          }, { start, inputs }).grads as { start: Complex; inputs: Complex }
        );
      }, [zeros(1, modes), zeros(steps, 1, modes)]);
      const found = await program.run(zeros(1, modes), zeros(steps, 1, modes));
      await program.dispose();
      [1, 10, 100].forEach((k, i) => {
        for (let j = 0; j < modes; j++) {
          const size = Math.hypot(target[j], target[modes + j]);
          const { start, inputs } = found[i];
          const ratio = Math.hypot(start.re.data[j], start.im.data[j]) / size;
          const wanted = gradientFactor({ real: mu[j], timeStep, steps: k });
          assert.ok(
            Math.abs(ratio / wanted - 1) < 1e-5,
            `${method}, μ = ${mu[j]}, k = ${k}: ${ratio / wanted - 1}`,
          );
          for (const l of [1, Math.ceil(k / 2), k]) {
            const at = (l - 1) * modes + j;
            const of = Math.hypot(inputs.re.data[at], inputs.im.data[at]) / size;
            const factor = gradientFactor({ real: mu[j], timeStep, steps: k - l });
            assert.ok(Math.abs(of / factor - 1) < 1e-5, `${method}, c_${l} at k = ${k}: ${of / factor - 1}`);
          }
        }
      });
    }
  }
});

function zeros(...shape: number[]): { re: HostTensor; im: HostTensor } {
  const part = () => hostTensor(new Float32Array(shape.reduce((size, n) => size * n, 1)), shape);
  return { re: part(), im: part() };
}
