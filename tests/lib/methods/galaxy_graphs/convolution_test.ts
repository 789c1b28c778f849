import assert from "node:assert/strict";
import {
  blockAdjacency,
  blockGeometry,
  type Convolution,
  countConvolution,
  countCritic,
  countGenerator,
  CUBE_SYMMETRIES,
  directionalAdjacency,
  drawRotation,
  type Edges,
  graphConvolution,
  groupEdges,
  initConvolution,
  initCritic,
  initGenerator,
  permuteDirections,
  rotateVectors,
} from "../../../../lib/methods/galaxy_graphs/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { flattenTree, type Tensor, tf } from "../../../../lib/tensor/mod.ts";
import { bothWays, edgeMatrix, normal, run } from "./_helpers.ts";

const close = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number, message = "") => {
  assert.equal(a.length, b.length);
  for (let i = 0; i < a.length; i++) {
    assert.ok(Math.abs(a[i] - b[i]) <= tolerance, `${message} at ${i}: ${a[i]} is not ${b[i]}`);
  }
};

const cluster = (seed: number, nodes: number) =>
  stream(seed, "cluster").normal(new Float64Array(3 * nodes), { std: 0.4 });

/** Adjacency as dense numbers [26][n][n]. */
function dense(adjacency: Float64Array, { receivers, senders }: Edges, nodes: number): Float64Array {
  const out = new Float64Array(26 * nodes * nodes);
  receivers.forEach((i, e) => {
    for (let f = 0; f < 26; f++) out[(f * nodes + i) * nodes + senders[e]] = adjacency[26 * e + f];
  });
  return out;
}

Deno.test("directionalAdjacency() of two nodes at r = s: w = e^(−1/2), Σ_f A^f = w/(1 + w)", () => {
  const edges = groupEdges({ count: 2, positions: [0, 0, 0, 0, 0.4, 0] });
  const adjacency = directionalAdjacency([0, 0, 0, 0, 0.4, 0], { edges, scale: 0.4 });
  const sum = adjacency.subarray(0, 26).reduce((total, a) => total + a, 0);
  const w = Math.exp(-0.5);
  assert.equal(w.toFixed(6), "0.606531");
  assert.ok(Math.abs(sum - w / (1 + w)) < 1e-15);
  assert.equal(sum.toFixed(6), "0.377541");
  // Other radial weights: 1/(1 + 1) and 1, and the distance itself.
  for (const [radial, weight] of [["rational", 0.5], ["one", 1], ["distance", 0.4]] as const) {
    const other = directionalAdjacency([0, 0, 0, 0, 0.4, 0], { edges, scale: 0.4, radial });
    const total = other.subarray(0, 26).reduce((all, a) => all + a, 0);
    assert.ok(Math.abs(total - weight / (1 + weight)) < 1e-14, radial);
  }
});

Deno.test("directionalAdjacency(): Σ_f A^f_ij = w_ij c_ij on a cluster", () => {
  const nodes = 6, positions = cluster(1, nodes), scale = 0.3;
  const edges = groupEdges({ count: nodes, positions });
  const adjacency = directionalAdjacency(positions, { edges, scale });
  const weight = (i: number, j: number) => {
    const square = [0, 1, 2].reduce((sum, k) => sum + (positions[3 * i + k] - positions[3 * j + k]) ** 2, 0);
    return i === j ? 0 : Math.exp(-square / (2 * scale * scale));
  };
  const degree = Array.from(
    { length: nodes },
    (_, i) => Array.from({ length: nodes }, (_, j) => weight(i, j)).reduce((a, b) => a + b),
  );
  edges.receivers.forEach((i, e) => {
    const j = edges.senders[e];
    const sum = adjacency.subarray(26 * e, 26 * e + 26).reduce((total, a) => total + a, 0);
    assert.ok(Math.abs(sum - weight(i, j) / Math.sqrt((degree[i] + 1) * (degree[j] + 1))) < 1e-14);
  });
});

