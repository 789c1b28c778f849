import assert from "node:assert/strict";
import { compile, type HostTensor, type HostTree } from "../../../../lib/compile/mod.ts";
import {
  applyMoleculeEgnn,
  applyMultichannelEgnn,
  applyToEdgeList,
  countMoleculeEgnn,
  countMultichannelEgnn,
  type EdgeListInputs,
  initMoleculeEgnn,
  initMultichannelEgnn,
  matchedHidden,
  type MoleculeEgnn,
  moleculeEgnn,
  type MoleculeEgnnConfig,
  type MultichannelEgnn,
  multichannelEgnn,
  type MultichannelEgnnConfig,
} from "../../../../lib/methods/multichannel_egnn/mod.ts";
import { type DynamicsInputs, type DynamicsModel, gnn, radialField } from "../../../../lib/nn/graphs/mod.ts";
import { constants, hostTensor } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { flattenTree, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { LARGE_EXECUTORS } from "../../nn/_check.ts";
import {
  distance,
  evaluate,
  gradientError,
  type HostInputs,
  positionsOf,
  randomInputs,
  randomParameters,
} from "./_helpers.ts";

const sizeOfTree = (tree: unknown) =>
  (flattenTree(tree).leaves as unknown as HostTensor[]).reduce((sum, { data }) => sum + data.length, 0);

/** The table of counts of the paper's three experiments by K. */
const COUNTS: readonly [what: string, config: MultichannelEgnnConfig, counts: Record<number, number>][] = [
  ["N-body", {}, { 1: 134020, 2: 135244, 3: 136984, 5: 142012, 8: 153424, 10: 163612 }],
  [
    "solar",
    { nodeFeatures: 2, edgeAttributes: 1 },
    { 1: 133828, 2: 135052, 3: 136792, 5: 141820, 8: 153232, 10: 163420 },
  ],
];

/** Largest absolute value. */
const most = ({ data }: HostTensor) =>
  (data as Float32Array).reduce((top, x) => Math.max(top, Math.abs(x)), 0);

for (const [what, config, counts] of COUNTS) {
  Deno.test(`countMultichannelEgnn() is the number of parameters there are: ${what}`, () => {
    for (const [channels, wanted] of Object.entries(counts)) {
      const sized = { ...config, channels: Number(channels) };
      assert.equal(countMultichannelEgnn(sized), wanted);
      assert.equal(sizeOfTree(initMultichannelEgnn(stream(0), sized)), wanted);
    }
  });
}

Deno.test("countMultichannelEgnn() grows by less than 2.3 % to K = 3 and 6 % to K = 5", () => {
  const [one, three, five] = [1, 3, 5].map((channels) => countMultichannelEgnn({ channels }));
  assert.ok(three / one < 1.023 && five / one < 1.06);
});

Deno.test("countMoleculeEgnn() is the number of parameters there are", () => {
  const counts: [MoleculeEgnnConfig, number][] = [
    ...Object.entries({ 1: 861704, 2: 864648, 3: 868872, 5: 881160, 8: 909192, 10: 934280 })
      .map(([channels, count]): [MoleculeEgnnConfig, number] => [{ channels: Number(channels) }, count]),
    [{ updateCoordinates: false }, 745224],
  ];
  for (const [config, wanted] of counts) {
    assert.equal(countMoleculeEgnn(config), wanted);
    assert.equal(sizeOfTree(initMoleculeEgnn(stream(0), config)), wanted);
  }
});

Deno.test("models say how many parameters they have", () => {
  const models: readonly Pick<DynamicsModel, "init" | "parameterCount" | "name">[] = [
    multichannelEgnn({ channels: 3, layers: 2, hidden: 8, attention: true }),
    multichannelEgnn({ channels: 3, layers: 3, hidden: 8, tied: true }),
    gnn({ layers: 2, hidden: 8 }),
    gnn({ layers: 2, hidden: 8, edgeAttributes: 0 }),
    radialField({ layers: 2, hidden: 8 }),
    moleculeEgnn({ channels: 2, layers: 2, hidden: 8 }),
  ];
  for (const model of models) {
    assert.equal(sizeOfTree(model.init(stream(0))), model.parameterCount, model.name);
  }
});

Deno.test("matchedHidden() is the first width with as many parameters", () => {
  for (const channels of [2, 3, 5, 10]) {
    const hidden = matchedHidden({ channels }), wanted = countMultichannelEgnn({ channels });
    assert.ok(
      countMultichannelEgnn({ hidden }) >= wanted && countMultichannelEgnn({ hidden: hidden - 1 }) < wanted,
    );
  }
});

Deno.test("initMultichannelEgnn() follows PyTorch's defaults, with a quiet last map of Φ_x", () => {
  const { layers: [{ edge, coordinates }] } = initMultichannelEgnn(stream(1), { channels: 3 });
  // 2 · 64 + 1 + 2 inputs in all.
  for (const part of [edge.receiver, edge.sender, edge.pair, edge.bias]) {
    assert.ok(most(part) <= 1 / Math.sqrt(131) && most(part) > 0.9 / Math.sqrt(131));
  }
  const bound = 0.001 * Math.sqrt(6 / (64 + 3));
  assert.ok(most(coordinates!.mixing) <= bound && most(coordinates!.mixing) > 0.9 * bound);
});

const SMALL: readonly MultichannelEgnnConfig[] = [
  { channels: 1, layers: 2, hidden: 4 },
  { channels: 3, layers: 3, hidden: 4, attention: true, normaliseDifferences: true },
  { channels: 2, layers: 3, hidden: 4, tanh: true, coordinatesWeight: 0.5 },
  { channels: 3, layers: 3, hidden: 4, tied: true },
];

for (const config of SMALL) {
  Deno.test(`MC-EGNN's gradient agrees with finite differences: ${JSON.stringify(config)}`, async () => {
    const inputs = randomInputs({ batch: 1, nodes: 3 });
    const parameters = randomParameters(config, { gain: 100 });
    const loss = (p: MultichannelEgnn, x: DynamicsInputs) =>
      tf.mean(tf.square(applyMultichannelEgnn(x, { parameters: p, config }).positions));
    const value = await compile(loss, [parameters, inputs], { executor: "native" });
    const gradient = await evaluate(
      "native",
      (p: MultichannelEgnn, x: DynamicsInputs) => valueAndGrad((p: MultichannelEgnn) => loss(p, x), p).grads,
      parameters,
      inputs,
    );
    const { worst, path } = await gradientError<MultichannelEgnn>(
      async (p) => (await value.run(p, inputs) as HostTensor).data[0],
      { parameters, gradient: gradient as HostTree<MultichannelEgnn>, step: 3e-3, entries: 6 },
    );
    await value.dispose();
    const slopes = flattenTree(gradient).leaves as unknown as HostTensor[];
    const steepest = Math.max(...slopes.map(most));
    assert.ok(steepest > 0.1 && worst < 1e-3 * Math.max(1, steepest), `${path}: ${worst} of ${steepest}`);
  });
}

/** The batch as one graph by its edges, with the graphs side by side. */
function asEdgeList(inputs: HostInputs): HostTree<EdgeListInputs> {
  const [batch, nodes] = inputs.positions.shape, n = batch * nodes;
  const receivers: number[] = [], senders: number[] = [];
  for (let i = 0; i < n; i++) {
    const first = i - i % nodes;
    for (let j = first; j < first + nodes; j++) if (j !== i) receivers.push(i), senders.push(j);
  }
  const rows = ({ data, shape }: HostTensor) =>
    hostTensor(data as Float32Array, [data.length / shape[2], shape[2]]);
  return {
    positions: rows(inputs.positions),
    velocities: rows(inputs.velocities),
    nodeFeatures: rows(inputs.nodeFeatures),
    receivers: hostTensor(Int32Array.from(receivers)),
    senders: hostTensor(Int32Array.from(senders)),
    edgeAttributes: rows(inputs.edgeAttributes!),
  };
}

for (const config of SMALL) {
  Deno.test(`applyToEdgeList() equals applyMultichannelEgnn() with its gradient: ${JSON.stringify(config)}`, async () => {
    const inputs = randomInputs({ batch: 3, nodes: 4 }), parameters = randomParameters(config);
    const both = <X>(apply: (x: X, p: MultichannelEgnn) => tf.Tensor) => (p: MultichannelEgnn, x: X) => {
      const { value, grads } = valueAndGrad((p: MultichannelEgnn) => tf.mean(tf.square(apply(x, p))), p);
      return { value, grads, output: tf.reshape(apply(x, p), [-1]) };
    };
    for (const executor of LARGE_EXECUTORS) {
      const dense = await evaluate(
        executor,
        both((x: DynamicsInputs, p) => applyMultichannelEgnn(x, { parameters: p, config }).positions),
        parameters,
        inputs,
      );
      const sparse = await evaluate(
        executor,
        both((x: EdgeListInputs, p) => applyToEdgeList(x, { parameters: p, config }).positions),
        parameters,
        asEdgeList(inputs),
      );
      const pairs = [dense, sparse].map((tree) => flattenTree(tree).leaves as unknown as HostTensor[]);
      pairs[0].forEach((leaf, i) => {
        const error = distance(leaf.data, pairs[1][i].data);
        assert.ok(error < 2e-5, `${executor}, leaf ${i}: ${error}`);
      });
    }
  });
}

Deno.test("applyToEdgeList() leaves a node without edges to its own velocity", async () => {
  const config = { channels: 2, layers: 2, hidden: 4, edgeAttributes: 0 };
  const parameters = randomParameters(config);
  const run = async (edges: [number, number][]) =>
    (await evaluate(
      "wasm",
      (x: EdgeListInputs, p: MultichannelEgnn) => applyToEdgeList(x, { parameters: p, config }).positions,
      {
        positions: hostTensor(Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 2), [3, 3]),
        velocities: hostTensor(new Float32Array(9), [3, 3]),
        nodeFeatures: hostTensor(new Float32Array(3).fill(1), [3, 1]),
        receivers: hostTensor(Int32Array.from(edges, ([i]) => i)),
        senders: hostTensor(Int32Array.from(edges, ([, j]) => j)),
      },
      parameters,
    ) as HostTensor).data;
  const sparse = await run([[0, 1], [1, 0]]), linked = await run([[0, 1], [1, 0], [0, 2]]);
  assert.deepEqual([...sparse.subarray(6)], [0, 1, 2]);
  assert.ok(distance(sparse.subarray(0, 6), [0, 0, 0, 1, 0, 0]) > 1e-3);
  assert.ok(distance(linked.subarray(0, 3), sparse.subarray(0, 3)) > 1e-3);
});

