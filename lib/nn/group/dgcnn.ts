import type { HostTree } from "../../compile/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { type Affine, hostTensor, initAffine } from "../mod.ts";
import { applyHead, type Head, headSites, initHead } from "./_head.ts";
import { gatherNeighbours, nearestNeighbours } from "./neighbours.ts";
import {
  initNormalisedDense,
  initStatistics,
  type Network,
  type NormalisedDense,
  pointwise,
  Sequence,
  type Statistics,
} from "./network.ts";

/** Leaky ReLU with slope 0.2, DGCNN's activation. */
export const leakyRelu = (x: Tensor): Tensor => tf.leakyRelu(x, 0.2);

/** Parameters of {@link edgeConv}: the linear map on [x_j − x_i, x_i] in two parts. */
export interface EdgeConv {
  /** On x_j − x_i, `[inputs, outputs]`. */
  readonly difference: Tensor;
  /** On x_i, `[inputs, outputs]`. */
  readonly own: Tensor;
  /** Of the batch normalisation. */
  readonly affine: Affine;
}

/** Draws an edge convolution uniform in ±1/√(2 · inputs), without bias. */
export function initEdgeConv(
  stream: Stream,
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
): HostTree<EdgeConv> {
  const bound = 1 / Math.sqrt(2 * inputs);
  const part = (name: string) =>
    hostTensor(
      stream.split(name).uniform(new Float32Array(inputs * outputs), { low: -bound, high: bound }),
      [inputs, outputs],
    );
  return { difference: part("difference"), own: part("own"), affine: initAffine(outputs) };
}

/**
 * Edge convolution (Wang et al. 2019): y_i = max_j φ(norm(A (x_j − x_i) + B x_i)) over the k nearest j, φ the
 * leaky ReLU.
 *
 * A x_j and (B − A) x_i are taken on points and only then brought to edges, k times less work than on edges.
 *
 * @param x `[batch, n, inputs]`.
 * @param indices `[batch, n, k]` int32.
 * @returns `[batch, n, outputs]`.
 */
export function edgeConv(
  x: Tensor,
  { difference, own }: EdgeConv,
  { indices, norm }: { readonly indices: Tensor; readonly norm: (x: Tensor) => Tensor },
): Tensor {
  const [batch, n, inputs] = x.shape;
  const rows = tf.reshape(x, [batch * n, inputs]) as tf.Tensor2D;
  const outputs = difference.shape[1]!;
  const sent = tf.reshape(tf.matMul(rows, difference as tf.Tensor2D), [batch, n, outputs]);
  const kept = tf.reshape(tf.matMul(rows, tf.sub(own, difference) as tf.Tensor2D), [batch, n, 1, outputs]);
  return tf.max(leakyRelu(norm(tf.add(gatherNeighbours(sent, indices), kept))), 2);
}

/** What makes a DGCNN. */
export interface DgcnnConfig {
  /** Classes, or parts with `segments`. */
  readonly classes: number;
  /** k. @default 20 */
  readonly neighbours?: number;
  /** Outputs of the edge convolutions. @default [64, 64, 128, 256] */
  readonly widths?: readonly number[];
  /** Width of the layer on all of their outputs joined. @default 1024 */
  readonly embedding?: number;
  /** Widths of the hidden layers after pooling. @default [512, 256] */
  readonly head?: readonly number[];
  /** Share of hidden units that is dropped in training. @default 0.5 */
  readonly dropout?: number;
  /** Labels every point instead of the cloud. @default false */
  readonly segments?: boolean;
}

/** Parameters of {@link dgcnn}. */
export interface Dgcnn {
  /** Edge convolutions, in their order. */
  readonly edges: readonly EdgeConv[];
  /** From all their outputs to the features that are pooled. */
  readonly embedding: NormalisedDense;
  /** Layers after pooling. */
  readonly head: Head;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);

/**
 * DGCNN (Wang et al. 2019): edge convolutions, each on the nearest neighbours in its own input's space, their
 * outputs joined, one more layer, maximum and mean over points, a classifier.
 *
 * Differs from the original: the embedding has a bias, which its normalisation cancels.
 *
 * @returns a network from points `[batch, n, 3]` to logits `[batch, classes]`, or `[batch, n, classes]` with
 *   `segments`.
 */
export function dgcnn(config: DgcnnConfig): Network<Dgcnn, Statistics> {
  const { classes, neighbours = 20, widths = [64, 64, 128, 256], embedding = 1024 } = config;
  const { head = [512, 256], dropout: rate = 0.5, segments = false } = config;
  const local = segments ? sum(widths) : 0;
  const headWidths = [(segments ? 1 : 2) * embedding + local, ...head];
  const rates = head.map(() => rate);
  return {
    name: "DGCNN",
    init: (stream) => ({
      parameters: {
        edges: widths.map((outputs, i) =>
          initEdgeConv(stream.split("edges", String(i)), { inputs: i === 0 ? 3 : widths[i - 1], outputs })
        ),
        embedding: initNormalisedDense(stream.split("embedding"), {
          inputs: sum(widths),
          outputs: embedding,
        }),
        head: initHead(stream.split("head"), headWidths, classes),
      },
      buffers: initStatistics([...widths, embedding, ...head]),
    }),
    dropouts: ([batch]) => segments ? [] : headSites(batch, headWidths, rates),
    apply(x, pass) {
      const sequence = new Sequence(pass);
      const { edges, embedding, head } = pass.parameters;
      const [batch, n] = x.shape;
      const outputs: Tensor[] = [];
      for (const edge of edges) {
        const input = outputs.at(-1) ?? x;
        const indices = nearestNeighbours(input, neighbours);
        outputs.push(edgeConv(input, edge, { indices, norm: (y) => sequence.norm(y, edge.affine) }));
      }
      const joined = tf.concat(outputs, 2);
      const features = leakyRelu(sequence.norm(pointwise(joined, embedding.linear), embedding.affine));
      const global = tf.max(features, 1);
      let output: Tensor;
      if (segments) {
        const spread = tf.add(tf.expandDims(global, 1), tf.zeros([batch, n!, 1]));
        const hidden = head.hidden.reduce(
          (h, { linear, affine }) => leakyRelu(sequence.norm(pointwise(h, linear), affine)),
          tf.concat([joined, spread], 2) as Tensor,
        );
        output = pointwise(hidden, head.output);
      } else {
        const pooled = tf.concat([global, tf.mean(features, 1)], 1);
        output = applyHead(pooled, head, sequence, { activation: leakyRelu, rates });
      }
      return { output, buffers: sequence.statistics };
    },
  };
}
