import { type Tensor, tf } from "../../tensor/mod.ts";

/**
 * Which tap of a kernel joins input place q and output place p: `[kernel², P · P]` of 0 and 1, entry (tap,
 * q·P + p). As in a convolution layer (a cross-correlation), tap (dy, dx) reads the place p + (dy, dx) −
 * ⌊kernel/2⌋.
 */
export function tapPlacement(side: number, kernel: number): Float32Array {
  const places = side * side, half = Math.floor(kernel / 2);
  const placement = new Float32Array(kernel * kernel * places * places);
  for (let p = 0; p < places; p++) {
    for (let tap = 0; tap < kernel * kernel; tap++) {
      const y = Math.floor(p / side) + Math.floor(tap / kernel) - half + side;
      const x = p % side + tap % kernel - half + side;
      const q = (y % side) * side + x % side;
      placement[(tap * places + q) * places + p] += 1;
    }
  }
  return placement;
}

/**
 * The weights `[P · before, P · after]` of the fully connected layer that does what the kernels do on a torus
 * of P = side² places, with circular padding; units are ordered by channel, then by place.
 *
 * @param kernels `[before · after, kernel²]`.
 */
export function circulantWeights(
  kernels: Tensor,
  { side, kernel, before, after }: {
    readonly side: number;
    readonly kernel: number;
    readonly before: number;
    readonly after: number;
  },
): Tensor {
  const places = side * side;
  const placement = tf.tensor2d(tapPlacement(side, kernel), [kernel * kernel, places * places]);
  const expanded = tf.reshape(tf.matMul(kernels as tf.Tensor2D, placement), [before, after, places, places]);
  return tf.reshape(tf.transpose(expanded, [0, 2, 1, 3]), [places * before, places * after]);
}
