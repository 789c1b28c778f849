/** Complex tensors as pairs: TensorFlow.js has no gradients for its own. */
import { type Tensor, tf } from "../../tensor/mod.ts";

/** A complex tensor as two real ones of the same shape. */
export interface Complex {
  /** Real part. */
  readonly re: Tensor;
  /** Imaginary part. */
  readonly im: Tensor;
}

/** Product, with broadcasting. */
export function multiply(a: Complex, b: Complex): Complex {
  return {
    re: tf.sub(tf.mul(a.re, b.re), tf.mul(a.im, b.im)),
    im: tf.add(tf.mul(a.re, b.im), tf.mul(a.im, b.re)),
  };
}

/** a + b. */
export function add(a: Complex, b: Complex): Complex {
  return { re: tf.add(a.re, b.re), im: tf.add(a.im, b.im) };
}

/** Complex conjugate. */
export function conjugate({ re, im }: Complex): Complex {
  return { re, im: tf.neg(im) };
}

/** e^z. */
export function exponential({ re, im }: Complex): Complex {
  const modulus = tf.exp(re);
  return { re: tf.mul(modulus, tf.cos(im)), im: tf.mul(modulus, tf.sin(im)) };
}

/** Applies a function to both parts. */
export function mapParts(z: Complex, f: (part: Tensor) => Tensor): Complex {
  return { re: f(z.re), im: f(z.im) };
}

/** `[…, 2m]` real numbers as `[…, m]` complex ones: the real parts first. */
export function toComplex(x: Tensor): Complex {
  const [re, im] = tf.split(x, 2, x.rank - 1);
  return { re, im };
}

/** The inverse of {@link toComplex}. */
export function toReal({ re, im }: Complex): Tensor {
  return tf.concat([re, im], re.rank - 1);
}
