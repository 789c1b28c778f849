import { compile, disposable, type ExecutorName, type NativeResource } from "../../compile/mod.ts";
import { hostTensor } from "../../nn/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { checkCounts, checkLength, checkNotNegative, checkWeights } from "./_check.ts";
import { Depth } from "./_depth.ts";
import { solveBlocks } from "./_block_search.ts";
import { Sorter } from "./_sorter.ts";
import { initialVelocities } from "./_velocity.ts";

/**
 * How long the chain of dependent operations of a data-parallel program is; it depends on d only, never on
 * the data.
 */
export interface ParallelDepth {
  /**
   * Dependent rounds, with an element-wise operation or a gather as 1 and a scan or a reduction of n numbers
   * as log₂ n.
   */
  readonly rounds: number;
  /** Dependent tensor operations (a scan or a reduction is one). */
  readonly operations: number;
  /** Levels, ⌈log₂ d⌉. */
  readonly levels: number;
  /** Bisection steps of each level: 0, 1, …, levels − 1. */
  readonly bisections: readonly number[];
}

/** Options of {@link compileParallelProx}. */
export interface ParallelProxOptions {
  /** Number of weights, d ≥ 1; the program is compiled for it. */
  readonly size: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
}

/** prox_{αR} as a compiled tensor program. */
export interface ParallelProx extends NativeResource {
  /** n, number of weights. */
  readonly size: number;
  /** How long its chain of dependent operations is. */
  readonly depth: ParallelDepth;
  /**
   * prox_{αR}(w).
   *
   * @param weights `[size]` finite, at most about 1e33 in magnitude.
   * @returns `[size]`; the error is a few float32 roundings of max(|w|, α).
   * @throws {TypeError} If the number of weights is another.
   * @throws {RangeError} If a weight is not finite, or α is negative.
   */
  run(weights: Float32Array, options: { readonly alpha: number }): Promise<Float32Array>;
}

/**
 * Compiles SearchCollisions for d weights into one data-parallel tensor program.
 *
 * All blocks of a level are rows of one tensor `[2^p/s, s]`, p = ⌈log₂ d⌉, so every scan and reduction runs
 * within blocks; control flow does not depend on the data (fixed levels and bisection steps). Sorting and its
 * undoing are on the host, by radix sort; the paper cites parallel sorting networks for them.
 *
 * Differs from the sequential version (`prox` with `algorithm: "search"`) in three ways that leave the result
 * the same but for rounding:
 * - A slot holds its cluster's position, not the cluster in one slot and dead slots behind it. No masses are
 *   needed.
 * - "i's cluster reaches the right half" is tested as min_j Σ_{l=i..j} (u_l − u_i) ≤ 0 over j in the right
 *   half: as the left half is in order, its own running means never fall below u_i.
 * - Sums are of differences from the block's middle, outwards from there, so that distant weights do not
 *   spoil the digits of a cluster; and two Newton steps on the cluster's position follow the bisection, as
 *   running means are too flat around their minimum for float32 to tell where the cluster ends.
 *
 * @throws {RangeError} If `size` is not a positive integer.
 *
 * @example
 * ```ts
 * import { compileParallelProx } from "@refigure/refigure/weight_sharing";
 * import assert from "node:assert/strict";
 *
 * await using program = await compileParallelProx({ size: 5 });
 * const weights = await program.run(Float32Array.of(4, 1, 1.125, 1.25, 0), { alpha: 0.5 });
 * assert.deepEqual([...weights], [3.5, 1.125, 1.125, 1.125, 0.5]);
 * assert.deepEqual(program.depth.bisections, [0, 1, 2]);
 * ```
 */
export async function compileParallelProx({ size, executor }: ParallelProxOptions): Promise<ParallelProx> {
  checkCounts("compile the prox", { size });
  const levels = Math.ceil(Math.log2(size));
  const padded = 2 ** levels;
  // v/α; the padding repeats the largest weight and moves as no particle does, so that nothing runs into it.
  const pace = Float32Array.from(initialVelocities(size, 1));
  const velocities = new Float32Array(padded).fill(1);
  velocities.set(pace);
  const sorted = hostTensor(new Float32Array(padded), [padded]);
  const scale = hostTensor(new Float32Array(1), []);
  let depth = new Depth();
  const program = await compile(
    (x: Tensor, alpha: Tensor) => {
      depth = new Depth();
      depth.elementwise(2);
      const z = tf.add(x, tf.mul(alpha, tf.tensor1d(velocities)));
      return { positions: solveBlocks(z, depth) };
    },
    [sorted, scale],
    { executor, name: "SearchCollisions" },
  );
  if (executor === "eager") await program.run(sorted, scale); // traces the depth
  const { rounds, operations } = depth;
  const bisections = Array.from({ length: levels }, (_, level) => level);
  const sorter = new Sorter();
  return {
    size,
    depth: { rounds, operations, levels, bisections },
    async run(weights, { alpha }) {
      checkLength("compute the prox", "weights", weights, size);
      checkWeights("compute the prox", weights);
      checkNotNegative("compute the prox", { alpha });
      sorter.sort(weights);
      const order = sorter.order.slice();
      const x = new Float32Array(padded).fill(sorter.sorted[size - 1]);
      x.set(sorter.sorted);
      const { positions } = await program.run(
        hostTensor(x, [padded]),
        hostTensor(Float32Array.of(alpha), []),
      );
      const result = new Float32Array(size);
      for (let k = 0; k < size; k++) result[order[k]] = positions.data[k];
      return result;
    },
    ...disposable(program.dispose),
  };
}
