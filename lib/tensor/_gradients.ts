/** Gradients that TensorFlow.js 4.22 lacks or has wrong; found by comparing all of them with finite differences. */
import { tf } from "./_tf.ts";

type Attributes = Readonly<Record<string, unknown>>;

/** Replaces a kernel's gradient; `f` gets the output's gradient and the saved inputs. */
function register(
  kernelName: string,
  inputsToSave: string[],
  f: (dy: tf.Tensor, saved: tf.Tensor[], attributes: Attributes) => Record<string, () => tf.Tensor>,
): void {
  if (tf.getGradient(kernelName) !== undefined) tf.unregisterGradient(kernelName);
  tf.registerGradient({
    kernelName,
    inputsToSave,
    gradFunc: (dy, saved, attributes) => f(dy as tf.Tensor, saved, attributes as Attributes),
  });
}

const zerosFor = (x: tf.Tensor): tf.Tensor => tf.fill(x.shape, 0, "float32");

/**
 * Piecewise constant kernels have a gradient of 0 (TensorFlow.js has none for comparisons, which fails even
 * `where(x > 0, …)`, and takes that of a / b for ⌊a / b⌋).
 */
for (
  const kernel of [
    "Equal",
    "FloorDiv",
    "Greater",
    "GreaterEqual",
    "Less",
    "LessEqual",
    "LogicalAnd",
    "LogicalOr",
    "NotEqual",
  ]
) {
  register(kernel, ["a", "b"], (_dy, [a, b]) => ({ a: () => zerosFor(a), b: () => zerosFor(b) }));
}
register("LogicalNot", ["x"], (_dy, [x]) => ({ x: () => zerosFor(x) }));

/** Sums a gradient over the axes along which its operand was broadcast. */
function reduceTo(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  return tf.reshape(axes.length === 0 ? gradient : tf.sum(gradient, axes), shape);
}

/** These fail in TensorFlow.js where an operand is broadcast. */
register("Maximum", ["a", "b"], (dy, [a, b]) => ({
  a: () => reduceTo(tf.where(tf.greaterEqual(a, b), dy, tf.zerosLike(dy)), a.shape),
  b: () => reduceTo(tf.where(tf.less(a, b), dy, tf.zerosLike(dy)), b.shape),
}));
register("Minimum", ["a", "b"], (dy, [a, b]) => ({
  a: () => reduceTo(tf.where(tf.lessEqual(a, b), dy, tf.zerosLike(dy)), a.shape),
  b: () => reduceTo(tf.where(tf.greater(a, b), dy, tf.zerosLike(dy)), b.shape),
}));
register("SquaredDifference", ["a", "b"], (dy, [a, b]) => ({
  a: () => reduceTo(tf.mul(dy, tf.mul(2, tf.sub(a, b))), a.shape),
  b: () => reduceTo(tf.mul(dy, tf.mul(2, tf.sub(b, a))), b.shape),
}));
register("BatchMatMul", ["a", "b"], (dy, [a, b], attributes) => {
  const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
  // C = A B: dA = dC Bᵀ, dB = Aᵀ dC, where A and B are a and b after their transposition.
  return {
    a: () => {
      const da = transposeA ? tf.matMul(b, dy, transposeB, true) : tf.matMul(dy, b, false, !transposeB);
      return reduceTo(da, a.shape);
    },
    b: () => {
      const db = transposeB ? tf.matMul(dy, a, true, transposeA) : tf.matMul(a, dy, !transposeA, false);
      return reduceTo(db, b.shape);
    },
  };
});

/** EluGrad(dy, y) = dy · (y < 0 ? y + 1 : 1). */
register("EluGrad", ["dy", "y"], (d, [dy, y]) => {
  const negative = tf.less(y, 0);
  return {
    dy: () => tf.mul(d, tf.where(negative, tf.add(y, 1), tf.onesLike(y))),
    y: () => tf.where(negative, tf.mul(d, dy), tf.zerosLike(y)),
  };
});

/** ∂y_i/∂x_j = y_i / x_j for the j that y_i multiplies. Not defined where an x is 0. */
register("Cumprod", ["x"], (dy, [x], attributes) => {
  const { axis, exclusive, reverse } = attributes as { axis: number; exclusive: boolean; reverse: boolean };
  const y = tf.cumprod(x, axis, exclusive, reverse);
  return { x: () => tf.div(tf.cumsum(tf.mul(dy, y), axis, exclusive, !reverse), x) };
});

/** Adds up the entries of one axis: entry `i` of `dy` goes to entry `places[i]` of `length`. */
function scatterAxis(dy: tf.Tensor, axis: number, places: readonly number[], length: number): tf.Tensor {
  if (places.length === length && places.every((place, i) => place === i)) return dy;
  const order = [axis, ...dy.shape.map((_, i) => i).filter((i) => i !== axis)];
  const first = tf.transpose(dy, order);
  const added = tf.unsortedSegmentSum(first, tf.tensor1d([...places], "int32"), length);
  return tf.transpose(added, order.map((_, i) => order.indexOf(i)));
}

/** Mirrored elements add to the gradient of what they mirror (TensorFlow.js leaves them out). */
register("MirrorPad", ["x"], (dy, [x], attributes) => {
  const { paddings, mode } = attributes as { paddings: [number, number][]; mode: "reflect" | "symmetric" };
  const offset = mode === "reflect" ? 0 : 1;
  const dx = () =>
    x.shape.reduce((grad, length, axis) => {
      const [before, after] = paddings[axis];
      const places = Array.from({ length: before + length + after }, (_, i) => {
        const at = i - before;
        if (at < 0) return -at - offset;
        return at < length ? at : 2 * (length - 1) - at + offset;
      });
      return scatterAxis(grad, axis, places, length);
    }, dy);
  return { x: dx };
});

register("StridedSlice", ["x"], (dy, [x], attributes) => {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } =
    attributes as Record<string, number & number[]>;
  const info = tf.slice_util.sliceInfo(
    x.shape,
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
  const lengths = tf.slice_util.computeOutShape(info.begin, info.end, info.strides);
  const dx = () =>
    x.shape.reduce((grad, length, axis) => {
      const places = Array.from(
        { length: lengths[axis] },
        (_, i) => info.begin[axis] + i * info.strides[axis],
      );
      return scatterAxis(grad, axis, places, length);
    }, tf.reshape(dy, lengths));
  return { x: dx };
});

register("GatherNd", ["params", "indices"], (dy, [params, indices]) => ({
  params: () => tf.scatterND(indices, dy, params.shape),
}));

register("ScatterNd", ["indices"], (dy, [indices]) => ({ updates: () => tf.gatherND(dy, indices) }));
