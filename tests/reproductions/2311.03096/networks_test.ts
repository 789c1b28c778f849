import assert from "node:assert/strict";
import type { HostTensor } from "../../../lib/compile/mod.ts";
import { circulantWeights, constants, hostTensor, tapPlacement } from "../../../lib/nn/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { descent, type Regulariser } from "../../../reproductions/2311.03096/experiments/_methods.ts";
import {
  applyTorusNetwork,
  initTorusNetwork,
  type TorusBuffers,
  type TorusNetwork,
  type TorusParameters,
} from "../../../reproductions/2311.03096/experiments/_networks.ts";

await tf.setBackend("cpu");
const near = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number) => {
  assert.equal(a.length, b.length);
  Array.from(a).forEach((value, i) =>
    assert.ok(Math.abs(value - b[i]) <= tolerance, `${i}: ${value} ${b[i]}`)
  );
};
const random = (name: string, shape: number[]) =>
  tf.tensor(stream(1, name).normal(new Float32Array(shape.reduce((a, b) => a * b, 1))), shape);

Deno.test("tapPlacement() is a cross-correlation with circular padding", () => {
  const [side, kernel] = [5, 3];
  const image = stream(2, "image").normal(new Float32Array(side * side));
  const taps = stream(2, "taps").normal(new Float32Array(kernel * kernel));
  const found = tf.tidy(() => {
    const matrix = circulantWeights(tf.tensor2d(taps, [1, 9]), { side, kernel, before: 1, after: 1 });
    return tf.matMul(tf.tensor2d(image, [1, 25]), matrix as tf.Tensor2D).dataSync();
  });
  const expected = Array.from({ length: 25 }, (_, p) => {
    let sum = 0;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const y = (Math.floor(p / 5) + dy + 5) % 5, x = (p % 5 + dx + 5) % 5;
        sum += taps[(dy + 1) * 3 + dx + 1] * image[y * 5 + x];
      }
    }
    return sum;
  });
  near(found, expected, 1e-5);
  assert.equal(tapPlacement(5, 3).reduce((sum, v) => sum + v, 0), 9 * 25);
});

/** A network's parameters with random normalisation statistics, so that inference tests them. */
function started(network: TorusNetwork) {
  const { parameters, buffers } = initTorusNetwork(stream(3, "init"), network);
  const draw = (name: string, { shape }: HostTensor, low: number) =>
    hostTensor(stream(3, name).uniform(new Float32Array(shape[0]), { low, high: 1.5 }));
  return {
    parameters: constants<TorusParameters>({
      ...parameters,
      layers: parameters.layers.map((layer, l) => ({
        ...layer,
        affine: {
          scale: draw(`scale ${l}`, layer.affine.scale, 0.5),
          offset: draw(`offset ${l}`, layer.affine.offset, -0.5),
        },
      })),
    }),
    buffers: constants<TorusBuffers>({
      layers: buffers.layers.map(({ mean, variance }, l) => ({
        mean: draw(`mean ${l}`, mean, -0.5),
        variance: draw(`variance ${l}`, variance, 0.5),
      })),
    }),
  };
}

Deno.test("the fully connected network with circulant weights is the convolutional one, with one layer and with two", () => {
  for (const [channels, kernel] of [[[3], 5], [[2, 4], 3]] as const) {
    const cnn: TorusNetwork = { kind: "CNN", side: 5, channels, kernel };
    tf.tidy(() => {
      const { parameters, buffers } = started(cnn);
      const x = random("x", [4, 25]);
      // Every unit of a channel gets the channel's bias and normalisation.
      const everyPlace = (values: Tensor) => tf.reshape(tf.tile(tf.reshape(values, [-1, 1]), [1, 25]), [-1]);
      const connected: TorusParameters = {
        ...parameters,
        layers: parameters.layers.map(({ weight, bias, affine }, l) => ({
          weight: circulantWeights(weight, {
            side: 5,
            kernel,
            before: l === 0 ? 1 : channels[l - 1]!,
            after: channels[l]!,
          }),
          bias: everyPlace(bias),
          affine: { scale: everyPlace(affine.scale), offset: everyPlace(affine.offset) },
        })),
      };
      const options = { training: false, buffers };
      const expected = applyTorusNetwork(x, cnn, { ...options, parameters }).logits;
      const found = applyTorusNetwork(x, { ...cnn, kind: "FC" }, {
        training: false,
        parameters: connected,
        buffers: {
          layers: buffers.layers.map(({ mean, variance }) => ({
            mean: everyPlace(mean),
            variance: everyPlace(variance),
          })),
        },
      }).logits;
      near(found.dataSync(), expected.dataSync(), 1e-5);
    });
  }
});

