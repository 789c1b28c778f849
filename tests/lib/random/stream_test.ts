import assert from "node:assert/strict";
import { stream } from "../../../lib/random/mod.ts";

const draws = (values: Iterable<number>) => Array.from(values);

Deno.test("stream() gives the same numbers again, and others for another seed, name or path", () => {
  const first = (...path: [number, ...string[]]) => draws(stream(...path).normal(new Float64Array(4)));
  assert.deepEqual(first(3, "a", "b"), first(3, "a", "b"));
  const all = [
    first(3),
    first(4),
    first(-3),
    first(3, "a"),
    first(3, "b"),
    first(3, "a", "b"),
    first(3, "ab"),
  ];
  assert.equal(new Set(all.map(String)).size, all.length);
});

Deno.test("stream() is pinned: its numbers never change between versions", () => {
  const random = stream(0, "pinned");
  assert.deepEqual(draws(random.integers(new Int32Array(6), { high: 1000 })), [872, 333, 222, 834, 781, 266]);
  assert.deepEqual(draws(random.normal(new Float64Array(2))), [0.13561960641728585, -1.7502477409292148]);
});

Deno.test("split() does not depend on what was drawn, and equals the longer path", () => {
  const parent = stream(1, "parent");
  const before = draws(parent.split("child").uniform(new Float64Array(3)));
  parent.uniform(new Float64Array(1000));
  assert.deepEqual(draws(parent.split("child").uniform(new Float64Array(3))), before);
  assert.deepEqual(draws(stream(1, "parent", "child").uniform(new Float64Array(3))), before);
});

Deno.test("streams of neighbouring seeds and sibling names are uncorrelated", () => {
  const n = 20000;
  const columns = [0, 1, 2, 3].map((seed) => stream(seed, "x").normal(new Float64Array(n)));
  columns.push(stream(0, "y").normal(new Float64Array(n)), stream(0, "x", "x").normal(new Float64Array(n)));
  for (let a = 0; a < columns.length; a++) {
    for (let b = 0; b < a; b++) {
      const product = columns[a].reduce((sum, value, i) => sum + value * columns[b][i], 0) / n;
      assert(Math.abs(product) < 4.5 / Math.sqrt(n), `${a}, ${b}: ${product}`);
    }
  }
});

/** χ² of observed counts against equal expectations, in standard deviations of its law. */
function chiSquaredExcess(counts: number[]): number {
  const expected = counts.reduce((a, b) => a + b) / counts.length;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (statistic - (counts.length - 1)) / Math.sqrt(2 * (counts.length - 1));
}

Deno.test("uniform() fills [low, high) evenly, in both precisions", () => {
  for (const out of [new Float32Array(100000), new Float64Array(100000)]) {
    const counts = new Array(50).fill(0);
    for (const value of stream(5).uniform(out, { low: -1, high: 4 })) {
      assert(value >= -1 && value < 4);
      counts[Math.floor((value + 1) * 10)]++;
    }
    assert(Math.abs(chiSquaredExcess(counts)) < 4.5);
  }
});

Deno.test("normal() has the normal law's quantiles, tails and moments, mean and std", () => {
  const n = 400000;
  const values = stream(6).normal(new Float64Array(n)).sort();
  // Standard normal quantiles of 0.1 %, 2.5 %, 25 %, 50 %, 75 %, 97.5 %, 99.9 % and of the ziggurat's tail (x
  // > 3.654).
  const quantiles = [[0.001, -3.0902323], [0.025, -1.9599640], [0.25, -0.6744898], [0.5, 0], [
    0.975,
    1.9599640,
  ], [
    0.999,
    3.0902323,
  ], [1 - 1.290e-4, 3.6541529]];
  for (const [p, quantile] of quantiles) {
    const share = values.findIndex((value) => value > quantile) / n;
    assert(Math.abs(share - p) < 4.5 * Math.sqrt(p * (1 - p) / n), `${p}: ${share}`);
  }
  const fourth = values.reduce((sum, value) => sum + value ** 4, 0) / n;
  assert(Math.abs(fourth - 3) < 4.5 * Math.sqrt(96 / n));
  const scaled = stream(6).normal(new Float64Array(3), { mean: 10, std: 0.5 });
  const plain = stream(6).normal(new Float64Array(3));
  assert.deepEqual(draws(scaled), draws(plain).map((value) => 10 + 0.5 * value));
});

