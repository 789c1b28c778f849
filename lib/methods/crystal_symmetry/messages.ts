import { silu } from "../../nn/graphs/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { CELLS } from "./cell_groups.ts";
import type { CellColouring } from "./colouring.ts";
import type { CellLayer } from "./ecn.ts";
import {
  type EquivariantDense,
  equivariantDense,
  type EquivariantDenseOptions,
} from "./equivariant_dense.ts";
import type { RegularMaps } from "./regular.ts";

/** What messages are made of. */
export interface MessageOptions {
  /** Edges in blocks of one colour each, and the length of each block. */
  readonly edges: {
    readonly receivers: Tensor;
    readonly senders: Tensor;
    readonly blocks: readonly number[];
  };
  /** `[E, D]` */
  readonly bonds: Tensor;
  /** The message function. */
  readonly cellLayer: CellLayer;
  /** The pattern of weights between cells. */
  readonly colouring: CellColouring;
  /** If layers are on the regular representation. */
  readonly regular?: RegularMaps;
  /** `[N]` slots of the nodes' cells; read by the dense form only. */
  readonly cells: Tensor;
}

/**
 * Messages by intersection numbers. With v = [h_i, h_j, e_ij], U_c = swish(W1_c v + b₁) for each colour c and
 * k the colour of the edge,
 *
 * m = swish(Σ_{c,d} p^k_{cd} W2_c U_d + b₂),
 *
 * which is what the released code's lift to eight cells gives (`denseMessages`), as a cell sees the lifted
 * input only through its colour, and the receiver sees the cells only through how many have colour c to it
 * and d to the sender. W1 h is computed on nodes, and each block of edges is one product with Σ_c p^k_{cd}
 * W2_c. A difference from the code in cost only.
 *
 * @param sites `[N, S]`.
 * @returns `[E, S]`.
 */
export function groupedMessages(
  sites: Tensor,
  { edges, bonds, cellLayer: { first, second }, colouring }: MessageOptions,
): Tensor {
  const n = colouring.colours;
  // M_k [d S, S] = Σ_c p^k_cd W2_c, for all k at once.
  const counts = new Float32Array(n ** 3);
  for (let k = 0; k < n; k++) {
    for (let c = 0; c < n; c++) {
      for (let d = 0; d < n; d++) {
        counts[(k * n + d) * n + c] = colouring.intersections[(k * n + c) * n + d];
      }
    }
  }
  const lifted = liftedSites(sites, { edges, bonds, first });
  return silu(tf.add(blockProducts(lifted, { counts, second, blocks: edges.blocks }), second.bias));
}

/**
 * Messages on the regular representation G of |G| = 8 |P| elements, by counts as {@link groupedMessages}.
 * With U_c as there, c = 0 … 7 the colour of an element of G to the sender's cell, k the difference of the
 * edge's cells,
 *
 * z_e = swish(|P|^(−1/2) Σ_{c,b} n_{ecb} W2_b U_c + b₂),  m = swish(|P|^(−1) Σ_{f,e} n^k_{fe} W3_f z_e + b₃).
 *
 * The powers of |P| are ours: they only rescale parameters, and keep the many equal terms of the sums from
 * adding up to large messages at the start.
 *
 * @param sites `[N, S]`.
 * @returns `[E, S]`.
 */
export function regularMessages(
  sites: Tensor,
  { edges, bonds, cellLayer: { first, middle, second }, colouring, regular }: MessageOptions,
): Tensor {
  const { middleCounts, backCounts, size, points } = regular!;
  const S = second.bias.shape[0];
  const lifted = liftedSites(sites, { edges, bonds, first });
  // [e, c, S, S] → [c S, e S]
  const joined = tf.matMul(
    tf.tensor2d(middleCounts.map((count) => count / Math.sqrt(points)), [CELLS * CELLS, size]),
    tf.reshape(middle!.weight, [size, S * S]) as tf.Tensor2D,
  );
  const matrix = tf.reshape(
    tf.transpose(tf.reshape(joined, [CELLS, CELLS, S, S]), [1, 2, 0, 3]),
    [CELLS * S, CELLS * S],
  );
  const bias = tf.reshape(tf.tile(middle!.bias, [CELLS]), [1, CELLS * S]);
  const values = silu(tf.add(tf.matMul(lifted as tf.Tensor2D, matrix as tf.Tensor2D), bias));
  // (k, e, f) of a difference k of each colour.
  const counts = new Float32Array(colouring.colours * CELLS * CELLS);
  for (let colour = 0; colour < colouring.colours; colour++) {
    const k = colouring.ofDifference.indexOf(colour);
    for (let f = 0; f < CELLS; f++) {
      for (let e = 0; e < CELLS; e++) {
        counts[(colour * CELLS + e) * CELLS + f] = backCounts[(k * CELLS + f) * CELLS + e] / points;
      }
    }
  }
  return silu(tf.add(blockProducts(values, { counts, second, blocks: edges.blocks }), second.bias));
}

