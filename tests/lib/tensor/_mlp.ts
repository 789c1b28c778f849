/** A tanh network u(x, t) and its derivatives in x by hand, in plain numbers. */
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";

const WIDTHS = [2, 4, 4, 4, 1];

/** Irregular weights and biases, layer by layer. */
const LAYERS = WIDTHS.slice(1).map((width, layer) => ({
  weight: Array.from(
    { length: WIDTHS[layer] },
    (_, i) => Array.from({ length: width }, (_, j) => 0.9 * Math.sin(3 + 7 * layer + 2.3 * i + 1.7 * j)),
  ),
  bias: Array.from({ length: width }, (_, j) => 0.3 * Math.cos(layer + 2 * j)),
}));

/** Points (x, t). */
export const POINTS: readonly (readonly [x: number, t: number])[] = [[0.3, -0.2], [-1.1, 0.6], [0.8, 0.1]];

/** [value, first, second, third] derivative in x of one number. */
type Jet = readonly [number, number, number, number];

/** tanh of a jet (Faà di Bruno's rule). */
function tanh([a, a1, a2, a3]: Jet): Jet {
  const y = Math.tanh(a);
  const [d1, d2] = [1 - y * y, -2 * y * (1 - y * y)];
  const d3 = -2 * (d1 * d1 + y * d2);
  return [y, d1 * a1, d2 * a1 ** 2 + d1 * a2, d3 * a1 ** 3 + 3 * d2 * a1 * a2 + d1 * a3];
}

/** u, u_x, u_xx and u_xxx at a point. */
export function jet([x, t]: readonly [number, number]): Jet {
  let jets: Jet[] = [[x, 1, 0, 0], [t, 0, 0, 0]];
  LAYERS.forEach(({ weight, bias }, layer) => {
    const sums = bias.map((constant, j) =>
      [0, 1, 2, 3].map((order) =>
        jets.reduce((sum, jet, i) => sum + jet[order] * weight[i][j], order === 0 ? constant : 0)
      ) as unknown as Jet
    );
    jets = layer < LAYERS.length - 1 ? sums.map(tanh) : sums;
  });
  return jets[0];
}

/** u at all points, shape [points]. */
function network(x: Tensor, t: Tensor): Tensor {
  let y = tf.stack([x, t], 1);
  LAYERS.forEach(({ weight, bias }, layer) => {
    y = tf.add(tf.matMul(y, tf.tensor2d(weight)), tf.tensor1d(bias));
    if (layer < LAYERS.length - 1) y = tf.tanh(y);
  });
  return tf.reshape(y, [-1]);
}

/** [u, u_x, u_xx, u_xxx] at points, each of shape [points], by gradients nested three deep. */
export function nested(x: Tensor, t: Tensor): Tensor[] {
  const u = (x: Tensor) => network(x, t);
  const derivative = (f: (x: Tensor) => Tensor) => (x: Tensor) => tf.grad((x: Tensor) => tf.sum(f(x)))(x);
  const [ux, uxx, uxxx] = [derivative(u), derivative(derivative(u)), derivative(derivative(derivative(u)))];
  return [u(x), ux(x), uxx(x), uxxx(x)];
}
