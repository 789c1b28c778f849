import assert from "node:assert/strict";
import {
  categoricalObjective,
  diffusionSchedule,
  fitDteCategorical,
  fitDteEnsemble,
  fitDteGaussian,
  fitDteInverseGamma,
  type TimeNetworkOptions,
  trainTimeNetwork,
} from "../../../../lib/methods/diffusion_time/mod.ts";
import type { TrainProgress } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { auroc, matrix } from "../../../../lib/stats/mod.ts";
import { tf } from "../../../../lib/tensor/mod.ts";
import { assertClose, clusters } from "./_check.ts";
import { andC } from "../../compile/_executors.ts";

/**
 * Smaller and faster than the paper's: the question is whether a thing works, not how well. The clusters of
 * `_check.ts` lie as they are at the scale of the noise.
 */
const FAST: TimeNetworkOptions = {
  seed: 1,
  epochs: 60,
  hidden: [64, 64],
  learningRate: 2e-3,
  standardise: false,
};

const TRAINERS = { fitDteCategorical, fitDteInverseGamma, fitDteGaussian, fitDteEnsemble };

/**
 * What some need to learn as well: outputs up to T for the Gaussian, gradients up to 1/v_0 = 10⁴ for DTE-IG.
 */
const ADJUSTED: Record<string, Partial<TimeNetworkOptions>> = {
  fitDteGaussian: { learningRate: 1e-2, epochs: 300, hidden: [128, 128] },
  fitDteInverseGamma: { epochs: 150, hidden: [128, 128] },
};

/** Two points below what each reaches here, as executors round differently. */
const LEAST_AUROC: Record<string, number> = {
  fitDteCategorical: 0.93,
  fitDteInverseGamma: 0.78,
  fitDteGaussian: 0.975,
  fitDteEnsemble: 0.91,
};

/** Mean AUROC over three seeds on {@link clusters}. */
async function meanAuroc(train: (seed: number) => Promise<Float64Array>): Promise<number> {
  let sum = 0;
  for (const seed of [1, 2, 3]) sum += auroc(await train(seed), clusters(seed).labels);
  return sum / 3;
}

for (const [name, train] of Object.entries(TRAINERS)) {
  Deno.test(`${name}() finds anomalies once it is trained`, async () => {
    const score = (options: Partial<TimeNetworkOptions>) => async (seed: number) => {
      const data = clusters(seed);
      const detector = await train(data.train, { ...FAST, ...ADJUSTED[name], members: 2, ...options, seed });
      const scores = await detector.score(data.test);
      await detector.dispose();
      return scores;
    };
    const trained = await meanAuroc(score({})),
      untrained = await meanAuroc(score({ learningRate: 0, epochs: 1 }));
    assert.ok(trained > LEAST_AUROC[name], `trained ${trained}`);
    assert.ok(untrained < 0.6, `untrained ${untrained}`);
  });

  Deno.test(`${name}() gives the same bytes for the same seed only, and leaves no tensor behind`, async () => {
    const before = tf.memory().numTensors;
    const { train: rows, test } = clusters(1);
    const run = async (seed: number) => {
      const detector = await train(rows, { ...FAST, members: 2, epochs: 2, seed });
      const result = { scores: await detector.score(test), losses: detector.epochLosses };
      await detector.dispose();
      return result;
    };
    const [first, again, other] = [await run(5), await run(5), await run(6)];
    assert.deepEqual(again, first);
    assert.notDeepEqual(other.scores, first.scores);
    assert.equal(tf.memory().numTensors, before);
  });

  Deno.test(`${name}() refuses bad rows`, async () => {
    const { train: rows } = clusters(1);
    await assert.rejects(train(matrix([1, NaN], { columns: 2 }), FAST), /values must be finite.*NaN/);
    const detector = await train(rows, { ...FAST, members: 1, epochs: 1 });
    await assert.rejects(detector.score(matrix([1, 2], { columns: 2 })), /rows must have 4 columns.*is 2/);
    await assert.rejects(detector.score(matrix([1, 2, 3, Infinity], { columns: 4 })), RangeError);
    await detector.dispose();
  });
}

Deno.test("fitDteCategorical() learns nothing from shuffled diffusion times", async () => {
  const random = stream(9, "shuffled");
  const objective = {
    ...categoricalObjective(7, false),
    writeTarget: (out: Float32Array) => void (out[random.nextInteger(7)] = 1),
  };
  const shuffled = await meanAuroc(async (seed) => {
    const { train, test } = clusters(seed);
    const network = await trainTimeNetwork(train, { ...FAST, seed, objective });
    const { data } = await network.predict(test);
    await network.dispose();
    return Float64Array.from(
      { length: test.rows },
      (_, i) => [0, 1, 2, 3, 4, 5, 6].reduce((s, j) => s + j * data[7 * i + j], 0),
    );
  });
  assert.ok(shuffled < 0.7, `AUROC ${shuffled}`);
});

