import assert from "node:assert/strict";
import {
  chargedParticles,
  dynamicsLoss,
  type DynamicsModel,
  gnn,
  gravitatingBodies,
  meanAbsoluteError,
  type Molecule,
  moleculeData,
  radialField,
  rateSchedule,
  scaleTargets,
  scoreDynamics,
  trainDynamics,
  trainMolecules,
} from "../../../../lib/nn/graphs/mod.ts";
import { moleculeEgnn, multichannelEgnn } from "../../../../lib/methods/multichannel_egnn/mod.ts";
import type { HostTensor } from "../../../../lib/compile/mod.ts";
import { flattenTree, tf } from "../../../../lib/tensor/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { fit, OPTIONS, particles, splits } from "./_particles.ts";

for (
  const [model, limit] of [
    [multichannelEgnn({ channels: 1, layers: 2, hidden: 16 }), 0.05],
    [multichannelEgnn({ channels: 3, layers: 2, hidden: 16 }), 0.05],
    [multichannelEgnn({ channels: 3, layers: 2, hidden: 16, tied: true }), 0.05],
    [radialField({ layers: 2, hidden: 16 }), 0.15],
    [gnn({ layers: 2, hidden: 32 }), 0.4],
  ] as [DynamicsModel, number][]
) {
  Deno.test(`trainDynamics() learns with ${model.name}`, async () => {
    const { best, epochLosses, steps, evaluations, testScore } = await fit(model);
    // Standing still scores 0.25 + the push, 0.6 in all.
    assert.ok(best.test < limit, `${best.test}`);
    assert.ok(epochLosses.at(-1)! < epochLosses[0]);
    // 130 rows give 4 whole batches of 30.
    assert.equal(steps, 240);
    assert.deepEqual(evaluations.map(({ epoch }) => epoch), [
      1,
      6,
      11,
      16,
      21,
      26,
      31,
      36,
      41,
      46,
      51,
      56,
      60,
    ]);
    assert.equal(best.valid, Math.min(...evaluations.map(({ valid }) => valid)));
    assert.equal(best.test, testScore.loss);
  });
}

Deno.test("trainDynamics() keeps the parameters of the best evaluation", async () => {
  const model = multichannelEgnn({ channels: 2, layers: 2, hidden: 8 });
  // A rate that soon spoils what it has learned.
  const trained = await trainDynamics(splits, {
    model,
    ...OPTIONS,
    epochs: 12,
    learningRate: 0.05,
    evaluateEvery: 1,
  });
  const { best, evaluations } = trained;
  assert.ok(best.epoch < 12 && evaluations.at(-1)!.valid > best.valid, JSON.stringify(evaluations));
  const again = scoreDynamics(await trained.predict(splits.valid), {
    data: splits.valid,
    loss: "meanSquared",
  });
  assert.equal(again.loss, best.valid);
  const test = scoreDynamics(await trained.predict(splits.test), { data: splits.test, loss: "meanSquared" });
  assert.equal(test.loss, best.test);
  await assert.rejects(
    trained.predict(
      chargedParticles({ nodes: 1, positions: [0, 0, 0], velocities: [0, 0, 0], targets: [0, 0, 0] }, [1]),
    ),
    new TypeError(
      "Cannot use data samples with MC-EGNN, K = 2 as there must be 2 edge attributes as in training: current " +
        "value is 0",
    ),
  );
  await trained.dispose();
});

Deno.test("trainDynamics() stops after `patience` epochs without improvement", async () => {
  const model = multichannelEgnn({ layers: 2, hidden: 4 });
  const { best, evaluations, epochLosses } = await fit(model, {
    epochs: 50,
    learningRate: 0.2,
    evaluateEvery: 1,
    patience: 3,
  });
  assert.equal(epochLosses.length, best.epoch + 3);
  assert.equal(evaluations.length, epochLosses.length);
});

Deno.test("trainDynamics() gives the same numbers again, and others for another seed", async () => {
  const model = multichannelEgnn({ channels: 2, layers: 2, hidden: 8 });
  const [first, second, other] = [
    await fit(model, { epochs: 5 }),
    await fit(model, { epochs: 5 }),
    await fit(model, { epochs: 5, seed: 2 }),
  ];
  assert.deepEqual(second.best, first.best);
  assert.deepEqual(second.parameters, first.parameters);
  assert.notEqual(other.best.test, first.best.test);
});

Deno.test("trainDynamics() lowers the displacement-weighted loss", async () => {
  const model = multichannelEgnn({ channels: 2, layers: 2, hidden: 16, normaliseDifferences: true });
  const { best, testScore } = await fit(model, { loss: "displacementWeighted" });
  assert.ok(best.test < 0.3, `${best.test}`);
  const mean = testScore.perNode.reduce((sum, x) => sum + x, 0) / 3;
  assert.ok(Math.abs(mean - best.test) < 1e-12 && testScore.perSample.length === 25);
});

