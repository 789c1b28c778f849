/** The table of `kernels_test.ts`: one or more rows per lowered kernel. */
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { CONVOLUTION_CASES } from "./_convolution_cases.ts";
import { IMAGE_CASES } from "./_image_cases.ts";
import { type Case, cube, positive, signed, unary } from "./_case.ts";
import { COMPOSITE_CASES } from "./_composite_cases.ts";
import { bools, floats, ints, spread } from "./_host.ts";
import { INDEXING_CASES } from "./_indexing_cases.ts";

export type { Case } from "./_case.ts";

const row = spread([3], { low: 0.3, high: 0.8, phase: 1 });
const column = spread([2, 1], { low: 0.3, high: 0.8, phase: 2 });
/** Numbers well inside (-1, 1). */
const angles = spread([2, 3], { low: -0.8, high: 0.8 });
/** Numbers that differ by 0.1 at least. */
const distinct = floats(Array.from({ length: 24 }, (_, i) => (i * 7 % 24) / 10), [2, 3, 4]);
const whole = ints([7, -7, 3, -3, 0, 5], [2, 3]);
const divisors = ints([2, 2, -2, -2, 3, 3], [2, 3]);
const flags = bools([1, 0, 0, 1, 1, 0], [2, 3]);
const otherFlags = bools([1, 1, 0, 0, 1, 0], [2, 3]);

/** Cases of a function of two tensors: same shapes, broadcast either way, with a number. */
function binary(kernel: string, f: (a: Tensor, b: Tensor) => Tensor, more: Partial<Case> = {}): Case[] {
  return [
    { kernel, f, inputs: [positive, spread([2, 3], { low: 0.25, high: 0.7, phase: 3 })], ...more },
    { kernel, note: "row on the right", f, inputs: [positive, row], ...more },
    { kernel, note: "column on the left", f, inputs: [column, row], ...more },
    { kernel, note: "number", f: (a: Tensor) => f(a, tf.scalar(0.41)), inputs: [positive], ...more },
    { kernel, note: "scalars", f, inputs: [floats([0.6], []), floats([0.35], [])], ...more },
  ];
}

const comparison = (kernel: string, f: (a: Tensor, b: Tensor) => Tensor): Case[] => [
  { kernel, f, inputs: [floats([1, 2, 3]), floats([2, 2, 2])] },
  { kernel, note: "int32", f, inputs: [ints([1, 2, 3]), ints([2])] },
  { kernel, note: "bool", f, inputs: [flags, otherFlags] },
];

const axes = (
  kernel: string,
  f: (x: Tensor, axis?: number[], keepDims?: boolean) => Tensor,
  input = cube,
) => [
  unary(kernel, (x) => f(x), input),
  unary(kernel, (x) => f(x, [1]), input, { note: "axis 1" }),
  unary(kernel, (x) => f(x, [-1, 0], true), input, { note: "axes -1 and 0, kept" }),
];

const einsum = (equation: string, ...shapes: number[][]): Case[] => [{
  kernel: "Einsum",
  note: equation,
  f: (...factors) => tf.einsum(equation, ...factors),
  inputs: shapes.map((shape, phase) => spread(shape, { phase })),
}];

