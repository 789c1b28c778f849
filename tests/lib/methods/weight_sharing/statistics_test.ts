import assert from "node:assert/strict";
import {
  alignedCirculantEnergy,
  circulantEnergy,
  clustersByValue,
  convolutionSparsity,
  sharingStatistics,
} from "../../../../lib/methods/weight_sharing/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";

Deno.test("clustersByValue() groups equal values in ascending order", () => {
  const { count, clusterOf, sizes } = clustersByValue(Float64Array.of(3, -0, 3, 1, 0));
  assert.deepEqual([count, [...clusterOf], [...sizes]], [3, [2, 0, 2, 1, 0], [2, 1, 2]]);
  assert.equal(clustersByValue(new Float32Array()).count, 0);
  // Numbers that differ in the last bit of a float64 only, so many that runs are long.
  const close = Float64Array.from({ length: 5000 }, (_, i) => 1 + ((i * 7919) % 2500) * Number.EPSILON);
  const groups = clustersByValue(close);
  assert.equal(groups.count, 2500);
  assert.ok(close.every((x, i) => x === 1 + groups.clusterOf[i] * Number.EPSILON));
});

Deno.test("sharingStatistics() counts zeros, values and the largest cluster", () => {
  const weights = Float64Array.of(0, 1e-9, 0.5, 0.5, 0.5, -2, -2, 3);
  assert.deepEqual(sharingStatistics(weights), {
    weights: 8,
    distinct: 4,
    nonZero: 6,
    sparsity: 0.25,
    distinctShare: 0.5,
    largestCluster: 3,
  });
  assert.equal(sharingStatistics(weights, { threshold: 0 }).nonZero, 7);
  assert.equal(sharingStatistics(Float64Array.of(1, 1 + 1e-9)).distinct, 2);
  assert.equal(sharingStatistics(Float64Array.of(1, 1 + 1e-9), { decimals: 8 }).distinct, 1);
  assert.deepEqual(Object.values(sharingStatistics(new Float32Array(3))), [3, 1, 0, 1, 0, 0]);
  assert.deepEqual(Object.values(sharingStatistics(new Float32Array())), [0, 0, 0, 0, 0, 0]);
  assert.throws(() => sharingStatistics(Float64Array.of(NaN)), /weight 0 must be finite/);
});

Deno.test("convolutionSparsity() of a 3×3 convolution on 4×4 places", () => {
  const shape = {
    inputChannels: 2,
    outputChannels: 3,
    kernel: 3,
    inputSize: [4, 4],
    outputSize: [4, 4],
  } as const;
  assert.equal(convolutionSparsity(shape), 1 - 54 / (32 * 48));
});

const GRID = [3, 4] as const, PLACES = 12, CHANNELS = 5;

/** A random convolution on the torus as a dense matrix, its rows moved by `shift(p)`. */
function convolution(shift: (place: number) => number): Float64Array {
  const kernels = stream(1, "kernels").normal(new Float64Array(CHANNELS * PLACES));
  return Float64Array.from({ length: CHANNELS * PLACES * PLACES }, (_, i) => {
    const a = Math.floor(i / PLACES ** 2), p = shift(Math.floor(i / PLACES) % PLACES), q = i % PLACES;
    const y = (Math.floor(q / 4) - Math.floor(p / 4) + 3) % 3, x = (q % 4 - p % 4 + 4) % 4;
    return kernels[a * PLACES + 4 * y + x];
  });
}

Deno.test("circulantEnergy() is 1 for convolutions only; aligned, also for rows out of order", () => {
  const layer = { grid: GRID, channels: CHANNELS };
  const straight = convolution((p) => p), shuffled = convolution((p) => (5 * p + 2) % PLACES);
  const noise = stream(2, "noise").normal(new Float64Array(straight.length));
  const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);
  near(circulantEnergy(straight, layer), 1);
  near(alignedCirculantEnergy(straight, layer), 1);
  assert.ok(circulantEnergy(shuffled, layer) < 0.5);
  near(alignedCirculantEnergy(shuffled, layer), 1);
  assert.ok(Math.abs(circulantEnergy(noise, layer) - 1 / PLACES) < 0.05);
  assert.ok(alignedCirculantEnergy(noise, layer) > circulantEnergy(noise, layer));
  assert.ok(alignedCirculantEnergy(noise, layer) < 0.6);
  assert.equal(circulantEnergy(new Float64Array(straight.length).fill(2), layer), 1);
  assert.throws(
    () => circulantEnergy(noise.subarray(1), layer),
    /weights must have length 720: current value is 719/,
  );
});
