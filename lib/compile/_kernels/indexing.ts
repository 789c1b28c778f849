/** Kernels that gather, scatter, sort and mark by index. */
import { checkSegmentIds } from "../../tensor/mod.ts";
import { type Graph, sizeOf, type Value } from "../_graph.ts";
import { reduce } from "./reduction.ts";
import type { KernelRows } from "./row.ts";
import { axisOf, slice } from "./shape.ts";

/** Rows of `x` added up by segment; rows whose id is not in [0, count) are left out, as in TensorFlow.js. */
function segmentSum(graph: Graph, x: Value, ids: Value, count: number): Value {
  const rows = sizeOf(ids.shape);
  const rest = x.shape.slice(ids.shape.length);
  // ONNX wants ids in range: those outside add to a row more, which is cut off.
  const inside = ids.data?.every((id) => id >= 0 && id < count) ?? false;
  const spare = inside ? 0 : 1;
  const valid = graph.elementwise("And", [
    graph.elementwise("GreaterOrEqual", [ids, graph.scalar(0, ids)], { dtype: "bool" }),
    graph.elementwise("Less", [ids, graph.scalar(count, ids)], { dtype: "bool" }),
  ], { dtype: "bool" });
  const checked = inside ? ids : graph.elementwise("Where", [valid, ids, graph.scalar(count, ids)], {
    dtype: ids.dtype,
  });
  const type = { dtype: x.dtype as "float32", shape: [count + spare, ...rest] };
  const places = graph.reshape(graph.cast(checked, "int64"), [rows, 1]);
  const updates = graph.reshape(x, [rows, ...rest]);
  const sums = scatter(graph, { onto: graph.splat(0, type), places, updates }, "add");
  const begin = type.shape.map(() => 0);
  return slice(graph, sums, { begin, end: [count, ...rest], strides: begin.map(() => 1) });
}

/**
 * Indices of which none is negative: ONNX counts those from the back, TensorFlow.js refuses them. Known ones
 * are looked at here; others that are negative are put behind the end, where every engine refuses them.
 */
function checkedIndices(graph: Graph, indices: Value, sizes: readonly number[]): Value {
  const limit = (i: number) => sizes[i % sizes.length];
  if (indices.data !== undefined) {
    const wrong = Array.prototype.findIndex.call(
      indices.data,
      (index: number, i: number) => !(index >= 0 && index < limit(i)),
    );
    if (wrong < 0 || sizeOf(indices.shape) === 0) return indices;
    throw new RangeError(
      `Cannot compile the program as indices must be in [0, ${limit(wrong)}): current value is ${
        indices.data[wrong]
      }`,
    );
  }
  const negative = graph.elementwise("Less", [indices, graph.scalar(0, indices)], { dtype: "bool" });
  const behind = sizes.length === 1
    ? graph.scalar(sizes[0], indices)
    : graph.constant(Int32Array.from(sizes), { dtype: "int32", shape: [sizes.length] });
  return graph.elementwise("Where", [negative, behind, indices], { dtype: indices.dtype });
}

/** Updates of a tensor at places ([…, depth]); ONNX does not define what none of them does. */
function scatter(
  graph: Graph,
  operands: { onto: Value; places: Value; updates: Value },
  reduction?: "add",
): Value {
  const { onto, places, updates } = operands;
  if (sizeOf(updates.shape) === 0) return onto;
  return graph.node("ScatterND", [onto, places, updates], onto, reduction === undefined ? {} : { reduction });
}

/** What each value counts: its weight, or 1 where no weights are given. */
function binWeights(graph: Graph, x: Value, weights: Value): Value {
  if (sizeOf(weights.shape) > 0 || sizeOf(x.shape) === 0) return weights;
  return graph.splat(1, { dtype: weights.dtype as "float32", shape: x.shape });
}

