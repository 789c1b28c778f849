import type { HostTree } from "../../compile/mod.ts";
import {
  type DropoutSite,
  groupName,
  groupOrder,
  type Network,
  type Pass,
  type PlanarGroup,
  relativeElement,
} from "../../nn/group/mod.ts";
import { hostTensor } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { allPoses } from "./poses.ts";

/** Gives each pose of an image an activation, and turns along with the image. */
export interface Energy<P = unknown, B = unknown> {
  /** For messages, e.g. `C4, MLP`. */
  readonly name: string;
  /** The group that images are turned by. */
  readonly group: PlanarGroup;
  /** Draws the parameters and makes the first buffers. */
  init(stream: Stream): { readonly parameters: HostTree<P>; readonly buffers: HostTree<B> };
  /** As in `Network`. */
  dropouts?(shape: readonly number[]): readonly DropoutSite[];
  /**
   * A(x) `[batch, |G|]` with A(h x)_{h g} = A(x)_g: the image is taken to be in the pose of the largest,
   * whose inverse brings it to the canonical one.
   */
  activations(x: Tensor, pass: Pass<P, B>): { readonly activations: Tensor; readonly buffers: B };
}

/**
 * Activations from what a network says of all copies of an image, u_h = f(h⁻¹ x) (Mondal et al. 2023, App.;
 * "optimization-based"): with one number per copy A_g = u_g; with |G|, whose k-th says that the copy it sees
 * is in the pose k, A_g = Σ_h u_h[h⁻¹ g], so that every copy votes on every pose.
 *
 * Equivariant by construction, whatever f is, wherever the group acts on images exactly.
 *
 * @param votes `[|G| · batch, 1 or |G|]`, in the order of {@link allPoses}.
 * @returns A `[batch, |G|]`.
 */
export function activationsFromVotes(votes: Tensor, group: PlanarGroup): Tensor {
  const order = groupOrder(group), [rows, width] = votes.shape;
  const batch = rows / order;
  if (!Number.isInteger(batch) || (width !== 1 && width !== order)) {
    throw new TypeError(
      `Cannot count votes as they must be of shape [${order} · batch, 1 or ${order}]: ` +
        `current value is of shape [${votes.shape}]`,
    );
  }
  const byCopy = tf.reshape(votes, [order, batch, width]);
  if (width === 1) return tf.transpose(tf.reshape(byCopy, [order, batch]), [1, 0]);
  // One product with a matrix of 0 and 1: entry (h·|G| + k, g) tells that k = h⁻¹ g.
  const counts = new Float32Array(order * order * order);
  for (let h = 0; h < order; h++) {
    for (let g = 0; g < order; g++) counts[(h * order + relativeElement(group, h, g)) * order + g] = 1;
  }
  const flat = tf.reshape(tf.transpose(byCopy, [1, 0, 2]), [batch, order * order]) as tf.Tensor2D;
  return tf.matMul(flat, tf.tensor2d(counts, [order * order, order]));
}

/**
 * An energy from any network that looks at one copy of the image at a time: see {@link activationsFromVotes}.
 *
 * @param judge From images `[batch, height, width, channels]` to `[batch, 1 or |G|]`.
 */
export function voteEnergy<P, B>(judge: Network<P, B>, group: PlanarGroup): Energy<P, B> {
  const order = groupOrder(group);
  return {
    name: `${groupName(group)}, ${judge.name}`,
    group,
    init: (stream) => judge.init(stream),
    dropouts: judge.dropouts && (([batch, ...rest]) => judge.dropouts!([batch * order, ...rest])),
    activations(x, pass) {
      const { output, buffers } = judge.apply(allPoses(x, group), pass);
      return { activations: activationsFromVotes(output, group), buffers };
    },
  };
}

/** Parameters of a {@link cosineEnergy}. */
export interface CosineParameters<P> {
  /** The embedding's. */
  readonly embedding: P;
}

/** Buffers of a {@link cosineEnergy}. */
export interface CosineBuffers<B> {
  /** The embedding's. */
  readonly embedding: B;
  /** `[width]` */
  readonly reference: Tensor;
}

/** An energy that also tells the embeddings that it compares. */
export interface CosineEnergy<P, B> extends Energy<CosineParameters<P>, CosineBuffers<B>> {
  /** `[|G|, batch, width]` */
  embeddings(x: Tensor, pass: Pass<CosineParameters<P>, CosineBuffers<B>>): Tensor;
}

/** x/|x| along the last axis. */
const unit = (x: Tensor) => tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-12)));

/**
 * The authors' optimization-based energy: the cosine between a fixed random vector and the embedding of each
 * copy, A_g = cos(v, f(g⁻¹ x)).
 *
 * @param embed f, to `[batch, width]`.
 */
export function cosineEnergy<P, B>(
  embed: Network<P, B>,
  { group, width }: { readonly group: PlanarGroup; readonly width: number },
): CosineEnergy<P, B> {
  const order = groupOrder(group);
  const embedded = (x: Tensor, pass: Pass<CosineParameters<P>, CosineBuffers<B>>) => {
    const own = { ...pass, parameters: pass.parameters.embedding, buffers: pass.buffers.embedding };
    return embed.apply(allPoses(x, group), own);
  };
  return {
    name: `${groupName(group)}, cosines of ${embed.name}`,
    group,
    init(stream) {
      const { parameters, buffers } = embed.init(stream.split("embedding"));
      const reference = hostTensor(stream.split("reference").normal(new Float32Array(width)));
      return {
        parameters: { embedding: parameters } as HostTree<CosineParameters<P>>,
        buffers: { embedding: buffers, reference } as HostTree<CosineBuffers<B>>,
      };
    },
    dropouts: embed.dropouts && (([batch, ...rest]) => embed.dropouts!([batch * order, ...rest])),
    embeddings: (x, pass) => tf.reshape(embedded(x, pass).output, [order, x.shape[0], width]),
    activations(x, pass) {
      const { output, buffers } = embedded(x, pass);
      const cosines = tf.sum(tf.mul(unit(output), unit(pass.buffers.reference)), -1, true);
      return {
        activations: activationsFromVotes(cosines, group),
        buffers: { embedding: buffers, reference: pass.buffers.reference },
      };
    },
  };
}

/**
 * What keeps the embeddings of an image's copies apart: the mean of |⟨f(x_g), f(x_h)⟩| over all pairs,
 * those of g = h counting 0.
 *
 * @param embeddings `[|G|, batch, width]`.
 */
export function orthogonalityLoss(embeddings: Tensor): Tensor {
  const [order] = embeddings.shape;
  const rows = tf.transpose(embeddings, [1, 0, 2]);
  const products = tf.matMul(rows as tf.Tensor3D, tf.transpose(rows, [0, 2, 1]) as tf.Tensor3D);
  const apart = tf.sub(1, tf.eye(order));
  return tf.mean(tf.abs(tf.mul(products, apart)));
}
