/** Kernels that work element by element, with broadcasting. */
import { broadcastShape, type ElementType, type Graph, isSplat, type Value } from "../_graph.ts";
import type { KernelCall, KernelRow, KernelRows } from "./row.ts";

type Unary = (graph: Graph, x: Value, attributes: KernelCall["attributes"]) => Value;
type Binary = (graph: Graph, a: Value, b: Value) => Value;

const rowOf = (lower: KernelRow["lower"]): KernelRow => ({ lower, elementwise: true });

/** A kernel of one input (whatever its name). */
function unary(f: Unary): KernelRow {
  return rowOf(({ graph, inputs, attributes }) => f(graph, Object.values(inputs)[0], attributes));
}

/** A function of real numbers: int32 and bool pass through float32 and back, as in TensorFlow.js. */
function real(f: Unary): KernelRow {
  return unary((graph, x, attributes) => graph.cast(f(graph, graph.cast(x, "float32"), attributes), x.dtype));
}

/** One ONNX operator of the same meaning, for float32 only. */
function float(op: string): KernelRow {
  return real((graph, x) => graph.elementwise(op, [x]));
}

/** One ONNX operator of the same meaning, for float32 and int32. */
function number(op: string): KernelRow {
  return unary((graph, x) => graph.elementwise(op, [x]));
}

function binary(f: Binary): KernelRow {
  return rowOf(({ graph, inputs: { a, b } }) => f(graph, a, b));
}

/** Arithmetic; on `bool` operands it is done in int32, as ONNX has none. */
function arithmetic(op: string): KernelRow {
  return binary((graph, a, b) => {
    const type: ElementType = a.dtype === "bool" ? "int32" : a.dtype;
    return graph.cast(graph.elementwise(op, [graph.cast(a, type), graph.cast(b, type)]), a.dtype);
  });
}

function comparison(op: string): KernelRow {
  return binary((graph, a, b) => {
    const type: ElementType = a.dtype === "bool" ? "int32" : a.dtype;
    return graph.elementwise(op, [graph.cast(a, type), graph.cast(b, type)], { dtype: "bool" });
  });
}

/** A property of a float32 number. */
function test(op: string): KernelRow {
  return unary((graph, x) => graph.elementwise(op, [graph.cast(x, "float32")], { dtype: "bool" }));
}

function logical(op: string): KernelRow {
  return binary((graph, a, b) =>
    graph.elementwise(op, [graph.cast(a, "bool"), graph.cast(b, "bool")], { dtype: "bool" })
  );
}

/** condition ? yes : no; by way of int32 for `bool` (onnxruntime has no such kernel). */
function select(graph: Graph, condition: Value, yes: Value, no: Value): Value {
  if (isSplat(condition)) {
    return graph.expand(
      condition.data![0] ? yes : no,
      broadcastShape([condition.shape, yes.shape, no.shape]),
    );
  }
  const type: ElementType = yes.dtype === "bool" ? "int32" : yes.dtype;
  const operands = [condition, graph.cast(yes, type), graph.cast(no, type)];
  return graph.cast(graph.elementwise("Where", operands, { dtype: type }), yes.dtype);
}

const not = (graph: Graph, x: Value): Value => graph.elementwise("Not", [x], { dtype: "bool" });

const isPositive = (graph: Graph, x: Value): Value =>
  graph.elementwise("Greater", [x, graph.scalar(0, x)], { dtype: "bool" });

/** A value, or NaN where x is. */
const orNaN = (graph: Graph, x: Value, value: Value): Value =>
  x.dtype === "float32"
    ? select(graph, graph.elementwise("IsNaN", [x], { dtype: "bool" }), graph.scalar(NaN), value)
    : value;

/**
 * float32 as int32, towards 0; 0 for what int32 cannot hold, which engines cast each in its own way.
 */
function toInteger(graph: Graph, x: Value): Value {
  if (x.dtype !== "float32") return graph.cast(x, "int32");
  return graph.cast(select(graph, isBelow(graph, x, 2 ** 31), x, graph.scalar(0)), "int32");
}

const isBelow = (graph: Graph, x: Value, limit: number): Value =>
  graph.elementwise("Less", [graph.elementwise("Abs", [x]), graph.scalar(limit)], { dtype: "bool" });

/** eˣ − 1 = 2t / (1 − t) with t = tanh(x/2), which loses no digits near 0. */
const expm1: Unary = (graph, x) => {
  const t = graph.elementwise("Tanh", [graph.elementwise("Mul", [x, graph.scalar(0.5)])]);
  const small = graph.elementwise("Div", [
    graph.elementwise("Mul", [t, graph.scalar(2)]),
    graph.elementwise("Sub", [graph.scalar(1), t]),
  ]);
  const large = graph.elementwise("Sub", [graph.elementwise("Exp", [x]), graph.scalar(1)]);
  return select(graph, isBelow(graph, x, 1), small, large);
};

