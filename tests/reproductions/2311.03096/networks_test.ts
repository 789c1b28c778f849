import assert from "node:assert/strict";
import type { HostTensor } from "../../../lib/compile/mod.ts";
import { circulantWeights, constants, hostTensor, tapPlacement } from "../../../lib/nn/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import {
  applyCifarNetwork,
  type CifarBuffers,
  type CifarParameters,
  initCifarNetwork,
} from "../../../reproductions/2311.03096/experiments/_cifar_networks.ts";
import { descent } from "../../../reproductions/2311.03096/experiments/_methods.ts";
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

Deno.test("the network on photographs convolves 9 × 9 with stride 2 and zero padding", () => {
  const network = { kind: "Conv", side: 6, channels: 2 } as const;
  tf.tidy(() => {
    const { parameters, buffers } = initCifarNetwork(stream(4, "init"), network);
    const state = {
      parameters: constants<CifarParameters>(parameters),
      buffers: constants<CifarBuffers>(buffers),
    };
    const x = random("photographs", [2, 6 * 6 * 3]);
    const found = applyCifarNetwork(x, network, { ...state, training: false }).logits;
    const [first, second] = state.parameters.layers;
    const kernel = tf.reshape(first.weight, [9, 9, 3, 2]) as tf.Tensor4D;
    const images = tf.reshape(x, [2, 6, 6, 3]) as tf.Tensor4D;
    const padded = tf.pad4d(images, [[0, 0], [4, 4], [4, 4], [0, 0]]);
    const values = tf.add(tf.conv2d(padded, kernel, 2, "valid"), first.bias);
    assert.deepEqual(values.shape, [2, 3, 3, 2]);
    const hidden = tf.relu(tf.div(tf.mul(values, first.affine.scale), Math.sqrt(1 + 1e-5)));
    const next = tf.matMul(tf.reshape(hidden, [2, 18]), second.weight as tf.Tensor2D);
    const last = tf.relu(tf.div(next, Math.sqrt(1 + 1e-5)));
    const { weight, bias } = state.parameters.output;
    near(
      found.dataSync(),
      tf.add(tf.matMul(last as tf.Tensor2D, weight as tf.Tensor2D), bias).dataSync(),
      1e-4,
    );
  });
});

Deno.test("the fully connected network on photographs has the released sizes", () => {
  const { parameters } = initCifarNetwork(stream(0, "init"), { kind: "FC", side: 32, channels: 2 });
  assert.deepEqual(parameters.layers.map(({ weight }) => weight.shape), [[3072, 512], [512, 48]]);
  assert.ok(parameters.layers[0].bias.data.every((value) => value === 0));
});

Deno.test("β-lasso adds λ sign(w) to the gradient and sets small weights to zero", () => {
  const { optimiser } = descent({ betaLasso: { lambda: 0.1, beta: 5 } });
  tf.tidy(() => {
    const { parameter } = optimiser.update(tf.tensor1d([1, -1, 0.6, 0]), {
      gradient: tf.tensor1d([1, 1, 0, 0]),
      slots: {},
      scalars: { rate: tf.scalar(0.5) },
    });
    // Steps of 0.5: 1 − 0.55 is below βλ = 0.5; −1 − 0.45; 0.6 − 0.05; 0.
    near(parameter.dataSync(), [0, -1.45, 0.55, 0], 1e-6);
  });
});
