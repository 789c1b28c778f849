import { type Tensor, tf } from "../../tensor/mod.ts";

/**
 * How edges connect nodes. Features have a row for each node or edge; coordinates have a *column* for each,
 * so that arithmetic on few channels runs along long contiguous rows.
 */
export interface Neighbourhood {
  /** Number of nodes, n. */
  readonly nodes: number;
  /** Number of edges, E. */
  readonly edges: number;
  /** a_i + b_j on every edge: `[n, F]` twice → `[E, F]`. */
  pairSum(receiver: Tensor, sender: Tensor): Tensor;
  /** x_i − x_j on every edge: `[C, n]` → `[C, E]`. */
  differences(x: Tensor): Tensor;
  /** Σ over a receiver's edges: `[E, F]` → `[n, F]`. */
  sumRows(rows: Tensor): Tensor;
  /** Mean over a receiver's edges: `[C, E]` → `[C, n]`. */
  meanColumns(columns: Tensor): Tensor;
  /** Leaves only what comes over real edges, `[E, F]`. */
  maskRows(rows: Tensor): Tensor;
  /** As above, `[C, E]`. */
  maskColumns(columns: Tensor): Tensor;
}

const unmasked = (x: Tensor): Tensor => x;

/** Options of {@link completeGraphs}. */
export interface CompleteGraphs {
  /** Number of graphs. */
  readonly batch: number;
  /** N. */
  readonly nodes: number;
  /** `[batch, N]`, 1 for a node and 0 for padding. */
  readonly nodeMask?: Tensor;
  /** `[batch, N (N − 1)]`, 1 for an edge and 0 for none; edges as in {@link DynamicsData}. */
  readonly edgeMask?: Tensor;
  /** As the released code: coordinate updates come over edges of padding too, and their mean divides by N. */
  readonly ignoreMaskInCoordinates?: boolean;
}

/**
 * A batch of graphs without self edges, complete but for what masks leave out. Nodes are ordered (i, b),
 * edges (i, sender, b), with the graph b running fastest: sending is then a copy of long blocks.
 *
 * @throws {RangeError} If a graph has a single node, which no message reaches.
 */
export function completeGraphs(graphs: CompleteGraphs): Neighbourhood {
  const { batch, nodes, nodeMask, edgeMask, ignoreMaskInCoordinates = false } = graphs;
  if (nodes < 2) {
    throw new RangeError(
      `Cannot pass messages as graphs must have >= 2 nodes: current value is ${nodes}; add a node of padding ` +
        "(a mask of 0), or use a model without messages",
    );
  }
  const degree = nodes - 1, n = nodes * batch, edges = n * degree;
  const senders: number[] = [], sent: number[] = [];
  for (let i = 0; i < nodes; i++) {
    for (let j = 0; j < nodes; j++) if (j !== i) senders.push(j);
  }
  // The edges that node j sends over: as sender of each i ≠ j it has place j if j < i, else j − 1.
  for (let j = 0; j < nodes; j++) {
    for (let i = 0; i < nodes; i++) if (i !== j) sent.push(i * degree + (j < i ? j : j - 1));
  }
  /**
   * The senders' blocks `[…, N, block]` → `[…, N (N − 1), block]`; the gradient gathers too, instead of
   * scattering.
   */
  const send = (x: Tensor, axis: number): Tensor =>
    (tf.customGrad((value) => ({
      value: tf.gather(value as Tensor, tf.tensor1d(senders, "int32"), axis),
      gradFunc: (dy: Tensor) => {
        const parts = tf.gather(dy, tf.tensor1d(sent, "int32"), axis);
        const shape = parts.shape.toSpliced(axis, 1, nodes, degree);
        return tf.sum(tf.reshape(parts, shape), axis + 1);
      },
    })) as (x: Tensor) => Tensor)(x);

  let maskRows = unmasked, maskColumns = unmasked, degrees: Tensor | undefined;
  /** Edges between nodes that are no padding, and that are left in: `[N, N − 1, batch]`. */
  const pairMask = (): Tensor | undefined => {
    const kept = edgeMask && tf.reshape(tf.transpose(edgeMask), [nodes, degree, batch]);
    if (nodeMask === undefined) return kept;
    const mask = tf.reshape(tf.transpose(nodeMask), [nodes, batch]);
    const real = tf.mul(tf.expandDims(mask, 1), tf.reshape(send(mask, 0), [nodes, degree, batch]));
    return kept === undefined ? real : tf.mul(real, kept);
  };

  const pairs = pairMask();
  if (pairs !== undefined) {
    const rows = tf.reshape(pairs, [edges, 1]), columns = tf.reshape(pairs, [1, edges]);
    maskRows = (x) => tf.mul(x, rows);
    if (!ignoreMaskInCoordinates) {
      maskColumns = (x) => tf.mul(x, columns);
      degrees = tf.reshape(tf.maximum(tf.sum(pairs, 1), 1), [1, n]);
    }
  }
  // The released code counts the self edge, whose difference is 0, in the divisor.
  const count = ignoreMaskInCoordinates ? nodes : Math.max(degree, 1);
  return {
    nodes: n,
    edges,
    pairSum(receiver, sender) {
      const block = batch * receiver.shape[1]!;
      const a = tf.reshape(receiver, [nodes, 1, block]);
      const b = tf.reshape(send(tf.reshape(sender, [nodes, block]), 0), [nodes, degree, block]);
      return tf.reshape(tf.add(a, b), [edges, receiver.shape[1]!]);
    },
    differences(x) {
      const c = x.shape[0];
      const a = tf.reshape(x, [c, nodes, 1, batch]);
      const b = tf.reshape(send(tf.reshape(x, [c, nodes, batch]), 1), [c, nodes, degree, batch]);
      return tf.reshape(tf.sub(a, b), [c, edges]);
    },
    sumRows(rows) {
      const f = rows.shape[1]!;
      return tf.reshape(tf.sum(tf.reshape(rows, [nodes, degree, batch * f]), 1), [n, f]);
    },
    meanColumns(columns) {
      const c = columns.shape[0];
      const sum = tf.reshape(tf.sum(tf.reshape(columns, [c, nodes, degree, batch]), 2), [c, n]);
      return degrees === undefined ? tf.div(sum, count) : tf.div(sum, degrees);
    },
    maskRows,
    maskColumns,
  };
}

/**
 * One graph given by its edges, of any size and sparsity.
 *
 * @param options `receivers` and `senders` `[E]` int32, `nodes` n.
 */
export function edgeList(
  { nodes, receivers, senders }: {
    readonly nodes: number;
    readonly receivers: Tensor;
    readonly senders: Tensor;
  },
): Neighbourhood {
  const edges = receivers.shape[0];
  const sum = (rows: Tensor) => tf.unsortedSegmentSum(rows, receivers as tf.Tensor1D, nodes);
  const gather = (x: Tensor, indices: Tensor, axis = 0) => tf.gather(x, indices as tf.Tensor1D, axis);
  // Nodes without edges divide by 1.
  const degrees = tf.maximum(sum(tf.ones([edges, 1])), 1);
  return {
    nodes,
    edges,
    pairSum: (receiver, sender) => tf.add(gather(receiver, receivers), gather(sender, senders)),
    differences(x) {
      const rows = tf.transpose(x);
      return tf.transpose(tf.sub(gather(rows, receivers), gather(rows, senders)));
    },
    sumRows: sum,
    meanColumns: (columns) => tf.transpose(tf.div(sum(tf.transpose(columns)), degrees)),
    maskRows: unmasked,
    maskColumns: unmasked,
  };
}
