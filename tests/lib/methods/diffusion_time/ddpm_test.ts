import assert from "node:assert/strict";
import { type DdpmOptions, ddpmStopsEarly, fitDdpm } from "../../../../lib/methods/diffusion_time/mod.ts";
import type { TrainProgress } from "../../../../lib/nn/mod.ts";
import { auroc, matrix } from "../../../../lib/stats/mod.ts";
import { tf } from "../../../../lib/tensor/mod.ts";
import { assertClose, clusters } from "./_check.ts";

const FAST: DdpmOptions = {
  seed: 1,
  epochs: 80,
  standardise: false,
  steps: 400,
  start: 200,
  learningRate: 5e-3,
  width: 32,
  hidden: 64,
  blocks: 2,
  timeWidth: 32,
};

async function run(options: Partial<DdpmOptions> = {}, dataSeed = 1) {
  const { train, test, labels } = clusters(dataSeed);
  const detector = await fitDdpm(train, { ...FAST, ...options });
  const scores = await detector.score(test);
  await detector.dispose();
  return { scores, losses: detector.epochLosses, auroc: auroc(scores, labels) };
}

Deno.test("fitDdpm() finds anomalies once it is trained", async () => {
  for (const fullPath of [false, true]) {
    let trained = 0, untrained = 0;
    for (const seed of [1, 2]) {
      const result = await run({ seed, fullPath }, seed);
      assert.ok(result.losses.at(-1)! < 0.8 * result.losses[0]);
      trained += result.auroc / 2;
      untrained += (await run({ seed, fullPath, learningRate: 0, epochs: 1 }, seed)).auroc / 2;
    }
    assert.ok(trained > 0.85, `fullPath ${fullPath}: trained ${trained}`);
    assert.ok(untrained < 0.7, `fullPath ${fullPath}: untrained ${untrained}`);
  }
});

Deno.test("fitDdpm() gives the same bytes for the same seed only, and leaves no tensor behind", async () => {
  const before = tf.memory().numTensors;
  for (const stochastic of [false, true]) {
    const [first, again, other] = [
      await run({ epochs: 3, stochastic }),
      await run({ epochs: 3, stochastic }),
      await run({ epochs: 3, stochastic, seed: 2 }),
    ];
    assert.deepEqual(again, first);
    assert.notDeepEqual(other.scores, first.scores);
  }
  assert.notDeepEqual((await run({ epochs: 3, stochastic: true })).scores, (await run({ epochs: 3 })).scores);
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("fitDdpm() agrees between executors", async () => {
  const options = { epochs: 2, width: 8, hidden: 8, blocks: 1, timeWidth: 8, start: 10 };
  const [native, wasm, eager] = [
    await run(options),
    await run({ ...options, executor: "wasm" }),
    await run({ ...options, executor: "eager" }),
  ];
  assertClose(wasm.scores, native.scores, 1e-5, "wasm against native");
  assertClose(eager.scores, native.scores, 1e-5, "eager against native");
});

Deno.test("ddpmStopsEarly() compares with 39 epochs before, past the epoch of index 50", () => {
  const falling = Array.from({ length: 100 }, (_, epoch) => 1 / (1 + epoch));
  for (let n = 1; n <= 100; n++) assert.equal(ddpmStopsEarly(falling.slice(0, n)), false);
  const rising = falling.map((loss) => -loss);
  for (let n = 1; n <= 100; n++) assert.equal(ddpmStopsEarly(rising.slice(0, n)), n > 51);
  // Only the entry 40th from the end counts.
  const flat = new Array(60).fill(0.5);
  flat[20] = 0.4;
  assert.equal(ddpmStopsEarly(flat), true);
  flat[20] = 0.5;
  flat[21] = flat[19] = 0.4;
  assert.equal(ddpmStopsEarly(flat), false);
});

Deno.test("fitDdpm() stops early and says how far it is", async () => {
  const { train } = clusters(1);
  const progress: TrainProgress[] = [];
  const options = {
    ...FAST,
    learningRate: 0,
    epochs: 300,
    onProgress: (p: TrainProgress) => progress.push(p),
  };
  const detector = await fitDdpm(train, options);
  await detector.dispose();
  const epochs = detector.epochLosses.length;
  assert.ok(epochs > 51 && epochs < 300, `${epochs} epochs`);
  assert.deepEqual([ddpmStopsEarly(detector.epochLosses), progress.at(-1)!.fraction], [true, 1]);
  const whole = await fitDdpm(train, { ...options, epochs: 60, stopEarly: false });
  await whole.dispose();
  assert.equal(whole.epochLosses.length, 60);
});

Deno.test("fitDdpm() refuses what it cannot train on", async () => {
  const { train } = clusters(1);
  const few = matrix(train.data.slice(0, 4 * 63), { columns: 4 });
  await assert.rejects(fitDdpm(few, FAST), /number of rows must be an integer >= 64: current value is 63/);
  await assert.rejects(fitDdpm(train, { ...FAST, start: 401 }), /start must be an integer in \[1, 400\]/);
  await assert.rejects(fitDdpm(matrix([NaN], { columns: 1 }), FAST), RangeError);
  const detector = await fitDdpm(train, { ...FAST, epochs: 1 });
  await assert.rejects(detector.score(matrix([1, 2], { columns: 2 })), /rows must have 4 columns.*is 2/);
  await detector.dispose();
});