Deno.test("MC-EGNN with a mask does for padded systems what it does without padding", async () => {
  const config = { channels: 3, layers: 3, hidden: 8, normaliseDifferences: true };
  const parameters = randomParameters(config), [real, nodes] = [3, 5];
  const inputs = randomInputs({ batch: 2, nodes: real });
  const pad = (
    { data, shape: [batch, , width] }: HostTensor,
    count: number,
    place: (k: number) => number,
    from: number,
  ) => {
    const out = new Float32Array(batch * count * width);
    for (let b = 0; b < batch; b++) {
      for (let k = 0; k < from; k++) {
        const start = (b * from + k) * width;
        out.set(data.subarray(start, start + width), (b * count + place(k)) * width);
      }
    }
    return hostTensor(out, [batch, count, width]);
  };
  const node = (x: HostTensor) => pad(x, nodes, (k) => k, real);
  const edge = (k: number) => Math.floor(k / (real - 1)) * (nodes - 1) + k % (real - 1);
  const padded: HostInputs = {
    positions: node(inputs.positions),
    velocities: node(inputs.velocities),
    nodeFeatures: node(inputs.nodeFeatures),
    edgeAttributes: pad(inputs.edgeAttributes!, nodes * (nodes - 1), edge, real * (real - 1)),
    nodeMask: hostTensor(Float32Array.from([1, 1, 1, 0, 0, 1, 1, 1, 0, 0]), [2, nodes]),
  };
  const wanted = await positionsOf(inputs, { parameters, config });
  const actual = await positionsOf(padded, { parameters, config });
  for (let b = 0; b < 2; b++) {
    const seen = actual.subarray(b * nodes * 3, (b * nodes + real) * 3);
    assert.ok(distance(seen, wanted.subarray(b * real * 3, (b + 1) * real * 3)) < 1e-5);
  }
});

Deno.test("networks leave no tensor behind", () => {
  const config = { channels: 3, layers: 2, hidden: 4 }, molecule = { layers: 2, hidden: 4, nodeFeatures: 1 };
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const inputs = constants<DynamicsInputs>(randomInputs());
    const parameters = constants<MultichannelEgnn>(randomParameters(config));
    valueAndGrad(
      (p: MultichannelEgnn) => tf.sum(applyMultichannelEgnn(inputs, { parameters: p, config }).positions),
      parameters,
    );
    applyMoleculeEgnn({ ...inputs, nodeMask: tf.ones([2, 4]) }, {
      parameters: constants<MoleculeEgnn>(initMoleculeEgnn(stream(0), molecule)),
      config: molecule,
    });
  });
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("networks refuse sizes that make no network", () => {
  assert.throws(() => multichannelEgnn({ layers: 1 }), /layers must be an integer >= 2: current value is 1/);
  assert.throws(
    () => multichannelEgnn({ channels: 0 }),
    /channels must be an integer >= 1: current value is 0/,
  );
  assert.throws(() => moleculeEgnn({ hidden: 1.5 }), /hidden must be an integer >= 1: current value is 1.5/);
});
