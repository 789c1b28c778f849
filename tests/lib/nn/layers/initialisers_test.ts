import assert from "node:assert/strict";
import {
  type DenseInitialiser,
  hostTensor,
  initAffine,
  initDense,
  initRunningStatistics,
} from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";

const INPUTS = 50, OUTPUTS = 200;

/** Initialiser → [bound of the weight or Infinity, variance of the weight, bound of the bias]. */
const CASES: readonly [DenseInitialiser, number, number, number][] = [
  ["torch", 1 / Math.sqrt(INPUTS), 1 / (3 * INPUTS), 1 / Math.sqrt(INPUTS)],
  ["xavier", Math.sqrt(6 / (INPUTS + OUTPUTS)), 2 / (INPUTS + OUTPUTS), 0],
  ["he", Infinity, 2 / INPUTS, 0],
  [{ normal: 0.02 }, Infinity, 0.0004, 0],
];

for (const [initialiser, bound, variance, biasBound] of CASES) {
  Deno.test(`initDense() draws from the right law for ${JSON.stringify(initialiser)}`, () => {
    const { weight, bias } = initDense(stream(5, "init"), { inputs: INPUTS, outputs: OUTPUTS, initialiser });
    const n = INPUTS * OUTPUTS;
    assert.deepEqual([weight.shape, bias.shape], [[INPUTS, OUTPUTS], [OUTPUTS]]);
    const weights = weight.data as Float32Array;
    const mean = weights.reduce((sum, w) => sum + w, 0) / n;
    const spread = weights.reduce((sum, w) => sum + w * w, 0) / n;
    // Five standard errors: of the mean √(variance/n), of the variance at most √(2/n) of itself.
    assert.ok(Math.abs(mean) < 5 * Math.sqrt(variance / n), `mean ${mean}`);
    assert.ok(Math.abs(spread / variance - 1) < 5 * Math.sqrt(2 / n), `variance ${spread} not ${variance}`);
    assert.ok(weights.every((w) => Math.abs(w) <= bound * (1 + 1e-6)));
    const largest = Math.max(...bias.data.map(Math.abs));
    assert.ok(biasBound === 0 ? largest === 0 : largest <= biasBound && largest > 0.9 * biasBound);
  });
}

Deno.test("initDense() is a function of the stream's seed and names", () => {
  const draw = (seed: number) => initDense(stream(seed, "a"), { inputs: 3, outputs: 2 });
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
});

Deno.test("initDense() refuses empty layers", () => {
  assert.throws(
    () => initDense(stream(0, "a"), { inputs: 0, outputs: 2 }),
    /inputs must be an integer >= 1: current value is 0/,
  );
});

Deno.test("initAffine() is the identity and initRunningStatistics() standard", () => {
  const { scale, offset } = initAffine(2), { mean, variance } = initRunningStatistics(2);
  assert.deepEqual([[...scale.data], [...offset.data]], [[1, 1], [0, 0]]);
  assert.deepEqual([[...mean.data], [...variance.data]], [[0, 0], [1, 1]]);
});

Deno.test("hostTensor() finds the dtype and checks the shape", () => {
  assert.equal(hostTensor(new Int32Array(6), [2, 3]).dtype, "int32");
  assert.equal(hostTensor(new Uint8Array(6)).dtype, "bool");
  assert.throws(
    () => hostTensor(new Float32Array(5), [2, 3]),
    /length must be 6 for shape \[2,3\]: current value is 5/,
  );
});
