import type { HostTree } from "../../compile/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { type Affine, initAffine, relu } from "../mod.ts";
import { applyHead, type Head, headSites, initHead } from "./_head.ts";
import { leakyRelu } from "./dgcnn.ts";
import { nearestNeighbours } from "./neighbours.ts";
import { initStatistics, type Network, pointwise, Sequence, type Statistics } from "./network.ts";
import {
  initVnBlock,
  initVnLinear,
  type VnBlock,
  vnEdgeFeatures,
  vnInvariant,
  type VnLinear,
  vnLinear,
  vnLinearLeakyRelu,
} from "./vector_neurons.ts";

/** What the vector-neuron networks share. */
export interface VnConfig {
  /** Classes, or parts with `segments`. */
  readonly classes: number;
  /** k. @default 20 */
  readonly neighbours?: number;
  /** Widths behind the pooling. @default [512, 256] */
  readonly head?: readonly number[];
  /** Rate of the dropouts of the head. @default 0.4 (PointNet), 0.5 (DGCNN) */
  readonly dropout?: number;
  /**
   * Labels every point instead of the cloud: the pooled features join those of each point. @default false
   */
  readonly segments?: boolean;
}

/** Three vectors that turn along with the features, from which invariant features are made. */
export interface VnStandardiser {
  /** Layers before the three vectors. */
  readonly blocks: readonly VnBlock[];
  /** To the three vectors. */
  readonly output: VnLinear;
}

function initStandardiser(stream: Stream, channels: number): HostTree<VnStandardiser> {
  const [half, quarter] = [channels >> 1, channels >> 2];
  return {
    blocks: [
      initVnBlock(stream.split("0"), { inputs: channels, outputs: half }),
      initVnBlock(stream.split("1"), { inputs: half, outputs: quarter }),
    ],
    output: initVnLinear(stream.split("output"), { inputs: quarter, outputs: 3 }),
  };
}

/** x with its mean over points joined on, made invariant: `[batch, n, 3 · 2 · channels]`. */
function invariants(x: Tensor, standardiser: VnStandardiser, sequence: Sequence): Tensor {
  const [batch, n] = x.shape;
  const mean = tf.add(tf.mean(x, 1, true), tf.zerosLike(x));
  const joined = tf.concat([x, mean], 3);
  const norm = (y: Tensor, affine: Affine) => sequence.vnNorm(y, affine);
  const hidden = standardiser.blocks.reduce((h, block) => vnLinearLeakyRelu(h, block, { norm }), joined);
  const y = vnInvariant(joined, vnLinear(hidden, standardiser.output));
  return tf.reshape(y, [batch, n!, 3 * joined.shape[3]!]);
}

/** Logits of every point, from its own features `[batch, n, F]` with those of the cloud joined on. */
function labelPoints(
  features: Tensor,
  { head, sequence, activation }: {
    readonly head: Head;
    readonly sequence: Sequence;
    readonly activation: (x: Tensor) => Tensor;
  },
): Tensor {
  const spread = tf.add(tf.max(features, 1, true), tf.zerosLike(features));
  const hidden = head.hidden.reduce(
    (h, { linear, affine }) => activation(sequence.norm(pointwise(h, linear), affine)),
    tf.concat([features, spread], 2) as Tensor,
  );
  return pointwise(hidden, head.output);
}

/** Points as one channel of vectors, `[batch, n, 3, 1]`. */
const asVectors = (x: Tensor) => tf.expandDims(x, 3);

/** What makes a VN-PointNet. */
export interface VnPointNetConfig extends VnConfig {
  /** Channels of vectors; the original's are a third of PointNet's. @default [21, 21, 42, 341] */
  readonly widths?: readonly number[];
}

/** Parameters of {@link vnPointNet}. */
export interface VnPointNet {
  /** On edges, then on points. */
  readonly blocks: readonly VnBlock[];
  /** The last linear map of vectors. */
  readonly last: VnLinear;
  /** Of the normalisation after it. */
  readonly lastAffine: Affine;
  /** Makes invariant features of vectors. */
  readonly standardiser: VnStandardiser;
  /** Layers after pooling. */
  readonly head: Head;
}

/**
 * VN-PointNet (Deng et al. 2021): PointNet with vector neurons. Edges [x_j − x_i, x_i, x_j × x_i] give the
 * first features (mean over neighbours); the features made invariant are pooled by the maximum. Invariant
 * under rotations, exactly.
 *
 * Differs from the original: no transform of features.
 *
 * @returns a network from points `[batch, n, 3]` to logits `[batch, classes]`, or `[batch, n, classes]` with
 *   `segments`.
 */
