import assert from "node:assert/strict";
import {
  compileParallelProx,
  imminentWorstCase,
  type ParallelProx,
} from "../../../../lib/methods/weight_sharing/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { tf } from "../../../../lib/tensor/mod.ts";
import { distance, noVectors, proxOf, randomInput, scaleOf, VECTORS } from "./_inputs.ts";
import { andC } from "../../compile/_executors.ts";

/** Relative to max(|w|, α), against float64; half a unit in float32's last place is 6e-8. */
const TOLERANCE = 3e-7;

const EXECUTORS = andC("native", "wasm");

async function check(program: ParallelProx, w: Float64Array, options: { alpha: number; name: string }) {
  const { alpha, name } = options;
  const single = Float32Array.from(w);
  const got = await program.run(single, { alpha });
  const wanted = proxOf(Float64Array.from(single), alpha);
  const error = distance(got, wanted) / scaleOf(w, alpha);
  assert.ok(error <= TOLERANCE, `${name}: ${error}`);
}

for (const executor of EXECUTORS) {
  Deno.test(`compileParallelProx() agrees with the prox on all kinds of input, on ${executor}`, async () => {
    const sizes = [1, 2, 3, 5, 8, 33, 64, 100];
    for (const size of sizes) {
      const program = await compileParallelProx({ size, executor });
      for (let seed = 0; seed < 16; seed++) {
        const input = randomInput(seed);
        if (seed % 8 === 3) continue; // float32 has no such numbers
        const w = Float64Array.from({ length: size }, (_, i) => input.w[i % input.w.length] * (1 + i / 64));
        await check(program, w, { alpha: input.alpha, name: `${executor}, d = ${size}, seed ${seed}` });
      }
      if (size > 1) {
        const { weights, alpha } = imminentWorstCase(size);
        await check(program, weights, { alpha, name: `${executor}, d = ${size}, worst case` });
      }
      await program.dispose();
    }
  });

  Deno.test({
    name: `compileParallelProx() gives the exact vectors to 1e-5, on ${executor} (REFIGURE_DATA)`,
    ignore: noVectors,
    async fn() {
      for (const { name, w, alpha, prox_R_only } of VECTORS) {
        const program = await compileParallelProx({ size: w.length, executor });
        const got = await program.run(Float32Array.from(w), { alpha });
        assert.ok(distance(got, prox_R_only) <= 1e-5, name);
        await program.dispose();
      }
    },
  });
}

Deno.test("compileParallelProx() keeps its precision for many weights, far from 0 too", async () => {
  const size = 2 ** 14;
  const program = await compileParallelProx({ size });
  const normal = stream(1, "many").normal(new Float64Array(size));
  for (const alpha of [0.001, 0.3, 1, 3]) {
    await check(program, normal, { alpha, name: `α = ${alpha}` });
    await check(program, normal.map((x) => x + 100), { alpha, name: `α = ${alpha}, shifted` });
    await check(program, normal.map((x) => Math.round(4 * x) / 4), { alpha, name: `α = ${alpha}, ties` });
  }
  await program.dispose();
});

Deno.test("compileParallelProx() is the same on eager, and makes exact ties", async () => {
  const w = Float32Array.of(0.1, 0.2, 0.3, 5, 5.1, -4), options = { alpha: 1 };
  const results: Float32Array[] = [];
  for (const executor of ["native", "eager"] as const) {
    const program = await compileParallelProx({ size: 6, executor });
    assert.equal(program.depth.levels, 3);
    results.push(await program.run(w, options));
    await program.dispose();
  }
  assert.ok(distance(...results as [Float32Array, Float32Array]) < 1e-6);
  assert.equal(new Set(results[0]).size, 3);
});

Deno.test("compileParallelProx() is O(log³ d) deep, whatever the input", async () => {
  const depths: number[] = [];
  for (let levels = 1; levels <= 12; levels++) {
    const program = await compileParallelProx({ size: 2 ** levels });
    const { depth } = program;
    assert.deepEqual([depth.levels, [...depth.bisections]], [
      levels,
      Array.from({ length: levels }, (_, i) => i),
    ]);
    depths.push(depth.rounds);
    await program.dispose();
  }
  // Level l takes l − 1 bisection steps with a minimum of 2^(l−1) numbers each: (l − 1)² rounds, Σ (l − 1)² =
  // p³/3 + O(p²) in all. The other operations of a step and of a level add p² and p. So third differences are
  // 3!/3 = 2.
  const differences = (x: number[]) => x.slice(1).map((value, i) => value - x[i]);
  const third = differences(differences(differences(depths.slice(2))));
  assert.deepEqual(new Set(third), new Set([2]));
  const after = await compileParallelProx({ size: 5 });
  const before = await compileParallelProx({ size: 8 });
  assert.deepEqual(after.depth, before.depth);
  await Promise.all([after.dispose(), before.dispose()]);
});

Deno.test("compileParallelProx() refuses other sizes and numbers, and leaves no tensor behind", async () => {
  const tensors = tf.memory().numTensors;
  await assert.rejects(compileParallelProx({ size: 0 }), /size must be an integer >= 1: current value is 0/);
  const program = await compileParallelProx({ size: 3, executor: "eager" });
  const run = (...w: number[]) => program.run(Float32Array.from(w), { alpha: 1 });
  await assert.rejects(run(1, 2), /weights must have length 3: current value is 2/);
  await assert.rejects(run(1, NaN, 2), /weight 1 must be finite: current value is NaN/);
  await assert.rejects(program.run(new Float32Array(3), { alpha: -1 }), /alpha must be finite and >= 0/);
  await run(1, 2, 3);
  await program.dispose();
  assert.equal(tf.memory().numTensors, tensors);
});
