import assert from "node:assert/strict";
import { stream } from "../../../lib/random/mod.ts";
import { ConditionalPoisson, probabilityOfMissing } from "../../../lib/stats/mod.ts";

const near = (actual: number, expected: number, tolerance = 1e-12) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, not ${expected}`);

/** All subsets of 0..units−1 with `count` members. */
function subsets(units: number, count: number, from = 0): number[][] {
  if (count === 0) return [[]];
  return Array.from({ length: units - from }, (_, i) => i + from)
    .flatMap((first) => subsets(units, count - 1, first + 1).map((rest) => [first, ...rest]));
}

const WEIGHTS = [3, 0.2, 1, 5, 0.7, 1, 12];

/** Probability of each sample, by its definition. */
function samplesOf(count: number) {
  const all = subsets(WEIGHTS.length, count).map((sample) => ({
    sample,
    weight: sample.reduce((product, i) => product * WEIGHTS[i], 1),
  }));
  const total = all.reduce((sum, { weight }) => sum + weight, 0);
  return all.map(({ sample, weight }) => ({ sample, probability: weight / total }));
}

Deno.test("ConditionalPoisson misses units as often as counting all samples says", () => {
  for (const count of [1, 2, 4, 6, 7]) {
    const design = new ConditionalPoisson(WEIGHTS, count);
    near(design.chances.reduce((sum, chance) => sum + chance, 0), count);
    for (const missed of [[], [0], [6], [1, 4], [3, 6], [0, 1, 2, 3]]) {
      const wanted = samplesOf(count).filter(({ sample }) => !missed.some((i) => sample.includes(i)))
        .reduce((sum, { probability }) => sum + probability, 0);
      near(design.probabilityOfMissing(missed), wanted);
    }
  }
});

Deno.test("largestProbabilityOfMissing() is the largest over all sets of that size", () => {
  for (const count of [1, 3, 5]) {
    const design = new ConditionalPoisson(WEIGHTS, count);
    for (const size of [1, 2, 3]) {
      const all = subsets(WEIGHTS.length, size).map((units) => design.probabilityOfMissing(units));
      near(design.largestProbabilityOfMissing(size), Math.max(...all));
    }
  }
});

Deno.test("draw() draws each sample with its probability", () => {
  const draws = stream(3, "samples");
  const design = new ConditionalPoisson(WEIGHTS, 3);
  const counts = new Map<string, number>();
  const total = 20_000;
  for (let i = 0; i < total; i++) {
    const key = design.draw(draws).join(" ");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const { sample, probability } of samplesOf(3)) {
    const tolerance = 4.5 * Math.sqrt(probability * (1 - probability) / total);
    near((counts.get(sample.join(" ")) ?? 0) / total, probability, tolerance);
  }
});

Deno.test("with equal weights, or units marked at random, the law is hypergeometric", () => {
  const equal = new ConditionalPoisson(Array<number>(200).fill(7), 40);
  near(equal.probabilityOfMissing([5]), 160 / 200, 1e-10);
  near(equal.probabilityOfMissing([1, 2, 3]), 160 * 159 * 158 / (200 * 199 * 198), 1e-10);
  near(
    equal.largestProbabilityOfMissing(11),
    probabilityOfMissing({ units: 200, marked: 11, drawn: 40 }),
    1e-10,
  );
  // Whatever the weights: the mean over all pairs.
  const design = new ConditionalPoisson(WEIGHTS, 3);
  const pairs = subsets(WEIGHTS.length, 2).map((units) => design.probabilityOfMissing(units));
  near(
    pairs.reduce((sum, value) => sum + value, 0) / pairs.length,
    probabilityOfMissing({ units: WEIGHTS.length, marked: 2, drawn: 3 }),
  );
  assert.equal(probabilityOfMissing({ units: 5, marked: 3, drawn: 3 }), 0);
  assert.equal(probabilityOfMissing({ units: 5, marked: 0, drawn: 3 }), 1);
});

Deno.test("ConditionalPoisson copes with thousands of units and weights far apart", () => {
  const weights = Array.from({ length: 3000 }, (_, i) => 10 ** (i % 7 - 3));
  const design = new ConditionalPoisson(weights, 1200);
  assert.equal(design.draw(stream(1, "many")).length, 1200);
  const missed = design.largestProbabilityOfMissing(151);
  assert.ok(missed > 0 && missed < 1, String(missed));
});

Deno.test("ConditionalPoisson asks for weights above 0 and a count within reach", () => {
  assert.throws(() => new ConditionalPoisson([1, 0], 1), /must be finite and > 0: the smallest is 0/);
  for (const count of [0, 3, 1.5]) {
    assert.throws(() => new ConditionalPoisson([1, 2], count), /count must be an integer in 1\.\.2/);
  }
});
