import { type Tensor, tf } from "../../tensor/mod.ts";

/** Rectified linear unit, max(x, 0). Shape is kept. */
export function relu(x: Tensor): Tensor {
  return tf.relu(x);
}

/** Logistic function, 1/(1 + e^{−x}). Shape is kept. */
export function sigmoid(x: Tensor): Tensor {
  return tf.sigmoid(x);
}

/** Hyperbolic tangent. Shape is kept. */
export function tanh(x: Tensor): Tensor {
  return tf.tanh(x);
}

/** Sigmoid linear unit ("swish"), x·sigmoid(x). Shape is kept. */
export function silu(x: Tensor): Tensor {
  return tf.mul(x, tf.sigmoid(x));
}

/** Gaussian error linear unit, x·Φ(x) = x/2·(1 + erf(x/√2)), the exact form. Shape is kept. */
export function gelu(x: Tensor): Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}

/** Softplus, ln(1 + e^x). Shape is kept. */
export function softplus(x: Tensor): Tensor {
  return tf.softplus(x);
}
