/** Neighbours within a cutoff, and samples of differing numbers of particles. */
import assert from "node:assert/strict";
import { compile, type HostTensor } from "../../../../lib/compile/mod.ts";
import {
  chargedParticles,
  type DynamicsData,
  type DynamicsInputs,
  type DynamicsModel,
  gnn,
  joinDynamics,
  neighboursWithin,
  radialField,
  type Splits,
  trainDynamics,
} from "../../../../lib/nn/graphs/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import {
  applyToEdgeList,
  type EdgeListInputs,
  initMultichannelEgnn,
  type MultichannelEgnn,
  multichannelEgnn,
} from "../../../../lib/methods/multichannel_egnn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { fit, OPTIONS, splits } from "./_particles.ts";

/** Charged particles that fly straight on from random places. */
function cloud(samples: number, nodes: number, { name = "cloud" } = {}): DynamicsData {
  const random = stream(nodes, name);
  const positions = random.normal(new Float64Array(samples * nodes * 3));
  const velocities = random.normal(new Float64Array(samples * nodes * 3));
  const charges = Array.from({ length: samples * nodes }, () => random.nextUniform() < 0.5 ? -1 : 1);
  const targets = positions.map((x, k) => x + velocities[k]);
  return chargedParticles({ nodes, positions, velocities, targets }, charges);
}

/** What a network predicts for the samples as they are. */
async function predict(
  model: ReturnType<typeof multichannelEgnn>,
  data: DynamicsData,
  parameters: ReturnType<typeof model.init>,
) {
  const { samples, nodes } = data, pairs = nodes * (nodes - 1);
  const inputs = {
    positions: hostTensor(data.positions, [samples, nodes, 3]),
    velocities: hostTensor(data.velocities, [samples, nodes, 3]),
    nodeFeatures: hostTensor(data.nodeFeatures, [samples, nodes, 1]),
    edgeAttributes: hostTensor(data.edgeAttributes, [samples, pairs, 2]),
    ...data.edgeMask && { edgeMask: hostTensor(data.edgeMask, [samples, pairs]) },
    ...data.nodeMask && { nodeMask: hostTensor(data.nodeMask, [samples, nodes]) },
  };
  await using program = await compile(
    (inputs: DynamicsInputs, parameters: MultichannelEgnn) => model.predict(inputs, parameters),
    [inputs, parameters],
    { executor: "wasm", name: "neighbours" },
  );
  return (await program.run(inputs, parameters) as HostTensor).data;
}

const close = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number) => {
  assert.equal(a.length, b.length);
  for (let i = 0; i < a.length; i++) assert.ok(Math.abs(a[i] - b[i]) < tolerance, `${i}: ${a[i]}, ${b[i]}`);
};

Deno.test("a network sees the neighbours within a cutoff as one sees them on a list of edges", async () => {
  const nodes = 7, cutoff = 1.6, data = neighboursWithin(cloud(1, nodes), cutoff);
  const config = { channels: 3, layers: 3, hidden: 8 };
  const parameters = initMultichannelEgnn(stream(0, "neighbours"), config);
  const edges: [i: number, j: number, place: number][] = [];
  let place = 0;
  for (let i = 0; i < nodes; i++) {
    for (let j = 0; j < nodes; j++) {
      if (i === j) continue;
      const x = data.positions;
      const distance = Math.hypot(...[0, 1, 2].map((axis) => x[3 * i + axis] - x[3 * j + axis]));
      if (distance <= cutoff) edges.push([i, j, place]);
      place++;
    }
  }
  assert.ok(edges.length > 8 && edges.length < nodes * (nodes - 1) - 8, `${edges.length}`);
  const inputs = {
    positions: hostTensor(data.positions, [nodes, 3]),
    velocities: hostTensor(data.velocities, [nodes, 3]),
    nodeFeatures: hostTensor(data.nodeFeatures, [nodes, 1]),
    receivers: hostTensor(Int32Array.from(edges, ([i]) => i), [edges.length]),
    senders: hostTensor(Int32Array.from(edges, ([, j]) => j), [edges.length]),
    edgeAttributes: hostTensor(
      Float32Array.from(edges.flatMap(([, , at]) => [...data.edgeAttributes.subarray(2 * at, 2 * at + 2)])),
      [edges.length, 2],
    ),
  };
  await using program = await compile(
    (inputs: EdgeListInputs, parameters: MultichannelEgnn) =>
      applyToEdgeList(inputs, { parameters, config }).positions,
    [inputs, parameters],
    { executor: "eager", name: "edges" },
  );
  const listed = (await program.run(inputs, parameters) as HostTensor).data as Float32Array;
  const model = multichannelEgnn(config);
  const masked = await predict(model, data, parameters);
  close(masked, listed, 2e-6);
  const { edgeMask: _, ...complete } = data;
  const all = await predict(model, complete, parameters);
  assert.ok(all.some((value, i) => Math.abs(value - listed[i]) > 1e-4));
});

