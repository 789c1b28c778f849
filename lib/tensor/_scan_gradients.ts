/** Gradients of running sums and products. */
import { register } from "./_register.ts";
import { tf } from "./_tf.ts";

/**
 * Element k is in the sums from k on. TensorFlow.js permutes the axes the wrong way back in three dimensions
 * and more.
 */
register("Cumsum", [], (dy, _saved, attributes) => {
  const { axis, exclusive, reverse } = attributes as { axis: number; exclusive: boolean; reverse: boolean };
  return { x: () => tf.cumsum(dy, axis, exclusive, !reverse) };
});

/** Moves entry `i` of an axis to entry `i − by`; zeros move in, ones if asked for. */
function shifted(x: tf.Tensor, axis: number, by: number, fill: 0 | 1 = 0): tf.Tensor {
  const length = x.shape[axis];
  const [begin, size] = [x.shape.map(() => 0), [...x.shape]];
  begin[axis] = Math.min(by, length);
  size[axis] = length - begin[axis];
  const filled = x.shape.with(axis, begin[axis]);
  return tf.concat([tf.slice(x, begin, size), tf.fill(filled, fill)], axis);
}

/**
 * Solves S_k = b_k + a_k S_{k+1} (0 behind the last) along an axis, in log₂ n steps: after each, S_k reaches
 * twice as far and a_k is the product up to there.
 */
function backwardRecurrence(a: tf.Tensor, b: tf.Tensor, axis: number): tf.Tensor {
  const length = b.shape[axis];
  for (let reach = 1; reach < length; reach *= 2) {
    b = tf.add(b, tf.mul(a, shifted(b, axis, reach)));
    if (2 * reach < length) a = tf.mul(a, shifted(a, axis, reach, 1));
  }
  return b;
}

/**
 * With y_i = Π_{j ≤ i} x_j, ∂L/∂x_k = Π_{j < k} x_j · S_k, where S_k = Σ_{i ≥ k} dy_i Π_{k < j ≤ i} x_j
 * = dy_k + x_{k+1} S_{k+1}: no division, so zeros among the x are no exception. Exclusive products have
 * dy_{i+1} in the place of dy_i.
 */
register("Cumprod", ["x"], (dy, [x], attributes) => {
  const { exclusive, reverse } = attributes as { exclusive: boolean; reverse: boolean };
  const axis = tf.util.parseAxisParam(attributes.axis as number, x.shape)[0];
  const turned = (y: tf.Tensor) => reverse ? tf.reverse(y, axis) : y;
  const dx = () => {
    const [forward, outer] = [turned(x), turned(dy)];
    const sums = backwardRecurrence(
      shifted(forward, axis, 1),
      exclusive ? shifted(outer, axis, 1) : outer,
      axis,
    );
    return turned(tf.mul(tf.cumprod(forward, axis, true), sums));
  };
  return { x: dx };
});

/**
 * The slope of a product in one factor is the product of the others. TensorFlow.js fails on axes counted from
 * the back.
 */
register("Prod", ["x"], (dy, [x], attributes) => {
  const axes = tf.util.parseAxisParam(attributes.axis as number[], x.shape);
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const order = [...kept, ...axes];
  const dx = () => {
    const moved = tf.transpose(x, order);
    const keptShape = kept.map((i) => x.shape[i]);
    const last = kept.length;
    const count = tf.util.sizeFromShape(axes.map((i) => x.shape[i]));
    const factors = tf.reshape(moved, [...keptShape, count]);
    const others = tf.mul(tf.cumprod(factors, last, true), tf.cumprod(factors, last, true, true));
    const slopes = tf.mul(tf.reshape(dy, [...keptShape, 1]), others);
    return tf.transpose(tf.reshape(slopes, moved.shape), order.map((_, i) => order.indexOf(i)));
  };
  return { x: dx };
});
