import type { HostTree } from "../../compile/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { type Affine, batchNorm, hostTensor, initAffine, type RunningStatistics } from "../mod.ts";
import { crossProduct } from "./frames.ts";
import { gatherNeighbours } from "./neighbours.ts";

/**
 * Vector-neuron layers (Deng et al. 2021): features are lists of 3-vectors, `[…, 3, channels]`, and layers
 * commute with rotations of them. Their channels run fastest here, so that a linear layer is one matrix
 * product.
 */
const EPSILON = 1e-6;

/** W `[inputs, outputs]` of a linear map of vectors. There is no bias: it would break equivariance. */
export interface VnLinear {
  /** W `[inputs, outputs]`. */
  readonly weight: Tensor;
}

/**
 * Linear layer of vectors, y_c = Σ_c′ W_c′c x_c′, the same for the three components.
 *
 * @param x `[…, 3, inputs]`.
 * @returns `[…, 3, outputs]`.
 */
export function vnLinear(x: Tensor, { weight }: VnLinear): Tensor {
  const shape = x.shape.slice(0, -1);
  const rows = shape.reduce((product, extent) => product * extent, 1);
  const y = tf.matMul(tf.reshape(x, [rows, weight.shape[0]]), weight as tf.Tensor2D);
  return tf.reshape(y, [...shape, weight.shape[1]!]);
}

/** Draws a linear layer uniform in ±1/√inputs (PyTorch's default). */
export function initVnLinear(
  stream: Stream,
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
): HostTree<VnLinear> {
  const bound = 1 / Math.sqrt(inputs);
  const weight = stream.uniform(new Float32Array(inputs * outputs), { low: -bound, high: bound });
  return { weight: hostTensor(weight, [inputs, outputs]) };
}

/**
 * The three components, `[…, channels]` each. What is computed component by component needs neither sums over
 * a middle axis nor broadcasting along it, which take ten times as long.
 */
const components = (x: Tensor): readonly Tensor[] => tf.unstack(x, x.rank - 2);

/** Vectors `[…, 3, channels]` of their components. */
const fromComponents = (parts: readonly Tensor[]): Tensor => tf.stack([...parts], parts[0].rank - 1);

/** x·d, `[…, channels]`. */
const dot = (x: readonly Tensor[], d: readonly Tensor[]): Tensor =>
  tf.addN(x.map((part, i) => tf.mul(part, d[i])));

/** Options of {@link vnLeakyRelu}. */
export interface VnLeakyReluOptions {
  /** Directions d of x's shape, or with one channel for all. */
  readonly direction: Tensor;
  /** a: 0 is the vector ReLU, 1 the identity. @default 0.2 */
  readonly slope?: number;
}

/**
 * Vector leaky ReLU: y = a x + (1 − a)·(x if x·d ≥ 0, else x − (x·d) d/(|d|² + ε)), ε = 1e-6.
 *
 * @param x `[…, 3, channels]`.
 *
 * @example
 * ```ts
 * import { tf } from "@refigure/refigure";
 * import { vnLeakyRelu } from "@refigure/refigure/group";
 * import assert from "node:assert/strict";
 *
 * const x = tf.tensor2d([1, 0, 0], [3, 1]);
 * const against = vnLeakyRelu(x, { direction: tf.tensor2d([-1, 0, 0], [3, 1]), slope: 0 });
 * assert.ok(Math.abs(against.dataSync()[0]) < 2e-6);
 * ```
 */
export function vnLeakyRelu(x: Tensor, { direction, slope = 0.2 }: VnLeakyReluOptions): Tensor {
  // min(x·d, 0) is what lies on the wrong side: y = x − (1 − a) min(x·d, 0) d/(|d|² + ε).
  const [own, d] = [components(x), components(direction)];
  const wrong = tf.neg(tf.relu(tf.neg(dot(own, d))));
  const share = tf.div(tf.mul(wrong, 1 - slope), tf.add(dot(d, d), EPSILON));
  return fromComponents(own.map((part, i) => tf.sub(part, tf.mul(share, d[i]))));
}

/**
 * Batch normalisation of vectors: their lengths r = |x| + ε go through an ordinary batch normalisation per
 * channel, r′, and y = x r′/r. r′ may be negative, so a vector may turn round.
 *
 * @param x `[batch, …, 3, channels]`.
 */
export function vnBatchNorm(
  x: Tensor,
  options: {
    readonly affine: Affine;
    readonly running: RunningStatistics;
    readonly training: boolean;
  },
): { output: Tensor; running: RunningStatistics } {
  // 1e-24 keeps the root's gradient finite at 0.
  const own = components(x);
  const length = tf.add(tf.sqrt(tf.add(dot(own, own), 1e-24)), EPSILON);
  const { output, running } = batchNorm(length, options);
  const scale = tf.div(output, length);
  return { output: fromComponents(own.map((part) => tf.mul(part, scale))), running };
}

