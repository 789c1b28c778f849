/** Kernels that gather, scatter, sort and mark by index. */
import { sizeOf } from "../_graph.ts";
import type { KernelRows } from "./row.ts";
import { axisOf } from "./shape.ts";

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
      if (batchDims === 0) return graph.node("Gather", [x, indices], type, { axis });
      // GatherND takes the axis right after the batch axes: bring it there, and back.
      const rank = x.shape.length;
      const order = [...Array(rank).keys()].filter((i) => i !== axis).toSpliced(batchDims, 0, axis);
      const places = graph.reshape(graph.cast(indices, "int64"), [...indices.shape, 1]);
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
      return graph.node("GatherND", [params, graph.cast(indices, "int64")], { dtype: params.dtype, shape });
    },
  },
  /** Rows of `x` added up by segment. Differs from TensorFlow.js: a negative segment counts from the back. */
  UnsortedSegmentSum: {
    lower({ graph, inputs: { x, segmentIds }, attributes: { numSegments } }) {
      const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)];
      const rows = sizeOf(segmentIds.shape);
      const zeros = graph.splat(0, { dtype: x.dtype as "float32", shape });
      const places = graph.reshape(graph.cast(segmentIds, "int64"), [rows, 1]);
      const updates = graph.reshape(x, [rows, ...shape.slice(1)]);
      return graph.node("ScatterND", [zeros, places, updates], { dtype: x.dtype, shape }, {
        reduction: "add",
      });
    },
  },
  ScatterNd: {
    lower({ graph, inputs: { indices, updates }, attributes: { shape } }) {
      const zeros = graph.splat(0, { dtype: updates.dtype as "float32", shape });
      const places = graph.cast(indices, "int64");
      return graph.node("ScatterND", [zeros, places, updates], zeros, { reduction: "add" });
    },
  },
  TensorScatterUpdate: {
    lower: ({ graph, inputs: { tensor, indices, updates } }) =>
      graph.node("ScatterND", [tensor, graph.cast(indices, "int64"), updates], tensor),
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
    lower({ graph, inputs: { x }, attributes: { k, sorted } }) {
      const shape = [...x.shape.slice(0, -1), k];
      const [values, indices] = graph.multiNode("TopK", [x, graph.ints([k])], { sorted: sorted ? 1 : 0 }, [
        { dtype: x.dtype, shape },
        { dtype: "int64", shape },
      ]);
      return [values, graph.cast(indices, "int32")];
    },
  },
};