Deno.test("normal() rounds to float32 what it gives in float64", () => {
  const wide = stream(7).normal(new Float64Array(1000));
  assert.deepEqual(draws(stream(7).normal(new Float32Array(1000))), draws(Float32Array.from(wide)));
});

Deno.test("integers() and nextInteger() are even over their range", () => {
  for (const count of [1, 2, 7, 400]) {
    const counts = new Array(count).fill(0);
    const random = stream(8, String(count));
    for (const value of random.integers(new Int32Array(40000), { low: -3, high: count - 3 })) {
      counts[value + 3]++;
    }
    for (let i = 0; i < 40000; i++) counts[random.nextInteger(count)]++;
    assert.equal(counts.reduce((a, b) => a + b), 80000);
    if (count > 1) assert(Math.abs(chiSquaredExcess(counts)) < 4.5, String(count));
  }
  const wide = stream(8).integers(new Float64Array(1000), { high: 2 ** 32 });
  assert(wide.some((value) => value >= 2 ** 31) && wide.every((value) => value < 2 ** 32));
});

Deno.test("bernoulli() hits its probability, entries independent of their neighbours", () => {
  for (const probability of [0, 0.1, 0.5, 0.6, 0.999, 1]) {
    const n = 200001;
    const mask = stream(9, String(probability)).bernoulli(new Float32Array(n), { probability, value: 2 });
    assert(mask.every((value) => value === 0 || value === 2));
    let hits = 0, pairs = 0;
    for (let i = 0; i < n; i++) {
      hits += mask[i] / 2;
      if (i > 0) pairs += mask[i] * mask[i - 1] / 4;
    }
    const spread = 4.5 * Math.sqrt(probability * (1 - probability) / n) + 1e-12;
    assert(Math.abs(hits / n - probability) < spread, `${probability}: ${hits / n}`);
    assert(Math.abs(pairs / (n - 1) - probability ** 2) < 3 * spread, `${probability}: pairs ${pairs}`);
  }
});

Deno.test("permutation() and choice() draw without repetition, each order as likely", () => {
  const random = stream(10);
  assert.deepEqual(draws(random.permutation(1000).sort()), Array.from({ length: 1000 }, (_, i) => i));
  const orders = new Map<string, number>();
  for (let i = 0; i < 24000; i++) {
    const order = random.permutation(4).join();
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  assert.equal(orders.size, 24);
  assert(Math.abs(chiSquaredExcess([...orders.values()])) < 4.5);
  assert.equal(new Set(random.choice(50, { size: 20 })).size, 20);
  assert.equal(random.choice(2, { size: 20, replace: true }).length, 20);
  assert.deepEqual([random.permutation(0).length, random.choice(0, { size: 0, replace: true }).length], [
    0,
    0,
  ]);
});

Deno.test("Stream refuses wrong arguments and says what they must be", () => {
  const random = stream(0);
  assert.throws(() => stream(0.5), /RangeError: Cannot open a random stream as seed must be an integer/);
  assert.throws(() => random.normal(new Float64Array(1), { std: -1 }), RangeError);
  assert.throws(() => random.integers(new Int32Array(1), { high: 0 }), RangeError);
  assert.throws(() => random.integers(new Int32Array(1), { high: 2 ** 33 }), RangeError);
  assert.throws(() => random.bernoulli(new Float32Array(1), { probability: 1.1 }), RangeError);
  assert.throws(() => random.bernoulli(new Float32Array(1), { probability: NaN }), RangeError);
  assert.throws(
    () => random.choice(3, { size: 4 }),
    /size must be an integer in \[0, 3\]: current value is 4/,
  );
  assert.throws(() => random.choice(0, { size: 1, replace: true }), RangeError);
  assert.throws(() => random.permutation(-1), RangeError);
});
