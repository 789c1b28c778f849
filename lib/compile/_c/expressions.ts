/** Operations element by element, as C expressions. */
import type { ElementType } from "../_graph.ts";
import { Unsupported } from "./ir.ts";

/** Types in memory. */
export const STORED: Readonly<Record<ElementType, string>> = {
  float32: "float",
  int32: "int",
  bool: "unsigned char",
  int64: "long long",
};
/** Types of variables. */
export const HELD: Readonly<Record<ElementType, string>> = { ...STORED, bool: "int" };
export const BYTES: Readonly<Record<ElementType, number>> = { float32: 4, int32: 4, bool: 1, int64: 8 };

/** A number as a C literal. */
export function literal(value: number, dtype: ElementType): string {
  if (dtype !== "float32") {
    // The least integer has no literal of its own.
    return value === -(2 ** 31) ? "(-2147483647 - 1)" : `${value}`;
  }
  const x = Math.fround(value);
  if (Number.isNaN(x)) return "NAN";
  if (!Number.isFinite(x)) return x > 0 ? "INFINITY" : "(-INFINITY)";
  const text = Object.is(x, -0) ? "-0.0" : `${x}`;
  return `(${/[.e]/.test(text) ? text : `${text}.0`}f)`;
}

interface Call {
  readonly args: readonly string[];
  /** Of the first argument. */
  readonly from: ElementType;
  readonly to: ElementType;
  readonly attributes: Readonly<Record<string, unknown>>;
}

type Expression = (call: Call) => string;

const infix = (operator: string): Expression => ({ args: [a, b] }) => `${a} ${operator} ${b}`;
const call = (name: string): Expression => ({ args }) => `${name}(${args.join(", ")})`;
/** Of any number of arguments, two by two. */
const fold = (two: (a: string, b: string) => string): Expression => ({ args }) => args.reduce(two);
const float = (attributes: Call["attributes"], name: string, otherwise: number): string =>
  literal((attributes[name] as { float: number } | undefined)?.float ?? otherwise, "float32");

/** The larger or lesser of two; NaN where one is. */
const extreme = (operator: ">" | "<"): Expression => (call) =>
  call.from === "float32"
    ? fold((a, b) => `rf_${operator === ">" ? "max" : "min"}(${a}, ${b})`)(call)
    : fold((a, b) => `rf_${operator === ">" ? "imax" : "imin"}(${a}, ${b})`)(call);

/** condition ? a : b, such that loops can be vectorized. */
const select = (dtype: ElementType, condition: string, a: string, b: string): string =>
  dtype === "float32"
    ? `rf_select(${condition}, ${a}, ${b})`
    : dtype === "int64"
    ? `${condition} ? ${a} : ${b}`
    : `rf_iselect(${condition}, ${a}, ${b})`;

const cast: Expression = ({ args: [x], from, to }) => {
  if (to === from) return x;
  if (to === "bool") return `${x} != 0`;
  return `(${HELD[to]})${x}`;
};

