import assert from "node:assert/strict";
import { bestRate, type GemmRates, interpolate, memoryBandwidth } from "../../bench/_machine.ts";
import { Peers } from "../../bench/_peers.ts";
import { atGoal, flopOf, rooflineTime, unitWork } from "../../bench/_roofline.ts";
import { geometricMean, tableOf } from "../../bench/_table.ts";
import { type Row, runCase } from "../../bench/_run.ts";
import { compile, compileLoop, meterWork } from "../../lib/compile/mod.ts";
import { hostTensor, type Tensor, tf } from "../../lib/tensor/mod.ts";

const rates = { flop: 100, bandwidth: (bytes: number) => bytes < 1000 ? 10 : 2 };

Deno.test("rooflineTime() takes the longer of arithmetic and memory, task by task", () => {
  const tasks = [
    { flop: 1000, bytes: 50, times: 1 }, // 10 ms beside 5
    { flop: 100, bytes: 500, times: 2 }, // 1 beside 50, twice
    { flop: 0, bytes: 2000, times: 3 }, // 1000, in slower memory
  ];
  assert.equal(rooflineTime({ tasks }, rates), 10 + 2 * 50 + 3 * 1000);
  assert.equal(flopOf({ tasks }), 1200);
});

Deno.test("unitWork() counts a step of a loop, and what one more call adds", async () => {
  const meter = meterWork();
  const matrix = hostTensor(new Float32Array(16).fill(1), [4, 4]);
  const product = (a: Tensor) => tf.matMul(a, a);
  await using program = await compile(product, [matrix]);
  const call = async () => {
    await program.run(matrix);
    return 1;
  };
  const calls = await unitWork({
    repeats: 5,
    async measure(repeats) {
      await call(); // once, whatever the repeats
      for (let i = 0; i < 3 * repeats; i++) await call();
      return 1;
    },
  }, { meter, unit: "ms" });
  assert.equal(flopOf(calls!), 3 * 2 * 4 ** 3);

  await using loop = await compileLoop(
    (state: Tensor, _: Tensor) => ({ state: product(state), metrics: {} }),
    { state: matrix, batch: hostTensor(0) },
  );
  const training = {
    repeats: 5,
    async measure() {
      await loop.run(hostTensor([1, 2, 3, 4, 5, 6, 7])); // an epoch, however few repeats are wanted
      return 1;
    },
  };
  const steps = await unitWork(training, { meter, unit: "ms/step" });
  assert.equal(flopOf(steps!), 2 * 4 ** 3);
  // A loop that is a unit as a whole.
  const whole = await unitWork({
    repeats: 5,
    async measure(repeats) {
      for (let i = 0; i < repeats; i++) await loop.run(hostTensor([1, 2, 3]));
      return 1;
    },
  }, { meter, unit: "ms" });
  assert.equal(flopOf(whole!), 3 * 2 * 4 ** 3);
  assert.equal(
    await unitWork({ repeats: 1, measure: () => Promise.resolve(1) }, { meter, unit: "ms" }),
    undefined,
  );
});

Deno.test("atGoal() wants three times PyTorch or 85 % of the roofline", () => {
  const cases = [[3, 0.1, true], [2.9, 0.85, true], [2.9, 0.84, false], [null, 0.9, true], [null, 0.5, false]]
    .concat([[3, null, true], [1, null, false], [null, null, null]]) as [
      number | null,
      number | null,
      unknown,
    ][];
  for (const [ratioTorch, share, wanted] of cases) assert.equal(atGoal({ ratioTorch, share }), wanted);
});

Deno.test("interpolate() goes through the points and stays level beyond them", () => {
  const points = [[1, 10], [3, 20], [4, 0]] as const;
  assert.deepEqual([0, 1, 2, 3, 3.5, 4, 9].map((x) => interpolate(points, x)), [10, 10, 15, 20, 10, 0, 0]);
});

Deno.test("memoryBandwidth() is positive at every size", () => {
  const bandwidth = memoryBandwidth({ quick: true });
  for (const bytes of [0, 1, 4096, 1e6, 1e9]) assert.ok(bandwidth(bytes) > 0);
});

Deno.test("bestRate() is that of the faster executor", () => {
  assert.equal(bestRate({ native: 2, c: 3 }), 3);
  assert.equal(bestRate({ native: 4, c: 3 }), 4);
  assert.equal(bestRate({ native: 2, c: null }), 2);
});

