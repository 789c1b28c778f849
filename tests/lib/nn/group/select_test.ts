/** Straight-through selection: exact in value, a softmax in gradient. */
import assert from "node:assert/strict";
import { selectStraightThrough } from "../../../../lib/nn/group/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { evaluate, EXECUTORS, host } from "../_check.ts";

const ANGLES = [0, 45, 90, 135, 180, 225, 270, 315];
const ACTIVATIONS = [0.3, -0.2, 1.7, 0.1, 0.9, -1.2, 0.4, 1.6];

Deno.test("selectStraightThrough() gives the angle of the largest activation to the bit, with the surrogate's gradient", async () => {
  const beta = 1.7;
  const program = (a: Tensor) => {
    const angle = ({ a }: { a: Tensor }) =>
      tf.sum(tf.mul(selectStraightThrough(a, { beta }), tf.tensor1d(ANGLES)));
    const { value, grads } = valueAndGrad(angle, { a });
    return { value, slope: grads.a };
  };
  // β soft_k (θ_k − Σ soft θ), and differences of the surrogate Σ softmax(βA) θ, both in float64.
  const soft = (a: readonly number[]) => {
    const powers = a.map((x) => Math.exp(beta * x)), total = powers.reduce((sum, x) => sum + x, 0);
    return powers.map((x) => x / total);
  };
  const surrogate = (a: readonly number[]) => soft(a).reduce((sum, share, k) => sum + share * ANGLES[k], 0);
  for (const executor of EXECUTORS) {
    const { value, slope } = await evaluate(executor, program, host({ shape: [1, 8], data: ACTIVATIONS }));
    assert.equal(value.data[0], 90, executor);
    soft(ACTIVATIONS).forEach((share, k) => {
      const closed = beta * share * (ANGLES[k] - surrogate(ACTIVATIONS));
      const moved = (by: number) => surrogate(ACTIVATIONS.with(k, ACTIVATIONS[k] + by));
      const difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
      assert.ok(Math.abs(closed - difference) < 1e-6 * Math.max(1, Math.abs(difference)));
      assert.ok(Math.abs(slope.data[k] - closed) < 1e-4 * Math.max(1, Math.abs(closed)), `${executor} ${k}`);
    });
  }
});
