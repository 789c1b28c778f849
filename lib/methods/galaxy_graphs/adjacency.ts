import { type Tensor, tf } from "../../tensor/mod.ts";
import { DIRECTION_COUNT, DIRECTIONS, directionWeights } from "./directions.ts";
import type { Edges } from "./group_graphs.ts";

/** How the weight of an edge falls with its length r: exp(−r²/(2s²)), 1/(1 + r²/s²), 1, or r. */
export type RadialWeight = "gaussian" | "rational" | "one" | "distance";

/** Options of the adjacency. */
export interface AdjacencyOptions {
  /** s, in the unit of the positions; the paper has 0.4 Mpc in the generator and 0.2 Mpc in the critic. */
  readonly scale: number;
  /** How weights fall with the distance. @default "gaussian" */
  readonly radial?: RadialWeight;
}

/**
 * The directional adjacency A^f_ij = q^f_ij w_ij c_ij on a list of edges: q^f_ij = softmax_f(d_f · n_ij) with
 * n_ij = (x_i − x_j)/|x_i − x_j|, w_ij = exp(−r_ij²/(2s²)), c_ij = 1/√((D_i + 1)(D_j + 1)), D_i = Σ_j w_ij.
 *
 * So Σ_f A^f_ij = w_ij c_ij: with equal weights for all directions it is an ordinary normalised graph
 * convolution. Where two galaxies coincide, q is 1/26. Jagvaral et al. 2022, released code.
 *
 * @param positions x `[N, 3]`.
 * @returns `[E, 26]`.
 *
 * @example
 * ```ts
 * import { directionalAdjacency } from "@refigure/refigure/galaxy_graphs";
 * import assert from "node:assert/strict";
 *
 * const edges = { receivers: Int32Array.of(0, 1), senders: Int32Array.of(1, 0) };
 * const adjacency = directionalAdjacency([0.4, 0, 0, 0, 0, 0], { edges, scale: 0.4 });
 * const sum = adjacency.subarray(0, 26).reduce((total, a) => total + a, 0);
 * assert.equal(sum.toFixed(6), "0.377541"); // e^(−1/2)/(e^(−1/2) + 1)
 * ```
 */
export function directionalAdjacency(
  positions: ArrayLike<number>,
  { edges: { receivers, senders }, scale, radial = "gaussian" }: AdjacencyOptions & { readonly edges: Edges },
): Float64Array {
  const degree = new Float64Array(positions.length / 3);
  const weights = Float64Array.from(receivers, (i, e) => {
    const j = senders[e];
    let square = 0;
    for (let k = 0; k < 3; k++) square += (positions[3 * i + k] - positions[3 * j + k]) ** 2;
    const weight = radialWeight(square, { scale, radial });
    degree[i] += weight;
    return weight;
  });
  const adjacency = new Float64Array(DIRECTION_COUNT * receivers.length);
  receivers.forEach((i, e) => {
    const j = senders[e];
    const apart = [0, 1, 2].map((k) => positions[3 * i + k] - positions[3 * j + k]);
    const length = Math.hypot(...apart);
    const direction = length > 0 ? apart.map((x) => x / length) : apart;
    const norm = weights[e] / Math.sqrt((degree[i] + 1) * (degree[j] + 1));
    adjacency.set(directionWeights(direction).map((q) => q * norm), DIRECTION_COUNT * e);
  });
  return adjacency;
}

function radialWeight(square: number, { scale, radial }: Required<AdjacencyOptions>): number {
  if (radial === "one") return 1;
  if (radial === "distance") return Math.sqrt(square);
  const ratio = square / (scale * scale);
  return radial === "rational" ? 1 / (1 + ratio) : Math.exp(-ratio / 2);
}

/** The geometry of blocks of n nodes, see {@link blockGeometry}. */
export interface BlockGeometry {
  /** q^f_ij `[blocks, n, 26, n]`: receiver, direction, sender. */
  readonly directions: Tensor;
  /** r² `[blocks, n, n]`. */
  readonly distanceSquared: Tensor;
  /** 1 where there is an edge `[blocks, n, n]`. */
  readonly edges: Tensor;
}

/**
 * What {@link blockAdjacency} needs of the nodes' positions, as a program: every scale shares it.
 *
 * @param positions `[blocks, n, 3]`, small numbers: float32 keeps differences only of what is near the
 *   origin.
 * @param edges `[blocks, n, n]`, 1 for an edge (receiver, sender), else 0; 0 on the diagonal.
 */
export function blockGeometry(positions: Tensor, edges: Tensor): BlockGeometry {
  const [blocks, n] = positions.shape;
  // d_f · (x_i − x_j) as a difference of projections: receivers `[blocks, n, 26, 1]` and senders
  // `[blocks, 1, 26, n]`.
  const projected = tf.reshape(
    tf.matMul(
      tf.reshape(positions, [blocks * n!, 3]) as tf.Tensor2D,
      tf.tensor2d(DIRECTIONS.flat(), [DIRECTION_COUNT, 3]),
      false,
      true,
    ),
    [blocks, n!, DIRECTION_COUNT],
  );
  const apart = tf.sub(tf.expandDims(projected, 3), tf.expandDims(tf.transpose(projected, [0, 2, 1]), 1));
  const differences = tf.sub(tf.expandDims(positions, 2), tf.expandDims(positions, 1));
  const distanceSquared = tf.sum(tf.square(differences), 3);
  // Coincident nodes, and the diagonal: 0/10⁻¹⁵.
  const distance = tf.sqrt(tf.maximum(distanceSquared, 1e-30));
  // The exponents lie in [−1, 1]: no maximum has to be taken off.
  const exponentials = tf.exp(tf.div(apart, tf.expandDims(distance, 2)));
  return {
    directions: tf.div(exponentials, tf.sum(exponentials, 2, true)),
    distanceSquared,
    edges,
  };
}

/**
 * {@link directionalAdjacency} of blocks of nodes, as a program.
 *
 * @returns `[blocks, 26 n, n]`: row 26 i + f holds A^f_ij for all senders j.
 */
export function blockAdjacency(
  { directions, distanceSquared, edges }: BlockGeometry,
  { scale, radial = "gaussian" }: AdjacencyOptions,
): Tensor {
  const [blocks, n] = edges.shape;
  const ratio = tf.div(distanceSquared, scale * scale);
  const raw = {
    gaussian: () => tf.exp(tf.mul(ratio, -0.5)),
    rational: () => tf.div(1, tf.add(ratio, 1)),
    one: () => tf.onesLike(ratio),
    distance: () => tf.sqrt(tf.maximum(distanceSquared, 1e-30)),
  }[radial]();
  const weights = tf.mul(raw, edges);
  const degree = tf.add(tf.sum(weights, 2), 1);
  const product = tf.mul(tf.expandDims(degree, 2), tf.expandDims(degree, 1));
  const norm = tf.div(weights, tf.sqrt(product));
  return tf.reshape(tf.mul(directions, tf.expandDims(norm, 2)), [blocks, DIRECTION_COUNT * n!, n!]);
}