Deno.test("directionalAdjacency() keeps translations, follows symmetries of the cube, not other rotations", () => {
  const nodes = 5, positions = cluster(2, nodes);
  const edges = groupEdges({ count: nodes, positions });
  const of = (x: Float64Array) => dense(directionalAdjacency(x, { edges, scale: 0.4 }), edges, nodes);
  const original = of(positions);
  close(of(positions.map((x) => x + 8)), original, 1e-13, "translation");
  for (const symmetry of CUBE_SYMMETRIES) {
    const turned = of(rotateVectors(positions.slice(), symmetry));
    permuteDirections(symmetry).forEach((image, f) => {
      const size = nodes * nodes;
      close(
        turned.subarray(image * size, (image + 1) * size),
        original.subarray(f * size, (f + 1) * size),
        1e-13,
      );
    });
  }
  const turned = of(rotateVectors(positions.slice(), drawRotation(stream(1, "rotation"))));
  assert.ok(turned.some((a, i) => Math.abs(a - original[i]) > 1e-3));
});

Deno.test("blockAdjacency() agrees with directionalAdjacency(), for every radial weight", async () => {
  const nodes = 7, positions = cluster(3, nodes);
  // Two nodes in the same place have no direction: all 26 weights are equal.
  positions.set(positions.subarray(0, 3), 18);
  const edges = groupEdges({ count: nodes, positions });
  for (const radial of ["gaussian", "rational", "one", "distance"] as const) {
    const expected = dense(directionalAdjacency(positions, { edges, scale: 0.3, radial }), edges, nodes);
    const found = await run(
      (positions: Tensor, edges: Tensor) =>
        tf.transpose(
          tf.reshape(blockAdjacency(blockGeometry(positions, edges), { scale: 0.3, radial }), [
            nodes,
            26,
            nodes,
          ]),
          [1, 0, 2],
        ),
      [hostTensor(Float32Array.from(positions), [1, nodes, 3]), edgeMatrix(edges, nodes)],
    );
    close(found, expected, 1e-6, radial);
  }
});

Deno.test("graphConvolution() is H W0 + Σ_f A^f H W1^f + b, on edges and in blocks", async () => {
  const nodes = 6, inputs = 3, outputs = 4, positions = cluster(4, nodes);
  for (const links of ["complete", "star", { radius: 0.6 }, { nearest: 2 }] as const) {
    const edges = groupEdges({ count: nodes, positions }, links);
    const features = normal(stream(4, "features"), nodes, inputs);
    const layer = initConvolution(stream(4, "layer"), { inputs, outputs });
    layer.bias.data.set([1, 2, 3, 4]);
    const scale = 0.4;
    const both = (layer: Convolution) =>
      bothWays((features, aggregate) => graphConvolution(features, layer, aggregate), {
        positions,
        features,
        edges,
        scale,
      });
    const { list, block } = await both({
      own: tf.tensor(layer.own.data, [inputs, outputs]),
      neighbours: tf.tensor(layer.neighbours.data, [26 * inputs, outputs]),
      bias: tf.tensor(layer.bias.data),
    } as Convolution);
    close(list, block, 1e-5);
    const adjacency = dense(directionalAdjacency(positions, { edges, scale }), edges, nodes);
    const expected = new Float64Array(nodes * outputs);
    for (let i = 0; i < nodes; i++) {
      for (let o = 0; o < outputs; o++) {
        let sum = layer.bias.data[o];
        for (let c = 0; c < inputs; c++) {
          sum += features.data[i * inputs + c] * layer.own.data[c * outputs + o];
          for (let f = 0; f < 26; f++) {
            for (let j = 0; j < nodes; j++) {
              sum += adjacency[(f * nodes + i) * nodes + j] * features.data[j * inputs + c] *
                layer.neighbours.data[(f * inputs + c) * outputs + o];
            }
          }
        }
        expected[i * outputs + o] = sum;
      }
    }
    close(list, expected, 1e-5);
  }
});

