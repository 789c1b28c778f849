import type { HostTree } from "../../compile/mod.ts";
import {
  fromFrame,
  gramSchmidtFrame,
  initChain,
  initStatistics,
  type NormalisedDense,
  type Pass,
  pointwise,
  Sequence,
  type Statistics,
  toFrame,
} from "../../nn/group/mod.ts";
import { type Affine, type Dense, initAffine, initDense } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";

/** What makes a {@link cloudFrameCanonicalizer}. */
export interface CloudFrameConfig {
  /** Widths of the hidden layers. @default [64, 64] */
  readonly widths?: readonly number[];
}

/** Parameters of a {@link cloudFrameCanonicalizer}. */
export interface CloudFrameParameters {
  /** Of the normalisation of the invariants. */
  readonly invariants: Affine;
  /** Hidden layers. */
  readonly hidden: readonly NormalisedDense[];
  /** To the shares of the moments in the two vectors. */
  readonly output: Dense;
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
  /**
   * The cloud in its frame's coordinates; the choice is `frame` R `[batch, 3, 3]`, and the `vectors` that it
   * is made of, `[batch, 2, 3]`, for {@link directionPriorLoss}.
   */
  apply(x: Tensor, pass: Pass<CloudFrameParameters, Statistics>): {
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

/** Monomials in x·x, x·Cx and x·C²x of degree one and two, and how many vectors they give. */
const MONOMIALS = 9, VECTORS = 3 * MONOMIALS;
/** Inner products of all pairs of directions, and the logarithm of each length. */
const INVARIANTS = VECTORS * VECTORS + VECTORS;

const times = (a: Tensor, b: Tensor, turned = false): Tensor =>
  tf.matMul(a as tf.Tensor3D, b as tf.Tensor3D, false, turned);

/**
 * Vectors that turn along with the cloud, odd moments m = ⟨q(x) x⟩, Cm and C²m, with C = ⟨x xᵀ⟩ and q the
 * monomials: directions `[batch, 27, 3]`, and invariants of them `[batch, 756]`.
 */
function momentsOf(x: Tensor): { readonly directions: Tensor; readonly invariants: Tensor } {
  const [batch, n] = x.shape;
  const second = tf.div(tf.matMul(x as tf.Tensor3D, x as tf.Tensor3D, true), n!);
  const once = times(x, second);
  const [a, b, c] = [x, once, times(once, second)].map((y) => tf.sum(tf.mul(x, y), 2, true));
  const products = [[a, a], [a, b], [a, c], [b, b], [b, c], [c, c]].map(([p, q]) => tf.mul(p, q));
  const monomials = tf.concat([a, b, c, ...products], 2) as tf.Tensor3D;
  const odd = tf.div(tf.matMul(monomials, x as tf.Tensor3D, true), n!) as Tensor;
  const moved = times(odd, second);
  const all = tf.concat([odd, moved, times(moved, second)], 1);
  const lengths = tf.sqrt(tf.add(tf.sum(tf.square(all), 2, true), 1e-18));
  const directions = tf.div(all, lengths);
  const invariants = tf.concat([
    tf.reshape(times(directions, directions, true), [batch, VECTORS * VECTORS]),
    tf.log(tf.reshape(lengths, [batch, VECTORS])),
  ], 1);
  return { directions, invariants };
}

/**
 * Canonicalization of point clouds under SO(3) by the moments of the whole cloud: an ordinary network sees
 * their invariants, hence what kind of thing the cloud is, and gives each of 27 vectors its share in two
 * ("scalars are universal", Villar et al. 2021). The first of the two becomes the third axis, what is left of
 * the other the second axis, their product the first: on aligned data with z up these are up and front. The
 * normal of a mirror plane, the first axis there, is thus never asked for.
 *
 * Differs from the released code, where vector neurons on the edges of each point are averaged: a few hundred
 * points leave the sign of an odd moment to chance, so this takes all points there are, at a small cost, as
 * it has no layers on points.
 *
 * @param config Widths.
 * @returns a canonicalizer of clouds `[batch, n, 3]`; centre them first.
 */
export function cloudFrameCanonicalizer(
  { widths = [64, 64] }: CloudFrameConfig = {},
): CloudFrameCanonicalizer {
  return {
    name: "frame of moments",
    init: (stream) => ({
      parameters: {
        invariants: initAffine(INVARIANTS),
        hidden: initChain(stream.split("hidden"), [INVARIANTS, ...widths]),
        output: initDense(stream.split("output"), { inputs: widths.at(-1)!, outputs: 2 * VECTORS }),
      },
      buffers: initStatistics([INVARIANTS, ...widths]),
    }),
    apply(x, pass) {
      const sequence = new Sequence(pass);
      const { hidden, output, invariants: affine } = pass.parameters;
      const { directions, invariants } = momentsOf(x);
      const h = hidden.reduce(
        (h, { linear, affine }) => tf.relu(sequence.norm(pointwise(h, linear), affine)),
        sequence.norm(invariants, affine),
      );
      const shares = tf.reshape(pointwise(h, output), [x.shape[0], 2, VECTORS]);
      const vectors = times(shares, directions);
      const [up, front, side] = tf.unstack(gramSchmidtFrame(vectors, { kind: "gs2cross" }), 1);
      const frame = tf.stack([tf.neg(side), front, up], 1);
      return {
        canonical: {
          input: toFrame(x, frame),
          restore: (y) => fromFrame(y, frame),
          choice: { frame, vectors },
        },
        buffers: sequence.statistics,
      };
    },
  };
}
