/** Kernels that reduce or scan along axes. */
import { tf } from "../../tensor/mod.ts";
import { type Graph, hasPlacesFirst, PLACES_FIRST, sizeOf, type Value } from "../_graph.ts";
import type { KernelRow, KernelRows } from "./row.ts";
import { axisOf, concat, slice } from "./shape.ts";

/**
 * The sum over the rows of `x`, taken as a matrix, as a product with ones: from this many rows on it is up to
 * ten times faster than ReduceSum (256 × 256: 5 µs against 50 µs), and never much slower.
 */
const ROWS_FOR_PRODUCT = 128;

function sumRows(graph: Graph, x: Value, rows: number): Value {
  const columns = sizeOf(x.shape) / rows;
  const ones = graph.splat(1, { dtype: "float32", shape: [rows] });
  const type = { dtype: x.dtype, shape: [columns] };
  return graph.node("MatMul", [ones, graph.reshape(x, [rows, columns])], type);
}

/** What the reduction of nothing is (the mean as in TensorFlow.js, which divides first). */
const OF_NOTHING: Readonly<Record<string, number>> = {
  ReduceSum: 0,
  ReduceProd: 1,
  ReduceMean: 0,
  ReduceMax: -Infinity,
  ReduceMin: Infinity,
};

export function reduce(
  graph: Graph,
  op: string,
  x: Value,
  options: { axes: readonly number[]; keepDims?: boolean },
): Value {
  const { axes, keepDims = false } = options;
  const kept = x.shape.map((length, i) => axes.includes(i) ? 1 : length);
  const shape = keepDims ? kept : x.shape.filter((_, i) => !axes.includes(i));
  // Reducing axes of length 1 is a reshape (all these reductions leave single elements as they are).
  if (sizeOf(x.shape) === sizeOf(shape)) return graph.reshape(x, shape);
  if (sizeOf(x.shape) === 0) return graph.splat(OF_NOTHING[op], { dtype: x.dtype as "float32", shape });
  const lying = axes.map((axis) => PLACES_FIRST[axis]);
  if (hasPlacesFirst(x) && lying.every((axis) => axis < axes.length)) {
    const reduced = reduce(graph, op, x.node!.inputs[0], { axes: lying, keepDims: true });
    return graph.reshape(graph.transpose(reduced, PLACES_FIRST), shape);
  }
  const rows = sizeOf(x.shape.slice(0, axes.length));
  const leading = axes.every((axis) => axis < axes.length);
  if (
    op === "ReduceSum" && x.dtype === "float32" && leading && rows >= ROWS_FOR_PRODUCT && sizeOf(shape) > 1
  ) {
    return graph.reshape(sumRows(graph, x, rows), shape);
  }
  const attributes = { keepdims: keepDims ? 1 : 0 };
  return graph.node(op, [x, graph.ints(axes)], { dtype: x.dtype, shape }, attributes);
}

/** The largest or least number, and NaN where there is one, which ONNX leaves open: a bounded sum tells. */
function extreme(op: "ReduceMax" | "ReduceMin"): KernelRow {
  const row = reduction(op, op === "ReduceMax" ? "reductionIndices" : "axis");
  return {
    lower(call) {
      const { graph, inputs: { x }, attributes } = call;
      const found = row.lower(call) as Value;
      if (x.dtype !== "float32" || sizeOf(x.shape) === sizeOf(found.shape) || sizeOf(x.shape) === 0) {
        return found;
      }
      const axes = tf.util.parseAxisParam(
        attributes[op === "ReduceMax" ? "reductionIndices" : "axis"],
        [...x.shape],
      );
      const bounded = graph.elementwise("Clip", [x, graph.scalar(-1), graph.scalar(1)]);
      const sum = reduce(graph, "ReduceSum", bounded, { axes, keepDims: attributes.keepDims });
      const missing = graph.elementwise("IsNaN", [sum], { dtype: "bool" });
      return graph.elementwise("Where", [missing, sum, found], { dtype: "float32" });
    },
  };
}

