import { compile, disposable, type ExecutorName, type NativeResource } from "../../compile/mod.ts";
import type { Matrix } from "../../stats/mod.ts";
import { type HostTensor, hostTensor, type HostTree, mapTree, type Tensor, tf } from "../../tensor/mod.ts";

/** Options of {@link compilePredictor}. */
export interface CompilePredictorOptions<P> {
  /** Of the network, on the host. */
  readonly parameters: HostTree<P>;
  /** Number of input features, d. */
  readonly columns: number;
  /** Rows per call. @default 256 */
  readonly batchSize?: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
}

/** A compiled network that is applied to any number of rows. */
export interface Predictor extends NativeResource {
  /**
   * Applies the network batch by batch; the last batch is padded with zeros.
   *
   * @param rows `[n, d]`.
   * @returns `[n, outputs]`.
   * @throws {TypeError} If the number of columns differs.
   */
  predict(rows: Matrix): Promise<Matrix<Float32Array>>;
}

/**
 * Compiles the forward pass of a network for batches of a fixed size, its parameters being constants of the
 * graph.
 *
 * @param network `(parameters, x [batchSize, d]) → [batchSize, outputs]`, row by row (no row may depend on
 * another).
 *
 * @example
 * ```ts
 * import { compilePredictor, type Dense, dense, initDense, matrix, stream, tf } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const parameters = initDense(stream(0, "layer"), { inputs: 2, outputs: 3 });
 * const network = (layer: Dense, x: tf.Tensor) => dense(x, layer);
 * await using predictor = await compilePredictor(network, { parameters, columns: 2 });
 * const { rows, columns } = await predictor.predict(matrix([1, 2, 3, 4], { columns: 2 }));
 * assert.deepEqual([rows, columns], [2, 3]);
 * ```
 */
export async function compilePredictor<P>(
  network: (parameters: P, x: Tensor) => Tensor,
  { parameters, columns, batchSize = 256, executor }: CompilePredictorOptions<P>,
): Promise<Predictor> {
  const values = new Float32Array(batchSize * columns);
  const input = hostTensor(values, [batchSize, columns]);
  const program = await compile((x: Tensor) => network(constants<P>(parameters), x), [input], {
    executor,
    name: "inference",
  });
  return {
    async predict(rows) {
      if (rows.columns !== columns) {
        throw new TypeError(
          `Cannot apply the network as rows must have ${columns} columns: current value is ${rows.columns}`,
        );
      }
      let output = new Float32Array(), width = 0;
      // One batch at least, as it tells the width.
      for (let start = 0; start === 0 || start < rows.rows; start += batchSize) {
        const end = Math.min(start + batchSize, rows.rows);
        values.fill(0).set(rows.data.subarray(start * columns, end * columns));
        const batch = await program.run(input) as HostTensor;
        width = batch.data.length / batchSize;
        if (start === 0) output = new Float32Array(rows.rows * width);
        output.set(batch.data.subarray(0, (end - start) * width), start * width);
      }
      return { data: output, rows: rows.rows, columns: width };
    },
    ...disposable(program.dispose),
  };
}

/**
 * Turns host tensors into tensors; inside a program that is being traced they become constants of the graph.
 */
export function constants<P>(tree: HostTree<P>): P {
  return mapTree<HostTensor, P>(tree, ({ data, shape, dtype }) => tf.tensor(data, [...shape], dtype));
}