Deno.test("fitDteCategorical() scores by the mean bin and tells the time", async () => {
  const { train, test } = clusters(1);
  const progress: TrainProgress[] = [];
  const detector = await fitDteCategorical(train, { ...FAST, onProgress: (p) => progress.push(p) });
  const [scores, times] = [await detector.score(test), await detector.predictTime(test)];
  const { data, rows, columns } = await detector.probabilities(test);
  assert.deepEqual([rows, columns, progress.at(-1)!.fraction, detector.epochLosses.length], [200, 7, 1, 60]);
  for (let i = 0; i < rows; i++) {
    const p = data.subarray(7 * i, 7 * i + 7);
    assertClose(p.reduce((sum, value) => sum + value, 0), 1, 1e-5);
    assertClose(scores[i], p.reduce((sum, value, j) => sum + value * j, 0), 1e-6);
    // T/B times a bin, up to its rounding.
    assert.ok(Math.abs(times[i] - (scores[i] + 0.5) * 400 / 7) < 1.5);
  }
  // Points noised for longer get later times.
  const { variances } = diffusionSchedule(400),
    noise = stream(2, "noise").normal(new Float64Array(train.data.length));
  const means: number[] = [];
  for (const t of [40, 150, 260, 370]) {
    const noised = matrix(train.data.map((x, i) => x + Math.sqrt(variances[t]) * noise[i]), { columns: 4 });
    means.push((await detector.predictTime(noised)).reduce((sum, time) => sum + time, 0) / noised.rows);
  }
  await detector.dispose();
  assert.deepEqual(means, means.toSorted((a, b) => a - b));
  assert.ok(means[3] - means[0] > 100, `${means}`);
});

Deno.test("fitDteCategorical() agrees between executors", async () => {
  const { train, test } = clusters(1);
  const scores: Float64Array[] = [];
  for (const executor of andC("native", "wasm", "eager")) {
    const detector = await fitDteCategorical(train, { seed: 1, epochs: 2, hidden: [16, 16], executor });
    scores.push(await detector.score(test));
    await detector.dispose();
  }
  for (const other of scores.slice(1)) assertClose(other, scores[0], 1e-5, "others against native");
});

Deno.test("fitDteCategorical() with one bin too few or too many is refused", async () => {
  const { train } = clusters(1);
  await assert.rejects(
    fitDteCategorical(train, { ...FAST, bins: 1 }),
    /bins must be an integer in \[2, 400\]: current value is 1/,
  );
  await assert.rejects(fitDteCategorical(train, { ...FAST, bins: 31, steps: 30 }), RangeError);
  await assert.rejects(fitDteEnsemble(train, { ...FAST, members: 0 }), /members must be an integer >= 1/);
});

Deno.test("fitDteInverseGamma() scores by f², or by the raw signed output", async () => {
  const { train, test } = clusters(1);
  const run = async (columns: number, rawScore: boolean) => {
    const cut = (rows: typeof train) => matrix(rows.data.filter((_, i) => i % 4 < columns), { columns });
    const detector = await fitDteInverseGamma(cut(train), { ...FAST, epochs: 3, rawScore });
    const scores = await detector.score(cut(test));
    await detector.dispose();
    return scores;
  };
  assertClose(await run(4, false), (await run(4, true)).map((f) => f * f / 1), 1e-6);
  assertClose(await run(3, false), (await run(3, true)).map((f) => f * f / 0.5), 1e-6);
  // Without a proper posterior (d <= 2) the square is not divided.
  assertClose(await run(2, false), (await run(2, true)).map((f) => f * f), 1e-6);
});

Deno.test("fitDteInverseGamma() approaches a/E[1/v | x] of the exact posterior", async () => {
  // All data in one point; one hidden layer, hence no dropout.
  const d = 6, origin = matrix(new Float64Array(512 * d), { columns: d });
  const detector = await fitDteInverseGamma(origin, {
    seed: 3,
    epochs: 800,
    hidden: [128],
    learningRate: 1e-3,
    weightDecay: 0,
  });
  const { variances } = diffusionSchedule(400);
  const directions = stream(1, "directions").normal(new Float64Array(100 * d));
  for (const r2 of [0.5, 1, 2, 4]) {
    const rows = directions.map((value, i) => {
      const direction = directions.subarray(i - i % d, i - i % d + d);
      return value * Math.sqrt(r2 / direction.reduce((sum, x) => sum + x * x, 0));
    });
    const scores = await detector.score(matrix(rows, { columns: d }));
    const found = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    const posterior = variances.map((v) => v ** (-d / 2) * Math.exp(-r2 / (2 * v)));
    const total = posterior.reduce((sum, p) => sum + p, 0);
    const wanted = 1 / posterior.reduce((sum, p, t) => sum + p / total / variances[t], 0);
    assert.ok(Math.abs(found / wanted - 1) < 0.06, `r² = ${r2}: ${found} instead of ${wanted}`);
  }
  await detector.dispose();
});
