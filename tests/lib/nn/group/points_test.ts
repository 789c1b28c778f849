/** Vector neurons, neighbours, and networks for point clouds. */
import assert from "node:assert/strict";
import type { HostTensor } from "../../../../lib/compile/mod.ts";
import {
  crossProduct,
  dgcnn,
  type DgcnnConfig,
  type EdgeConv,
  edgeConv,
  gatherNeighbours,
  initEdgeConv,
  initVnBlock,
  initVnLinear,
  nearestNeighbours,
  type Network,
  pointNet,
  vnBatchNorm,
  vnDgcnn,
  vnEdgeFeatures,
  vnInvariant,
  vnLeakyRelu,
  vnLinear,
  vnLinearLeakyRelu,
  vnMaxPool,
  vnPointNet,
} from "../../../../lib/nn/group/mod.ts";
import { constants, initAffine, initRunningStatistics } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { flattenTree, type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { evaluate, host } from "../_check.ts";
import { gap, gaussian, randomOrthogonal, size, turn, turnFeatures } from "./_rotations.ts";

/** Host tensors as tensors, of whatever type is wanted. */
const tensors = (tree: unknown) => constants(tree as HostTensor) as never;
const vector = (...values: number[]) => tf.tensor2d(values, [3, 1]);

Deno.test("vnLeakyRelu() keeps what points along d and removes what points against it", () => {
  tf.tidy(() => {
    const x = vector(1, 0, 0);
    assert.ok(size(vnLeakyRelu(x, { direction: vector(-1, 0, 0), slope: 0 })) < 2e-6);
    assert.equal(gap(vnLeakyRelu(x, { direction: vector(0, 1, 0), slope: 0 }), x), 0);
    const part = vnLeakyRelu(x, { direction: vector(-1, 0, 0), slope: 0.2 });
    assert.ok(gap(part, vector(0.2, 0, 0)) < 2e-6);
  });
});

Deno.test("vnLeakyRelu() and vnBatchNorm() equal loops over their definitions, with directions of their own or one", () => {
  tf.tidy(() => {
    const [rows, channels] = [10, 4];
    const x = gaussian(21, [2, 5, 3, channels]), v = x.arraySync() as number[][][][];
    const vectors = v.flat().flatMap((row) => row[0].map((_, c) => row.map((component) => component[c])));
    const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, y, i) => sum + y * b[i], 0);
    /** Vectors by row and channel, as `[2, 5, 3, channels]`. */
    const packed = (list: readonly (readonly number[])[]) =>
      tf.transpose(tf.reshape(tf.tensor2d(list as number[][]), [2, 5, channels, 3]), [0, 1, 3, 2]);
    for (const shared of [false, true]) {
      const direction = gaussian(22, [2, 5, 3, shared ? 1 : channels]);
      const d = (direction.arraySync() as number[][][][]).flat();
      const wanted = vectors.map((y, i) => {
        const own = d[Math.floor(i / channels)].map((component) => component[shared ? 0 : i % channels]);
        const along = Math.min(0, dot(y, own)) / (dot(own, own) + 1e-6);
        return y.map((value, k) => value - 0.8 * along * own[k]);
      });
      assert.ok(gap(vnLeakyRelu(x, { direction }), packed(wanted)) < 1e-5);
    }
    const lengths = vectors.map((y) => Math.sqrt(dot(y, y)));
    const { output } = vnBatchNorm(x, {
      affine: tensors(initAffine(channels)),
      running: tensors(initRunningStatistics(channels)),
      training: true,
    });
    const wanted = vectors.map((y, i) => {
      const own = lengths.filter((_, other) => other % channels === i % channels);
      const mean = own.reduce((sum, length) => sum + length, 0) / rows;
      const variance = own.reduce((sum, length) => sum + (length - mean) ** 2, 0) / rows;
      const share = (lengths[i] - mean) / Math.sqrt(variance + 1e-5) / lengths[i];
      return y.map((value) => value * share);
    });
    assert.ok(gap(output, packed(wanted)) < 1e-4);
  });
});