/** log(1 + x) = 2 artanh(x / (2 + x)), which loses no digits near 0. */
const log1p: Unary = (graph, x) => {
  const ratio = graph.elementwise("Div", [x, graph.elementwise("Add", [x, graph.scalar(2)])]);
  const small = graph.elementwise("Mul", [graph.elementwise("Atanh", [ratio]), graph.scalar(2)]);
  const large = graph.elementwise("Log", [graph.elementwise("Add", [x, graph.scalar(1)])]);
  return select(graph, isBelow(graph, x, 0.5), small, large);
};

/** ⌊a / b⌋, in float32 also for integers. */
const floorDivide: Binary = (graph, a, b) =>
  graph.elementwise("Floor", [
    graph.elementwise("Div", [graph.cast(a, "float32"), graph.cast(b, "float32")]),
  ]);

/** The remainder with the sign of b, from C's with the sign of a, which is exact. */
const modulo: Binary = (graph, a, b) => {
  const remainder = (x: Value) => graph.elementwise("Mod", [x, b], { attributes: { fmod: 1 } });
  const isNegative = (x: Value) => graph.elementwise("Less", [x, graph.scalar(0)], { dtype: "bool" });
  const alike = graph.elementwise("Equal", [isNegative(a), isNegative(b)], { dtype: "bool" });
  const own = remainder(a);
  return select(graph, alike, own, remainder(graph.elementwise("Add", [own, b])));
};

/** The largest number of float32. */
const LARGEST = 3.4028234663852886e38;

/** The angle of (b, a): arctan(a / b), moved by ±π where b < 0. */
const atan2: Binary = (graph, ...angleOf) => {
  const zero = graph.scalar(0);
  const isZero = (x: Value) => graph.elementwise("Equal", [x, zero], { dtype: "bool" });
  // Without the sign of zeros, as a / −0 would turn round, and the largest number for ∞, as ∞ / ∞ is NaN.
  const [a, b] = angleOf.map((x) => graph.cast(x, "float32"))
    .map((x) => graph.elementwise("Clip", [x, graph.scalar(-LARGEST), graph.scalar(LARGEST)]))
    .map((x) => select(graph, isZero(x), zero, x));
  const less = (x: Value) => graph.elementwise("Less", [x, zero], { dtype: "bool" });
  const turn = select(graph, less(a), graph.scalar(-Math.PI), graph.scalar(Math.PI));
  const angle = graph.elementwise("Atan", [graph.elementwise("Div", [a, b])]);
  const moved = graph.elementwise("Add", [angle, select(graph, less(b), turn, zero)]);
  // 0/0 has no angle; the convention is 0.
  const origin = graph.elementwise("And", [isZero(a), isZero(b)], { dtype: "bool" });
  return graph.cast(select(graph, origin, zero, moved), angleOf[0].dtype);
};

/**
 * 1 where a number that is not negative is positive, 0 where it is 0, and NaN where it is NaN: the step of x
 * by way of max(x, 0), which the forward pass has, so that x itself need not be kept and the engine can fuse.
 * Numbers below 3e−39, which float32 hardly holds, are less than 1.
 */
function signOfPositive(graph: Graph, x: Value): Value {
  if (x.dtype !== "float32") return graph.elementwise("Sign", [x]);
  const attributes = { alpha: { float: LARGEST }, beta: { float: 0 } };
  // min(αx + β, 1), in one pass; `Sign` takes several times as long.
  return graph.elementwise("HardSigmoid", [x], { attributes });
}

