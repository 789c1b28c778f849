import type { HostTree } from "../../compile/mod.ts";
import {
  crossProduct,
  fromFrame,
  gramSchmidtFrame,
  type Pass,
  type PointNet,
  pointNet,
  principalAxes,
  type Statistics,
  toFrame,
} from "../../nn/group/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";

/** What makes a {@link cloudFrameCanonicalizer}: a PointNet. */
export interface CloudFrameConfig {
  /** It looks at the first so many points; the axes are those of all. @default 128 */
  readonly points?: number;
  /** Widths of its layers on single points. @default [32, 64, 128] */
  readonly widths?: readonly number[];
  /** Widths of its layers behind the pooling. @default [64] */
  readonly head?: readonly number[];
}

/** A canonicalizer of clouds, of the form that `canonicalize` takes. */
export interface CloudFrameCanonicalizer {
  /** For messages. */
  readonly name: string;
  /** Draws the parameters and makes the first buffers. */
  init(stream: Stream): { readonly parameters: HostTree<PointNet>; readonly buffers: HostTree<Statistics> };
  /**
   * The cloud in its frame's coordinates; the choice is `frame` R `[batch, 3, 3]`, and the `vectors` that it
   * is made of, `[batch, 2, 3]`, for {@link directionPriorLoss}.
   */
  apply(x: Tensor, pass: Pass<PointNet, Statistics>): {
    readonly canonical: {
      readonly input: Tensor;
      restore(y: Tensor): Tensor;
      readonly choice: { readonly frame: Tensor; readonly vectors: Tensor };
    };
    readonly buffers: Statistics;
  };
}

/** Where the two vectors point on upright clouds: along the third and the second axis. */
const UPRIGHT = [0, 0, 1, 0, 1, 0];

/**
 * The canonicalization prior for directions: −log of the von Mises–Fisher density that a vector v stands for
 * (its concentration is |v|) at the upright direction e, over that of the uniform one, log(sinh|v| / |v|) −
 * v·e, averaged over vectors and batch. It is KL(P_D ‖ p_c(x)) for P_D all upright, as the cross-entropy is
 * for finite groups.
 *
 * Differs from the paper's mean of (R − I)² in that it is convex in v: it pulls the most where a vector
 * points the wrong way, where the other does not pull at all, and a cloud without a front gets a short vector
 * instead of a direction at random.
 *
 * @param vectors `[batch, 2, 3]`, as {@link cloudFrameCanonicalizer} gives them.
 * @returns a scalar; 0 where nothing is preferred.
 */
export function directionPriorLoss(vectors: Tensor): Tensor {
  const length = tf.sqrt(tf.add(tf.sum(tf.square(vectors), 2), 1e-6));
  // sinh κ / κ = e^κ (1 − e^{−2κ}) / 2κ
  const share = tf.div(tf.sub(1, tf.exp(tf.mul(length, -2))), tf.mul(length, 2));
  const along = tf.sum(tf.mul(vectors, tf.tensor3d(UPRIGHT, [1, 2, 3])), 2);
  return tf.mean(tf.sub(tf.add(length, tf.log(share)), along));
}

/** Signs of three axes whose product is 1. */
const SIGNS = [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]] as const;

/** The rotations to the principal axes, `[4 · batch, 3, 3]`, the choice of signs slower. */
function axesOf(x: Tensor): Tensor {
  const [first, second] = tf.unstack(principalAxes(x), 1);
  const axes = tf.stack([first, second, crossProduct(first, second)], 1);
  return tf.concat(SIGNS.map((signs) => tf.mul(axes, tf.tensor3d([...signs], [1, 3, 1]))), 0);
}

/**
 * Canonicalization of point clouds under SO(3): an ordinary PointNet f looks at the cloud along its principal
 * axes R_k, in each of the four ways to choose their signs, says two vectors each time, and what it says is
 * carried back and averaged, v = ¼ Σ_k f(x R_kᵀ) R_k (frame averaging, Puny et al. 2022). So the vectors turn
 * along with the cloud, whatever f is. The first of the two becomes the third axis, what is left of the other
 * the second axis, their product the first: on aligned data with z up these are up and front. The normal of a
 * mirror plane, the first axis there, is thus never asked for.
 *
 * Differs from the released code, where vector neurons on the edges of each point are averaged. Where two of
 * the principal axes are equally long, they are not defined, and the frame may jump.
 *
 * @param config The network.
 * @returns a canonicalizer of clouds `[batch, n, 3]`; centre them first.
 */
export function cloudFrameCanonicalizer(
  { points = 128, widths = [32, 64, 128], head = [64] }: CloudFrameConfig = {},
): CloudFrameCanonicalizer {
  const network = pointNet({ classes: 6, widths, head, dropout: 0 });
  return {
    name: "frame averaged over principal axes",
    init: (stream) => network.init(stream),
    apply(x, pass) {
      const axes = axesOf(x), [rows] = axes.shape;
      const seen = tf.slice(x, [0, 0, 0], [-1, Math.min(points, x.shape[1]!), -1]);
      const { output, buffers } = network.apply(toFrame(tf.tile(seen, [SIGNS.length, 1, 1]), axes), pass);
      const carried = fromFrame(tf.reshape(output, [rows, 2, 3]), axes);
      const vectors = tf.mean(tf.reshape(carried, [SIGNS.length, x.shape[0], 2, 3]), 0);
      const [up, front, side] = tf.unstack(gramSchmidtFrame(vectors, { kind: "gs2cross" }), 1);
      const frame = tf.stack([tf.neg(side), front, up], 1);
      return {
        canonical: {
          input: toFrame(x, frame),
          restore: (y) => fromFrame(y, frame),
          choice: { frame, vectors },
        },
        buffers,
      };
    },
  };
}
