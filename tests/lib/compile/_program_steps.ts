/** The steps that random programs are made of. */
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";

/**
 * What a step takes. A value is *exact* if all executors have the same bits of it (inputs, integers, and what
 * is moved or picked from them): functions with jumps or kinks take nothing else, or rounding would decide on
 * which side they come out.
 */
export type Kind = "any" | "float" | "exact" | "number" | "int" | "bool";

/** A step: a TensorFlow.js operation with some freedom. */
export interface Step {
  readonly kernel: string;
  readonly takes: readonly Kind[];
  /** The result is exact if what it takes is. */
  readonly keeps?: true;
  /** `random` yields numbers in [0, 1) for axes, sizes and so on; the same for the same program. */
  // deno-lint-ignore no-explicit-any -- ranks are checked by TensorFlow.js: a step that throws is not taken
  readonly f: (inputs: any[], random: () => number) => Tensor;
}

type Random = () => number;

const flag = (random: Random): boolean => random() < 0.5;
const below = (random: Random, count: number): number => Math.floor(random() * count);
/** @throws {RangeError} If there is no axis: the step is not taken. */
function axisOf({ rank }: Tensor, random: Random): number {
  if (rank === 0) throw new RangeError("a scalar has no axis");
  return below(random, rank) - (flag(random) ? rank : 0);
}
const orderOf = (rank: number, random: Random): number[] =>
  Array.from({ length: rank }, (_, i) => [random(), i]).sort(([a], [b]) => a - b).map(([, i]) => i);
const idsBelow = (count: number, size: number, random: Random) =>
  tf.tensor1d(Array.from({ length: size }, () => below(random, count)), "int32");
/** The length of the first axis. @throws {RangeError} If there is none, or it is 0. */
function rowsOf({ shape: [rows] }: Tensor): number {
  if (!(rows > 0)) throw new RangeError("no row");
  return rows;
}
/** The elements as one column of pixels. @throws {RangeError} If there are none. */
function asImage(x: Tensor): tf.Tensor4D {
  if (x.size === 0) throw new RangeError("no pixel");
  return tf.reshape(x, [1, x.size, 1, 1]);
}
const positive = (x: Tensor): Tensor => tf.add(tf.square(x), 0.5);

/** @throws {RangeError} If nothing is chosen: TensorFlow.js broadcasts no operand to an empty shape. */
const select: Step["f"] = ([condition, yes, no]) => {
  if (condition.size === 0) throw new RangeError("no condition");
  return tf.where(condition, yes, no);
};

const smooth = (kernel: string, f: (x: Tensor) => Tensor): Step => ({
  kernel,
  takes: ["float"],
  f: ([x]) => f(x),
});
const kinked = (kernel: string, f: (x: Tensor) => Tensor, keeps?: true): Step => ({
  kernel,
  takes: ["exact"],
  keeps,
  f: ([x]) => f(x),
});
const binary = (kernel: string, kind: Kind, f: (a: Tensor, b: Tensor) => Tensor, keeps?: true): Step => ({
  kernel,
  takes: [kind, kind],
  keeps,
  f: ([a, b]) => f(a, b),
});
const moving = (kernel: string, f: (x: Tensor, random: Random) => Tensor, kind: Kind = "any"): Step => ({
  kernel,
  takes: [kind],
  keeps: true,
  f: ([x], random) => f(x, random),
});
const reducing = (
  kernel: string,
  kind: Kind,
  f: (x: Tensor, axis: number, keep: boolean) => Tensor,
): Step => ({
  kernel,
  takes: [kind],
  f: ([x], random) => f(x, axisOf(x, random), flag(random)),
});
const comparing = (kernel: string, f: (a: Tensor, b: Tensor) => Tensor): Step[] => [
  binary(kernel, "exact", f),
  binary(kernel, "int", f),
];

