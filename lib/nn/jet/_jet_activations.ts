import { type Tensor, tf } from "../../tensor/mod.ts";

/** Activations that jets pass through. */
export type JetActivation = "elu" | "tanh" | "sin" | "softplus" | "silu";

/** Highest order of {@link activationDerivatives}. */
export const MAX_ORDER = 4;

/** σ(z), σ'(z), … up to `order`, built from operations that differentiate again. */
type Derivatives = (z: Tensor, order: number) => Tensor[];

/** p, p', p'', … of the logistic function p(z), as polynomials in p. */
function logistic(z: Tensor, order: number): Tensor[] {
  const p = tf.sigmoid(z);
  const list = [p];
  if (order < 1) return list;
  const slope = tf.mul(p, tf.sub(1, p));
  const odd = tf.sub(1, tf.mul(2, p));
  list.push(slope);
  if (order > 1) list.push(tf.mul(slope, odd));
  if (order > 2) list.push(tf.mul(slope, tf.sub(1, tf.mul(6, slope))));
  if (order > 3) list.push(tf.mul(tf.mul(slope, odd), tf.sub(1, tf.mul(12, slope))));
  return list;
}

const TABLE: Readonly<Record<JetActivation, Derivatives>> = {
  elu(z, order) {
    // e^{min(z, 0)}: with `min` before `exp` nothing overflows. For z > 0 it is 1 and drops out of σ.
    const e = tf.exp(tf.minimum(z, 0));
    const value = tf.add(tf.relu(z), tf.sub(e, 1));
    const positive = tf.step(z);
    const curvature = tf.mul(e, tf.sub(1, positive));
    return [value, tf.add(curvature, positive), ...Array(MAX_ORDER - 1).fill(curvature)].slice(0, order + 1);
  },
  tanh(z, order) {
    const y = tf.tanh(z);
    const list = [y];
    if (order < 1) return list;
    const square = tf.mul(y, y);
    const slope = tf.sub(1, square);
    list.push(slope);
    if (order > 1) list.push(tf.mul(tf.mul(slope, y), -2));
    if (order > 2) list.push(tf.mul(slope, tf.sub(tf.mul(6, square), 2)));
    if (order > 3) list.push(tf.mul(tf.mul(slope, y), tf.sub(16, tf.mul(24, square))));
    return list;
  },
  sin(z, order) {
    const sin = tf.sin(z), cos = tf.cos(z);
    return [sin, cos, tf.neg(sin), tf.neg(cos), sin].slice(0, order + 1);
  },
  softplus: (z, order) => [tf.softplus(z), ...order > 0 ? logistic(z, order - 1) : []],
  silu(z, order) {
    // (z p)⁽ᵏ⁾ = z p⁽ᵏ⁾ + k p⁽ᵏ⁻¹⁾
    const p = logistic(z, order);
    return p.map((derivative, k) => {
      const product = tf.mul(z, derivative);
      return k === 0 ? product : tf.add(product, tf.mul(p[k - 1], k));
    });
  },
};

/** The names, for messages. */
export const JET_ACTIVATIONS = Object.keys(TABLE) as readonly JetActivation[];

/** σ and its derivatives up to `order` at z. */
export function activationDerivatives(name: JetActivation, z: Tensor, order: number): Tensor[] {
  return TABLE[name](z, order);
}
