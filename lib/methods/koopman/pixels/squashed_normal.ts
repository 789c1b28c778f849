import { type Tensor, tf } from "../../../tensor/mod.ts";

/** Limits of the logarithm of σ. */
const LOG_STD = [-5, 2] as const;

/** A sample with the logarithm of its density. */
export interface SquashedSample {
  /** a `[batch, p]` in ±1 */
  readonly action: Tensor;
  /** ln π(a) `[batch]` */
  readonly logProb: Tensor;
}

/**
 * A sample of tanh(u), u ~ N(μ, σ²), by u = μ + σ ε (Haarnoja et al. 2018, Appendix C):
 * ln π(a) = Σ ln N(u; μ, σ²) − ln(1 − tanh² u), with ln(1 − tanh² u) = 2 (ln 2 − u − softplus(−2u)).
 *
 * @param outputs μ, then the logarithm of σ before limits, `[batch, 2p]`; it is kept in (−5, 2) by tanh.
 * @param noise ε, standard normal, `[batch, p]`.
 */
export function squashedSample(outputs: Tensor, noise: Tensor): SquashedSample {
  const [mean, raw] = tf.split(outputs, 2, 1);
  const [low, high] = LOG_STD;
  // low + (high − low)(tanh + 1)/2
  const logStd = tf.add(tf.mul(tf.add(tf.tanh(raw), 1), (high - low) / 2), low);
  const u = tf.add(mean, tf.mul(tf.exp(logStd), noise));
  const normal = tf.neg(
    tf.add(tf.add(tf.mul(tf.square(noise), 0.5), logStd), Math.log(2 * Math.PI) / 2),
  );
  const squash = tf.mul(tf.sub(tf.sub(Math.LN2, u), tf.softplus(tf.mul(u, -2))), 2);
  return { action: tf.tanh(u), logProb: tf.sum(tf.sub(normal, squash), 1) };
}