export const ELEMENTWISE: KernelRows = {
  // Arithmetic.
  Add: arithmetic("Add"),
  Sub: arithmetic("Sub"),
  Multiply: arithmetic("Mul"),
  RealDiv: binary((graph, a, b) =>
    graph.elementwise("Div", [graph.cast(a, "float32"), graph.cast(b, "float32")])
  ),
  FloorDiv: binary((graph, a, b) => toInteger(graph, floorDivide(graph, a, b))),
  Mod: binary((graph, a, b) => {
    if (a.dtype === "float32") return modulo(graph, a, b);
    const multiple = graph.cast(floorDivide(graph, a, b), a.dtype);
    return graph.elementwise("Sub", [a, graph.elementwise("Mul", [multiple, b])]);
  }),
  Pow: binary((graph, a, b) => graph.elementwise("Pow", [a, b])),
  Maximum: arithmetic("Max"),
  Minimum: arithmetic("Min"),
  Atan2: binary(atan2),
  SquaredDifference: binary((graph, a, b) => {
    const difference = graph.elementwise("Sub", [a, b]);
    return graph.elementwise("Mul", [difference, difference]);
  }),
  AddN: rowOf(({ graph, inputs }) => {
    const terms = Object.values(inputs);
    if (terms[0].dtype === "float32") return graph.elementwise("Sum", terms);
    return terms.reduce((sum, term) => graph.elementwise("Add", [sum, term]));
  }),

  // Functions of one number.
  Abs: number("Abs"),
  Neg: number("Neg"),
  Sign: number("Sign"),
  Acos: float("Acos"),
  Acosh: float("Acosh"),
  Asin: float("Asin"),
  Asinh: float("Asinh"),
  Atan: float("Atan"),
  Atanh: float("Atanh"),
  Ceil: float("Ceil"),
  Cos: float("Cos"),
  Cosh: float("Cosh"),
  Erf: float("Erf"),
  Exp: unary((graph, x) => graph.elementwise("Exp", [graph.cast(x, "float32")])),
  Expm1: real(expm1),
  Floor: float("Floor"),
  Log: float("Log"),
  Log1p: real(log1p),
  Reciprocal: float("Reciprocal"),
  Round: float("Round"),
  Rsqrt: real((graph, x) => graph.elementwise("Reciprocal", [graph.elementwise("Sqrt", [x])])),
  Sin: float("Sin"),
  Sinh: float("Sinh"),
  Sqrt: float("Sqrt"),
  Square: unary((graph, x) => graph.elementwise("Mul", [x, x])),
  Step: unary((graph, x, { alpha }) =>
    alpha === 0
      ? signOfPositive(graph, graph.elementwise("Relu", [x]))
      : select(graph, isPositive(graph, x), graph.scalar(1, x), orNaN(graph, x, graph.scalar(alpha, x)))
  ),
  Tan: float("Tan"),
  Tanh: float("Tanh"),
  ClipByValue: unary((graph, x, { clipValueMin, clipValueMax }) =>
    graph.elementwise("Clip", [x, graph.scalar(clipValueMin, x), graph.scalar(clipValueMax, x)])
  ),

  // Activations.
  Elu: float("Elu"),
  // ∂/∂x from y = elu(x): 1 where y ≥ 0, else eˣ = y + 1 (NaN for NaN).
  EluGrad: rowOf(({ graph, inputs: { dy, y } }) => {
    const positive = graph.elementwise("GreaterOrEqual", [y, graph.scalar(0)], { dtype: "bool" });
    const slope = graph.elementwise("Add", [y, graph.scalar(1)]);
    return select(graph, positive, dy, graph.elementwise("Mul", [dy, slope]));
  }),
  LeakyRelu: unary((graph, x, { alpha }) =>
    graph.elementwise("LeakyRelu", [graph.cast(x, "float32")], { attributes: { alpha: { float: alpha } } })
  ),
  // ONNX's PRelu does not broadcast x.
  Prelu: rowOf(({ graph, inputs: { x: given, alpha } }) => {
    const x = graph.cast(given, "float32");
    const isNegative = graph.elementwise("Less", [x, graph.scalar(0)], { dtype: "bool" });
    return select(graph, isNegative, graph.elementwise("Mul", [x, alpha]), x);
  }),
  Relu: number("Relu"),
  Relu6: unary((graph, x) => graph.elementwise("Clip", [x, graph.scalar(0, x), graph.scalar(6, x)])),
  Selu: float("Selu"),
  Sigmoid: float("Sigmoid"),
  Softplus: float("Softplus"),

  // Comparison and logic.
  Equal: comparison("Equal"),
  NotEqual: rowOf((call) => not(call.graph, comparison("Equal").lower(call) as Value)),
  Less: comparison("Less"),
  LessEqual: comparison("LessOrEqual"),
  Greater: comparison("Greater"),
  GreaterEqual: comparison("GreaterOrEqual"),
  LogicalAnd: logical("And"),
  LogicalOr: logical("Or"),
  BitwiseAnd: binary((graph, a, b) => graph.elementwise("BitwiseAnd", [a, b])),
  LogicalNot: unary((graph, x) => not(graph, graph.cast(x, "bool"))),
  IsNan: test("IsNaN"),
  IsInf: test("IsInf"),
  IsFinite: unary((graph, x) =>
    // NaN is not below anything.
    graph.elementwise(
      "Less",
      [graph.elementwise("Abs", [graph.cast(x, "float32")]), graph.scalar(Infinity)],
      {
        dtype: "bool",
      },
    )
  ),
  Select: rowOf(({ graph, inputs: { condition, t, e } }) => select(graph, condition, t, e)),

  // Copies and constants.
  Identity: unary((_graph, x) => x),
  Cast: unary((graph, x, { dtype }) => dtype === "int32" ? toInteger(graph, x) : graph.cast(x, dtype)),
  OnesLike: unary((graph, x) => graph.expand(graph.scalar(1, x), x.shape)),
  ZerosLike: unary((graph, x) => graph.expand(graph.scalar(0, x), x.shape)),
};
