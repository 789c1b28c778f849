import assert from "node:assert/strict";
import { interpolate, memoryBandwidth } from "../../bench/_machine.ts";
import { atGoal, flopOf, rooflineTime, unitWork } from "../../bench/_roofline.ts";
import { geometricMean, tableOf } from "../../bench/_table.ts";
import type { Row } from "../../bench/_run.ts";
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

Deno.test("tableOf() shows what was measured, the means, and how many cases are at goal", () => {
  const row = (name: string, ratioTorch: number | null, share: number) => ({
    name,
    unit: "ms",
    native: 1,
    torch: ratioTorch,
    ratioTorch,
    share,
    atGoal: atGoal({ ratioTorch, share }),
  });
  const none = { wasm: null, tfjsCpu: null, tfjsWasm: null, torchCompile: null, sklearn: null, numpy: null };
  const rest = {
    ratioTorchCompile: null,
    threaded: null,
    scaling: null,
    baseline: null,
    ratioBaseline: null,
    flop: 1,
    roofline: 1,
  };
  const rows = [row("a", 2, 0.5), row("b", 8, 0.1), row("c", null, 0.9)].map((r) => ({
    ...none,
    ...rest,
    ...r,
  }));
  const lines = tableOf(rows as Row[]);
  assert.match(lines[0], /^case +unit +native +PyTorch +PyTorch \/ native +roofline +at goal$/);
  assert.match(lines[3], /^c +ms +1\.00 +- +- +90 % +yes$/);
  assert.equal(lines[4], "PyTorch / native, geometric mean of 2 cases: 4.00");
  assert.equal(lines[5], "At goal (3 × PyTorch, or 85 % of the roofline): 2 of 3 cases");
  assert.ok(Math.abs(geometricMean([1, 100]) - 10) < 1e-12);
});