Deno.test("with one layer the fully connected network does not see a permutation of pixels, the convolution does", () => {
  const permutation = stream(5, "permutation").permutation(25);
  const difference = (kind: TorusNetwork["kind"]) =>
    tf.tidy(() => {
      const network: TorusNetwork = { kind, side: 5, channels: [3], kernel: 3 };
      const { parameters, buffers } = started(network);
      const x = random("pixels", [3, 25]);
      const order = tf.tensor1d(permutation, "int32");
      const permuted: TorusParameters = kind === "CNN" ? parameters : {
        ...parameters,
        layers: parameters.layers.map((layer) => ({ ...layer, weight: tf.gather(layer.weight, order, 0) })),
      };
      const logits = (x: Tensor, parameters: TorusParameters) =>
        applyTorusNetwork(x, network, { parameters, buffers, training: true }).logits;
      const change = tf.sub(logits(x, parameters), logits(tf.gather(x, order, 1), permuted));
      return tf.max(tf.abs(change)).dataSync()[0];
    });
  assert.ok(difference("FC") < 1e-5);
  assert.ok(difference("CNN") > 1e-2);
});

/** Of penalties that do not depend on the length of the training. */
const ONE = { epochs: 1, stepsPerEpoch: 1 };

Deno.test("β-lasso adds λ sign(w) to the gradient and sets to zero what is below its share of the rate", () => {
  const { optimiser } = descent({ betaLasso: { lambda: 0.1, beta: 5 } }, ONE);
  const step = (rate: number) =>
    tf.tidy(() =>
      optimiser.update(tf.tensor1d([1, -1, 0.6, 0]), {
        gradient: tf.tensor1d([1, 1, 0, 0]),
        slots: {},
        scalars: { rate: tf.scalar(rate) },
      }).parameter.dataSync()
    );
  // Steps of 0.5: 1 − 0.55, −1 − 0.45, 0.6 − 0.05 and 0 stay, as they are above ηβλ = 0.25.
  near(step(0.5), [0.45, -1.45, 0.55, 0], 1e-6);
  // Steps of 0.9: 1 − 0.99 is below 0.45.
  near(step(0.9), [0, -1.81, 0.51, 0], 1e-6);
});

/** What one step after a gradient step of size η makes of the first layer's weights. */
function afterStep(regulariser: Regulariser, weights: number[], { rate = 1, step = 0, length = ONE } = {}) {
  const own = descent(regulariser, length).afterStep(() => rate);
  const values = own.paths.map((_, i) => hostTensor(Float32Array.from(i === 0 ? weights : [1, 1])));
  own.update(values, step);
  return { paths: own.paths, first: values[0].data };
}

Deno.test("weight decay and l1 scale with the learning rate, R has the size ηλ, the released l1 does not scale", () => {
  const weights = [2, -0.5, 0.1];
  const decay = afterStep({ decay: [0.2, 0.1] }, weights, { rate: 0.5 });
  near(decay.first, [1.8, -0.45, 0.09], 1e-6);
  assert.deepEqual(decay.paths, ["layers[0].weight", "layers[0].bias", "layers[1].weight", "layers[1].bias"]);
  near(afterStep({ lasso: [0.4] }, weights, { rate: 0.5 }).first, [1.8, -0.3, 0], 1e-6);
  near(afterStep({ l1: 0.4 }, weights, { rate: 0.5 }).first, [1.6, -0.1, 0], 1e-6);
  const [sharing, subgradient] = [false, true].map((subgradient) =>
    afterStep({ sharing: [0.4], subgradient }, weights, { rate: 0.5 }).first
  );
  // Far apart: the proximal step is the subgradient step, ± 0.2 at the ends.
  near(sharing, [1.8, -0.3, 0.1], 1e-6);
  near(subgradient, sharing, 1e-6);
});

Deno.test("a rising ρ takes back nothing in the first epoch and all of the move in the last", () => {
  const at = (step: number) =>
    afterStep({ sharing: [0.4], rho: "rising" }, [2, -0.5, 0.1], {
      step,
      length: { epochs: 3, stepsPerEpoch: 10 },
    }).first;
  near(at(9), [1.6, -0.1, 0.1], 1e-6);
  near(at(10), [1.8, -0.3, 0.1], 1e-6);
  near(at(29), [2, -0.5, 0.1], 1e-6);
});
