/**
 * Training steps of a small convolutional network on images of MNIST's shape: two 3 × 3 convolutions with
 * ReLU and max pooling, a dense layer, cross-entropy.
 */
import { type Dense, dense, hostTensor, initDense, relu } from "../../lib/nn/mod.ts";
import { stream } from "../../lib/random/mod.ts";
import { type Tensor, tf } from "../../lib/tensor/mod.ts";
import type { Case } from "../_case.ts";
import { trainingEngines } from "../_training.ts";

const SIDE = 28, CLASSES = 10;
/** Batches per epoch. */
const BATCHES = 16;

interface Parameters {
  readonly convolutions: readonly { readonly filter: Tensor; readonly bias: Tensor }[];
  readonly head: Dense;
}
interface Batch {
  /** `[batch, 28, 28, 1]`. */
  readonly images: Tensor;
  /** One-hot, `[batch, 10]`. */
  readonly classes: Tensor;
}

function loss({ convolutions, head }: Parameters, { images, classes }: Batch): Tensor {
  const features = convolutions.reduce(
    (x, { filter, bias }) =>
      tf.maxPool(
        relu(tf.add(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same"), bias)) as tf.Tensor4D,
        2,
        2,
        "valid",
      ),
    images,
  );
  const logits = dense(tf.reshape(features, [images.shape[0], -1]), head);
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), classes), 1)));
}

export function cnn({ quick }: { readonly quick: boolean }): readonly Case[] {
  const [batch, channels] = quick ? [2, [2, 2]] : [64, [16, 32]];
  const random = stream(0, "bench");
  const pixels = SIDE * SIDE, rows = BATCHES * batch;
  const data = random.normal(new Float32Array(rows * pixels));
  const convolutions = channels.map((outputs, i) => {
    const inputs = i === 0 ? 1 : channels[i - 1];
    const { weight, bias } = initDense(random, { inputs: 9 * inputs, outputs });
    return { filter: hostTensor(weight.data as Float32Array, [3, 3, inputs, outputs]), bias };
  });
  const head = initDense(random, { inputs: channels[1] * (SIDE / 4) ** 2, outputs: CLASSES });
  // Per image; no gradient of the image itself is needed.
  const [first, second] = [9 * channels[0] * pixels, 9 * channels[0] * channels[1] * pixels / 4];
  const flop = 2 * batch * (2 * first + 3 * second + 3 * channels[1] * (SIDE / 4) ** 2 * CLASSES);
  return [{
    name: `CNN training step (MNIST shape, batch ${batch})`,
    unit: "ms/step",
    flop,
    engines: trainingEngines<Parameters, Batch>({
      loss,
      parameters: { convolutions, head },
      batchSize: batch,
      rows,
      batches: {
        example: {
          images: hostTensor(new Float32Array(batch * pixels), [batch, SIDE, SIDE, 1]),
          classes: hostTensor(new Float32Array(batch * CLASSES), [batch, CLASSES]),
        },
        fill({ images, classes }, order) {
          classes.data.fill(0);
          order.forEach((row, i) => {
            images.data.set(data.subarray(row * pixels, (row + 1) * pixels), i * pixels);
            classes.data[i * CLASSES + row % CLASSES] = 1;
          });
        },
      },
      // TensorFlow.js's wasm backend has no gradient of a convolution with respect to its filter.
      steps: { native: 12, wasm: 4, tfjsCpu: 1 },
      once: ["tfjsCpu"],
    }),
    peers: {
      torch: {
        script: "cnn.py",
        name: "cnn-step",
        options: { batch, channels: channels.join() },
        repeats: 12,
      },
    },
  }];
}