/** Parameters of {@link vnLinearLeakyRelu}. */
export interface VnBlock {
  /** The map of the features. */
  readonly linear: VnLinear;
  /** Absent: no normalisation. */
  readonly affine?: Affine;
  /** From the layer's *input* to directions. */
  readonly direction: VnLinear;
}

/** Options of {@link initVnBlock}. */
export interface InitVnBlockOptions {
  /** Vector channels before. */
  readonly inputs: number;
  /** Vector channels after. */
  readonly outputs: number;
  /** One direction for all channels. @default false */
  readonly sharedDirection?: boolean;
  /** Whether lengths of vectors are normalised over the batch. @default true */
  readonly norm?: boolean;
}

/** Draws a block of {@link vnLinearLeakyRelu}. */
export function initVnBlock(
  stream: Stream,
  { inputs, outputs, sharedDirection = false, norm = true }: InitVnBlockOptions,
): HostTree<VnBlock> {
  return {
    linear: initVnLinear(stream.split("linear"), { inputs, outputs }),
    ...norm && { affine: initAffine(outputs) },
    direction: initVnLinear(stream.split("direction"), { inputs, outputs: sharedDirection ? 1 : outputs }),
  };
}

/** Options of {@link vnLinearLeakyRelu}. */
export interface VnBlockOptions {
  /** Slope of the leaky ReLU where a vector points away from its direction. @default 0.2 */
  readonly slope?: number;
  /** Normalises what the linear layer gives; absent: not at all. */
  readonly norm?: (x: Tensor, affine: Affine) => Tensor;
}

/** Linear layer, batch normalisation and leaky ReLU whose directions are W_d x of the block's input x. */
export function vnLinearLeakyRelu(x: Tensor, block: VnBlock, { slope, norm }: VnBlockOptions): Tensor {
  const y = vnLinear(x, block.linear);
  const normalised = norm === undefined || block.affine === undefined ? y : norm(y, block.affine);
  return vnLeakyRelu(normalised, { direction: vnLinear(x, block.direction), slope });
}

/**
 * Max-pooling of vectors: of each channel the vector with the largest x·d, d = W_d x.
 *
 * @param x `[batch, n, 3, channels]`, pooled over n.
 * @returns `[batch, 3, channels]`.
 */
export function vnMaxPool(x: Tensor, direction: VnLinear): Tensor {
  const [, n] = x.shape;
  const scores = dot(components(x), components(vnLinear(x, direction))); // [batch, n, channels]
  const picked = tf.oneHot(tf.argMax(scores, 1) as tf.Tensor2D, n!, 1, 0, "float32"); // [batch, channels, n]
  const mask = tf.expandDims(tf.transpose(picked, [0, 2, 1]), 2);
  return tf.sum(tf.mul(x, mask), 1);
}

/**
 * What an edge of a point cloud looks like to a vector network: [x_j − x_i, x_i] and, for rotations only, x_j
 * × x_i (a pseudovector, which a reflection turns the other way).
 *
 * @param x `[batch, n, 3, channels]`.
 * @param indices `[batch, n, k]` int32.
 * @returns `[batch, n, k, 3, 2·channels]`, or 3·channels with the cross product.
 */
export function vnEdgeFeatures(
  x: Tensor,
  indices: Tensor,
  { cross = false }: { readonly cross?: boolean } = {},
): Tensor {
  const neighbours = gatherNeighbours(x, indices);
  const own = tf.add(tf.expandDims(x, 2), tf.zerosLike(neighbours));
  const parts = [tf.sub(neighbours, own), own];
  if (cross) {
    const last = (t: Tensor) => tf.transpose(t, [0, 1, 2, 4, 3]);
    parts.push(last(crossProduct(last(neighbours), last(own))));
  }
  return tf.concat(parts, 4);
}

/**
 * Invariant features of vectors: all inner products with three vectors that turn along, z `[batch, …, 3, 3]`:
 * y = zᵀ x, `[batch, …, 3, channels]`.
 */
export function vnInvariant(x: Tensor, z: Tensor): Tensor {
  const axes = x.rank;
  const shape = x.shape;
  const rows = shape.slice(0, axes - 2).reduce((product, extent) => product * extent, 1);
  const left = tf.reshape(z, [rows, 3, 3]) as tf.Tensor3D;
  const y = tf.matMul(left, tf.reshape(x, [rows, 3, shape[axes - 1]]) as tf.Tensor3D, true);
  return tf.reshape(y, shape);
}
