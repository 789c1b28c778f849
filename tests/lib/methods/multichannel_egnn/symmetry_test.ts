import assert from "node:assert/strict";
import type { HostTensor, HostTree } from "../../../../lib/compile/mod.ts";
import { gnn, radialField, type RadialFieldLayer } from "../../../../lib/nn/graphs/mod.ts";
import type {
  MultichannelEgnn,
  MultichannelEgnnConfig,
} from "../../../../lib/methods/multichannel_egnn/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import {
  distance,
  evaluate,
  type HostInputs,
  moved,
  movedPoints,
  orthogonal,
  positionsOf,
  randomInputs,
  randomParameters,
} from "./_helpers.ts";

/** The inputs in another frame of reference. */
const turned = (inputs: HostInputs, q: number[][], t: readonly number[]): HostInputs => ({
  ...inputs,
  positions: moved(inputs.positions, q, t),
  velocities: moved(inputs.velocities, q),
});

const SHIFT = [1.5, -2, 0.5];

/** |f(QX + t, Qv) − (Q f(X, v) + t)|∞ over a rotation and a reflection, and how far f moves the points. */
async function equivarianceError(
  predict: (inputs: HostInputs) => Promise<Float32Array>,
  inputs: HostInputs,
): Promise<{ error: number; motion: number }> {
  const plain = await predict(inputs);
  let error = 0;
  for (const determinant of [1, -1] as const) {
    const q = orthogonal(3, determinant);
    const other = await predict(turned(inputs, q, SHIFT));
    error = Math.max(error, distance(other, movedPoints(plain, q, SHIFT)));
  }
  return { error, motion: distance(plain, inputs.positions.data) };
}

for (const normaliseDifferences of [false, true]) {
  for (const channels of [1, 2, 3, 5, 10]) {
    Deno.test(`MC-EGNN is E(3)-equivariant at K = ${channels}, norm_diff ${normaliseDifferences}`, async () => {
      const config = { channels, layers: 3, hidden: 16, normaliseDifferences, attention: channels === 2 };
      const parameters = randomParameters(config, { gain: 100 });
      const { error, motion } = await equivarianceError(
        (inputs) => positionsOf(inputs, { parameters, config }),
        randomInputs(),
      );
      assert.ok(motion > 0.05, `the network does something: ${motion}`);
      assert.ok(error < 1e-4, `error ${error}`);
    });
  }
}

Deno.test("MC-EGNN is no longer equivariant where the clamp is active", async () => {
  const config = { channels: 3, layers: 3, hidden: 16 };
  const parameters = randomParameters(config, { gain: 100 });
  const errorAt = async (clamp: number) =>
    (await equivarianceError(
      (inputs) => positionsOf(inputs, { parameters, config: { ...config, clamp } }),
      randomInputs(),
    )).error;
  assert.ok(await errorAt(100) < 1e-4);
  assert.ok(await errorAt(0.01) > 1e-3);
});

Deno.test("radialField() is E(3)-equivariant, gnn() is not", async () => {
  const inputs = randomInputs();
  const errorOf = <P>(
    model: { init(s: ReturnType<typeof stream>): HostTree<P>; predict(i: never, p: P): unknown },
  ) => {
    const parameters = model.init(stream(0, "weights"));
    return equivarianceError(
      async (inputs) =>
        (await evaluate(
          "wasm",
          (inputs: never, parameters: P) => model.predict(inputs, parameters),
          inputs as never,
          parameters,
        ) as HostTensor).data as Float32Array,
      inputs,
    );
  };
  const radial = await errorOf<RadialFieldLayer[]>(radialField({ hidden: 16 }));
  assert.ok(radial.error < 1e-4 && radial.motion > 0.01, JSON.stringify(radial));
  assert.ok((await errorOf(gnn({ hidden: 16 }))).error > 0.1);
});

