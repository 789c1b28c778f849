import assert from "node:assert/strict";
import { constantRate, cosineDecay, exponentialDecay, stepDecay, warmUp } from "../../../../lib/nn/mod.ts";
import { assertClose } from "../_check.ts";
import golden from "../golden/golden.json" with { type: "json" };

const { rates } = golden;
const CASES = {
  step: stepDecay(0.5, { every: 3, factor: 0.1 }),
  exponential: exponentialDecay(0.5, { factor: 0.9 }),
  cosine: cosineDecay(0.5, { steps: 8, end: 0.1 }),
};

for (const [name, rate] of Object.entries(CASES)) {
  Deno.test(`schedules: ${name} equals PyTorch`, () => {
    const wanted = rates[name as keyof typeof rates];
    assertClose(wanted.map((_, step) => rate(step)), wanted, { tolerance: 1e-12 });
  });
}

Deno.test("cosineDecay() stays at its end", () => {
  assertClose([8, 9, 100].map(CASES.cosine), [0.1, 0.1, 0.1], { tolerance: 1e-12 });
});

Deno.test("warmUp() rises linearly to the full rate, then starts the schedule", () => {
  const rate = warmUp(stepDecay(1, { every: 1, factor: 0.5 }), { steps: 4 });
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6].map(rate), [0.25, 0.5, 0.75, 1, 1, 0.5, 0.25]);
  assert.equal(constantRate(0.3)(17), 0.3);
});
