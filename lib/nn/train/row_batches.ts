import {
  flattenTree,
  type HostTensor,
  type HostTree,
  type MapLeaves,
  mapTree,
  type Tensor,
  type Tree,
} from "../../tensor/mod.ts";
import type { BatchMaker } from "./train.ts";

/** Training rows from which batches of any size can be taken, see {@link rowBatches}. */
export interface RowBatches<Batch> {
  /** Number of rows. */
  readonly rows: number;
  /** Makes batches of so many rows. */
  ofSize(batchSize: number): BatchMaker<Batch>;
}

/**
 * Batches that copy rows of arrays in memory: what most trainings need (see the example of `train`).
 *
 * @param data A tree of host tensors `[rows, …]` with the same number of rows.
 * @throws {RangeError} If the leaves differ in their number of rows, or there are none.
 *
 * @example
 * ```ts
 * import { hostTensor, rowBatches } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const { example, fill } = rowBatches({ x: hostTensor([[1, 2], [3, 4], [5, 6]]) }).ofSize(2);
 * fill(example, Int32Array.of(2, 0));
 * assert.deepEqual([...example.x.data], [5, 6, 1, 2]);
 * ```
 */
export function rowBatches<T extends Tree<HostTensor>, Batch = MapLeaves<T, Tensor>>(
  data: T,
): RowBatches<Batch> {
  const { leaves, paths } = flattenTree<HostTensor>(data);
  const rows = leaves[0]?.shape[0] ?? 0;
  const wrong = leaves.findIndex(({ shape }) => (shape[0] ?? 0) !== rows);
  if (rows < 1 || wrong >= 0) {
    throw new RangeError(
      `Cannot make batches as all leaves must have the same number of rows >= 1: ` +
        `current value of "${paths[Math.max(0, wrong)]}" is ${leaves[wrong]?.shape[0] ?? 0}`,
    );
  }
  return {
    rows,
    ofSize: (batchSize) => ({
      example: mapTree<HostTensor, HostTree<Batch>>(data, (leaf) => zeroRows(leaf, batchSize)),
      fill(batch, chosen) {
        const targets = flattenTree<HostTensor>(batch).leaves;
        leaves.forEach(({ data }, k) => copyRows(targets[k], { source: data, rows: chosen }));
      },
      streams: [],
    }),
  };
}

/** Copies chosen rows into a batch: `[samples, …]` → `[batch, …]`. */
export function copyRows(
  batch: HostTensor,
  { source, rows }: {
    readonly source: ArrayLike<number> & { subarray(from: number, to: number): ArrayLike<number> };
    readonly rows: Int32Array;
  },
): void {
  const size = batch.data.length / rows.length;
  rows.forEach((row, i) => batch.data.set(source.subarray(row * size, (row + 1) * size), i * size));
}

/** A tensor of zeros like `leaf`, but with so many rows. */
function zeroRows({ dtype, shape: [, ...rest], data }: HostTensor, rows: number): HostTensor {
  const size = rest.reduce((product, extent) => product * extent, rows);
  const zeros = new (data.constructor as new (length: number) => HostTensor["data"])(size);
  return { dtype, shape: [rows, ...rest], data: zeros } as HostTensor;
}