export function vnPointNet(config: VnPointNetConfig): Network<VnPointNet, Statistics> {
  const { classes, neighbours = 20, widths = [21, 21, 42, 341], head = [512, 256] } = config;
  const { segments = false } = config;
  const rates = head.map((_, i) => i === head.length - 1 ? config.dropout ?? 0.4 : 0);
  const last = widths[widths.length - 1];
  const headWidths = [(segments ? 12 : 6) * last, ...head];
  return {
    name: "VN-PointNet",
    init: (stream) => ({
      parameters: {
        blocks: widths.slice(0, -1).map((outputs, i) =>
          initVnBlock(stream.split("blocks", String(i)), { inputs: i === 0 ? 3 : widths[i - 1], outputs })
        ),
        last: initVnLinear(stream.split("last"), { inputs: widths[widths.length - 2], outputs: last }),
        lastAffine: initAffine(last),
        standardiser: initStandardiser(stream.split("standardiser"), 2 * last),
        head: initHead(stream.split("head"), headWidths, classes),
      },
      buffers: initStatistics([...widths, last, last >> 1, ...head]),
    }),
    dropouts: ([batch]) => segments ? [] : headSites(batch, headWidths, rates),
    apply(x, pass) {
      const sequence = new Sequence(pass);
      const { blocks, last, lastAffine, standardiser, head } = pass.parameters;
      const norm = (y: Tensor, affine: Affine) => sequence.vnNorm(y, affine);
      const edges = vnEdgeFeatures(asVectors(x), nearestNeighbours(x, neighbours), { cross: true });
      const points = tf.mean(vnLinearLeakyRelu(edges, blocks[0], { slope: 0, norm }), 2);
      const hidden = blocks.slice(1).reduce(
        (h, block) => vnLinearLeakyRelu(h, block, { slope: 0, norm }),
        points as Tensor,
      );
      const features = norm(vnLinear(hidden, last), lastAffine);
      const local = invariants(features, standardiser, sequence);
      const output = segments
        ? labelPoints(local, { head, sequence, activation: relu })
        : applyHead(tf.max(local, 1), head, sequence, { activation: relu, rates, dropBefore: true });
      return { output, buffers: sequence.statistics };
    },
  };
}

/** What makes a VN-DGCNN. */
export interface VnDgcnnConfig extends VnConfig {
  /** Channels of vectors of the edge convolutions. @default [21, 21, 42, 85] */
  readonly widths?: readonly number[];
  /** Channels of the layer on all of their outputs joined. @default 341 */
  readonly embedding?: number;
}

/** Parameters of {@link vnDgcnn}. */
export interface VnDgcnn {
  /** Blocks on edges, in their order. */
  readonly edges: readonly VnBlock[];
  /** From all their outputs to the features that are pooled. */
  readonly embedding: VnBlock;
  /** Makes invariant features of vectors. */
  readonly standardiser: VnStandardiser;
  /** Layers after pooling. */
  readonly head: Head;
}

/**
 * VN-DGCNN (Deng et al. 2021): edge convolutions of vectors [x_j − x_i, x_i] with the mean over neighbours,
 * their outputs joined, one more layer, invariant features, maximum and mean over points. Invariant under
 * rotations, exactly.
 *
 * @returns a network from points `[batch, n, 3]` to logits `[batch, classes]`, or `[batch, n, classes]` with
 *   `segments`.
 */
export function vnDgcnn(config: VnDgcnnConfig): Network<VnDgcnn, Statistics> {
  const { classes, neighbours = 20, widths = [21, 21, 42, 85], embedding = 341 } = config;
  const { head = [512, 256], dropout: rate = 0.5, segments = false } = config;
  const rates = head.map(() => rate);
  const headWidths = [12 * embedding, ...head];
  const joined = widths.reduce((total, width) => total + width, 0);
  return {
    name: "VN-DGCNN",
    init: (stream) => ({
      parameters: {
        edges: widths.map((outputs, i) =>
          initVnBlock(stream.split("edges", String(i)), {
            inputs: 2 * (i === 0 ? 1 : widths[i - 1]),
            outputs,
          })
        ),
        embedding: initVnBlock(stream.split("embedding"), {
          inputs: joined,
          outputs: embedding,
          sharedDirection: true,
        }),
        standardiser: initStandardiser(stream.split("standardiser"), 2 * embedding),
        head: initHead(stream.split("head"), headWidths, classes),
      },
      buffers: initStatistics([...widths, embedding, embedding, embedding >> 1, ...head]),
    }),
    dropouts: ([batch]) => segments ? [] : headSites(batch, headWidths, rates),
    apply(x, pass) {
      const sequence = new Sequence(pass);
      const { edges, embedding, standardiser, head } = pass.parameters;
      const norm = (y: Tensor, affine: Affine) => sequence.vnNorm(y, affine);
      const [batch, n] = x.shape;
      const outputs: Tensor[] = [];
      for (const block of edges) {
        const input: Tensor = outputs.at(-1) ?? asVectors(x);
        const flat = tf.reshape(input, [batch, n!, 3 * input.shape[3]!]);
        const features = vnEdgeFeatures(input, nearestNeighbours(flat, neighbours));
        outputs.push(tf.mean(vnLinearLeakyRelu(features, block, { norm }), 2));
      }
      const all = vnLinearLeakyRelu(tf.concat(outputs, 3), embedding, { norm });
      const features = invariants(all, standardiser, sequence);
      const pooled = () => tf.concat([tf.max(features, 1), tf.mean(features, 1)], 1);
      const output = segments
        ? labelPoints(features, { head, sequence, activation: leakyRelu })
        : applyHead(pooled(), head, sequence, { activation: leakyRelu, rates });
      return { output, buffers: sequence.statistics };
    },
  };
}