Deno.test("trainDynamics() refuses data that do not fit", async () => {
  const model = multichannelEgnn({ nodeFeatures: 2, hidden: 4, layers: 2 });
  await assert.rejects(
    fit(model),
    /Cannot use train samples .* there must be 2 node features: current value is 1/,
  );
  const wide = multichannelEgnn({ edgeAttributes: 3, hidden: 4, layers: 2 });
  await assert.rejects(fit(wide), /there must be at least 3 edge attributes: current value is 2/);
  const empty = { ...splits, valid: { ...splits.valid, samples: 0 } };
  await assert.rejects(fit(multichannelEgnn(), {}, empty), /Cannot use valid samples .* at least one/);
  await assert.rejects(
    fit(multichannelEgnn({ layers: 2, hidden: 4 }), { evaluateEvery: 0 }),
    /evaluateEvery/,
  );
});

Deno.test("trainDynamics() and trainMolecules() leave no tensor behind", async () => {
  const before = tf.memory().numTensors;
  await fit(multichannelEgnn({ layers: 2, hidden: 4 }), { epochs: 1 });
  await fit(multichannelEgnn({ layers: 2, hidden: 4 }), { epochs: 1, executor: "eager" });
  const trained = await trainMolecules({ train: molecules(8), valid: molecules(4), test: molecules(4) }, {
    ...OPTIONS,
    model: moleculeEgnn({ layers: 2, hidden: 4, nodeFeatures: 6 }),
    epochs: 1,
    batchSize: 3,
  });
  await trained.dispose();
  assert.equal(tf.memory().numTensors, before);
});

/**
 * Molecules of H and C whose property is twice the number of C, plus their mean distance from the centroid.
 */
function molecules(count: number) {
  const random = stream(count, "molecules");
  const all: (Molecule & { target: number })[] = Array.from({ length: count }, () => {
    const atoms = 2 + random.nextInteger(4);
    const atomicNumbers = Array.from({ length: atoms }, () => random.nextUniform() < 0.5 ? 1 : 6);
    const positions = random.normal(new Float64Array(3 * atoms));
    const centre = [0, 1, 2].map((axis) =>
      positions.reduce((sum, x, k) => k % 3 === axis ? sum + x / atoms : sum, 0)
    );
    let spread = 0;
    for (let i = 0; i < atoms; i++) {
      spread += Math.hypot(...centre.map((c, axis) => positions[3 * i + axis] - c)) / atoms;
    }
    return { atomicNumbers, positions, target: 2 * atomicNumbers.filter((z) => z === 6).length + spread };
  });
  return moleculeData(all, { targets: all.map(({ target }) => target), elements: [1, 6], nodes: 5 });
}

for (const channels of [1, 3]) {
  Deno.test(`trainMolecules() learns, K = ${channels}`, async () => {
    const data = { train: molecules(100), valid: molecules(30), test: molecules(31) };
    const trained = await trainMolecules(data, {
      ...OPTIONS,
      model: moleculeEgnn({ channels, layers: 2, hidden: 16, nodeFeatures: 6 }),
      epochs: 40,
      batchSize: 16,
    });
    // 7 batches of 16 an epoch, the last one partial; every epoch is evaluated.
    assert.equal(trained.steps, 280);
    assert.equal(trained.evaluations.length, 40);
    const { deviation } = scaleTargets(data.train);
    assert.ok(trained.best.test < 0.25 * deviation, `${trained.best.test} of ${deviation}`);
    const predicted = await trained.predict(data.test);
    await trained.dispose();
    const error = predicted.reduce((sum, y, i) => sum + Math.abs(y - data.test.targets[i]) / 31, 0);
    assert.ok(Math.abs(error - trained.best.test) < 1e-12);
  });
}

Deno.test("rateSchedule() steps as the released code does", () => {
  const options = { rate: 0.1, epochs: 30, stepsPerEpoch: 4 };
  const rates = (schedule: Parameters<typeof rateSchedule>[0]) => {
    const rate = rateSchedule(schedule, options);
    return Array.from({ length: 120 }, (_, step) => rate(step));
  };
  assert.ok(rates("constant").every((rate) => rate === 0.1));
  const cosine = rates("cosine");
  assert.equal(cosine[0], 0.1);
  assert.ok(cosine.every((rate, k) => k === 0 || rate < cosine[k - 1]) && cosine[119] < 1e-4);
  // PyTorch's recursion for cosine annealing, stepped three times an epoch.
  const T = options.epochs, wanted: number[] = [];
  for (let count = 0, rate = 0.1; count < 3 * T; count++) {
    const t = count + 1;
    rate = (t - 1 - T) % (2 * T) === 0
      ? rate + 0.1 * (1 - Math.cos(Math.PI / T)) / 2
      : (1 + Math.cos(Math.PI * t / T)) / (1 + Math.cos(Math.PI * (t - 1) / T)) * rate;
    // The first step of three comes before the epoch's training pass.
    if (count % 3 === 0) wanted.push(rate);
  }
  const three = rates("cosineThreePasses");
  wanted.forEach((rate, epoch) => {
    for (let k = 0; k < 4; k++) assert.ok(Math.abs(three[4 * epoch + k] - rate) < 1e-12, `epoch ${epoch}`);
  });
});