/** The inputs with node `order[k]` at place k. */
function permuted(inputs: HostInputs, order: readonly number[]): HostInputs {
  const [batch, nodes] = inputs.positions.shape;
  const rows = (tensor: HostTensor, from: (place: number) => number, count: number) => {
    const size = tensor.data.length / (batch * count);
    const data = new Float32Array(tensor.data.length);
    for (let b = 0; b < batch; b++) {
      for (let k = 0; k < count; k++) {
        const start = (b * count + from(k)) * size;
        data.set(tensor.data.subarray(start, start + size), (b * count + k) * size);
      }
    }
    return hostTensor(data, tensor.shape);
  };
  const node = (place: number) => order[place];
  const edge = (place: number) => {
    const i = Math.floor(place / (nodes - 1)), s = place % (nodes - 1);
    const [receiver, sender] = [order[i], order[s < i ? s : s + 1]];
    return receiver * (nodes - 1) + (sender < receiver ? sender : sender - 1);
  };
  return {
    positions: rows(inputs.positions, node, nodes),
    velocities: rows(inputs.velocities, node, nodes),
    nodeFeatures: rows(inputs.nodeFeatures, node, nodes),
    edgeAttributes: rows(inputs.edgeAttributes!, edge, nodes * (nodes - 1)),
  };
}

Deno.test("MC-EGNN is equivariant to permutations of the nodes", async () => {
  const order = [2, 0, 3, 1];
  for (const channels of [1, 3]) {
    const config = { channels, layers: 3, hidden: 16 };
    const parameters = randomParameters(config);
    const inputs = randomInputs();
    const plain = await positionsOf(inputs, { parameters, config });
    const other = await positionsOf(permuted(inputs, order), { parameters, config });
    const back = new Float32Array(plain.length);
    for (let b = 0; b < 2; b++) {
      order.forEach((node, place) => {
        back.set(other.subarray((b * 4 + place) * 3, (b * 4 + place + 1) * 3), (b * 4 + node) * 3);
      });
    }
    assert.ok(distance(other, plain) > 0.1);
    assert.ok(distance(back, plain) < 1e-5, String(distance(back, plain)));
  }
});

Deno.test("MC-EGNN is invariant to a permutation of its hidden channels", async () => {
  const K = 3, L = 3, order = [1, 2, 0];
  const config = { channels: K, layers: L, hidden: 16 };
  const parameters = randomParameters(config);
  /** Column (i, j) of a weight `[rows, K_in K_out]` comes from (from(i), to(j)). */
  const columns = (weight: HostTensor, inPermuted: boolean, outPermuted: boolean, outs: number) => {
    const width = weight.shape.at(-1)!;
    return hostTensor(
      Float32Array.from(weight.data, (_, k) => {
        const row = Math.floor(k / width), i = Math.floor(k % width / outs), j = k % outs;
        const [a, b] = [inPermuted ? order[i] : i, outPermuted ? order[j] : j];
        return weight.data[row * width + a * outs + b];
      }),
      weight.shape,
    );
  };
  const permutedLayers = parameters.layers.map((layer, l) => {
    const [inner, outer] = [l > 0, l < L - 1], outs = outer ? K : 1;
    const pair = inner
      ? hostTensor(
        Float32Array.from(layer.edge.pair.data, (x, k) => {
          const row = Math.floor(k / 16);
          return row < K ? layer.edge.pair.data[order[row] * 16 + k % 16] : x;
        }),
        layer.edge.pair.shape,
      )
      : layer.edge.pair;
    const { coordinates, velocity } = layer;
    return {
      ...layer,
      edge: { ...layer.edge, pair },
      coordinates: { ...coordinates!, mixing: columns(coordinates!.mixing, inner, outer, outs) },
      velocity: {
        ...velocity!,
        mixing: {
          weight: columns(velocity!.mixing.weight, inner, outer, outs),
          bias: columns(velocity!.mixing.bias, inner, outer, outs),
        },
      },
    };
  });
  const inputs = randomInputs();
  const plain = await positionsOf(inputs, { parameters, config });
  const other = { ...parameters, layers: permutedLayers } as HostTree<MultichannelEgnn>;
  assert.ok(distance(await positionsOf(inputs, { parameters: other, config }), plain) < 1e-5);
  // Of the permuted weights alone, each matters.
  const half = { ...parameters, layers: permutedLayers.with(1, parameters.layers[1] as never) };
  assert.ok(
    distance(await positionsOf(inputs, { parameters: half as HostTree<MultichannelEgnn>, config }), plain) >
      1e-3,
  );
});