/** U_c = swish(W1_c [h_i, h_j, e_ij] + b₁) of every edge, for all n colours, `[E, n S]`. */
function liftedSites(
  sites: Tensor,
  { edges: { receivers, senders }, bonds, first }: Pick<MessageOptions, "edges" | "bonds"> & {
    readonly first: EquivariantDense;
  },
): Tensor {
  const [n, F, S] = first.weight.shape, D = bonds.shape[1]!, width = sites.shape[1]!;
  // [n, F, S] → [F, n S]
  const weight = tf.reshape(tf.transpose(first.weight, [1, 0, 2]), [F, n * S]);
  const product = (x: Tensor, begin: number, size: number) =>
    tf.matMul(x as tf.Tensor2D, tf.slice(weight, [begin, 0], [size, n * S]) as tf.Tensor2D);
  const bias = tf.reshape(tf.tile(first.bias, [n]), [1, n * S]);
  const received = product(sites, 0, width);
  const sent = tf.add(product(sites, width, width), bias);
  return silu(tf.add(
    tf.add(tf.gather(received, receivers as tf.Tensor1D), tf.gather(sent, senders as tf.Tensor1D)),
    product(bonds, 2 * width, D),
  ));
}

/**
 * Σ_d (Σ_c counts_kdc W_c) x_d of every edge, where k is the edge's colour, `[E, S]`.
 *
 * @param x `[E, n S]`.
 * @param options.counts `[colours, n, n]` at (k, d, c).
 */
function blockProducts(
  x: Tensor,
  { counts, second: { weight }, blocks }: {
    readonly counts: Float32Array;
    readonly second: EquivariantDense;
    readonly blocks: readonly number[];
  },
): Tensor {
  const [n, S] = weight.shape, edges = x.shape[0];
  const joined = tf.matMul(
    tf.tensor2d(counts, [blocks.length * n, n]),
    tf.reshape(weight, [n, S * S]) as tf.Tensor2D,
  );
  const parts: Tensor[] = [];
  let start = 0;
  blocks.forEach((size, k) => {
    if (size === 0) return;
    const block = size === edges ? x : tf.slice(x, [start, 0], [size, n * S]);
    const factor = tf.reshape(tf.slice(joined, [k * n, 0], [n, S * S]), [n * S, S]);
    parts.push(tf.matMul(block as tf.Tensor2D, factor as tf.Tensor2D));
    start += size;
  });
  return parts.length === 1 ? parts[0] : tf.concat(parts, 0);
}

/**
 * Messages as the released code computes them: v = [h_i, h_j, e_ij] becomes a function on the eight cells
 * that is v on the sender's cell and 0 elsewhere, equivariant layers with swish follow (two, or three by way
 * of the regular representation), and the value on the receiver's cell is the message.
 *
 * @param sites `[N, S]`.
 * @returns `[E, S]`.
 */
export function denseMessages(
  sites: Tensor,
  { edges: { receivers, senders }, bonds, cellLayer, colouring, regular, cells }: MessageOptions,
): Tensor {
  const places = (nodes: Tensor) =>
    tf.oneHot(tf.cast(tf.gather(cells, nodes as tf.Tensor1D), "int32"), CELLS);
  const v = tf.concat([
    tf.gather(sites, receivers as tf.Tensor1D),
    tf.gather(sites, senders as tf.Tensor1D),
    bonds,
  ], 1);
  // The one-hot's slot is c − 1: roll it to c.
  const roll = (x: Tensor) => tf.concat([tf.slice(x, [0, 7], [-1, 1]), tf.slice(x, [0, 0], [-1, 7])], 1);
  let y: Tensor = tf.mul(tf.expandDims(v, 1), tf.expandDims(roll(places(senders)), 2));
  for (const layer of denseLayers(cellLayer, { colouring, regular })) y = silu(equivariantDense(y, layer));
  return tf.sum(tf.mul(y, tf.expandDims(roll(places(receivers)), 2)), 1);
}

/** The equivariant maps of a message function one after the other. */
function denseLayers(
  { first, middle, second }: CellLayer,
  { colouring: { matrix }, regular }: Pick<MessageOptions, "colouring" | "regular">,
): EquivariantDenseOptions[] {
  if (regular === undefined) {
    return [first, second].map((layer) => ({ ...layer, colours: matrix, inputs: CELLS, outputs: CELLS }));
  }
  const { size, points, lift, middle: between, back } = regular;
  const scaled = ({ weight, bias }: EquivariantDense, power: number) => ({
    weight: tf.mul(weight, points ** power),
    bias,
  });
  return [
    { ...first, colours: lift, inputs: CELLS, outputs: size },
    { ...scaled(middle!, -1 / 2), colours: between, inputs: size, outputs: size },
    { ...scaled(second, -1), colours: back, inputs: size, outputs: CELLS },
  ];
}
