import { type Tensor, tf } from "../../tensor/mod.ts";
import type { CrystalBatch } from "./batches.ts";

/** Mean over the nodes of each crystal, `[N, F]` → `[B, F]`; 0 where there is no crystal. */
export function poolCrystals(
  nodes: Tensor,
  { crystals, inverseSizes }: Pick<CrystalBatch, "crystals" | "inverseSizes">,
): Tensor {
  const count = inverseSizes.shape[0];
  // Padding has the id B: it goes to a row more, which is cut off.
  const sums = tf.unsortedSegmentSum(nodes, crystals as tf.Tensor1D, count + 1);
  return tf.mul(tf.slice(sums, [0, 0], [count, -1]), tf.reshape(inverseSizes, [count, 1]));
}