const EXPRESSIONS: Readonly<Record<string, Expression>> = {
  Copy: ({ args: [x] }) => x,
  Add: infix("+"),
  Sub: infix("-"),
  Mul: infix("*"),
  Div: infix("/"),
  Sum: fold((a, b) => `${a} + ${b}`),
  Max: extreme(">"),
  Min: extreme("<"),
  Pow: ({ args: [a, b], from }) => from === "float32" ? `powf(${a}, ${b})` : `(int)pow(${a}, ${b})`,
  Mod: ({ args: [a, b], from }) => from === "float32" ? `fmodf(${a}, ${b})` : `rf_modulo(${a}, ${b})`,
  And: infix("&"),
  Or: infix("|"),
  Not: ({ args: [x] }) => `!${x}`,
  BitwiseAnd: infix("&"),
  Equal: infix("=="),
  Less: infix("<"),
  LessOrEqual: infix("<="),
  Greater: infix(">"),
  GreaterOrEqual: infix(">="),
  Where: ({ args: [c, a, b], from }) => select(from, c, a, b),
  Cast: cast,
  Neg: ({ args: [x] }) => `-${x}`,
  Abs: ({ args: [x], from }) => from === "float32" ? `fabsf(${x})` : `abs(${x})`,
  Sign: ({ args: [x], from }) => from === "float32" ? `rf_sign(${x})` : `(${x} > 0) - (${x} < 0)`,
  Reciprocal: ({ args: [x] }) => `1.0f / ${x}`,
  Sqrt: call("sqrtf"),
  Exp: call("rf_exp"),
  Log: call("rf_log"),
  Tanh: call("rf_tanh"),
  Sigmoid: call("rf_sigmoid"),
  Softplus: call("rf_softplus"),
  Erf: call("rf_erf"),
  Sin: call("rf_sin"),
  Cos: call("rf_cos"),
  Tan: call("tanf"),
  Asin: call("asinf"),
  Acos: call("acosf"),
  Atan: call("atanf"),
  Sinh: call("sinhf"),
  Cosh: call("coshf"),
  Asinh: call("asinhf"),
  Acosh: call("acoshf"),
  Atanh: call("atanhf"),
  Floor: call("floorf"),
  Ceil: call("ceilf"),
  Round: call("rintf"),
  IsNaN: ({ args: [x] }) => `${x} != ${x}`,
  IsInf: ({ args: [x] }) => `fabsf(${x}) == INFINITY`,
  // NaN stays NaN.
  Relu: ({ args: [x], to }) => select(to, `${x} < 0`, literal(0, to), x),
  LeakyRelu: ({ args: [x], attributes }) =>
    select("float32", `${x} < 0`, `${float(attributes, "alpha", 0.01)} * ${x}`, x),
  Elu: ({ args: [x], attributes }) => `${x} < 0 ? ${float(attributes, "alpha", 1)} * rf_expm1(${x}) : ${x}`,
  Selu: ({ args: [x] }) => {
    const [scale, alpha] = [1.0507009873554805, 1.6732632423543772];
    return `${x} < 0 ? ${literal(scale * alpha, "float32")} * rf_expm1(${x}) : ${
      literal(scale, "float32")
    } * ${x}`;
  },
  HardSigmoid: ({ args: [x], attributes }) =>
    `rf_max(rf_min(${float(attributes, "alpha", 0.2)} * ${x} + ${
      float(attributes, "beta", 0.5)
    }, 1.0f), 0.0f)`,
  Clip: ({ args: [x, least, most], from }) =>
    from === "float32"
      ? `rf_min(rf_max(${x}, ${least}), ${most})`
      : `rf_imin(rf_imax(${x}, ${least}), ${most})`,
};

export const isMap = (op: string): boolean => op !== "Copy" && Object.hasOwn(EXPRESSIONS, op);

/** The expression of an operation. @throws {Unsupported} If it is not one element by element. */
export function expression(op: string, call: Call): string {
  const make = EXPRESSIONS[op];
  if (make === undefined) throw new Unsupported(op);
  return make(call);
}

/** How partial results of a reduction are joined, and what each starts from. */
export const REDUCTIONS: Readonly<
  Record<
    string,
    { readonly start: (dtype: ElementType) => string; readonly join: Expression; readonly simd: string }
  >
> = {
  ReduceSum: { start: (dtype) => literal(0, dtype), join: infix("+"), simd: "+" },
  ReduceMean: { start: (dtype) => literal(0, dtype), join: infix("+"), simd: "+" },
  ReduceProd: { start: (dtype) => literal(1, dtype), join: infix("*"), simd: "*" },
  ReduceMax: {
    start: (dtype) => dtype === "float32" ? "(-INFINITY)" : literal(-(2 ** 31), dtype),
    join: ({ args: [a, b], from }) => select(from, `${b} > ${a}`, b, a),
    simd: "max",
  },
  ReduceMin: {
    start: (dtype) => dtype === "float32" ? "INFINITY" : literal(2 ** 31 - 1, dtype),
    join: ({ args: [a, b], from }) => select(from, `${b} < ${a}`, b, a),
    simd: "min",
  },
};
