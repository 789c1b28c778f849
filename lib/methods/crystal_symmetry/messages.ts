import { silu } from "../../nn/graphs/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { CELLS } from "./cell_groups.ts";
import type { CellColouring } from "./colouring.ts";
import type { CellLayer } from "./ecn.ts";
import { equivariantDense } from "./equivariant_dense.ts";

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
  readonly cellLayer: CellLayer;
  readonly colouring: CellColouring;
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
  { edges: { receivers, senders, blocks }, bonds, cellLayer: { first, second }, colouring }: MessageOptions,
): Tensor {
  const [n, F, S] = first.weight.shape, [edges, D] = bonds.shape, width = sites.shape[1]!;
  // [n, F, S] → [F, n S]
  const weight = tf.reshape(tf.transpose(first.weight, [1, 0, 2]), [F, n * S]);
  const product = (x: Tensor, begin: number, size: number) =>
    tf.matMul(x as tf.Tensor2D, tf.slice(weight, [begin, 0], [size, n * S]) as tf.Tensor2D);
  const bias = tf.reshape(tf.tile(first.bias, [n]), [1, n * S]);
  const received = product(sites, 0, width);
  const sent = tf.add(product(sites, width, width), bias);
  const lifted = silu(tf.add(
    tf.add(tf.gather(received, receivers as tf.Tensor1D), tf.gather(sent, senders as tf.Tensor1D)),
    product(bonds, 2 * width, D!),
  ));
  // M_k [d S, S] = Σ_c p^k_cd W2_c, for all k at once.
  const counts = new Float32Array(n ** 3);
  for (let k = 0; k < n; k++) {
    for (let c = 0; c < n; c++) {
      for (let d = 0; d < n; d++) {
        counts[(k * n + d) * n + c] = colouring.intersections[(k * n + c) * n + d];
      }
    }
  }
  const joined = tf.matMul(
    tf.tensor2d(counts, [n * n, n]),
    tf.reshape(second.weight, [n, S * S]) as tf.Tensor2D,
  );
  const parts: Tensor[] = [];
  let start = 0;
  blocks.forEach((size, k) => {
    if (size === 0) return;
    const block = size === edges ? lifted : tf.slice(lifted, [start, 0], [size, n * S]);
    const factor = tf.reshape(tf.slice(joined, [k * n, 0], [n, S * S]), [n * S, S]);
    parts.push(tf.matMul(block as tf.Tensor2D, factor as tf.Tensor2D));
    start += size;
  });
  return silu(tf.add(parts.length === 1 ? parts[0] : tf.concat(parts, 0), second.bias));
}

/**
 * Messages as the released code computes them: v = [h_i, h_j, e_ij] becomes a function on the eight cells
 * that is v on the sender's cell and 0 elsewhere, two equivariant layers with swish follow, and the value on
 * the receiver's cell is the message.
 *
 * @param sites `[N, S]`.
 * @returns `[E, S]`.
 */
export function denseMessages(
  sites: Tensor,
  { edges: { receivers, senders }, bonds, cellLayer: { first, second }, colouring, cells }: MessageOptions,
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
  const lifted = tf.mul(tf.expandDims(v, 1), tf.expandDims(roll(places(senders)), 2));
  const options = { colours: colouring.matrix, inputs: CELLS, outputs: CELLS };
  const y = silu(equivariantDense(lifted, { ...first, ...options }));
  const z = silu(equivariantDense(y, { ...second, ...options }));
  return tf.sum(tf.mul(z, tf.expandDims(roll(places(receivers)), 2)), 1);
}
