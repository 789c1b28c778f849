import { hostTensor, type HostTree, type Tensor, tf } from "../../tensor/mod.ts";
import { type Conv2d, conv2d } from "./convolution.ts";
import { type Dense, dense } from "./layers.ts";
import { avgPool, globalAveragePool } from "./pooling.ts";

/** Two convolutions that are added to what came in. */
export interface ResidualBlock {
  /** The first convolution. */
  readonly first: Conv2d;
  /** The second convolution. */
  readonly second: Conv2d;
}

/** Parameters of {@link cifarResNet}; batch normalisations are part of the convolutions. */
export interface CifarResNet {
  /** The convolution before the first stage. */
  readonly stem: Conv2d;
  /** Stages of blocks; all but the first begin by halving height and width. */
  readonly stages: readonly (readonly ResidualBlock[])[];
  /** From pooled features to classes. */
  readonly head: Dense;
}

/** Normalisation of the published networks by channel (red, green, blue), of values in [0, 1]. */
const MEAN = [0.485, 0.456, 0.406], STD = [0.229, 0.224, 0.225];
const EPSILON = 1e-5;

/** Weights by name: `conv1.weight`, `bn1.running_mean`, `layer1.0.conv1.weight`, `linear.bias`, …. */
export type WeightsByName = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly data: ArrayLike<number> }
>;

/**
 * Builds the parameters of {@link cifarResNet} from trained weights, and folds each batch normalisation into
 * the convolution before it: w′ = w γ/√(σ² + ε), b′ = β − μ γ/√(σ² + ε), in float64.
 *
 * @param weights Filters `[height, width, in, out]`, the last layer `[in, out]`.
 * @throws {TypeError} If a weight is missing or of the wrong size.
 */
export function foldCifarResNet(weights: WeightsByName): HostTree<CifarResNet> {
  const get = (name: string, length?: number) => {
    const found = weights.get(name);
    if (found === undefined || (length !== undefined && found.data.length !== length)) {
      throw new TypeError(
        `Cannot build the network as ${name} must be a tensor${
          length === undefined ? "" : ` of ${length} numbers`
        }: current value is ${found?.data.length}`,
      );
    }
    return found;
  };
  const folded = (convolution: string, norm: string): HostTree<Conv2d> => {
    const { shape, data } = get(`${convolution}.weight`);
    const outputs = shape[3];
    const part = (name: string) => get(`${norm}.${name}`, outputs).data;
    const [scale, offset, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map(part);
    const factor = Float64Array.from(scale, (value, o) => value / Math.sqrt(variance[o] + EPSILON));
    const weight = Float32Array.from(data, (value, i) => value * factor[i % outputs]);
    const bias = Float32Array.from(offset, (value, o) => value - mean[o] * factor[o]);
    return { weight: hostTensor(weight, shape), bias: hostTensor(bias) };
  };
  const count = (present: (k: number) => string) => {
    let k = 0;
    while (weights.has(present(k))) k++;
    return k;
  };
  const stages = Array.from({ length: count((k) => `layer${k + 1}.0.conv1.weight`) }, (_, stage) => {
    const name = (block: number) => `layer${stage + 1}.${block}`;
    return Array.from({ length: count((block) => `${name(block)}.conv1.weight`) }, (_, block) => ({
      first: folded(`${name(block)}.conv1`, `${name(block)}.bn1`),
      second: folded(`${name(block)}.conv2`, `${name(block)}.bn2`),
    }));
  });
  const head = get("linear.weight"), [, classes] = head.shape;
  const bias = get("linear.bias", classes).data;
  return {
    stem: folded("conv1", "bn1"),
    stages,
    head: {
      weight: hostTensor(Float32Array.from(head.data), head.shape),
      bias: hostTensor(Float32Array.from(bias)),
    },
  };
}

/** ReLU(x′ + second(ReLU(first(x)))); x′ is x, or every second pixel of it with channels of zeros around. */
function residualBlock(x: Tensor, { first, second }: ResidualBlock): Tensor {
  const [inputs, outputs] = [first.weight.shape[2]!, first.weight.shape[3]!];
  const grows = outputs !== inputs;
  const h = tf.relu(conv2d(x, first, { padding: 1, stride: grows ? 2 : 1 }));
  const y = conv2d(h, second, { padding: 1 });
  if (!grows) return tf.relu(tf.add(x, y));
  const before = Math.floor((outputs - inputs) / 2);
  const shortcut = tf.pad(avgPool(x, { size: 1, stride: 2 }), [
    [0, 0],
    [0, 0],
    [0, 0],
    [before, outputs - inputs - before],
  ]);
  return tf.relu(tf.add(shortcut, y));
}

/**
 * The first part of {@link cifarResNet}: normalisation of the pixels, the first convolution, and so many
 * stages.
 *
 * @param x `[batch, height, width, 3]` in [0, 1].
 * @returns `[batch, height′, width′, channels]`.
 */
export function cifarResNetTrunk(
  x: Tensor,
  { stem, stages }: Pick<CifarResNet, "stem" | "stages">,
  { count = stages.length }: { readonly count?: number } = {},
): Tensor {
  const normal = tf.div(tf.sub(x, tf.tensor1d([...MEAN])), tf.tensor1d([...STD]));
  return cifarResNetStages(tf.relu(conv2d(normal, stem, { padding: 1 })), stages.slice(0, count));
}

/** Some stages, one after the other. */
export function cifarResNetStages(h: Tensor, stages: CifarResNet["stages"]): Tensor {
  return stages.flat().reduce(residualBlock, h);
}

/**
 * The residual network for small images of He et al. (2015, Sec. 4.2) with parameter-free shortcuts (their
 * option A): a 3 × 3 convolution, stages of residual blocks, the mean over pixels, a linear layer.
 *
 * Differs from a network in training: batch normalisations are folded in, so they keep the statistics that
 * they had.
 *
 * @param x `[batch, height, width, 3]` in [0, 1].
 * @returns logits `[batch, classes]`.
 *
 * @example
 * ```ts
 * import { constants, tf } from "@refigure/refigure";
 * import { loadDataSet, type NamedTensors } from "@refigure/refigure/data";
 * import { type CifarResNet, cifarResNet, foldCifarResNet } from "@refigure/refigure/nn";
 * import assert from "node:assert/strict";
 *
 * const { value } = await loadDataSet<NamedTensors>("cifar10-resnets/resnet20", "stand-in");
 * const network = constants<CifarResNet>(foldCifarResNet(value));
 * assert.deepEqual(cifarResNet(tf.zeros([2, 32, 32, 3]), network).shape, [2, 10]);
 * ```
 */
export function cifarResNet(x: Tensor, network: CifarResNet): Tensor {
  return dense(globalAveragePool(cifarResNetTrunk(x, network)), network.head);
}
