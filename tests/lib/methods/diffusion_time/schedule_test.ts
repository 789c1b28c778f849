import assert from "node:assert/strict";
import { diffusionSchedule, timeBin } from "../../../../lib/methods/diffusion_time/mod.ts";

/** T → [t, v_t], computed independently. */
const VARIANCES: Record<number, readonly (readonly [number, number])[]> = {
  300: [[0, 1e-4], [75, 0.097018], [150, 0.323442], [299, 0.781307]],
  400: [[100, 0.126737], [200, 0.405302], [399, 0.868240]],
  1000: [[249, 0.283755], [250, 0.285601], [500, 0.725691], [999, 0.993698]],
};

for (const [steps, values] of Object.entries(VARIANCES)) {
  Deno.test(`diffusionSchedule() has the published variances for T = ${steps}`, () => {
    const { variances } = diffusionSchedule(Number(steps));
    for (const [t, v] of values) assert.ok(Math.abs(variances[t] - v) < 5.1e-7, `v_${t} is ${variances[t]}`);
  });
}

Deno.test("diffusionSchedule() keeps its arrays consistent", () => {
  const { steps, betas, alphas, alphaBars, variances } = diffusionSchedule(50, {
    firstBeta: 0.01,
    lastBeta: 0.2,
  });
  assert.deepEqual([steps, betas[0], betas[49]], [50, 0.01, 0.2]);
  for (let t = 0; t < steps; t++) {
    assert.equal(alphas[t], 1 - betas[t]);
    assert.equal(alphaBars[t], (t === 0 ? 1 : alphaBars[t - 1]) * alphas[t]);
    assert.equal(variances[t], 1 - alphaBars[t]);
  }
  assert.deepEqual([...diffusionSchedule(1).betas], [1e-4]);
});

Deno.test("diffusionSchedule() refuses what is no schedule", () => {
  assert.throws(() => diffusionSchedule(0), /steps must be an integer >= 1: current value is 0/);
  assert.throws(() => diffusionSchedule(10, { firstBeta: 0.3, lastBeta: 0.2 }), RangeError);
  assert.throws(() => diffusionSchedule(10, { lastBeta: 1 }), RangeError);
});

for (
  const [steps, counts] of [[400, [58, 57, 57, 57, 57, 57, 57]], [300, [43, 43, 43, 43, 43, 43, 42]]] as const
) {
  Deno.test(`timeBin() fills 7 bins of T = ${steps} with ${counts}`, () => {
    const found = new Array(7).fill(0);
    for (let t = 0; t < steps; t++) found[timeBin(t, { steps, bins: 7 })]++;
    assert.deepEqual(found, counts);
    assert.deepEqual([-5, steps + 5].map((t) => timeBin(t, { steps, bins: 7 })), [0, 6]);
  });
}
