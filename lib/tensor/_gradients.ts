/**
 * Gradients that TensorFlow.js 4.22 lacks or has wrong; found by comparing all of them with finite
 * differences.
 */
import "./_index_gradients.ts";
import "./_buffers.ts";
import "./_kernels.ts";
import "./_special_kernels.ts";
import "./_scan_gradients.ts";
import { reduceTo, register, zerosFor } from "./_register.ts";
import { tf } from "./_tf.ts";

/**
 * Piecewise constant kernels have a gradient of 0 (TensorFlow.js has none for comparisons, which fails even
 * `where(x > 0, …)`, and takes that of a / b for ⌊a / b⌋).
 */
for (
  const kernel of [
    "BitwiseAnd",
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
for (const kernel of ["All", "Any", "LogicalNot"]) {
  register(kernel, ["x"], (_dy, [x]) => ({ x: () => zerosFor(x) }));
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
register("Prelu", ["x", "alpha"], (dy, [x, alpha]) => {
  const isPositive = tf.greater(x, 0);
  return {
    x: () => reduceTo(tf.where(isPositive, dy, tf.mul(dy, alpha)), x.shape),
    alpha: () => reduceTo(tf.where(isPositive, tf.zerosLike(dy), tf.mul(dy, x)), alpha.shape),
  };
});
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

/**
 * ∂aᵇ/∂a = b aᵇ⁻¹, ∂aᵇ/∂b = aᵇ log a. TensorFlow.js makes 0 · ∞ of a constant a⁰ at a = 0 (so the third
 * derivative of x² is NaN there), and of log a where a ≤ 0 in the second derivative.
 */
register("Pow", ["a", "b"], (dy, [a, b]) => ({
  a: () => {
    const isZero = tf.equal(b, 0);
    const exponent = tf.where(isZero, tf.onesLike(b), b);
    const slope = tf.mul(b, tf.pow(a, tf.sub(exponent, 1)));
    return reduceTo(tf.mul(dy, slope), a.shape);
  },
  b: () => {
    const isPositive = tf.greater(a, 0);
    const log = tf.log(tf.where(isPositive, a, tf.onesLike(a)));
    return reduceTo(tf.mul(dy, tf.mul(tf.pow(a, b), log)), b.shape);
  },
}));

/**
 * The gradient of one factor of an einsum is the einsum of the output's gradient with the other factor; along
 * axes that only this factor has (and that are summed) it repeats.
 */
register("Einsum", { inputs: "all" }, (dy, factors, attributes) => {
  const [inputs, output] = (attributes.equation as string).replace(/\s/g, "").split("->");
  const terms = inputs.split(",");
  const gradientOf = (k: number): tf.Tensor => {
    const [others, otherTerms] = [factors, terms].map((list) => (list as unknown[]).toSpliced(k, 1)) as [
      tf.Tensor[],
      string[],
    ];
    const known = [output, ...otherTerms].join("");
    const reached = [...terms[k]].filter((axis) => known.includes(axis)).join("");
    const reduced = tf.einsum(`${[output, ...otherTerms].join(",")}->${reached}`, dy, ...others);
    const { shape } = factors[k];
    const kept = shape.map((length, i) => known.includes(terms[k][i]) ? length : 1);
    return tf.broadcastTo(tf.reshape(reduced, kept), shape);
  };
  return Object.fromEntries(factors.map((_, k) => [k, () => gradientOf(k)]));
});

/**
 * The angle of (b, a) turns by b/r² per a and by −a/r² per b, r² = a² + b². At the origin it has no direction
 * and no slope: 0 there, as for |x| at 0 (TensorFlow.js has NaN).
 */
register("Atan2", ["a", "b"], (dy, [a, b]) => {
  const squares = tf.add(tf.square(a), tf.square(b));
  const perSquare = tf.div(dy, tf.where(tf.equal(squares, 0), tf.onesLike(squares), squares));
  return {
    a: () => reduceTo(tf.mul(perSquare, b), a.shape),
    b: () => reduceTo(tf.neg(tf.mul(perSquare, a)), b.shape),
  };
});
