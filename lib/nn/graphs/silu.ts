import { type Tensor, tf } from "../../tensor/mod.ts";

/**
 * SiLU, y = x σ(x), with its derivative in one piece, σ + y (1 − σ): four passes over the edges backwards
 * where the rules for products and sigmoid take seven. (The traced graph has σ and y from the forward pass,
 * as equal nodes are merged.)
 */
export const silu = tf.customGrad((x, save) => {
  (save as (tensors: Tensor[]) => void)([x as Tensor]);
  const value = tf.mul(x as Tensor, tf.sigmoid(x as Tensor));
  const gradFunc = (dy: Tensor, saved: Tensor[]) => {
    const s = tf.sigmoid(saved[0]);
    const y = tf.mul(saved[0], s);
    return tf.mul(dy, tf.add(s, tf.mul(y, tf.sub(1, s))));
  };
  return { value, gradFunc };
}) as (x: Tensor) => Tensor;
