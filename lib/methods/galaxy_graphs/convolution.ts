import type { HostTree } from "../../compile/mod.ts";
import { hostTensor, type HostTensorOf } from "../../nn/mod.ts";
import { edgeList } from "../../nn/graphs/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { DIRECTION_COUNT } from "./directions.ts";

/**
 * Collects what the neighbours have, direction by direction: H `[N, c]` → Z `[N, 26 c]`, Z_i = (Σ_j A^f_ij
 * H_j)_f, with the channels running fastest. `undefined` where there is no graph.
 */
export type Aggregate = ((features: Tensor) => Tensor) | undefined;

/**
 * Collects over a list of edges.
 *
 * @param adjacency `[E, 26]`.
 * @param edges Receivers and senders `[E]` int32, and the number of nodes.
 */
export function edgeListAggregate(
  adjacency: Tensor,
  list: { readonly receivers: Tensor; readonly senders: Tensor; readonly nodes: number },
): Aggregate {
  const { edges, sumRows } = edgeList(list);
  return (features) => {
    const channels = features.shape[1]!;
    const sent = tf.expandDims(tf.gather(features, list.senders as tf.Tensor1D), 1);
    const messages = tf.reshape(tf.mul(tf.expandDims(adjacency, 2), sent), [
      edges,
      DIRECTION_COUNT * channels,
    ]);
    return sumRows(messages);
  };
}

/**
 * Collects within dense blocks, by one product of matrices a block; several small graphs share a block.
 *
 * @param adjacency `[blocks, 26 n, n]` from `blockAdjacency`. Node b n + i of the features is node i of block
 *   b.
 */
export function blockAggregate(adjacency: Tensor): Aggregate {
  const [blocks, , n] = adjacency.shape;
  return (features) => {
    const channels = features.shape[1]!;
    const collected = tf.matMul(
      adjacency as tf.Tensor3D,
      tf.reshape(features, [blocks, n!, channels]) as tf.Tensor3D,
    );
    return tf.reshape(collected, [blocks * n!, DIRECTION_COUNT * channels]);
  };
}

/** Weights of a graph convolution without its bias. */
export interface ConvolutionWeights {
  /** W0 `[inputs, outputs]`: for the node's own features. */
  readonly own: Tensor;
  /** W1 `[26 inputs, outputs]`: direction f, channel c at row f·inputs + c. */
  readonly neighbours: Tensor;
}

/** Parameters of a graph convolution. */
export interface Convolution extends ConvolutionWeights {
  /** b `[outputs]`. */
  readonly bias: Tensor;
}

/** H W0 + Σ_f A^f H W1^f, `[N, outputs]`: the convolution without bias and activation. */
export function convolve(
  features: Tensor,
  { own, neighbours }: ConvolutionWeights,
  aggregate: Aggregate,
): Tensor {
  const self = tf.matMul(features as tf.Tensor2D, own as tf.Tensor2D);
  if (aggregate === undefined) return self;
  return tf.add(self, tf.matMul(aggregate(features) as tf.Tensor2D, neighbours as tf.Tensor2D));
}

/**
 * A directional graph convolution without its activation: H' = H W0 + Σ_f A^f H W1^f + b.
 *
 * Jagvaral et al. 2022, released code; the idea is that of FeaStNet (Verma et al. 2018) with fixed
 * directions.
 *
 * @param features H `[N, inputs]`.
 * @returns `[N, outputs]`.
 */
export function graphConvolution(features: Tensor, layer: Convolution, aggregate: Aggregate): Tensor {
  return tf.add(convolve(features, layer, aggregate), layer.bias);
}

/** inputs · outputs · 27 + outputs. */
export function countConvolution(
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
): number {
  return inputs * outputs * (DIRECTION_COUNT + 1) + outputs;
}

/** Options of {@link initWeights}. */
export interface WeightSizes {
  /** Features of a node before. */
  readonly inputs: number;
  /** Features of a node after. */
  readonly outputs: number;
  /** Inputs of the whole layer, where these weights serve only a part of it. @default inputs */
  readonly fanIn?: number;
}

/**
 * Draws the weights of a convolution: normal, cut off at two standard deviations, of standard deviation
 * √(1.3·√2/n). For W0 n is the number of inputs; for W1 it is inputs × outputs, as the released code's
 * initialiser counts all axes of its `[inputs, outputs, 26]` but the last.
 */
export function initWeights(
  stream: Stream,
  { inputs, outputs, fanIn = inputs }: WeightSizes,
): HostTree<ConvolutionWeights> {
  const variance = 1.3 * Math.SQRT2;
  return {
    own: drawTruncated(stream.split("own"), [inputs, outputs], Math.sqrt(variance / fanIn)),
    neighbours: drawTruncated(
      stream.split("neighbours"),
      [DIRECTION_COUNT * inputs, outputs],
      Math.sqrt(variance / (fanIn * outputs)),
    ),
  };
}

/** Draws a convolution: {@link initWeights} and a bias of zeros. */
export function initConvolution(stream: Stream, sizes: WeightSizes): HostTree<Convolution> {
  return {
    ...initWeights(stream, sizes),
    bias: hostTensor(new Float32Array(sizes.outputs), [sizes.outputs]),
  };
}

/** Normal numbers, drawn again where they are more than two standard deviations out. */
export function drawTruncated(
  stream: Stream,
  shape: readonly number[],
  std: number,
): HostTensorOf<"float32"> {
  const data = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
  const one = new Float64Array(1);
  for (let i = 0; i < data.length; i++) {
    do stream.normal(one); while (Math.abs(one[0]) > 2);
    data[i] = std * one[0];
  }
  return hostTensor(data, shape);
}