Deno.test("losses on tensors equal those on the host", () => {
  const data = particles(6, "losses");
  const prediction = stream(0, "prediction").normal(new Float32Array(6 * 9));
  const shape: [number, number, number] = [6, 3, 3];
  const displacements = Float32Array.from({ length: 18 }, (_, i) => {
    let sum = 0;
    for (let k = 3 * i; k < 3 * i + 3; k++) sum += (data.positions[k] - data.targets[k]) ** 2;
    return sum;
  });
  tf.tidy(() => {
    const target = tf.tensor3d(data.targets, shape), guess = tf.tensor3d(prediction, shape);
    for (const loss of ["meanSquared", "displacementWeighted"] as const) {
      const displacementSquared = loss === "meanSquared" ? undefined : tf.tensor2d(displacements, [6, 3]);
      const host = scoreDynamics(prediction, { data, loss });
      const all = dynamicsLoss(guess, { target, displacementSquared }).dataSync()[0];
      assert.ok(Math.abs(all - host.loss) < 1e-5 * host.loss, loss);
      // Only the samples with weight count.
      const weights = tf.tensor1d([1, 1, 0, 0, 0, 0]);
      const two = dynamicsLoss(guess, { target, displacementSquared, weights }).dataSync()[0];
      const wanted = (host.perSample[0] + host.perSample[1]) / 2;
      assert.ok(Math.abs(two - wanted) < 1e-5 * wanted, loss);
    }
    const error = meanAbsoluteError(tf.tensor1d([1, 5, 9]), {
      target: tf.tensor1d([2, 3, 0]),
      weights: tf.tensor1d([1, 1, 0]),
    });
    assert.equal(error.dataSync()[0], 1.5);
  });
});

Deno.test("trainDynamics() starts from the parameters that the seed draws", async () => {
  const model = multichannelEgnn({ layers: 2, hidden: 4 });
  const { parameters } = await fit(model, { epochs: 1, learningRate: 1e-30 });
  const drawn = model.init(stream(1, "multichannel_egnn", model.name, "weights"));
  const [a, b] = [parameters, drawn].map((tree) => flattenTree(tree).leaves as unknown as HostTensor[]);
  assert.deepEqual(a.map(({ data }) => data), b.map(({ data }) => data));
});

Deno.test("gravitatingBodies() gives speed, centred log mass and squared distance", () => {
  const { nodeFeatures, edgeAttributes } = gravitatingBodies({
    nodes: 2,
    positions: [0, 0, 0, 0, 3, 4, 1, 1, 1, 1, 1, 2],
    velocities: [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0],
    targets: Array(12).fill(0),
  }, [1, Math.E ** 2]);
  assert.deepEqual([...nodeFeatures], [1, -1, 2, 1, 3, -1, 0, 1]);
  assert.deepEqual([...edgeAttributes], [25, 25, 1, 1]);
});

Deno.test("gravitatingBodies() keeps the digits of close bodies far from the origin", () => {
  const [near, far] = [30, 30 + 1e-4];
  const { edgeAttributes } = gravitatingBodies({
    nodes: 2,
    positions: [near, 0, 0, far, 0, 0],
    velocities: Array(6).fill(0),
    targets: Array(6).fill(0),
  }, [1, 2]);
  assert.ok(Math.abs(edgeAttributes[0] / 1e-8 - 1) < 1e-6);
});

Deno.test("moleculeData() pads, and gives powers of the scaled atomic number", () => {
  const data = moleculeData([
    { atomicNumbers: [6, 1], positions: [1, 2, 3, 4, 5, 6] },
    { atomicNumbers: [1], positions: [7, 8, 9] },
  ], { targets: [1, 2], elements: [1, 6] });
  const f = Math.fround;
  assert.deepEqual([...data.nodeMask], [1, 1, 1, 0]);
  assert.deepEqual([...data.positions], [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0]);
  const hydrogen = [1, f(1 / 6), f(1 / 36), 0, 0, 0];
  assert.deepEqual([...data.nodeFeatures], [0, 0, 0, 1, 1, 1, ...hydrogen, ...hydrogen, 0, 0, 0, 0, 0, 0]);
  const [molecule] = [{ atomicNumbers: [8], positions: [0, 0, 0] }];
  assert.throws(() => moleculeData([molecule], { targets: [1], elements: [1, 6] }), /in molecule 0 is 8/);
  assert.throws(
    () => moleculeData([molecule], { targets: [] }),
    /there must be 1 targets: current value is 0/,
  );
});

Deno.test("scaleTargets() is mean and mean absolute deviation", () => {
  assert.deepEqual(scaleTargets({ samples: 4, targets: Float64Array.of(1, 2, 3, 6) }), {
    mean: 3,
    deviation: 1.5,
  });
  assert.throws(() => scaleTargets({ samples: 2, targets: Float64Array.of(1, 1) }), /must differ/);
});