Deno.test("graphConvolution() is equivariant under permutation of nodes", async () => {
  const nodes = 6, positions = cluster(5, nodes), order = stream(5, "order").permutation(nodes);
  const features = normal(stream(5, "features"), nodes, 2);
  const layer = initConvolution(stream(5, "layer"), { inputs: 2, outputs: 3 });
  const of = async (positions: Float64Array, data: Float32Array) => {
    const edges = groupEdges({ count: nodes, positions });
    const { block } = await bothWays(
      (features, aggregate) =>
        graphConvolution(features, {
          own: tf.tensor(layer.own.data, [2, 3]),
          neighbours: tf.tensor(layer.neighbours.data, [52, 3]),
          bias: tf.tensor(layer.bias.data),
        }, aggregate),
      { positions, features: hostTensor(data, [nodes, 2]), edges, scale: 0.4 },
    );
    return block;
  };
  const permuted = <T extends Float32Array | Float64Array>(rows: T, width: number): T => {
    const out = rows.slice() as T;
    order.forEach((from, to) => out.set(rows.subarray(from * width, (from + 1) * width), to * width));
    return out;
  };
  const plain = await of(positions, features.data as Float32Array);
  close(
    await of(permuted(positions, 3), permuted(features.data as Float32Array, 2)),
    permuted(plain, 3),
    1e-6,
  );
});

Deno.test("parameter counts at the paper's sizes are 757 714 and 874 753, and those of what is drawn", () => {
  assert.equal(countConvolution({ inputs: 75, outputs: 128 }), 259328);
  assert.equal(countGenerator({ inputs: 75 }), 757714);
  assert.equal(countCritic({ labels: 2, conditions: 43 }), 874753);
  const size = (tree: unknown) =>
    (flattenTree(tree).leaves as readonly { shape: readonly number[] }[])
      .reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0);
  assert.equal(size(initGenerator(stream(1, "g"), { inputs: 75 })), 757714);
  assert.equal(size(initCritic(stream(1, "c"), { labels: 2, conditions: 43 })), 874753);
  const small = { inputs: 9, widths: [4, 3], output: "axis" } as const;
  assert.equal(size(initGenerator(stream(1, "g"), small)), countGenerator(small));
});

Deno.test("initConvolution() has the spread of the released initialiser, cut off at two deviations", () => {
  const { own, neighbours, bias } = initConvolution(stream(6, "layer"), { inputs: 64, outputs: 16 });
  // A normal law cut off at ±2σ keeps 0.8796² of the variance.
  for (const [{ data }, fanIn] of [[own, 64], [neighbours, 64 * 16]] as const) {
    const std = Math.sqrt(1.3 * Math.SQRT2 / fanIn);
    const found = Math.sqrt(Float64Array.from(data, (x) => x * x).reduce((a, b) => a + b) / data.length);
    assert.ok(Math.abs(found / (0.8796 * std) - 1) < 4 / Math.sqrt(2 * data.length), `${found}`);
    assert.ok(data.every((x) => Math.abs(x) <= 2 * std * (1 + 1e-6)));
  }
  assert.ok(bias.data.every((x) => x === 0));
});

Deno.test("groupEdges() links as asked, and refuses what makes no sense", () => {
  const group = { count: 4, positions: [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 9] };
  const pairs = (links: Parameters<typeof groupEdges>[1]) => {
    const { receivers, senders } = groupEdges(group, links);
    return Array.from(receivers, (i, e) => `${i}${senders[e]}`).join(" ");
  };
  assert.equal(pairs("complete"), "01 02 03 10 12 13 20 21 23 30 31 32");
  assert.equal(pairs("star"), "01 02 03 10 20 30");
  assert.equal(pairs("none"), "");
  assert.equal(pairs({ radius: 2.1 }), "01 02 10 20");
  assert.equal(pairs({ nearest: 1 }), "01 02 03 10 20 30");
  assert.throws(() => groupEdges(group, { radius: 0 }), {
    name: "RangeError",
    message: "Cannot link galaxies as radius must be > 0: current value is 0",
  });
  assert.throws(() => groupEdges(group, { nearest: 1.5 }), { name: "RangeError" });
});