/** Repeats rows or columns of EGNN's weights so that K channels do what one did. */
function spreadOver(channels: number, parameters: HostTree<MultichannelEgnn>): HostTree<MultichannelEgnn> {
  const K = channels, last = parameters.layers.length - 1;
  const layers = parameters.layers.map((layer, l) => {
    const [ins, outs] = [l > 0 ? K : 1, l < last ? K : 1];
    // W = w I between hidden layers, w (1 … 1) into them, w/K (1 … 1)ᵀ out of them.
    const factor = (i: number, j: number) =>
      ins === K && outs === K ? (i === j ? 1 : 0) : ins === K ? 1 / K : 1;
    const wide = ({ data, shape }: HostTensor) => {
      const rows = data.length / shape.at(-1)!;
      const all = new Float32Array(rows * ins * outs).map((_, k) =>
        data[Math.floor(k / (ins * outs))] * factor(Math.floor(k / outs) % ins, k % outs)
      );
      return hostTensor(all, shape.length === 1 ? [all.length] : [rows, ins * outs]);
    };
    // Of the K equal distances each gets a Kth of the weight.
    const H = layer.edge.bias.shape[0], { data } = layer.edge.pair;
    const pair = [
      ...Array(ins).fill([...data.subarray(0, H)].map((x) => x / ins)).flat(),
      ...data.subarray(H),
    ];
    // Velocity: all columns' sums must be EGNN's.
    const velocityFactor = (i: number) => i === 0 ? 1 : 0;
    const spread = ({ data, shape }: HostTensor) => {
      const rows = data.length / shape.at(-1)!;
      const all = new Float32Array(rows * ins * outs).map((_, k) =>
        data[Math.floor(k / (ins * outs))] * velocityFactor(Math.floor(k / outs) % ins)
      );
      return hostTensor(all, shape.length === 1 ? [all.length] : [rows, ins * outs]);
    };
    const { coordinates, velocity } = layer;
    return {
      ...layer,
      edge: { ...layer.edge, pair: hostTensor(Float32Array.from(pair), [pair.length / H, H]) },
      coordinates: { ...coordinates!, mixing: wide(coordinates!.mixing) },
      velocity: {
        ...velocity!,
        mixing: { weight: spread(velocity!.mixing.weight), bias: spread(velocity!.mixing.bias) },
      },
    };
  });
  return { ...parameters, layers } as HostTree<MultichannelEgnn>;
}

Deno.test("MC-EGNN with identity mixing, and with tied channels, equals EGNN", async () => {
  const K = 3, base: MultichannelEgnnConfig = { layers: 3, hidden: 16 };
  const single = randomParameters(base), inputs = randomInputs();
  const wanted = await positionsOf(inputs, { parameters: single, config: base });
  const wide = await positionsOf(inputs, {
    parameters: spreadOver(K, single),
    config: { ...base, channels: K },
  });
  assert.ok(distance(wide, wanted) < 2e-5, String(distance(wide, wanted)));
  // Tied: one number per edge for all channels; only the distances are K times there.
  const tied = {
    ...single,
    layers: single.layers.map((layer, l) => ({ ...layer, edge: spreadOver(K, single).layers[l].edge })),
  } as HostTree<MultichannelEgnn>;
  const actual = await positionsOf(inputs, {
    parameters: tied,
    config: { ...base, channels: K, tied: true },
  });
  assert.ok(distance(actual, wanted) < 2e-5, String(distance(actual, wanted)));
});
