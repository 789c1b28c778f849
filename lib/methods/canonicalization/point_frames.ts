import type { HostTree } from "../../compile/mod.ts";
import {
  fromFrame,
  gramSchmidtFrame,
  initStatistics,
  initVnBlock,
  initVnLinear,
  nearestNeighbours,
  Sequence,
  type Statistics,
  toFrame,
  type VnBlock,
  vnEdgeFeatures,
  type VnLinear,
  vnLinear,
  vnLinearLeakyRelu,
} from "../../nn/group/mod.ts";
import { type Affine, initAffine } from "../../nn/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import type { Canonicalizer } from "./types.ts";

/** What makes a {@link pointFrameCanonicalizer}. */
export interface PointFrameConfig {
  /** One linear layer (the paper's CN(L)), or three with vector neurons (CN(NL)). @default "nonlinear" */
  readonly network?: "linear" | "nonlinear";
  /** k of the edges that the vectors are made from. @default 20 */
  readonly neighbours?: number;
  /** Channels within (nonlinear). @default 21 */
  readonly channels?: number;
  /** Probability that a point's vector is left out of the mean in training. @default 0.5 */
  readonly dropout?: number;
  /**
   * As in `gramSchmidtFrame`. A linear network gives only two directions on a centred cloud, the third is
   * rounding.
   *
   * @default "gs2cross" (linear), "gs3" (nonlinear)
   */
  readonly frame?: "gs3" | "gs2cross";
}

/**
 * Parameters of a {@link pointFrameCanonicalizer}: the linear layer alone, or blocks with a normalisation.
 */
export interface PointFrameParameters {
  /** The linear layer alone. */
  readonly linear?: VnLinear;
  /** Layers with a non-linearity. */
  readonly blocks?: readonly VnBlock[];
  /** Of the last normalisation. */
  readonly affine?: Affine;
}

/** A canonicalizer that also tells the vectors that its frames are made of. */
export interface PointFrameCanonicalizer extends Canonicalizer<PointFrameParameters, Statistics> {
  /** Vectors as rows, `[batch, 4, 3]`, at inference. */
  vectors(x: Tensor, state: { parameters: PointFrameParameters; buffers: Statistics }): Tensor;
}

/** Three vectors for the frame and one for a translation, which the authors do not use for clouds. */
const VECTORS = 4;

/**
 * Canonicalization of point clouds under rotations (Kaba et al. 2023, Sec. 5.3): a small vector-neuron
 * network on edges [x_j − x_i, x_i, x_j × x_i] gives equivariant vectors, Gram–Schmidt makes a frame R of
 * them, and the cloud is taken in its coordinates, x Rᵀ. Cross products make it equivariant under SO(3), not
 * O(3).
 *
 * Differs from the released code: dropout leaves out whole vectors, so that it keeps equivariance in
 * training, too.
 *
 * @param config The vector network.
 * @returns a canonicalizer of clouds `[batch, n, 3]` whose choice is `frame` `[batch, 3, 3]`.
 */
export function pointFrameCanonicalizer(config: PointFrameConfig = {}): PointFrameCanonicalizer {
  const { network = "nonlinear", neighbours = 20, channels = 21, dropout: rate = 0.5 } = config;
  const { frame: kind = network === "linear" ? "gs2cross" : "gs3" } = config;
  const vectorsOf = (x: Tensor, parameters: PointFrameParameters, sequence: Sequence): Tensor => {
    const edges = vnEdgeFeatures(tf.expandDims(x, 3), nearestNeighbours(x, neighbours), { cross: true });
    const norm = (y: Tensor, affine: Affine) => sequence.vnNorm(y, affine);
    const { linear, blocks, affine } = parameters;
    let h: Tensor;
    if (linear !== undefined) h = tf.mean(vnLinear(edges, linear), 2);
    else {
      const [first, second, third] = blocks!;
      h = tf.mean(vnLinearLeakyRelu(edges, first, { slope: 0, norm }), 2);
      h = vnLinearLeakyRelu(h, second, { slope: 0, norm });
      h = vnLinearLeakyRelu(norm(h, affine!), third, { slope: 0, norm });
    }
    return tf.transpose(tf.mean(rate > 0 ? sequence.drop(h, rate) : h, 1), [0, 2, 1]);
  };
  return {
    name: network === "linear" ? "L" : "NL",
    init(stream) {
      if (network === "linear") {
        const linear = initVnLinear(stream.split("linear"), { inputs: 3, outputs: VECTORS });
        return { parameters: { linear } as HostTree<PointFrameParameters>, buffers: [] };
      }
      const widths = [3, channels, channels, VECTORS];
      const blocks = [0, 1, 2].map((i) =>
        initVnBlock(stream.split("blocks", String(i)), { inputs: widths[i], outputs: widths[i + 1] })
      );
      return {
        parameters: { blocks, affine: initAffine(channels) } as HostTree<PointFrameParameters>,
        buffers: initStatistics([channels, channels, channels, VECTORS]),
      };
    },
    vectors: (x, { parameters, buffers }) =>
      vectorsOf(x, parameters, new Sequence({ parameters, buffers, training: false })),
    // A mask leaves out all three components of a vector.
    dropouts: ([batch, n]) => rate > 0 ? [{ shape: [batch, n, 1, VECTORS], rate }] : [],
    apply(x, pass) {
      const sequence = new Sequence(pass);
      const vectors = vectorsOf(x, pass.parameters, sequence);
      const frame = gramSchmidtFrame(tf.slice(vectors, [0, 0, 0], [-1, 3, 3]), { kind });
      const canonical = {
        input: toFrame(x, frame),
        restore: (y: Tensor) => fromFrame(y, frame),
        choice: { frame },
      };
      return { canonical, buffers: sequence.statistics };
    },
  };
}