/** A reduction over the axes in the kernel's attribute of the given name. */
function reduction(op: string, attribute = "axis"): KernelRow {
  return {
    lower({ graph, inputs: { x }, attributes }) {
      const axes = tf.util.parseAxisParam(attributes[attribute], [...x.shape]);
      // bool has no order in ONNX: All is the least, Any the greatest of 0 and 1.
      const numbers = x.dtype === "bool" ? graph.cast(x, "int32") : x;
      return graph.cast(reduce(graph, op, numbers, { axes, keepDims: attributes.keepDims }), x.dtype);
    },
  };
}

/** The index of the first extreme element; NaN counts as the most extreme, +∞ or −∞. */
function arg(op: string): KernelRow {
  return {
    lower({ graph, inputs: { x }, attributes }) {
      const axis = axisOf(attributes.axis, x.shape.length);
      const shape = x.shape.filter((_, i) => i !== axis);
      if (sizeOf(x.shape) === 0) return graph.splat(0, { dtype: "int32", shape });
      const missing = graph.scalar(op === "ArgMax" ? Infinity : -Infinity);
      const numbers = x.dtype === "bool"
        ? graph.cast(x, "int32")
        : x.dtype === "float32"
        ? graph.elementwise("Where", [graph.elementwise("IsNaN", [x], { dtype: "bool" }), missing, x], {
          dtype: "float32",
        })
        : x;
      return graph.cast(graph.node(op, [numbers], { dtype: "int64", shape }, { axis, keepdims: 0 }), "int32");
    },
  };
}

/** The part of `x` between two places of an axis. */
function part(graph: Graph, x: Value, axis: number, from: number, to: number): Value {
  return slice(graph, x, {
    begin: x.shape.map((_, i) => i === axis ? from : 0),
    end: x.shape.map((length, i) => i === axis ? to : length),
    strides: x.shape.map(() => 1),
  });
}

/** Running product: shifts by 1, 2, 4, … (with ones moving in) and multiplies, log₂ n times. */
function cumulativeProduct(
  graph: Graph,
  x: Value,
  options: { axis: number; exclusive: boolean; reverse: boolean },
): Value {
  const { axis, exclusive, reverse } = options;
  const length = x.shape[axis];
  const shift = (value: Value, by: number): Value => {
    const ones = graph.splat(1, {
      dtype: x.dtype as "float32",
      shape: x.shape.with(axis, Math.min(by, length)),
    });
    if (by >= length) return ones;
    return reverse
      ? concat(graph, [part(graph, value, axis, by, length), ones], axis)
      : concat(graph, [ones, part(graph, value, axis, 0, length - by)], axis);
  };
  let product = exclusive ? shift(x, 1) : x;
  for (let by = 1; by < length; by *= 2) {
    product = graph.elementwise("Mul", [product, shift(product, by)]);
  }
  return product;
}

export const REDUCTION: KernelRows = {
  Sum: reduction("ReduceSum"),
  Mean: {
    lower({ graph, inputs: { x }, attributes: { axis, keepDims } }) {
      const axes = tf.util.parseAxisParam(axis, [...x.shape]);
      return reduce(graph, "ReduceMean", graph.cast(x, "float32"), { axes, keepDims });
    },
  },
  Max: extreme("ReduceMax"),
  Min: extreme("ReduceMin"),
  Prod: reduction("ReduceProd"),
  All: reduction("ReduceMin"),
  Any: reduction("ReduceMax"),
  ArgMax: arg("ArgMax"),
  ArgMin: arg("ArgMin"),
  Cumsum: {
    lower({ graph, inputs: { x }, attributes }) {
      const axis = graph.scalar(axisOf(attributes.axis, x.shape.length), { dtype: "int32" });
      return graph.node("CumSum", [x, axis], x, {
        exclusive: attributes.exclusive ? 1 : 0,
        reverse: attributes.reverse ? 1 : 0,
      });
    },
  },
  Cumprod: {
    lower: ({ graph, inputs: { x }, attributes: { axis, exclusive, reverse } }) =>
      cumulativeProduct(graph, x, { axis: axisOf(axis, x.shape.length), exclusive, reverse }),
  },
  Softmax: {
    lower: ({ graph, inputs: { logits }, attributes: { dim } }) =>
      graph.node("Softmax", [logits], logits, { axis: axisOf(dim, logits.shape.length) }),
  },
};