export const INDEXING: KernelRows = {
  GatherV2: {
    lower({ graph, inputs: { x, indices }, attributes }) {
      const axis = axisOf(attributes.axis, x.shape.length);
      const batchDims = axisOf(attributes.batchDims ?? 0, indices.shape.length);
      const inner = indices.shape.slice(batchDims);
      const type = {
        dtype: x.dtype,
        shape: [...x.shape.slice(0, axis), ...inner, ...x.shape.slice(axis + 1)],
      };
      const checked = checkedIndices(graph, indices, [x.shape[axis]]);
      if (batchDims === 0) return graph.node("Gather", [x, checked], type, { axis });
      // GatherND takes the axis right after the batch axes: bring it there, and back.
      const rank = x.shape.length;
      const order = [...Array(rank).keys()].filter((i) => i !== axis).toSpliced(batchDims, 0, axis);
      const places = graph.reshape(graph.cast(checked, "int64"), [...indices.shape, 1]);
      const moved = graph.transpose(x, order);
      const between = order.slice(batchDims + 1).map((i) => x.shape[i]);
      const gathered = graph.node(
        "GatherND",
        [moved, places],
        { dtype: x.dtype, shape: [...indices.shape, ...between] },
        { batch_dims: batchDims },
      );
      // Now [batch, indices, before the axis, after the axis]: put the indices behind "before".
      const before = axis - batchDims;
      const perm = [...Array(gathered.shape.length).keys()];
      const index = perm.splice(batchDims, inner.length);
      perm.splice(batchDims + before, 0, ...index);
      return graph.transpose(gathered, perm);
    },
  },
  GatherNd: {
    lower({ graph, inputs: { params, indices } }) {
      const depth = indices.shape[indices.shape.length - 1];
      const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
      const places = graph.cast(checkedIndices(graph, indices, params.shape.slice(0, depth)), "int64");
      return graph.node("GatherND", [params, places], { dtype: params.dtype, shape });
    },
  },
  UnsortedSegmentSum: {
    lower({ graph, inputs: { x, segmentIds }, attributes: { numSegments } }) {
      checkSegmentIds(segmentIds.shape, x.shape);
      return segmentSum(graph, x, segmentIds, numSegments);
    },
  },
  Bincount: {
    lower: ({ graph, inputs: { x, weights }, attributes: { size } }) =>
      segmentSum(graph, binWeights(graph, x, weights), x, size),
  },
  DenseBincount: {
    lower({ graph, inputs: { x, weights }, attributes: { size, binaryOutput } }) {
      if (x.shape.length === 1) return segmentSum(graph, binWeights(graph, x, weights), x, size);
      const [rows, columns] = x.shape;
      // One run of bins per row; a value beyond the last bin must not count in the next row.
      const first = graph.constant(Int32Array.from({ length: rows }, (_, i) => i * size), {
        dtype: "int32",
        shape: [rows, 1],
      });
      const valid = graph.elementwise("Less", [x, graph.scalar(size, x)], { dtype: "bool" });
      const places = graph.elementwise("Where", [
        valid,
        graph.elementwise("Add", [x, first]),
        graph.scalar(-1, x),
      ], { dtype: "int32" });
      const ones = graph.splat(1, { dtype: weights.dtype as "float32", shape: x.shape });
      const values = binaryOutput ? ones : binWeights(graph, x, weights);
      const flat = [values, places].map((value) => graph.reshape(value, [rows * columns]));
      const sums = segmentSum(graph, flat[0], flat[1], rows * size);
      const bins = binaryOutput ? graph.elementwise("Min", [sums, graph.scalar(1, sums)]) : sums;
      return graph.reshape(bins, [rows, size]);
    },
  },
  SearchSorted: {
    // The place to insert a value at is the number of elements before it.
    lower({ graph, inputs: { sortedSequence, values }, attributes: { side } }) {
      const sequence = graph.reshape(sortedSequence, sortedSequence.shape.toSpliced(1, 0, 1));
      const wanted = graph.reshape(values, [...values.shape, 1]);
      const op = side === "left" ? "Less" : "LessOrEqual";
      const before = graph.cast(graph.elementwise(op, [sequence, wanted], { dtype: "bool" }), "int32");
      return reduce(graph, "ReduceSum", before, { axes: [2] });
    },
  },
  ScatterNd: {
    lower({ graph, inputs: { indices, updates }, attributes: { shape } }) {
      const onto = graph.splat(0, { dtype: updates.dtype as "float32", shape });
      const sizes = (shape as readonly number[]).slice(0, indices.shape.at(-1));
      const places = graph.cast(checkedIndices(graph, indices, sizes), "int64");
      return scatter(graph, { onto, places, updates }, "add");
    },
  },
  TensorScatterUpdate: {
    lower({ graph, inputs: { tensor, indices, updates } }) {
      const sizes = tensor.shape.slice(0, indices.shape.at(-1));
      const places = graph.cast(checkedIndices(graph, indices, sizes), "int64");
      return scatter(graph, { onto: tensor, places, updates });
    },
  },
  OneHot: {
    lower({ graph, inputs: { indices }, attributes: { dtype = "int32", depth, onValue, offValue } }) {
      const classes = graph.constant(Int32Array.from({ length: depth }, (_, i) => i), {
        dtype: "int32",
        shape: [depth],
      });
      const column = graph.reshape(indices, [...indices.shape, 1]);
      const hit = graph.elementwise("Equal", [column, classes], { dtype: "bool" });
      if (onValue === 1 && offValue === 0) return graph.cast(hit, dtype);
      const [on, off] = [graph.scalar(onValue, { dtype }), graph.scalar(offValue, { dtype })];
      return graph.elementwise("Where", [hit, on, off], { dtype });
    },
  },
  TopK: {
    // NaN counts as +∞; ONNX leaves open what it does.
    lower({ graph, inputs: { x }, attributes: { k, sorted } }) {
      const shape = [...x.shape.slice(0, -1), k];
      const missing = x.dtype === "float32" ? graph.elementwise("IsNaN", [x], { dtype: "bool" }) : undefined;
      const numbers = missing === undefined
        ? x
        : graph.elementwise("Where", [missing, graph.scalar(Infinity), x], { dtype: "float32" });
      const [values, indices] = graph.multiNode(
        "TopK",
        [numbers, graph.ints([k])],
        { sorted: sorted ? 1 : 0 },
        [{ dtype: x.dtype, shape }, { dtype: "int64", shape }],
      );
      const own = missing === undefined
        ? values
        : graph.node("GatherElements", [x, indices], { dtype: x.dtype, shape }, { axis: shape.length - 1 });
      return [own, graph.cast(indices, "int32")];
    },
  },
};