/** One or more rows per lowered kernel. */
export const CASES: readonly Case[] = [
  // Arithmetic.
  ...binary("Add", tf.add),
  { kernel: "Add", note: "int32", f: tf.add, inputs: [whole, divisors] },
  ...binary("Sub", tf.sub),
  { kernel: "Sub", note: "int32", f: tf.sub, inputs: [whole, ints([2])] },
  ...binary("Multiply", tf.mul),
  { kernel: "Multiply", note: "int32", f: tf.mul, inputs: [whole, divisors] },
  ...binary("RealDiv", tf.div),
  ...binary("Pow", tf.pow),
  unary("Pow", (x) => tf.pow(x, 2), floats([0, -1.5, 0.7]), { note: "square, at 0" }),
  unary("Pow", (x) => tf.pow(x, tf.tensor1d([0, 1, 3])), floats([0, -1.5, 0.7]), { note: "whole exponents" }),
  ...binary("Maximum", tf.maximum),
  { kernel: "Maximum", note: "int32", f: tf.maximum, inputs: [whole, divisors] },
  ...binary("Minimum", tf.minimum),
  { kernel: "Minimum", note: "int32", f: tf.minimum, inputs: [whole, divisors] },
  ...binary("SquaredDifference", tf.squaredDifference),
  ...binary("Atan2", tf.atan2),
  {
    kernel: "Atan2",
    note: "all quadrants",
    f: tf.atan2,
    inputs: [floats([1, 1, -1, -1, 0, 1]), floats([2, -2, 2, -2, -1, 0])],
    gradient: false,
  },
  { kernel: "FloorDiv", f: tf.floorDiv, inputs: [signed, floats([0.3])] },
  { kernel: "FloorDiv", note: "int32", f: tf.floorDiv, inputs: [whole, divisors] },
  { kernel: "Mod", f: tf.mod, inputs: [signed, floats([0.3, -0.4, 0.7])] },
  { kernel: "AddN", f: (a, b) => tf.addN([a, b, a]), inputs: [signed, positive] },

  // Functions of one number.
  unary("Abs", tf.abs),
  unary("Abs", tf.abs, whole, { note: "int32" }),
  unary("Acos", tf.acos, angles),
  unary("Acosh", (x) => tf.acosh(tf.add(x, 1)), positive),
  unary("Asin", tf.asin, angles),
  unary("Asinh", tf.asinh),
  unary("Atan", tf.atan),
  unary("Atanh", tf.atanh, positive),
  unary("Ceil", tf.ceil),
  unary("ClipByValue", (x) => tf.clipByValue(x, -0.5, 0.6)),
  unary("Cos", tf.cos),
  unary("Cosh", tf.cosh),
  // TensorFlow.js approximates erf by a polynomial, to 1.5e-7.
  unary("Erf", tf.erf, signed, { differenceTolerance: 3e-5 }),
  unary("Exp", tf.exp),
  unary("Expm1", tf.expm1, floats([-3, -0.9, -1e-5, 0, 1e-6, 0.4, 1.2])),
  unary("Expm1", tf.expm1, floats([-90, 8]), { note: "far from 0", gradient: false }),
  unary("Floor", tf.floor),
  unary("Log", tf.log, positive),
  unary("Log1p", tf.log1p, floats([-0.6, -0.4, -1e-5, 0, 1e-6, 0.4, 3, 1e6])),
  unary("Neg", tf.neg),
  unary("Neg", tf.neg, whole, { note: "int32" }),
  unary("Reciprocal", tf.reciprocal, positive),
  unary("Round", tf.round, floats([-1.5, -0.5, 0.2, 0.5, 1.5, 2.5]), { gradient: false }),
  unary("Round", tf.round, signed, { note: "gradient" }),
  unary("Rsqrt", tf.rsqrt, positive),
  unary("Sign", tf.sign),
  unary("Sin", tf.sin),
  unary("Sinh", tf.sinh),
  unary("Sqrt", tf.sqrt, positive),
  unary("Square", tf.square),
  unary("Square", tf.square, whole, { note: "int32" }),
  unary("Step", (x) => tf.step(x)),
  unary("Step", (x) => tf.step(x, 0.3), signed, { note: "slope" }),
  unary("Tan", tf.tan),
  unary("Tanh", tf.tanh),

  // int32 where ONNX has float32 only.
  unary("Expm1", tf.expm1, ints([1, 2]), { note: "int32" }),
  unary("Log1p", tf.log1p, ints([1, 20]), { note: "int32" }),
  unary("Reciprocal", tf.reciprocal, ints([1, 2]), { note: "int32" }),
  { kernel: "Atan2", note: "int32", f: tf.atan2, inputs: [whole, divisors] },
  { kernel: "Mod", note: "int32", f: tf.mod, inputs: [whole, divisors] },
  { kernel: "AddN", note: "int32", f: (a, b) => tf.addN([a, b]), inputs: [whole, divisors] },
  unary("LeakyRelu", (x) => tf.leakyRelu(x, 0.1), whole, { note: "int32" }),
  unary("IsFinite", tf.isFinite, whole, { note: "int32" }),
  unary("Cumsum", (x) => tf.cumsum(x, 1), whole, { note: "int32" }),
  unary("Max", (x) => tf.max(x, 1), whole, { note: "int32" }),
  unary("Prod", (x) => tf.prod(x, 0), whole, { note: "int32" }),
  unary("Mean", (x) => tf.mean(x, 0), whole, { note: "int32" }),

  // Activations.
  unary("Elu", tf.elu),
  unary("EluGrad", (x: Tensor) => tf.grad((x) => tf.elu(x).sum())(x)),
  unary("LeakyRelu", (x) => tf.leakyRelu(x, 0.1)),
  { kernel: "Prelu", f: tf.prelu, inputs: [signed, row] },
  { kernel: "Prelu", note: "x broadcasts", f: tf.prelu, inputs: [column, signed] },
  unary("Relu", tf.relu),
  unary("Relu6", (x) => tf.relu6(tf.mul(x, 10))),
  unary("Selu", tf.selu),
  unary("Sigmoid", tf.sigmoid),
  unary("Softplus", tf.softplus),
  unary("Softmax", (x) => tf.softmax(x)),

  // Comparison and logic.
  ...comparison("Equal", tf.equal),
  ...comparison("NotEqual", tf.notEqual),
  ...comparison("Less", tf.less),
  ...comparison("LessEqual", tf.lessEqual),
  ...comparison("Greater", tf.greater),
  ...comparison("GreaterEqual", tf.greaterEqual),
  { kernel: "LogicalAnd", f: tf.logicalAnd, inputs: [flags, otherFlags] },
  { kernel: "LogicalOr", f: tf.logicalOr, inputs: [flags, otherFlags] },
  unary("LogicalNot", tf.logicalNot, flags),
  { kernel: "BitwiseAnd", f: tf.bitwiseAnd, inputs: [ints([12, 10, 7]), ints([10, 6, -1])] },
  unary("IsNan", tf.isNaN, floats([0, NaN, Infinity, -Infinity]), { gradient: false }),
  unary("IsInf", tf.isInf, floats([0, NaN, Infinity, -Infinity]), { gradient: false }),
  unary("IsFinite", tf.isFinite, floats([0, NaN, Infinity, -Infinity, 3e38]), { gradient: false }),
  { kernel: "Select", f: tf.where, inputs: [flags, signed, positive] },
  { kernel: "Select", note: "broadcast", f: tf.where, inputs: [bools([1, 0, 1]), signed, column] },
  { kernel: "Select", note: "bool", f: tf.where, inputs: [flags, otherFlags, flags] },
  { kernel: "Select", note: "int32", f: tf.where, inputs: [flags, whole, divisors] },

  // Copies and constants.
  unary("Identity", (x) => tf.clone(x)),
  unary("Cast", (x) => tf.cast(x, "int32"), floats([-1.7, -0.2, 0.2, 1.7])),
  unary("Cast", (x) => tf.cast(x, "float32"), whole, { note: "int32 → float32" }),
  unary("Cast", (x) => tf.cast(x, "bool"), floats([-1, 0, 0.3]), { note: "float32 → bool" }),
  unary("Cast", (x) => tf.cast(x, "float32"), flags, { note: "bool → float32" }),
  unary("OnesLike", (x) => tf.add(x, tf.onesLike(x))),
  unary("ZerosLike", (x) => tf.sub(tf.zerosLike(x), x)),
  unary("Fill", (x) => tf.concat([x, tf.fill([2, 3], 7)])),

  // Reductions and scans.
  ...axes("Sum", tf.sum),
  unary("Sum", (x) => tf.sum(x, 0), spread([150, 3]), { note: "many rows" }),
  unary("Sum", (x) => tf.sum(x, [1, 0], true), spread([3, 50, 2]), { note: "many rows of two axes" }),
  unary("Sum", (x) => tf.sum(x, 1), whole, { note: "int32" }),
  unary("Sum", (x) => tf.sum(x, 1), flags, { note: "bool" }),
  ...axes("Mean", tf.mean),
  ...axes("Max", tf.max, distinct),
  ...axes("Min", tf.min, distinct),
  unary("Prod", (x) => tf.prod(x), positive),
  unary("Prod", (x) => tf.prod(x, 1), positive, { note: "axis 1" }),
  unary("Prod", (x) => tf.prod(x, [0, 2]), cube, { note: "axes 0 and 2" }),
  unary("Prod", (x) => tf.prod(x, 1), floats([0, 2, 3, 0, 0.5, 0], [2, 3]), { note: "zeros" }),
  unary("Prod", (x) => tf.prod(x, -1, true), cube, { note: "axis -1, kept" }),
  unary("Sum", (x) => tf.concat([tf.sum(x, 1), tf.ones([2])]), spread([2, 0]), {
    note: "of nothing",
    gradient: false,
  }),
  unary("All", (x) => tf.all(x, 1), flags),
  unary("Any", (x) => tf.any(x, 0, true), flags),
  unary("ArgMax", (x) => tf.argMax(x, 1)),
  unary("ArgMax", (x) => tf.argMax(x, -1), floats([1, 3, 3, 0]), { note: "first of equals" }),
  unary("ArgMin", (x) => tf.argMin(x, 0)),
  unary("Cumsum", (x) => tf.cumsum(x, 1)),
  unary("Cumsum", (x) => tf.cumsum(x, 2, true, true), cube, { note: "exclusive, reversed" }),
  unary("Cumsum", (x) => tf.cumsum(x, 0), cube, { note: "axis 0 of three" }),
  unary("Cumsum", (x) => tf.cumsum(x, -2), cube, { note: "axis -2 of three" }),
  unary("Cumprod", (x) => tf.cumprod(x, 1), positive),
  unary("Cumprod", (x) => tf.cumprod(x, 0, true, true), spread([5], { low: 0.5 }), {
    note: "exclusive, reversed",
  }),
  unary("Cumprod", (x) => tf.cumprod(x, 0), floats([2, 0, 3, 0.5, 0, -1, 4]), { note: "zeros" }),
  unary("Cumprod", (x) => tf.cumprod(x, 1, true), cube, { note: "exclusive" }),
  unary("Cumprod", (x) => tf.cumprod(x, -1, false, true), floats([2, 0, 3, 1, 0.5, -1], [2, 3]), {
    note: "reversed, a zero",
  }),

  // Matrix products.
  ...einsum("ij,jk->ik", [2, 3], [3, 4]),
  ...einsum("bhid,bhjd->bhij", [2, 2, 3, 2], [2, 2, 4, 2]),
  ...einsum("i,j->ji", [2], [3]),
  ...einsum("ij,ij->", [2, 3], [2, 3]),
  ...einsum("ijk,k->j", [2, 3, 4], [4]),
  ...einsum("bi,bo -> bio", [2, 3], [2, 2]),
  ...einsum("ijk->ki", [2, 3, 4]),
  ...einsum("ij->", [2, 3]),
  ...einsum("ij->ji", [2, 3]),
  ...einsum(",i->i", [], [3]),
  { kernel: "BatchMatMul", f: (a, b) => tf.matMul(a, b), inputs: [signed, spread([3, 4])] },
  { kernel: "BatchMatMul", note: "aᵀ", f: (a, b) => tf.matMul(a, b, true), inputs: [signed, spread([2, 4])] },
  {
    kernel: "BatchMatMul",
    note: "bᵀ",
    f: (a, b) => tf.matMul(a, b, false, true),
    inputs: [signed, spread([4, 3])],
  },
  {
    kernel: "BatchMatMul",
    note: "aᵀbᵀ",
    f: (a, b) => tf.matMul(a, b, true, true),
    inputs: [signed, spread([4, 2])],
  },
  {
    kernel: "BatchMatMul",
    note: "transposed before",
    f: (a, b) => tf.matMul(tf.transpose(a), tf.transpose(b), true),
    inputs: [spread([3, 2]), spread([4, 2])],
  },
  {
    kernel: "BatchMatMul",
    note: "bias",
    f: (a, b, c) => tf.add(tf.matMul(a, b), c),
    inputs: [signed, spread([3, 4]), spread([4])],
  },
  {
    kernel: "BatchMatMul",
    note: "bias on the left, product used twice",
    f: (a, b, c) => {
      const product = tf.matMul(a, b);
      return [tf.add(c, product), product];
    },
    inputs: [signed, spread([3, 4]), spread([2, 1])],
  },
  {
    kernel: "BatchMatMul",
    note: "column as bias",
    f: (a, b, c) => tf.add(c, tf.matMul(a, b)),
    inputs: [signed, spread([3, 4]), spread([2, 1])],
  },
  { kernel: "BatchMatMul", note: "batch", f: (a, b) => tf.matMul(a, b), inputs: [cube, spread([2, 4, 2])] },
  {
    kernel: "BatchMatMul",
    note: "batch, aᵀbᵀ",
    f: (a, b) => tf.matMul(a, b, true, true),
    inputs: [cube, spread([2, 5, 3])],
  },
  {
    kernel: "BatchMatMul",
    note: "broadcast batch",
    f: (a, b) => tf.matMul(a, b),
    inputs: [spread([2, 3, 3, 2]), spread([3, 2, 2])],
  },
  {
    kernel: "BatchMatMul",
    note: "of nothing",
    f: (a, b) => tf.matMul(a, b),
    inputs: [spread([2, 0]), spread([0, 3])],
  },
  {
    kernel: "BatchMatMul",
    note: "int32",
    f: (a, b) => tf.matMul(a, b),
    inputs: [whole, ints([1, 2, 3], [3, 1])],
  },
  ...(["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu"] as const).map((activation): Case => ({
    kernel: "_FusedMatMul",
    note: activation,
    f: (a, b, bias) => tf.fused.matMul({ a, b, bias, activation, leakyreluAlpha: 0.2, transposeB: true }),
    inputs: [signed, spread([4, 3]), spread([4])],
  })),

  // Shapes.
  unary("Reshape", (x) => tf.reshape(x, [-1, 2])),
  unary("ExpandDims", (x) => tf.expandDims(x, -2)),
  unary("Reshape", (x) => tf.square(tf.squeeze(x)), spread([2, 1, 3, 1]), { note: "squeeze" }),
  unary("Transpose", (x) => tf.transpose(x, [2, 0, 1]), cube),
  unary("Transpose", (x) => tf.exp(tf.transpose(tf.transpose(x, [2, 0, 1]), [1, 2, 0])), cube, {
    note: "undone",
  }),
  unary("Transpose", (x) => tf.transpose(x), spread([1, 4]), { note: "of one row" }),
  { kernel: "Concat", f: (a, b) => tf.concat([a, b], -1), inputs: [signed, column] },
  { kernel: "Concat", note: "mixed types", f: (a, b) => tf.concat([a, b]), inputs: [signed, whole] },
  { kernel: "Pack", f: (a, b) => tf.stack([a, b], 1), inputs: [signed, positive] },
  unary("Unpack", (x) => tf.unstack(x, 1), cube),
  unary("Unpack", (x) => tf.unstack(x, 2), spread([2, 3, 1]), { note: "one part" }),
  unary("Unpack", (x) => tf.mul(x, tf.unstack(tf.ones([1, 3]))[0]), signed, { note: "one part, known" }),
  unary("SplitV", (x) => tf.split(x, 2, -1), cube),
  unary("SplitV", (x) => tf.split(x, 1, 1), cube, { note: "one part" }),
  unary("SplitV", (x) => tf.split(x, [1, -1], 1), cube, { note: "sizes" }),
  unary("Slice", (x) => tf.slice(x, [0, 1], [-1, 2]), cube),
  unary("StridedSlice", (x) => tf.stridedSlice(x, [0, 2, 3], [2, 0, 0], [1, -1, -2]), cube),
  unary("StridedSlice", (x) => tf.stridedSlice(x, [1, 1, 0], [2, 3, 4], [1, 1, 1], 0, 0, 0, 0, 1), cube, {
    note: "axis removed",
  }),
  unary("StridedSlice", (x) => tf.stridedSlice(x, [0, 2, 3], [2, 0, 0], [1, -1, -1], 0, 6), cube, {
    note: "down to the first",
  }),
  unary("Reverse", (x) => tf.reverse(x, [0, 2]), cube),
  unary("FlipLeftRight", tf.image.flipLeftRight, spread([1, 2, 3, 2])),
  unary("DepthToSpace", (x) => tf.depthToSpace(x, 2, "NHWC"), spread([2, 1, 2, 8])),
  unary("SpaceToBatchND", (x) => tf.spaceToBatchND(x, [2, 3], [[0, 1], [1, 1]]), spread([2, 3, 4, 2])),
  unary("BatchToSpaceND", (x) => tf.batchToSpaceND(x, [2, 2], [[0, 1], [1, 0]]), spread([4, 2, 3, 2])),
  unary("Diag", tf.diag, spread([4])),
  unary("Diag", tf.diag, signed, { note: "of a matrix" }),
  unary("Tile", (x) => tf.tile(x, [2, 3])),
  unary("Tile", (x) => tf.broadcastTo(x, [2, 3]), spread([]), { note: "of a number" }),
  unary("Tile", (x) => tf.tile(x, [1, 2, 1, 1, 2]), spread([1, 2, 1, 2, 1]), { note: "five axes" }),
  unary("Tile", (x) => tf.matMul(tf.broadcastTo(x, [2, 3]), tf.ones([3, 2])), row, { note: "broadcastTo" }),
  unary("PadV2", (x) => tf.pad(x, [[1, 0], [0, 2]], 0.5)),
  unary("PadV2", (x) => tf.pad(x, [[1, 1]], 2), spread([0]), { note: "of nothing" }),
  unary("PadV2", (x) => tf.pad(x, [[1, 0], [0, 2]]), whole, { note: "int32" }),
  unary("MirrorPad", (x) => tf.mirrorPad(x, [[1, 0], [1, 2]], "reflect")),
  unary("MirrorPad", (x) => tf.mirrorPad(x, [[2, 0], [1, 3]], "symmetric"), signed, { note: "symmetric" }),

  // Images.
  ...CONVOLUTION_CASES,
  ...IMAGE_CASES,
  ...INDEXING_CASES,
  ...COMPOSITE_CASES,
];
