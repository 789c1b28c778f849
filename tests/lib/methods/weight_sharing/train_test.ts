import assert from "node:assert/strict";
import {
  clustersByValue,
  projectOnClusters,
  prox,
  proximalStep,
  sharingStatistics,
  type SharingTrainOptions,
  trainWithSharing,
} from "../../../../lib/methods/weight_sharing/mod.ts";
import {
  type BatchMaker,
  dense,
  hostTensor,
  type Loss,
  meanSquaredError,
  sgd,
  train,
} from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import type { Tensor } from "../../../../lib/tensor/mod.ts";
import { distance } from "./_inputs.ts";
import { andC, WITHOUT_C } from "../../compile/_executors.ts";

interface Linear {
  readonly layer: { readonly weight: Tensor; readonly bias: Tensor };
}
interface Pairs {
  readonly x: Tensor;
  readonly y: Tensor;
}

const SIDE = 8, ROWS = 24, BATCH = 8;
const X = stream(1, "x").normal(new Float32Array(ROWS * SIDE));
/** A cyclic convolution with three taps. */
const Y = X.map((_, i) => {
  const row = i - i % SIDE, at = (k: number) => X[row + (i + k) % SIDE];
  return at(0) - 0.5 * at(1) + 0.25 * at(3);
});

const batches: BatchMaker<Pairs> = {
  example: {
    x: hostTensor(new Float32Array(BATCH * SIDE), [BATCH, SIDE]),
    y: hostTensor(new Float32Array(BATCH * SIDE), [BATCH, SIDE]),
  },
  fill(batch, rows) {
    rows.forEach((row, i) => {
      batch.x.data.set(X.subarray(row * SIDE, (row + 1) * SIDE), i * SIDE);
      batch.y.data.set(Y.subarray(row * SIDE, (row + 1) * SIDE), i * SIDE);
    });
  },
};

const START = stream(2, "weights").normal(new Float32Array(SIDE * SIDE), { std: 0.3 });

const loss: Loss<Linear, Pairs, Record<never, Tensor>> = ({ parameters, batch, weights }) => ({
  loss: meanSquaredError(dense(batch.x, parameters.layer), { target: batch.y, weights }),
});

/** What is trained, and for how long. */
const linear = () => ({
  parameters: {
    layer: {
      weight: hostTensor(START.slice(), [SIDE, SIDE]),
      bias: hostTensor(new Float32Array(SIDE), [SIDE]),
    },
  },
  rows: ROWS,
  batchSize: BATCH,
  epochs: 4,
  batches,
  stream: stream(3, "training"),
});

function fit(options: Partial<SharingTrainOptions<Linear, Pairs, Record<never, Tensor>>> = {}) {
  return trainWithSharing<Linear, Pairs>(loss, { ...linear(), learningRate: 0.5, ...options });
}

/** The same training in float64: a gradient step on the loss, then the proximal step. */
function reference(epochs: number, sharing: number): Float64Array {
  let weight = Float64Array.from(START), bias = new Float64Array(SIDE);
  for (let step = 0; step < 3 * epochs; step++) {
    const epoch = Math.floor(step / 3);
    const rate = 0.5 * (1 + Math.cos(Math.PI * epoch / 4)) / 2;
    const order = stream(3, "training").split("epoch", String(epoch)).permutation(ROWS);
    const slopes = new Float64Array(SIDE * SIDE), biasSlopes = new Float64Array(SIDE);
    for (const row of order.subarray(step % 3 * BATCH, (step % 3 + 1) * BATCH)) {
      for (let o = 0; o < SIDE; o++) {
        let output = bias[o];
        for (let i = 0; i < SIDE; i++) output += X[row * SIDE + i] * weight[i * SIDE + o];
        const slope = 2 * (output - Y[row * SIDE + o]) / (BATCH * SIDE);
        for (let i = 0; i < SIDE; i++) slopes[i * SIDE + o] += slope * X[row * SIDE + i];
        biasSlopes[o] += slope;
      }
    }
    weight = prox(weight.map((w, i) => w - rate * slopes[i]), { alpha: sharing * rate });
    bias = bias.map((b, o) => b - rate * biasSlopes[o]);
  }
  return weight;
}