/** Layers of vectors that must commute with rotations, and whether they do with reflections. */
const LAYERS: Record<string, { apply: (x: Tensor) => Tensor; reflections?: false; invariant?: true }> = {
  vnLinear: { apply: (x) => vnLinear(x, tensors(initVnLinear(stream(1, "w"), { inputs: 4, outputs: 5 }))) },
  vnLeakyRelu: { apply: (x) => vnLeakyRelu(x, { direction: tf.reverse(x, 3) }) },
  vnBatchNorm: {
    apply: (x) =>
      vnBatchNorm(x, {
        affine: tensors({ ...initAffine(4), offset: initAffine(4).scale }),
        running: tensors(initRunningStatistics(4)),
        training: true,
      } as never).output,
  },
  vnLinearLeakyRelu: {
    apply: (x) => vnLinearLeakyRelu(x, tensors(initVnBlock(stream(2, "b"), { inputs: 4, outputs: 6 })), {}),
  },
  vnMaxPool: {
    apply: (x) => vnMaxPool(x, tensors(initVnLinear(stream(3, "w"), { inputs: 4, outputs: 4 }))),
  },
  vnEdgeFeatures: { apply: (x) => vnEdgeFeatures(x, tf.zeros([2, 6, 2], "int32")) },
  "vnEdgeFeatures with cross products": {
    apply: (x) => vnEdgeFeatures(x, tf.zeros([2, 6, 2], "int32"), { cross: true }),
    reflections: false,
  },
  vnInvariant: { apply: (x) => vnInvariant(x, tf.slice(x, [0, 0, 0, 0], [-1, -1, -1, 3])), invariant: true },
};

for (const [name, { apply, reflections = true, invariant = false }] of Object.entries(LAYERS)) {
  Deno.test(`${name} commutes with rotations${reflections ? " and reflections" : ", not with reflections"}`, () => {
    tf.tidy(() => {
      const x = gaussian(4, [2, 6, 3, 4]);
      for (const reflect of [false, true]) {
        const q = randomOrthogonal(5, { reflect });
        const y = apply(x), wanted = invariant ? y : turnFeatures(y, q);
        const error = gap(apply(turnFeatures(x, q)), wanted);
        if (!reflect || reflections) assert.ok(error < 1e-4, `${error}`);
        else assert.ok(error > 0.1);
      }
    });
  });
}

Deno.test("a bias on vectors breaks equivariance (the check can fail)", () => {
  tf.tidy(() => {
    const x = gaussian(4, [2, 6, 3, 4]), q = randomOrthogonal(5);
    const biased = (t: Tensor) => tf.add(t, 0.5);
    assert.ok(gap(biased(turnFeatures(x, q)), turnFeatures(biased(x), q)) > 0.1);
  });
});

Deno.test("crossProduct() is x_a × x_b", () => {
  tf.tidy(() => {
    const found = crossProduct(tf.tensor2d([[1, 0, 0], [1, 2, 3]]), tf.tensor2d([[0, 1, 0], [4, 5, 6]]));
    assert.deepEqual(Array.from(found.dataSync()), [0, 0, 1, -3, 6, -3]);
  });
});

Deno.test("nearestNeighbours() equals brute force, gatherNeighbours() takes their features", () => {
  tf.tidy(() => {
    const points = gaussian(6, [2, 32, 3]);
    const found = nearestNeighbours(points, 5).arraySync() as number[][][];
    const rows = points.arraySync() as number[][][];
    rows.forEach((cloud, b) =>
      cloud.forEach((p, i) => {
        const wanted = cloud.map((r, j) => ({
          j,
          d: (r[0] - p[0]) ** 2 + (r[1] - p[1]) ** 2 + (r[2] - p[2]) ** 2,
        }))
          .sort((one, other) => one.d - other.d).slice(0, 5).map(({ j }) => j);
        assert.deepEqual(found[b][i], wanted);
      })
    );
    const gathered = gatherNeighbours(points, tf.tensor3d(found as number[][][], undefined, "int32"));
    assert.deepEqual((gathered.arraySync() as number[][][][])[1][7][3], rows[1][found[1][7][3]]);
    assert.throws(() => nearestNeighbours(points, 33), RangeError);
  });
});

Deno.test("edgeConv() equals the layer on [x_j − x_i, x_i], and follows a permutation of the points", () => {
  tf.tidy(() => {
    const x = gaussian(7, [1, 10, 4]);
    const layer = tensors(initEdgeConv(stream(8, "edge"), { inputs: 4, outputs: 3 })) as EdgeConv;
    const indices = nearestNeighbours(x, 4);
    const found = edgeConv(x, layer, { indices, norm: (y) => y });
    const near = gatherNeighbours(x, indices);
    const own = tf.add(tf.expandDims(x, 2), tf.zerosLike(near));
    const edges = tf.reshape(tf.concat([tf.sub(near, own), own], 3), [40, 8]) as tf.Tensor2D;
    const weight = tf.concat([layer.difference, layer.own], 0) as tf.Tensor2D;
    const wanted = tf.max(tf.leakyRelu(tf.reshape(tf.matMul(edges, weight), [1, 10, 4, 3]), 0.2), 2);
    assert.ok(gap(found, wanted) < 1e-5);
    const order = [3, 1, 4, 0, 5, 9, 2, 6, 8, 7];
    const permuted = tf.gather(x, order, 1);
    const moved = edgeConv(permuted, layer, { indices: nearestNeighbours(permuted, 4), norm: (y) => y });
    assert.ok(gap(moved, tf.gather(found, order, 1)) < 1e-5);
  });
});