export const STEPS: readonly Step[] = [
  smooth("Sin", tf.sin),
  smooth("Cos", tf.cos),
  smooth("Tanh", tf.tanh),
  smooth("Sigmoid", tf.sigmoid),
  smooth("Softplus", tf.softplus),
  smooth("Erf", tf.erf),
  smooth("Exp", tf.exp),
  smooth("Expm1", tf.expm1),
  smooth("Atan", tf.atan),
  smooth("Asinh", tf.asinh),
  smooth("Square", tf.square),
  smooth("Sinh", tf.sinh),
  smooth("Cosh", tf.cosh),
  smooth("Neg", tf.neg),
  smooth("Log", (x) => tf.log(positive(x))),
  smooth("Log1p", (x) => tf.log1p(tf.square(x))),
  smooth("Sqrt", (x) => tf.sqrt(positive(x))),
  smooth("Rsqrt", (x) => tf.rsqrt(positive(x))),
  smooth("Reciprocal", (x) => tf.reciprocal(positive(x))),
  smooth("Acosh", (x) => tf.acosh(tf.add(positive(x), 1))),
  smooth("Asin", (x) => tf.asin(tf.mul(0.9, tf.tanh(x)))),
  smooth("Acos", (x) => tf.acos(tf.mul(0.9, tf.tanh(x)))),
  smooth("Atanh", (x) => tf.atanh(tf.mul(0.9, tf.tanh(x)))),
  smooth("Tan", (x) => tf.tan(tf.tanh(x))),

  kinked("Abs", tf.abs, true),
  kinked("Relu", tf.relu, true),
  kinked("Relu6", tf.relu6, true),
  kinked("Elu", tf.elu),
  kinked("Selu", tf.selu),
  kinked("LeakyRelu", (x) => tf.leakyRelu(x, 0.25)),
  kinked("Step", (x) => tf.step(x, 0.5), true),
  kinked("Sign", tf.sign, true),
  kinked("Floor", tf.floor, true),
  kinked("Ceil", tf.ceil, true),
  kinked("Round", tf.round, true),
  kinked("ClipByValue", (x) => tf.clipByValue(x, -0.75, 1), true),
  kinked("Cast", (x) => tf.cast(x, "int32")),
  kinked("Cast", (x) => tf.cast(x, "bool")),
  moving("Cast", (x) => tf.cast(x, "float32"), "int"),
  moving("Cast", (x) => tf.cast(x, "float32"), "bool"),
  moving("Cast", (x) => tf.cast(x, "int32"), "bool"),
  binary("Prelu", "exact", tf.prelu),

  binary("Add", "number", tf.add, true),
  binary("Sub", "number", tf.sub, true),
  binary("Multiply", "number", tf.mul),
  binary("RealDiv", "number", (a, b) => tf.div(a, tf.add(tf.square(b), tf.scalar(1, b.dtype as "int32")))),
  binary("SquaredDifference", "number", tf.squaredDifference),
  binary("Pow", "float", (a, b) => tf.pow(positive(a), b)),
  binary("Atan2", "float", (a, b) => tf.atan2(a, positive(b))),
  binary("Maximum", "exact", tf.maximum, true),
  binary("Minimum", "exact", tf.minimum, true),
  binary("Maximum", "int", tf.maximum),
  binary("Mod", "exact", (a, b) => tf.mod(a, tf.add(tf.abs(b), 0.5)), true),
  binary("FloorDiv", "int", (a, b) => tf.floorDiv(a, tf.add(tf.square(b), tf.scalar(1, "int32")))),
  { kernel: "AddN", takes: ["float", "float"], f: ([a, b]) => tf.addN([a, tf.broadcastTo(b, a.shape), a]) },

  ...comparing("Equal", tf.equal),
  ...comparing("NotEqual", tf.notEqual),
  ...comparing("Less", tf.less),
  ...comparing("LessEqual", tf.lessEqual),
  ...comparing("Greater", tf.greater),
  ...comparing("GreaterEqual", tf.greaterEqual),
  binary("LogicalAnd", "bool", tf.logicalAnd),
  binary("LogicalOr", "bool", tf.logicalOr),
  { kernel: "LogicalNot", takes: ["bool"], f: ([x]) => tf.logicalNot(x) },
  { kernel: "IsNan", takes: ["float"], f: ([x]) => tf.isNaN(x) },
  { kernel: "IsFinite", takes: ["float"], f: ([x]) => tf.isFinite(x) },
  { kernel: "Select", takes: ["bool", "float", "float"], keeps: true, f: select },
  { kernel: "Select", takes: ["bool", "int", "int"], f: select },

  reducing("Sum", "number", (x, axis, keep) => tf.sum(x, axis, keep)),
  { kernel: "Sum", takes: ["any"], f: ([x]) => tf.sum(x) },
  reducing("Mean", "number", (x, axis, keep) => tf.mean(x, axis, keep)),
  { ...reducing("Max", "exact", (x, axis, keep) => tf.max(x, axis, keep)), keeps: true },
  { ...reducing("Min", "exact", (x, axis, keep) => tf.min(x, axis, keep)), keeps: true },
  reducing("Max", "int", (x, axis, keep) => tf.max(x, axis, keep)),
  reducing("Prod", "number", (x, axis, keep) => tf.prod(x, axis, keep)),
  reducing("All", "bool", (x, axis, keep) => tf.all(x, axis, keep)),
  reducing("Any", "bool", (x, axis, keep) => tf.any(x, axis, keep)),
  reducing("ArgMax", "exact", (x, axis) => tf.argMax(x, axis)),
  reducing("ArgMin", "exact", (x, axis) => tf.argMin(x, axis)),
  reducing("Exp", "float", (x, axis, keep) => tf.logSumExp(x, axis, keep)),
  reducing("Mean", "float", (x, axis, keep) => tf.moments(x, axis, keep).variance),
  moving("Cumsum", (x, random) => tf.cumsum(x, axisOf(x, random), flag(random), flag(random)), "number"),
  {
    kernel: "Cumprod",
    takes: ["float"],
    f: ([x], random) => tf.cumprod(x, axisOf(x, random), flag(random), flag(random)),
  },
  { kernel: "Softmax", takes: ["float"], f: ([x]) => tf.softmax(x) },
  { kernel: "LogSoftmax", takes: ["float"], f: ([x]) => tf.logSoftmax(x) },

  {
    kernel: "BatchMatMul",
    takes: ["float", "float"],
    f: ([a, b], random) => tf.matMul(a, b, flag(random), flag(random)),
  },
  { kernel: "BatchMatMul", takes: ["float"], f: ([a]) => tf.matMul(a, a, true, false) },
  {
    kernel: "_FusedMatMul",
    takes: ["float", "float"],
    f: ([a, b]) => tf.fused.matMul({ a: tf.sin(a), b: a, transposeB: true, bias: b, activation: "sigmoid" }),
  },
  { kernel: "Einsum", takes: ["float", "float"], f: ([a, b]) => tf.einsum("ij,kj->ki", a, b) },
  { kernel: "Einsum", takes: ["float", "float"], f: ([a, b]) => tf.einsum("i,ij->j", b, a) },
  { kernel: "Einsum", takes: ["float"], f: ([a]) => tf.einsum("ijk->ki", a) },

  moving("Reshape", (x) => tf.reshape(x, [x.size])),
  moving("Reshape", (x, random) => tf.reshape(x, [2 + below(random, 3), x.size === 0 ? 0 : -1])),
  moving("Reshape", (x) => tf.squeeze(x)),
  moving("ExpandDims", (x, random) => tf.expandDims(x, below(random, x.rank + 1))),
  moving("Transpose", (x, random) => tf.transpose(x, orderOf(x.rank, random))),
  moving("Transpose", (x) => tf.transpose(x)),
  moving("Slice", (x, random) => {
    const begin = x.shape.map((length) => below(random, length + 1));
    return tf.slice(x, begin, x.shape.map((length, i) => below(random, length - begin[i] + 1)));
  }),
  moving("StridedSlice", (x, random) => {
    const backwards = x.shape.map(() => flag(random));
    const begin = x.shape.map((length, i) => backwards[i] ? length - 1 : below(random, 2));
    const end = x.shape.map((length, i) => backwards[i] ? 0 : length);
    return tf.stridedSlice(x, begin, end, backwards.map((back) => (back ? -1 : 1) * (1 + below(random, 2))));
  }),
  moving("Reverse", (x, random) => tf.reverse(x, axisOf(x, random)), "number"),
  moving("Tile", (x, random) => tf.tile(x, x.shape.map(() => 1 + below(random, 2))), "number"),
  moving(
    "PadV2",
    (x, random) => tf.pad(x, x.shape.map(() => [below(random, 2), below(random, 3)])),
    "number",
  ),
  moving(
    "MirrorPad",
    (x, random) =>
      tf.mirrorPad(
        x,
        x.shape.map(() => [below(random, 2), below(random, 2)]),
        flag(random) ? "reflect" : "symmetric",
      ),
    "number",
  ),
  moving("Tile", (x, random) => tf.broadcastTo(x, [1 + below(random, 3), ...x.shape]), "number"),
  {
    kernel: "Concat",
    takes: ["number", "number"],
    keeps: true,
    f: ([a, b], random) => tf.concat([a, b], axisOf(a, random)),
  },
  {
    kernel: "Pack",
    takes: ["float", "float"],
    keeps: true,
    f: ([a, b], random) => tf.stack([a, b], below(random, a.rank + 1)),
  },
  moving("Unpack", (x, random) => {
    const parts = tf.unstack(x, axisOf(x, random));
    if (parts.length === 0) throw new RangeError("no part");
    return parts[below(random, parts.length)];
  }, "number"),
  moving("SplitV", (x, random) => {
    const axis = Math.abs(axisOf(x, random)) % x.rank;
    const first = below(random, x.shape[axis] + 1);
    return tf.split(x, [first, x.shape[axis] - first], axis)[below(random, 2)];
  }, "number"),
  moving("Diag", (x) => tf.diag(x), "float"),
  { kernel: "OnesLike", takes: ["number"], f: ([x]) => tf.onesLike(x) },
  { kernel: "ZerosLike", takes: ["number"], f: ([x]) => tf.zerosLike(x) },

  moving("GatherV2", (x, random) => {
    const axis = Math.abs(axisOf(x, random)) % x.rank;
    return tf.gather(x, idsBelow(x.shape[axis], below(random, 4), random), axis);
  }, "number"),
  {
    kernel: "GatherV2",
    takes: ["float", "int"],
    keeps: true,
    f: ([x, ids]) => tf.gather(x, tf.mod(tf.abs(ids), tf.scalar(rowsOf(x), "int32"))),
  },
  moving(
    "GatherNd",
    (x, random) => tf.gatherND(x, tf.reshape(idsBelow(rowsOf(x), 3, random), [3, 1])),
    "number",
  ),
  moving("ScatterNd", (x, random) => {
    const places = idsBelow(4, rowsOf(x), random);
    return tf.scatterND(tf.reshape(places, [x.shape[0], 1]), x, [4, ...x.shape.slice(1)]);
  }, "number"),
  moving("UnsortedSegmentSum", (x, random) => {
    const ids = tf.sub(idsBelow(5, rowsOf(x), random), tf.scalar(1, "int32")) as tf.Tensor1D;
    return tf.unsortedSegmentSum(x, ids, 3);
  }, "number"),
  {
    kernel: "UnsortedSegmentSum",
    takes: ["float", "int"],
    keeps: true,
    f: ([x, ids]) => tf.unsortedSegmentSum(x, tf.slice(ids, [0], [rowsOf(x)]), 3),
  },
  {
    kernel: "TensorScatterUpdate",
    takes: ["float", "float"],
    keeps: true,
    f: ([x, y]) => tf.tensorScatterUpdate(x, [[rowsOf(x) - 1]], tf.reshape(y, [1, ...x.shape.slice(1)])),
  },
  { kernel: "OneHot", takes: ["int"], f: ([x]) => tf.oneHot(x, 3) },
  moving("TopK", (x, random) => tf.topk(x, 1 + below(random, x.shape[x.rank - 1])).values, "exact"),
  moving("TopK", (x, random) => tf.topk(x, 1 + below(random, x.shape[x.rank - 1])).indices, "exact"),
  {
    kernel: "Bincount",
    takes: ["int", "float"],
    keeps: true,
    f: ([x, w]) =>
      tf.bincount(tf.reshape(tf.abs(x), [x.size]), tf.reshape(tf.broadcastTo(w, x.shape), [x.size]), 3),
  },

  {
    kernel: "Conv2D",
    takes: ["float", "float"],
    f: ([x, filter]) => {
      if (filter.size === 0 || filter.size > 5) throw new RangeError("no such filter");
      return tf.conv2d(asImage(x), tf.reshape(filter, [filter.size, 1, 1, 1]), 1, "same");
    },
  },
  {
    kernel: "DepthwiseConv2dNative",
    takes: ["float", "float"],
    f: ([x, filter]) => {
      if (filter.size === 0 || filter.size > 5) throw new RangeError("no such filter");
      return tf.depthwiseConv2d(asImage(x), tf.reshape(filter, [filter.size, 1, 1, 1]), 1, "same");
    },
  },
  moving(
    "MaxPool",
    (x, random) => tf.maxPool(asImage(x), [1 + below(random, 3), 1], 1 + below(random, 2), "same"),
    "exact",
  ),
  {
    kernel: "AvgPool",
    takes: ["float"],
    f: ([x], random) => tf.avgPool(asImage(x), [1 + below(random, 3), 1], 1 + below(random, 2), "same"),
  },
  {
    kernel: "ResizeBilinear",
    takes: ["float"],
    f: ([x], random) => tf.image.resizeBilinear(asImage(x), [1 + below(random, 5), 1], false, flag(random)),
  },
];
