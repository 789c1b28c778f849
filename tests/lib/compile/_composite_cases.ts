/** Cases of functions that papers use and TensorFlow.js or a program makes of several kernels. */
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { type Case, cube, positive, signed, unary } from "./_case.ts";
import { floats, spread } from "./_host.ts";

/** x Φ(x), with Φ the normal distribution function. */
const gelu = (x: Tensor) => tf.mul(x, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2)))));

const layerNorm = (x: Tensor) => {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-3)));
};

export const COMPOSITE_CASES: readonly Case[] = [
  unary("Erf", gelu, signed, { note: "GELU", differenceTolerance: 3e-5 }),
  unary("Sigmoid", (x) => tf.mul(x, tf.sigmoid(x)), signed, { note: "SiLU" }),
  unary("Tanh", (x) => tf.mul(x, tf.tanh(tf.softplus(x))), signed, { note: "Mish" }),
  unary("Exp", (x) => tf.logSumExp(x, 1), signed, { note: "logSumExp" }),
  unary("Exp", (x) => tf.logSoftmax(x), signed, { note: "logSoftmax" }),
  unary("Sqrt", (x) => tf.norm(x, "euclidean", 1), signed, { note: "norm" }),
  unary("Mean", (x) => tf.moments(x, [0]).variance, signed, { note: "variance" }),
  unary("Rsqrt", layerNorm, cube, { note: "layer normalisation" }),
  { kernel: "BatchMatMul", note: "dot", f: tf.dot, inputs: [spread([3]), spread([3], { phase: 1 })] },
  {
    kernel: "BatchMatMul",
    note: "outer product",
    f: tf.outerProduct,
    inputs: [spread([3]), spread([2], { phase: 1 })],
  },
  {
    kernel: "Softmax",
    note: "attention",
    f: (q, k, v) => tf.matMul(tf.softmax(tf.matMul(q, k, false, true)), v),
    inputs: [cube, spread([2, 5, 4], { phase: 1 }), spread([2, 5, 3], { phase: 2 })],
  },
  {
    kernel: "SquaredDifference",
    note: "mean squared error",
    f: (a, b) => tf.losses.meanSquaredError(a, b),
    inputs: [signed, positive],
  },
  {
    kernel: "Softplus",
    note: "sigmoid cross entropy",
    f: (x, y) => tf.mean(tf.sub(tf.softplus(x), tf.mul(x, y))),
    inputs: [signed, positive],
  },
  unary("Select", (x) => tf.where(tf.greater(x, 0), tf.square(x), tf.mul(-0.1, x)), signed, {
    note: "a branch",
  }),
  unary("Any", (x) => tf.where(tf.any(tf.greater(x, 0.9)), tf.mul(x, 2), tf.square(x)), signed, {
    note: "a condition on all",
  }),
  unary("All", (x) => tf.where(tf.all(tf.greater(x, -2), 1, true), tf.mul(x, 2), tf.square(x)), signed, {
    note: "a condition per row",
  }),
  unary("GatherV2", (x) => tf.gather(x, tf.topk(x, 4).indices as tf.Tensor1D), floats([0.3, -1, 2, 0.7]), {
    note: "sort by top-k",
  }),
  unary("LinSpace", (x) => tf.mul(x, tf.linspace(0, 1, 3)), signed),
  unary("Range", (x) => tf.mul(x, tf.range(0, 3)), signed),
];