const small: DgcnnConfig = { classes: 3, neighbours: 4, widths: [4, 8], embedding: 8, head: [8, 8] };
const NETWORKS: readonly { network: Network<never, never>; invariant?: true; perPoint?: true }[] = [
  { network: pointNet({ classes: 3, widths: [8, 16], head: [8, 8], inputTransform: true }) as never },
  { network: pointNet({ classes: 3, widths: [8, 16], head: [8], segments: true }) as never, perPoint: true },
  { network: dgcnn(small) as never },
  { network: dgcnn({ ...small, segments: true }) as never, perPoint: true },
  {
    network: vnPointNet({ classes: 3, neighbours: 4, widths: [4, 4, 8], head: [8, 8] }) as never,
    invariant: true,
  },
  { network: vnDgcnn(small) as never, invariant: true },
  {
    network: vnPointNet({ classes: 3, neighbours: 4, widths: [4, 4, 8], head: [8], segments: true }) as never,
    invariant: true,
    perPoint: true,
  },
  { network: vnDgcnn({ ...small, segments: true }) as never, invariant: true, perPoint: true },
];

for (const { network, invariant = false, perPoint = false } of NETWORKS) {
  const note = perPoint ? " that labels points" : "";
  Deno.test(`${network.name}${note} does not see the order of points${invariant ? ", nor rotations" : ", but sees rotations"}`, () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const { parameters, buffers } = network.init(stream(9, "weights"));
      const pass = { parameters: tensors(parameters), buffers: tensors(buffers), training: true } as never;
      const x = gaussian(10, [3, 12, 3]);
      const apply = (points: Tensor) => network.apply(points as never, pass).output;
      const y = apply(x);
      assert.deepEqual(y.shape, perPoint ? [3, 12, 3] : [3, 3]);
      const order = [11, 1, 2, 7, 4, 5, 6, 3, 8, 10, 9, 0];
      const moved = apply(tf.gather(x, order, 1));
      assert.ok(gap(moved, perPoint ? tf.gather(y, order, 1) : y) < 1e-3);
      const turned = apply(turn(x, randomOrthogonal(11)));
      if (invariant) assert.ok(gap(turned, y) < 2e-3, `${gap(turned, y)}`);
      else assert.ok(gap(turned, y) > 0.05);
    });
    assert.equal(tf.memory().numTensors, before);
  });

  Deno.test(`${network.name}${note} has all its statistics, and a gradient for every parameter, on native`, async () => {
    const { parameters, buffers } = network.init(stream(12, "weights"));
    const masks = network.dropouts?.([3, 12, 3]) ?? [];
    const program = (x: Tensor, parameters: unknown, buffers: unknown) => {
      const keep = masks.map(({ shape }) => tf.ones(shape as [number, number], "bool"));
      const { grads, aux } = valueAndGrad((p: unknown) => {
        const pass = { parameters: p, buffers, training: true, keep } as never;
        const { output, buffers: updated } = network.apply(x as never, pass);
        return { value: tf.mean(tf.square(tf.sub(output, 1))), aux: updated as unknown };
      }, parameters);
      return { grads, aux } as { grads: unknown; aux: unknown };
    };
    const x = host({ shape: [3, 12, 3], data: [...stream(13, "x").normal(new Float32Array(108))] });
    const { grads, aux } = await evaluate(
      "native",
      program as never,
      ...([x, parameters, buffers] as unknown as []),
    ) as {
      grads: never;
      aux: never;
    };
    assert.equal(flattenTree(aux).leaves.length, flattenTree(buffers).leaves.length);
    const { leaves, paths } = flattenTree(grads) as unknown as {
      leaves: { data: Float32Array }[];
      paths: string[];
    };
    leaves.forEach(({ data }, i) => {
      assert.ok(data.every(Number.isFinite), paths[i]);
      // A bias before a normalisation has no effect in training.
      if (!paths[i].endsWith("linear.bias")) assert.ok(data.some((g) => g !== 0), paths[i]);
    });
  });
}
