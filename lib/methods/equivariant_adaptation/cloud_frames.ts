import type { HostTree } from "../../compile/mod.ts";
import {
  fromFrame,
  gramSchmidtFrame,
  initStatistics,
  initVnBlock,
  initVnLinear,
  nearestNeighbours,
  type Pass,
  Sequence,
  type Statistics,
  toFrame,
  type VnBlock,
  vnEdgeFeatures,
  type VnLinear,
  vnLinear,
  vnLinearLeakyRelu,
} from "../../nn/group/mod.ts";
import type { Affine } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";

/** What makes a {@link cloudFrameCanonicalizer}. */
export interface CloudFrameConfig {
  /** k of the edges that the first vectors are made from. @default 20 */
  readonly neighbours?: number;
  /** Channels of vectors within. @default 21 */
  readonly channels?: number;
  /** Layers that see the whole cloud. @default 2 */
  readonly layers?: number;
}

/** Parameters of a {@link cloudFrameCanonicalizer}. */
export interface CloudFrameParameters {
  /** On edges. */
  readonly edges: VnBlock;
  /** On points, each with the cloud's mean joined on. */
  readonly points: readonly VnBlock[];
  /** To the two vectors of the frame. */
  readonly output: VnLinear;
}

/** A canonicalizer of clouds, of the form that `canonicalize` takes. */
export interface CloudFrameCanonicalizer {
  /** For messages. */
  readonly name: string;
  /** Draws the parameters and makes the first buffers. */
  init(stream: Stream): {
    readonly parameters: HostTree<CloudFrameParameters>;
    readonly buffers: HostTree<Statistics>;
  };
  /** The cloud in its frame's coordinates; the choice is `frame` R `[batch, 3, 3]`. */
  apply(x: Tensor, pass: Pass<CloudFrameParameters, Statistics>): {
    readonly canonical: {
      readonly input: Tensor;
      restore(y: Tensor): Tensor;
      readonly choice: { readonly frame: Tensor };
    };
    readonly buffers: Statistics;
  };
}

/**
 * Canonicalization of point clouds under SO(3) by vector neurons that see the whole cloud: edges
 * [x_j − x_i, x_i, x_j × x_i] give the first vectors of each point; in each further layer the mean over
 * points is joined on; the mean over points is mapped to two vectors.
 *
 * The first vector becomes the third axis, what is left of the second the second axis, and their product the
 * first: on aligned data with z up these are up and front. The normal of a mirror plane, which is the first
 * axis there, is thus never asked for: no mean of vectors that a mirror image only mirrors points along it.
 *
 * Differs from the released code: two vectors and a cross product instead of three vectors, the first of
 * which is the first axis; the joined means; no dropout.
 */
export function cloudFrameCanonicalizer(
  { neighbours = 20, channels = 21, layers = 2 }: CloudFrameConfig = {},
): CloudFrameCanonicalizer {
  return {
    name: "frame of the whole cloud",
    init: (stream) => ({
      parameters: {
        edges: initVnBlock(stream.split("edges"), { inputs: 3, outputs: channels }),
        points: Array.from(
          { length: layers },
          (_, i) =>
            initVnBlock(stream.split("points", String(i)), { inputs: 2 * channels, outputs: channels }),
        ),
        output: initVnLinear(stream.split("output"), { inputs: channels, outputs: 2 }),
      },
      buffers: initStatistics(Array.from({ length: layers + 1 }, () => channels)),
    }),
    apply(x, pass) {
      const sequence = new Sequence(pass);
      const norm = (y: Tensor, affine: Affine) => sequence.vnNorm(y, affine);
      const { edges, points, output } = pass.parameters;
      const features = vnEdgeFeatures(tf.expandDims(x, 3), nearestNeighbours(x, neighbours), { cross: true });
      const first = tf.mean(vnLinearLeakyRelu(features, edges, { norm }), 2);
      const last = points.reduce((h, block) => {
        const mean = tf.add(tf.mean(h, 1, true), tf.zerosLike(h));
        return vnLinearLeakyRelu(tf.concat([h, mean], 3), block, { norm });
      }, first as Tensor);
      const vectors = tf.transpose(vnLinear(tf.mean(last, 1), output), [0, 2, 1]);
      const [up, front, side] = tf.unstack(gramSchmidtFrame(vectors, { kind: "gs2cross" }), 1);
      const frame = tf.stack([tf.neg(side), front, up], 1);
      return {
        canonical: {
          input: toFrame(x, frame),
          restore: (y) => fromFrame(y, frame),
          choice: { frame },
        },
        buffers: sequence.statistics,
      };
    },
  };
}
