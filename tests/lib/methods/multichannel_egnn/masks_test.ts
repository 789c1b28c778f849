/** Samples of differing numbers of particles: rows of padding under a mask. */
import assert from "node:assert/strict";
import {
  type DynamicsData,
  gnn,
  radialField,
  type Splits,
  trainDynamics,
} from "../../../../lib/nn/graphs/mod.ts";
import { multichannelEgnn } from "../../../../lib/methods/multichannel_egnn/mod.ts";
import { fit, OPTIONS, splits } from "./_particles.ts";

/** The samples in rows for five particles, with anything in those of padding. */
function padded(data: DynamicsData, garbage: number): DynamicsData {
  const { samples, nodes } = data, wide = 5;
  const spread = (values: Float32Array, width: number) => {
    const out = new Float32Array(samples * wide * width).fill(garbage);
    for (let s = 0; s < samples; s++) {
      out.set(values.subarray(s * nodes * width, (s + 1) * nodes * width), s * wide * width);
    }
    return out;
  };
  const attributes = data.edgeAttributes.length / (samples * nodes * (nodes - 1));
  const edgeAttributes = new Float32Array(samples * wide * (wide - 1) * attributes).fill(garbage);
  for (let s = 0; s < samples; s++) {
    for (let i = 0; i < nodes; i++) {
      const from = ((s * nodes + i) * (nodes - 1)) * attributes;
      edgeAttributes.set(
        data.edgeAttributes.subarray(from, from + (nodes - 1) * attributes),
        ((s * wide + i) * (wide - 1)) * attributes,
      );
    }
  }
  return {
    samples,
    nodes: wide,
    positions: spread(data.positions, 3),
    velocities: spread(data.velocities, 3),
    targets: spread(data.targets, 3),
    nodeFeatures: spread(data.nodeFeatures, data.nodeFeatures.length / (samples * nodes)),
    edgeAttributes,
    nodeMask: Float32Array.from({ length: samples * wide }, (_, i) => i % wide < nodes ? 1 : 0),
  };
}

const paddedSplits = (garbage: number): Splits<DynamicsData> => ({
  train: padded(splits.train, garbage),
  valid: padded(splits.valid, garbage),
  test: padded(splits.test, garbage),
});

for (
  const model of [
    multichannelEgnn({ channels: 2, layers: 2, hidden: 8 }),
    gnn({ hidden: 8 }),
    radialField({ hidden: 8 }),
  ]
) {
  for (const loss of ["meanSquared", "displacementWeighted"] as const) {
    Deno.test(`trainDynamics() sees nothing of padding under a mask: ${model.name}, ${loss}`, async () => {
      const options = { epochs: 3, evaluateEvery: 1, loss };
      const [plain, zero, garbage] = [
        await fit(model, options),
        await fit(model, options, paddedSplits(0)),
        await fit(model, options, paddedSplits(1.7)),
      ];
      const bytes = ({ parameters }: { parameters: unknown }) => JSON.stringify(parameters);
      assert.equal(bytes(zero), bytes(garbage));
      assert.ok(Math.abs(zero.best.test - plain.best.test) < 1e-4 * plain.best.test, `${zero.best.test}`);
      assert.deepEqual(zero.testScore.perNode.slice(3), [0, 0]);
      // Without the mask the same rows are particles.
      const unmasked = ({ nodeMask: _, ...data }: DynamicsData): DynamicsData => data;
      const wrong = paddedSplits(1.7);
      if (loss === "meanSquared") {
        const seen = await fit(model, options, {
          train: unmasked(wrong.train),
          valid: unmasked(wrong.valid),
          test: unmasked(wrong.test),
        });
        assert.ok(Math.abs(seen.best.test - plain.best.test) > 0.01 * plain.best.test);
      }
    });
  }
}

Deno.test("a network for dynamics predicts other numbers of particles than it was trained on", async () => {
  const model = multichannelEgnn({ channels: 2, layers: 2, hidden: 8 });
  await using trained = await trainDynamics(paddedSplits(0), { model, ...OPTIONS, epochs: 3 });
  const wide = await trained.predict(padded(splits.test, 0.3));
  const few = await trained.predict(splits.test);
  assert.equal(few.length, splits.test.samples * 9);
  few.forEach((value, i) => {
    const [sample, rest] = [Math.floor(i / 9), i % 9];
    assert.ok(Math.abs(value - wide[sample * 15 + rest]) < 1e-5, `${value} and ${wide[sample * 15 + rest]}`);
  });
});

Deno.test("trainDynamics() refuses masks that do not fit", async () => {
  const model = multichannelEgnn({ channels: 1, layers: 2, hidden: 4 });
  const good = paddedSplits(0);
  const train = (change: Partial<DynamicsData>, part: keyof Splits<DynamicsData> = "train") =>
    fit(model, { epochs: 1 }, { ...good, [part]: { ...good[part], ...change } });
  await assert.rejects(train({ nodeMask: new Float32Array(3) }), /nodeMask must have 650 values.*is 3/);
  await assert.rejects(
    train({ nodeMask: good.train.nodeMask!.map((m) => m / 2) }),
    /hold 0 and 1 only.*is 0.5/,
  );
  await assert.rejects(train({ nodeMask: new Float32Array(650) }), /must have a particle.*none in sample 0/);
  await assert.rejects(train({ edgeMask: new Float32Array(3) }), /edgeMask must have 2600 values.*is 3/);
  await assert.rejects(
    train({ edgeMask: new Float32Array(2600).fill(0.5) }),
    /edgeMask must hold 0 and 1 only.*is 0.5/,
  );
});
