import { type Tensor, tf } from "../../tensor/mod.ts";

/**
 * `[…, 1 + 2M]` of the n-th derivatives of 1, sin(2πlx/L), cos(2πlx/L) at positions in a program: each is
 * rateⁿ sin(angle + phase + nπ/2).
 */
export function basisAt(
  positions: Tensor,
  { columns, length, order = 0 }: {
    readonly columns: number;
    readonly length: number;
    readonly order?: number;
  },
): Tensor {
  const rates = Array.from({ length: columns }, (_, i) => 2 * Math.PI * Math.ceil(i / 2) / length);
  const phases = rates.map((_, i) => (i % 2 === 0 ? Math.PI / 2 : 0) + order * Math.PI / 2);
  const row = (values: readonly number[]) => tf.tensor2d([...values], [1, columns]);
  const waves = tf.sin(tf.add(tf.mul(tf.reshape(positions, [-1, 1]), row(rates)), row(phases)));
  return order === 0 ? waves : tf.mul(waves, row(rates.map((rate) => rate ** order)));
}