for (
  const model of [
    multichannelEgnn({ channels: 2, layers: 2, hidden: 8 }),
    gnn({ hidden: 8 }),
    radialField({ hidden: 8 }),
  ] as DynamicsModel[]
) {
  Deno.test(`trainDynamics() with a cutoff knows nothing of what is farther away: ${model.name}`, async () => {
    await using trained = await trainDynamics(splits, { model, ...OPTIONS, epochs: 3, cutoff: 20 });
    // Two systems side by side, 100 apart, as one of six particles.
    const { samples, nodes, positions, velocities, targets, nodeFeatures } = splits.test;
    const [at, n] = [100, 2 * nodes];
    const both = (values: Float32Array, width: number, shift = 0) => {
      const out = new Float32Array(2 * values.length);
      for (let s = 0; s < samples; s++) {
        const own = values.subarray(s * nodes * width, (s + 1) * nodes * width);
        out.set(own, s * n * width);
        out.set(own.map((x, k) => k % 3 === 0 ? x + shift : x), (s * n + nodes) * width);
      }
      return out;
    };
    const edgeAttributes = new Float32Array(samples * n * (n - 1) * 2).fill(3);
    for (let s = 0; s < samples; s++) {
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          if (i === j || Math.floor(i / nodes) !== Math.floor(j / nodes)) continue;
          const [a, b] = [i % nodes, j % nodes];
          const from = (s * nodes + a) * (nodes - 1) + (b < a ? b : b - 1);
          const to = (s * n + i) * (n - 1) + (j < i ? j : j - 1);
          edgeAttributes.set(splits.test.edgeAttributes.subarray(2 * from, 2 * from + 2), 2 * to);
        }
      }
    }
    const pairs: DynamicsData = {
      samples,
      nodes: n,
      positions: both(positions, 3, at),
      velocities: both(velocities, 3),
      targets: both(targets, 3),
      nodeFeatures: both(nodeFeatures, 1),
      edgeAttributes,
    };
    const [alone, together] = [await trained.predict(splits.test), await trained.predict(pairs)];
    alone.forEach((value, i) => {
      const [s, rest] = [Math.floor(i / 9), i % 9];
      assert.ok(Math.abs(value - together[18 * s + rest]) < 1e-5);
    });
    // Without the cutoff the far system would be seen.
    await using blind = await trainDynamics(splits, { model, ...OPTIONS, epochs: 3 });
    const seen = await blind.predict(pairs);
    const own = await blind.predict(splits.test);
    assert.ok(own.some((value, i) => Math.abs(value - seen[18 * Math.floor(i / 9) + i % 9]) > 1e-3));
  });
}

Deno.test("a cutoff beyond all distances changes nothing, one that parts all leaves each alone", async () => {
  const model = multichannelEgnn({ channels: 2, layers: 2, hidden: 8 });
  const [plain, wide, narrow] = [
    await fit(model, { epochs: 3 }),
    await fit(model, { epochs: 3, cutoff: 1e3 }),
    await fit(model, { epochs: 3, cutoff: 1e-6 }),
  ];
  assert.ok(Math.abs(plain.best.test - wide.best.test) < 1e-5 * plain.best.test);
  assert.ok(Math.abs(plain.best.test - narrow.best.test) > 1e-3 * plain.best.test);
  await assert.rejects(
    fit(model, { epochs: 1, cutoff: 0 }),
    new RangeError("Cannot choose neighbours as the cutoff must be > 0: current value is 0"),
  );
});

Deno.test("joinDynamics() puts every number at its place, with masks", () => {
  const [two, four] = [cloud(3, 2), neighboursWithin(cloud(2, 4), 1.2)];
  const joined = joinDynamics([two, four], { nodes: 5 });
  assert.deepEqual([joined.samples, joined.nodes], [5, 5]);
  const part = (s: number) => s < 3 ? { from: two, s } : { from: four, s: s - 3 };
  for (let t = 0; t < 5; t++) {
    const { from, s } = part(t), n = from.nodes;
    for (let i = 0; i < 5; i++) {
      assert.equal(joined.nodeMask![5 * t + i], i < n ? 1 : 0);
      for (const field of ["positions", "velocities", "targets"] as const) {
        for (let axis = 0; axis < 3; axis++) {
          const wanted = i < n ? from[field][3 * (s * n + i) + axis] : 0;
          assert.equal(joined[field][3 * (5 * t + i) + axis], wanted, field);
        }
      }
      for (let j = 0; j < 5; j++) {
        if (i === j) continue;
        const there = (5 * t + i) * 4 + (j < i ? j : j - 1);
        const here = (s * n + i) * (n - 1) + (j < i ? j : j - 1);
        const real = i < n && j < n;
        for (let k = 0; k < 2; k++) {
          assert.equal(joined.edgeAttributes[2 * there + k], real ? from.edgeAttributes[2 * here + k] : 0);
        }
        assert.equal(joined.edgeMask![there], real ? from.edgeMask?.[here] ?? 1 : 0);
      }
    }
  }
  assert.equal(joinDynamics([two]).edgeMask, undefined);
  assert.throws(() => joinDynamics([four], { nodes: 3 }), /nodes must be >= 4: current value is 3/);
  assert.throws(() => joinDynamics([]), /there must be one part/);
  const bare = { ...two, edgeAttributes: new Float32Array(0) };
  assert.throws(
    () => joinDynamics([four, bare]),
    /must have 1 node features and 2 edge attributes: current values are 1 and 0/,
  );
});

Deno.test("trainDynamics() trains on 3 and 4 particles at once, validates on 3 and tests on 5", async () => {
  const mixed: Splits<DynamicsData> = {
    train: joinDynamics([cloud(60, 3), cloud(60, 4)]),
    valid: cloud(20, 3, { name: "valid" }),
    test: cloud(20, 5, { name: "test" }),
  };
  const model = multichannelEgnn({ channels: 2, layers: 2, hidden: 8 });
  await using trained = await trainDynamics(mixed, { model, ...OPTIONS, epochs: 15 });
  // Standing still scores the mean of v², 1.
  assert.ok(trained.best.test < 0.1, `${trained.best.test}`);
  const { testScore } = trained;
  assert.equal(testScore.perNode.length, 5);
  const predicted = await trained.predict(mixed.test);
  let error = 0;
  predicted.forEach((value, i) => error += (value - mixed.test.targets[i]) ** 2 / predicted.length);
  assert.ok(Math.abs(error - trained.best.test) < 1e-5 * error);
});
