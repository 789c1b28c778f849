import assert from "node:assert/strict";
import { compile } from "../../../../lib/compile/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { discreteEigenvalues, referenceRollout, zeroOrderHold } from "../../../../lib/methods/koopman/mod.ts";
import { discretised, far, MU, OMEGA, STEP } from "./_systems.ts";

const number = (values: ArrayLike<number>, shape?: number[]) => hostTensor(Float32Array.from(values), shape);

Deno.test("zeroOrderHold() gives λ̄ and the input factor of the vector", async () => {
  const program = await compile((real: Tensor, frequency: Tensor) => {
    const eigenvalues = { lambda: { re: real, im: frequency }, timeStep: tf.scalar(STEP) };
    return { discrete: discreteEigenvalues(eigenvalues), factor: zeroOrderHold(eigenvalues).inputFactor };
  }, [number(MU), number(OMEGA)]);
  const { discrete, factor } = await program.run(number(MU), number(OMEGA));
  await program.dispose();
  assert.ok(far(discrete.re.data, [0.97786068, 0.94159335, 0.88214086, 0.80096714]) < 1e-6);
  assert.ok(far(discrete.im.data, [0.15487791, 0.30594222, 0.44947322, 0.58193669]) < 1e-6);
  assert.ok(far(factor.re.data, [0.049547, 0.04893852, 0.04793437, 0.04654934]) < 1e-7);
  assert.ok(far(factor.im.data, [0.00389291, 0.00773795, 0.01148804, 0.01509768]) < 1e-7);
});

Deno.test("zeroOrderHold(): the factor tends to Δt, also at λ = 0, with a finite gradient", () => {
  tf.tidy(() => {
    for (const timeStep of [1e-1, 1e-3, 1e-6]) {
      const lambda = { re: tf.tensor1d([0, -0.2, 0]), im: tf.tensor1d([0, 0, 3]) };
      const { inputFactor } = zeroOrderHold({ lambda, timeStep: tf.scalar(timeStep) });
      // Next order: Δt (1 + z/2).
      [...inputFactor.re.dataSync()].forEach((re, j) =>
        assert.ok(Math.abs(re / timeStep - 1) < 2 * timeStep * (j === 0 ? 0 : 1) + 1e-6, `${j}: ${re}`)
      );
    }
    const { grads } = valueAndGrad(({ re, im }) => {
      const { inputFactor } = zeroOrderHold({ lambda: { re, im }, timeStep: tf.scalar(0.1) });
      return tf.add(tf.sum(inputFactor.re), tf.sum(inputFactor.im));
    }, { re: tf.tensor1d([0, -0.2]), im: tf.tensor1d([0, 1]) });
    for (const part of [grads.re, grads.im]) assert.ok([...part.dataSync()].every(Number.isFinite));
  });
});

Deno.test("A constant input brings the state to −(L e)/λ where μ < 0", () => {
  const steps = 4000;
  const { z: [a, b], factor: [re, im] } = discretised(0);
  const x = referenceRollout({
    exponent: { re: Float64Array.of(a), im: Float64Array.of(b) },
    start: { re: Float64Array.of(3), im: Float64Array.of(-1) },
    inputs: { re: new Float64Array(steps).fill(re), im: new Float64Array(steps).fill(im) },
  });
  // −1/λ = −conj(λ)/|λ|².
  const squared = MU[0] ** 2 + OMEGA[0] ** 2;
  assert.ok(Math.abs(x.re.at(-1)! + MU[0] / squared) < 1e-12);
  assert.ok(Math.abs(x.im.at(-1)! - OMEGA[0] / squared) < 1e-12);
});
