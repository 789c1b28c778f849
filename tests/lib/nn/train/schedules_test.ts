import assert from "node:assert/strict";
import {
  constantRate,
  cosineDecay,
  exponentialDecay,
  PlateauRate,
  stepDecay,
  warmUp,
} from "../../../../lib/nn/mod.ts";
import { assertClose } from "../_check.ts";
import golden from "../golden/golden.json" with { type: "json" };

const { rates, plateau } = golden;
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

Deno.test("PlateauRate equals PyTorch's ReduceLROnPlateau, and is spent at its least rate", () => {
  const falling = new PlateauRate(0.5, { factor: 0.4, patience: 2, least: 0.1 });
  const spent: boolean[] = [];
  const found = plateau.losses.map((loss, step) => {
    falling.observe(loss);
    spent.push(falling.spent);
    return falling.rate(step);
  });
  assertClose(found, plateau.rates, { tolerance: 1e-12 });
  assert.deepEqual(spent, plateau.rates.map((rate) => rate <= 0.1));
  // One evaluation without progress more, or a smaller step that counts as progress, and it falls elsewhere.
  for (const options of [{ patience: 3 }, { patience: 2, threshold: 0 }]) {
    const other = new PlateauRate(0.5, { factor: 0.4, ...options });
    assert.notDeepEqual(plateau.losses.map((loss) => (other.observe(loss), other.rate(0))), plateau.rates);
  }
});

Deno.test("PlateauRate says what is wrong with its options", () => {
  assert.throws(() => new PlateauRate(1, { factor: 1 }), /factor must be in \(0, 1\): current value is 1/);
  assert.throws(
    () => new PlateauRate(1, { patience: 0.5 }),
    /patience must be an integer >= 0: current value is 0.5/,
  );
});
