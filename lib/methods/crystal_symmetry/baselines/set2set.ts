import type { HostTree } from "../../../compile/mod.ts";
import { type Dense, dense, initDense } from "../../../nn/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import { type Tensor, tf } from "../../../tensor/mod.ts";

/** Parameters of a Set2Set reading: one dense layer 3 F → 4 F with the gates i, f, g, o of its LSTM. */
export interface Set2Set {
  /** Input is [q*, h], of 2 F and F numbers. */
  readonly gates: Dense;
}

/** Draws the parameters, uniform in ±1/√(3 F). */
export function initSet2Set(
  stream: Stream,
  { features }: { readonly features: number },
): HostTree<Set2Set> {
  return { gates: initDense(stream, { inputs: 3 * features, outputs: 4 * features }) };
}

/**
 * Set2Set (Vinyals et al. 2016): an LSTM asks each set `steps` times, q_t = LSTM(q*_{t−1}), with the answer
 * r_t = Σ_i a_i x_i, a = softmax(x_i · q_t) over the set, and q*_t = [q_t, r_t].
 *
 * The softmax is shifted by the largest value over all sets.
 *
 * @param x `[n, F]` elements.
 * @param options.sets `[n]` int32 set of each element; `count` sets.
 * @returns `[count, 2 F]`, q* after the last step.
 */
export function set2set(
  x: Tensor,
  { parameters, sets, count, steps }: {
    readonly parameters: Set2Set;
    readonly sets: Tensor;
    readonly count: number;
    readonly steps: number;
  },
): Tensor {
  const F = x.shape[1]!;
  const sum = (rows: Tensor) => tf.unsortedSegmentSum(rows, sets as tf.Tensor1D, count);
  let hidden: Tensor = tf.zeros([count, F]), cell: Tensor = tf.zeros([count, F]);
  let answer: Tensor = tf.zeros([count, 2 * F]);
  for (let step = 0; step < steps; step++) {
    const gates = dense(tf.concat([answer, hidden], 1), parameters.gates);
    const part = (k: number) => tf.slice(gates, [0, k * F], [count, F]);
    const [input, forget, candidate, output] = [
      tf.sigmoid(part(0)),
      tf.sigmoid(part(1)),
      tf.tanh(part(2)),
      tf.sigmoid(part(3)),
    ];
    cell = tf.add(tf.mul(forget, cell), tf.mul(input, candidate));
    hidden = tf.mul(output, tf.tanh(cell));
    const scores = tf.sum(tf.mul(x, tf.gather(hidden, sets as tf.Tensor1D)), 1, true);
    const weights = tf.exp(tf.sub(scores, tf.max(scores)));
    // The largest weight is 1: a set far below it would sum to 0.
    const read = tf.div(sum(tf.mul(weights, x)), tf.maximum(sum(weights), 1e-20));
    answer = tf.concat([hidden, read], 1);
  }
  return answer;
}
