import assert from "node:assert/strict";
import { fitDeepSvdd, fitIcl, fitPlanarFlow, fitVae } from "../../../lib/anomaly/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { auroc, matrix } from "../../../lib/stats/mod.ts";
import { tf } from "../../../lib/tensor/mod.ts";
import { assertClose } from "../methods/diffusion_time/_check.ts";
import { andC } from "../compile/_executors.ts";

const TRAINERS = { fitPlanarFlow, fitVae, fitDeepSvdd, fitIcl };
const D = 5;

/** Normal rows near a line in R⁵ (standardised), and as many of the same size in all directions. */
function line(seed: number) {
  const random = stream(seed, "line");
  const draw = (count: number) => {
    const along = random.normal(new Float64Array(count)), off = random.normal(new Float64Array(D * count));
    return off.map((value, i) => 0.97 * along[Math.floor(i / D)] + 0.25 * value);
  };
  const anomalies = random.normal(new Float64Array(D * 100));
  return {
    train: matrix(draw(300), { columns: D }),
    test: matrix([...draw(100), ...anomalies], { columns: D }),
    labels: Uint8Array.from({ length: 200 }, (_, i) => i < 100 ? 0 : 1),
  };
}

for (const [name, train] of Object.entries(TRAINERS)) {
  Deno.test(`${name}() gives the same bytes for the same seed only, and leaves no tensor behind`, async () => {
    const before = tf.memory().numTensors;
    const { train: rows, test } = line(1);
    const run = async (seed: number) => {
      const detector = await train(rows, { seed, epochs: 3 });
      const result = { scores: await detector.score(test), losses: detector.epochLosses };
      await detector.dispose();
      return result;
    };
    const first = await run(5);
    assert.deepEqual(await run(5), first);
    assert.notDeepEqual((await run(6)).scores, first.scores);
    assert.equal(tf.memory().numTensors, before);
  });

  Deno.test(`${name}() agrees between executors`, async () => {
    const { train: rows, test } = line(1);
    const scores: Float64Array[] = [];
    for (const executor of andC("native", "wasm", "eager")) {
      const detector = await train(rows, { seed: 1, epochs: 2, executor });
      scores.push(await detector.score(test));
      await detector.dispose();
    }
    // Adam's first steps are as long whatever the gradient: where ICL's is as small as rounding, they part.
    const tolerance = train === fitIcl ? 5e-3 : 1e-5;
    for (const other of scores.slice(1)) assertClose(other, scores[0], tolerance, "others against native");
  });

  Deno.test(`${name}() refuses bad rows`, async () => {
    await assert.rejects(train(matrix([1, NaN], { columns: 2 }), { seed: 1 }), RangeError);
    const detector = await train(line(1).train, { seed: 1, epochs: 1 });
    await assert.rejects(detector.score(matrix([1, 2], { columns: 2 })), /rows must have 5 columns.*is 2/);
    await detector.dispose();
  });
}

Deno.test("fitPlanarFlow() finds anomalies once it is trained", async () => {
  const { train, test, labels } = line(1);
  const run = async (epochs: number, learningRate: number) => {
    const detector = await fitPlanarFlow(train, { seed: 1, epochs, learningRate });
    const found = auroc(await detector.score(test), labels);
    await detector.dispose();
    return { found, losses: detector.epochLosses };
  };
  const trained = await run(200, 1e-2), untrained = await run(1, 0);
  assert.ok(trained.losses.at(-1)! < trained.losses[0] - 1, `loss ${trained.losses.at(-1)}`);
  assert.ok(trained.found > untrained.found + 0.1, `${trained.found} after ${untrained.found}`);
});

Deno.test("fitPlanarFlow() scores by −log p, or by the log-determinants alone", async () => {
  const { train, test } = line(1);
  const run = async (broadcastScore: boolean) => {
    const detector = await fitPlanarFlow(train, { seed: 1, epochs: 1, learningRate: 1e-9, broadcastScore });
    const scores = await detector.score(test);
    await detector.dispose();
    return scores;
  };
  // Untrained layers are close to the identity: −log p ≈ ‖x‖²/2 + d/2 ln 2π, log-determinants ≈ 0.
  const [full, parts] = [await run(false), await run(true)];
  const normal = Float64Array.from(
    { length: 200 },
    (_, i) =>
      test.data.subarray(D * i, D * i + D).reduce((sum, x) => sum + x * x / 2, D / 2 * Math.log(2 * Math.PI)),
  );
  assertClose(full, normal, 0.05);
  assertClose(parts, new Float64Array(200), 0.05);
  assert.ok(parts.some((score) => score !== 0));
});

Deno.test("fitVae() learns and scores by the distance from the reconstruction", async () => {
  const { train, test } = line(1);
  const detector = await fitVae(train, { seed: 1, epochs: 40 });
  const scores = await detector.score(test);
  await detector.dispose();
  assert.ok(detector.epochLosses.at(-1)! < 0.72 * detector.epochLosses[0]);
  // The sigmoid keeps the reconstruction inside the unit cube: scores lie between the distances to it and to
  // its far corner.
  for (let i = 0; i < 200; i++) {
    const x = test.data.subarray(D * i, D * i + D);
    const near = Math.hypot(...x.map((value) => Math.max(0, value - 1, -value)));
    const far = Math.hypot(...x.map((value) => Math.max(Math.abs(value), Math.abs(value - 1))));
    assert.ok(scores[i] >= near - 1e-6 && scores[i] <= far + 1e-6);
  }
});

Deno.test("fitDeepSvdd() draws rows to its centre, and scores others higher", async () => {
  const { train } = line(1);
  const far = matrix(stream(2, "far").normal(new Float64Array(D * 100)).map((z) => 4 * z), { columns: D });
  const mean = (scores: Float64Array) => scores.reduce((sum, score) => sum + score) / scores.length;
  const run = async (epochs: number, learningRate: number) => {
    await using detector = await fitDeepSvdd(train, { seed: 1, epochs, learningRate });
    const scores = [await detector.score(train), await detector.score(far)];
    assert.ok(scores.every((own) => own.every((score) => score >= 0)));
    return { losses: detector.epochLosses, near: mean(scores[0]), far: mean(scores[1]) };
  };
  const trained = await run(60, 1e-3), untrained = await run(1, 0);
  assert.ok(trained.losses.at(-1)! < 0.5 * trained.losses[0]);
  assert.ok(trained.near < 0.5 * untrained.near, `${trained.near} ${untrained.near}`);
  assert.ok(trained.far > 3 * trained.near, `${trained.far} ${trained.near}`);
});

Deno.test("fitDeepSvdd() has no biases: the origin keeps the squared length of the centre", async () => {
  const { train } = line(3);
  const score = async (epochs: number) => {
    await using detector = await fitDeepSvdd(train, { seed: 4, epochs });
    // The mean of the training rows is standardised to the origin.
    const mean = Array.from({ length: D }, (_, j) => {
      let sum = 0;
      for (let i = 0; i < train.rows; i++) sum += train.data[i * D + j] / train.rows;
      return sum;
    });
    return (await detector.score(matrix(mean, { columns: D })))[0];
  };
  const [short, long] = [await score(1), await score(8)];
  assert.ok(Math.abs(short - long) < 1e-5 * long && long > 32 * 0.1 ** 2 / 4, `${short} ${long}`);
});