const PENALTY = { path: "layer.weight", sharing: 0.05 };

Deno.test("trainWithSharing() is proximal gradient descent with a cosine by epoch, on native, wasm and c", async () => {
  for (const executor of andC("native", "wasm")) {
    for (const sharing of [0, PENALTY.sharing]) {
      const { parameters } = await fit({ executor, penalties: [{ ...PENALTY, sharing }] });
      const { data } = parameters.layer.weight;
      assert.ok(distance(data, reference(4, sharing)) < 2e-6, `${executor}, ${sharing}`);
    }
  }
});

Deno.test({
  name: "trainWithSharing() on c, with the prox in C, is training with proximalStep() on c, bit for bit",
  ignore: WITHOUT_C !== undefined,
  async fn() {
    const penalties = [{ ...PENALTY, l1: 0.001 }, { path: "layer.bias", sharing: 0.02 }];
    const options = { ...linear(), learningRate: 0.1, executor: "c" } as const;
    const { parameters } = await trainWithSharing(loss, { ...options, schedule: "constant", penalties });
    const afterStep = proximalStep({ penalties, learningRate: () => 0.1 });
    const byHand = await train(loss, { ...options, optimiser: sgd(), afterStep });
    assert.deepEqual(parameters, byHand.parameters);
    assert.notDeepEqual(parameters, linear().parameters);
  },
});

Deno.test("trainWithSharing() shares weights, and without the penalty it does not", async () => {
  const distinct = async (sharing: number) => {
    const options = { penalties: [{ ...PENALTY, sharing }], schedule: "constant", epochs: 100 } as const;
    const { parameters } = await fit(options);
    return sharingStatistics(parameters.layer.weight.data as Float32Array).distinct;
  };
  assert.equal(await distinct(0), SIDE * SIDE);
  assert.ok(await distinct(0.2) < SIDE * SIDE / 2);
});

Deno.test("trainWithSharing() keeps frozen patterns and trains the values", async () => {
  const pattern = clustersByValue(Y.subarray(0, SIDE * SIDE).map((y) => Math.round(y)));
  const start = projectOnClusters(START, pattern);
  const parameters = {
    layer: { weight: hostTensor(start, [SIDE, SIDE]), bias: hostTensor(new Float32Array(SIDE)) },
  };
  const frozen = await fit({ parameters, frozen: { "layer.weight": pattern } });
  const weight = frozen.parameters.layer.weight.data as Float32Array;
  assert.deepEqual(projectOnClusters(weight, pattern), weight);
  assert.ok(sharingStatistics(weight).distinct <= pattern.count && distance(weight, start) > 0.01);
  assert.ok(frozen.epochLosses.at(-1)! < frozen.epochLosses[0]);
});

Deno.test("trainWithSharing() follows rho by epoch and shrinks less with it", async () => {
  const seen: number[] = [];
  const l1 = { penalties: [{ ...PENALTY, l1: 0.02 }], epochs: 3 };
  const plain = await fit(l1);
  const biasFree = await fit({ ...l1, rho: (epoch) => (seen.push(epoch), 0.98) });
  assert.deepEqual(seen, [0, 0, 0, 1, 1, 1, 2, 2, 2]);
  const size = ({ parameters }: typeof plain) =>
    (parameters.layer.weight.data as Float32Array).reduce((sum, w) => sum + Math.abs(w), 0);
  assert.ok(size(biasFree) > size(plain));
});

Deno.test("trainWithSharing() refuses what does not fit", async () => {
  await assert.rejects(
    fit({ penalties: [{ path: "layer.weights", sharing: 1 }] }),
    /path must be one of layer\.bias, layer\.weight: current value is layer\.weights/,
  );
  const frozen = { "layer.weight": clustersByValue(START) };
  await assert.rejects(async () => await fit({ penalties: [PENALTY], frozen }), /exclude each other/);
  await assert.rejects(fit({ penalties: [{ ...PENALTY, sharing: -1 }] }), /alpha must be finite and >= 0/);
});
