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
  /** Widths of the layers on each point, before the maximum over points. @default [32, 64] */
  readonly widths?: readonly number[];
  /** Width of the layer on each point after it. @default 64 */
  readonly hidden?: number;
}

/** Parameters of a {@link cloudFrameCanonicalizer}. */
export interface CloudFrameParameters {
  /** Of the normalisation of the invariants. */
  readonly invariants: Affine;
  /** On each point. */
  readonly points: readonly NormalisedDense[];
  /** On each point with the cloud's features joined on. */
  readonly joined: readonly NormalisedDense[];
  /** To each point's share in the two vectors. */
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

/** Invariants of a point: three coordinates in a provisional frame, and x·x, x·Cx, x·C²x. */
const INVARIANTS = 6;

/** Invariants of all points under SO(3), `[batch, n, 6]`, from the cloud's second and third moments. */
function invariantsOf(x: Tensor): Tensor {
  const times = (a: Tensor, b: Tensor, turned = false) =>
    tf.matMul(a as tf.Tensor3D, b as tf.Tensor3D, false, turned) as Tensor;
  const n = x.shape[1]!;
  const second = tf.div(tf.matMul(x as tf.Tensor3D, x as tf.Tensor3D, true), n);
  const lengths = tf.sum(tf.square(x), 2, true);
  const third = tf.mean(tf.mul(lengths, x), 1, true);
  // t and Ct, whichever way they point, make a frame.
  const provisional = gramSchmidtFrame(tf.concat([third, times(third, second)], 1), { kind: "gs2cross" });
  const stretched = times(x, second);
  const even = [x, stretched, times(stretched, second)].map((y) => tf.sum(tf.mul(x, y), 2, true));
  return tf.concat([toFrame(x, provisional), ...even], 2);
}

/**
 * Canonicalization of point clouds under SO(3) by a network that sees the whole cloud: invariants of each
 * point, from the cloud's second and third moments C and t; a small PointNet on them; and the two vectors
 * v_a = Σ_i φ_a(i) x_i with the shares φ that it gives each point. The first becomes the third axis, what is
 * left of the second the second axis, their product the first: on aligned data with z up these are up and
 * front. The normal of a mirror plane, the first axis there, is thus never asked for.
 *
 * Differs from the released code (vector neurons, whose layers see a point's neighbours): vectors whose
 * lengths depend on the whole cloud, hence on what kind of thing it is; two of them and a cross product.
 *
 * @param config Widths.
 * @returns a canonicalizer of clouds `[batch, n, 3]`; centre them first.
 */
export function cloudFrameCanonicalizer(
  { widths = [32, 64], hidden = 64 }: CloudFrameConfig = {},
): CloudFrameCanonicalizer {
  return {
    name: "frame of the whole cloud",
    init: (stream) => ({
      parameters: {
        invariants: initAffine(INVARIANTS),
        points: initChain(stream.split("points"), [INVARIANTS, ...widths]),
        joined: initChain(stream.split("joined"), [2 * widths.at(-1)!, hidden]),
        output: initDense(stream.split("output"), { inputs: hidden, outputs: 2 }),
      },
      buffers: initStatistics([INVARIANTS, ...widths, hidden]),
    }),
    apply(x, pass) {
      const sequence = new Sequence(pass);
      const { invariants, points, joined, output } = pass.parameters;
      const through = (h: Tensor, layers: readonly NormalisedDense[]) =>
        layers.reduce((h, { linear, affine }) => tf.relu(sequence.norm(pointwise(h, linear), affine)), h);
      const own = through(sequence.norm(invariantsOf(x), invariants), points);
      const all = tf.add(tf.max(own, 1, true), tf.zerosLike(own));
      const shares = pointwise(through(tf.concat([own, all], 2), joined), output);
      const vectors = tf.div(tf.matMul(shares as tf.Tensor3D, x as tf.Tensor3D, true), x.shape[1]!);
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