Deno.test("runCase() judges by the faster of native and c, and by the faster yardstick", async () => {
  const matrix = hostTensor(new Float32Array(16).fill(1), [4, 4]);
  const meter = meterWork();
  await using program = await compile((a: Tensor) => tf.matMul(a, a), [matrix]);
  const timing = (milliseconds: number) => ({
    repeats: 1,
    async measure(repeats: number) {
      for (let i = 0; i < repeats; i++) await program.run(matrix);
      return milliseconds;
    },
  });
  const options = {
    peers: new Peers({}),
    rounds: 1,
    quick: false,
    threads: 1,
    bandwidth: () => 1e9,
    meter,
    note() {},
  };
  const gemm = (rates: GemmRates) => ({
    measure: () => Promise.resolve(rates),
    dispose: () => Promise.resolve(),
  });
  const item = { name: "product", unit: "ms", engines: { native: timing(8), c: timing(2) } };
  // 128 operations.
  const row = await runCase(item, {
    ...options,
    engines: ["native", "c"],
    gemm: gemm({ native: 32, c: 64 }),
  });
  const { native, c, ours, ratioC, roofline, share, shareC, shareOurs } = row;
  assert.deepEqual([native, c, ours, ratioC], [8, 2, 2, 4]);
  assert.deepEqual([roofline, share, shareC, shareOurs], [2, 0.25, 1, 1]);
  assert.deepEqual([row.atGoalNative, row.atGoalC, row.atGoal], [false, true, true]);
  assert.deepEqual(row.gflops, { native: 32e-6, c: 64e-6 });
  // On a slow yardstick alone native would do as well as this; and what is not timed is not judged.
  const alone = await runCase(item, { ...options, engines: ["native"], gemm: gemm({ native: 32 }) });
  assert.deepEqual([alone.c, alone.ours, alone.ratioC, alone.shareC, alone.share], [
    null,
    8,
    null,
    null,
    0.5,
  ]);
  assert.deepEqual([alone.atGoalNative, alone.atGoalC, alone.atGoal], [false, null, false]);
});

/** A row of the table by its times and what they are judged by. */
function rowOf(
  name: string,
  { native = 1, c = null, torch = null, roofline = null }: {
    readonly native?: number;
    readonly c?: number | null;
    readonly torch?: number | null;
    readonly roofline?: number | null;
  },
): Row {
  const over = (a: number | null, b: number | null) => a === null || b === null ? null : a / b;
  const ours = Math.min(native, c ?? Infinity);
  const judged = (time: number | null) =>
    atGoal({ ratioTorch: over(torch, time), share: over(roofline, time) });
  return {
    name,
    unit: "ms",
    ...{ native, c, ours, torch, roofline },
    ...{ wasm: null, tfjsCpu: null, tfjsWasm: null, torchCompile: null, sklearn: null, numpy: null },
    ...{ ratioTorchCompile: null, ratioTorchCompileC: null, ratioTorchCompileOurs: null },
    ...{ threaded: null, scaling: null, baseline: null, ratioBaseline: null, flop: 1 },
    gflops: { native: 1, c: null },
    ratioC: over(native, c),
    ratioTorch: over(torch, native),
    ratioTorchC: over(torch, c),
    ratioTorchOurs: over(torch, ours),
    share: over(roofline, native),
    shareC: over(roofline, c),
    shareOurs: over(roofline, ours),
    atGoalNative: judged(native),
    atGoalC: judged(c),
    atGoal: judged(ours),
  };
}

Deno.test("tableOf() shows what was measured, the means, and how many cases are at goal", () => {
  const lines = tableOf([
    rowOf("a", { torch: 2, roofline: 0.5 }),
    rowOf("b", { torch: 8, roofline: 0.1 }),
    rowOf("c", { roofline: 0.9 }),
  ]);
  assert.match(lines[0], /^case +unit +native +PyTorch +PyTorch \/ native +native's roofline +ours at goal$/);
  assert.match(lines[3], /^c +ms +1\.00 +- +- +90 % +yes$/);
  assert.deepEqual(lines.slice(4), [
    "PyTorch / native, geometric mean of 2 cases: 4.00",
    "At goal (3 × PyTorch, or 85 % of the roofline): native in 2 of 3 cases",
  ]);
  assert.ok(Math.abs(geometricMean([1, 100]) - 10) < 1e-12);
});

Deno.test("tableOf() judges by the faster of native and c where both were timed", () => {
  const lines = tableOf([
    rowOf("a", { c: 0.5, torch: 2, roofline: 0.4 }), // c is faster: 4 × PyTorch
    rowOf("b", { c: 2, torch: 4, roofline: 0.5 }), // native is
    rowOf("c", { torch: 2, roofline: 0.5 }), // c cannot run it
    rowOf("d", { c: 1.25, roofline: 0.9 }), // 72 % on c, and 90 % on native
  ]);
  assert.match(
    lines[0],
    /^case +unit +native +c +PyTorch +PyTorch \/ native +PyTorch \/ c +native \/ c +native's roofline +c's roofline +ours at goal$/,
  );
  assert.match(lines[1], /^a +ms +1\.00 +0\.500 +2\.00 +2\.00 +4\.00 +2\.00 +40 % +80 % +yes$/);
  assert.match(lines[2], /^b +ms +1\.00 +2\.00 +4\.00 +4\.00 +2\.00 +0\.500 +50 % +25 % +yes$/);
  assert.match(lines[3], /^c +ms +1\.00 +- +2\.00 +2\.00 +- +- +50 % +- +no$/);
  assert.match(lines[4], /^d +ms +1\.00 +1\.25 +- +- +- +0\.800 +90 % +72 % +yes$/);
  assert.deepEqual(lines.slice(5), [
    "PyTorch / native, geometric mean of 3 cases: 2.52",
    "PyTorch / c, geometric mean of 2 cases: 2.83",
    "PyTorch / ours, geometric mean of 3 cases: 3.17",
    "At goal (3 × PyTorch, or 85 % of the roofline): native in 2 of 4 cases, c in 1 of 3 cases, ours in 3 of 4 cases",
    "Ours is the faster of native and c, case by case",
  ]);
});
