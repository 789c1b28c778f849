/** Kernels that move, repeat or cut elements. */
import { tf } from "../../tensor/mod.ts";
import { type Graph, hasPlacesFirst, inverse, PLACES_FIRST, sizeOf, type Value } from "../_graph.ts";
import type { KernelRows } from "./row.ts";

/** An axis counted from the front. */
export const axisOf = (axis: number, rank: number): number => axis < 0 ? axis + rank : axis;

/** Where the axes of an image are that has its places first. */
const LYING = inverse(PLACES_FIRST);

/** The part from `begin` to `end` (exclusive) with positive or negative `strides`, one entry per axis. */
export function slice(
  graph: Graph,
  x: Value,
  part: { begin: readonly number[]; end: readonly number[]; strides: readonly number[] },
): Value {
  const { begin, end, strides } = part;
  if (hasPlacesFirst(x)) {
    const [from, to, steps] = [begin, end, strides].map((list) => LYING.map((axis) => list[axis]));
    const lying = slice(graph, x.node!.inputs[0], { begin: from, end: to, strides: steps });
    return graph.transpose(lying, PLACES_FIRST);
  }
  // onnxruntime's WebGPU provider starts a backward slice at the axis's end, wherever it should begin.
  const late = begin.map((from, i) => strides[i] < 0 && from < x.shape[i] - 1);
  if (late.includes(true)) {
    const firstPart = slice(graph, x, {
      begin: begin.map(() => 0),
      end: x.shape.map((length, i) => late[i] ? begin[i] + 1 : length),
      strides: begin.map(() => 1),
    });
    return slice(graph, firstPart, part);
  }
  const shape = begin.map((from, i) => Math.max(0, Math.ceil((end[i] - from) / strides[i])));
  const cut = shape.map((_, i) => i).filter((i) => shape[i] !== x.shape[i] || strides[i] < 0);
  if (cut.length === 0) return x;
  // ONNX counts negative ends from the back: "before the first element" needs a number below all.
  const last = (i: number) => strides[i] < 0 && end[i] < 0 ? -x.shape[i] - 1 : end[i];
  const lists = [cut.map((i) => begin[i]), cut.map(last), cut, cut.map((i) => strides[i])];
  return graph.node("Slice", [x, ...lists.map((list) => graph.ints(list))], { dtype: x.dtype, shape });
}

/** Joins parts; the result is of the first one's type. */
export function concat(graph: Graph, given: readonly Value[], axis: number): Value {
  const parts = given.map((part) => graph.cast(part, given[0].dtype));
  const filled = parts.filter(({ shape }) => sizeOf(shape) > 0);
  if (filled.length === 1) return filled[0];
  if (filled.some(hasPlacesFirst)) {
    const lying = filled.map((part) => graph.transpose(part, LYING));
    return graph.transpose(concat(graph, lying, PLACES_FIRST[axis]), PLACES_FIRST);
  }
  const [first] = parts;
  const shape = first.shape.map((length, i) =>
    i === axis ? parts.reduce((sum, part) => sum + part.shape[axis], 0) : length
  );
  return graph.node("Concat", filled.length === 0 ? parts : filled, { dtype: first.dtype, shape }, { axis });
}

function split(graph: Graph, x: Value, axis: number, sizes: readonly number[]): readonly Value[] {
  if (hasPlacesFirst(x)) {
    return split(graph, x.node!.inputs[0], PLACES_FIRST[axis], sizes)
      .map((part) => graph.transpose(part, PLACES_FIRST));
  }
  const types = sizes.map((size) => ({
    dtype: x.dtype,
    shape: x.shape.map((n, i) => i === axis ? size : n),
  }));
  return graph.multiNode("Split", [x, graph.ints(sizes)], { axis }, types);
}

/** A stand-in for a tensor where TensorFlow.js reads nothing but the shape. */
const ofShape = (shape: readonly number[]) =>
  ({ shape: [...shape], rank: shape.length }) as unknown as tf.Tensor;

type Paddings = readonly (readonly [before: number, after: number])[];

/** ONNX's list of paddings, with the padded shape; axes behind the last are not padded. */
function padding(x: Value, paddings: Paddings) {
  const all = x.shape.map((_, i) => paddings[i] ?? [0, 0]);
  return {
    list: [...all.map(([before]) => before), ...all.map(([, after]) => after)],
    shape: x.shape.map((length, i) => length + all[i][0] + all[i][1]),
  };
}

/** Pads with a number. */
export function pad(graph: Graph, x: Value, paddings: Paddings, number: number): Value {
  const { list, shape } = padding(x, paddings);
  if (list.every((count) => count === 0)) return x;
  if (hasPlacesFirst(x)) {
    const before = LYING.map((axis) => paddings[axis] ?? [0, 0]);
    return graph.transpose(pad(graph, x.node!.inputs[0], before, number), PLACES_FIRST);
  }
  if (sizeOf(x.shape) === 0) return graph.splat(number, { dtype: x.dtype as "float32", shape });
  // ONNX pads with scalars of the padded type.
  const fill = graph.scalar(number, x);
  return graph.node("Pad", [x, graph.ints(list), fill], { dtype: x.dtype, shape });
}

export const SHAPE: KernelRows = {
  Reshape: {
    lower: ({ graph, inputs: { x }, attributes: { shape } }) =>
      graph.reshape(x, tf.util.inferFromImplicitShape(shape, sizeOf(x.shape))),
  },
  ExpandDims: {
    lower({ graph, inputs: { input }, attributes: { dim } }) {
      const shape = [...input.shape];
      shape.splice(dim < 0 ? dim + shape.length + 1 : dim, 0, 1);
      return graph.reshape(input, shape);
    },
  },
  Transpose: { lower: ({ graph, inputs: { x }, attributes: { perm } }) => graph.transpose(x, perm) },
  Concat: {
    lower({ graph, inputs, attributes: { axis } }) {
      const parts = Object.values(inputs);
      return concat(graph, parts, axisOf(axis, parts[0].shape.length));
    },
  },
  Pack: {
    lower({ graph, inputs, attributes: { axis } }) {
      const parts = Object.values(inputs);
      const at = axisOf(axis, parts[0].shape.length + 1);
      return concat(graph, parts.map((x) => graph.reshape(x, x.shape.toSpliced(at, 0, 1))), at);
    },
  },
  Unpack: {
    lower({ graph, inputs: { value }, attributes: { axis } }) {
      const at = axisOf(axis, value.shape.length);
      return split(graph, value, at, Array(value.shape[at]).fill(1))
        .map((part) => graph.reshape(part, value.shape.toSpliced(at, 1)));
    },
  },
  SplitV: {
    lower({ graph, inputs: { x }, attributes: { numOrSizeSplits, axis } }) {
      const at = axisOf(axis, x.shape.length);
      return split(graph, x, at, tf.backend_util.prepareSplitSize(ofShape(x.shape), numOrSizeSplits, at));
    },
  },
  Slice: {
    lower({ graph, inputs: { x }, attributes: { begin, size } }) {
      const [from, sizes] = tf.slice_util.parseSliceParams(ofShape(x.shape), begin, size);
      const end = from.map((first, i) => first + sizes[i]);
      return slice(graph, x, { begin: from, end, strides: from.map(() => 1) });
    },
  },
  StridedSlice: {
    lower({ graph, inputs: { x }, attributes }) {
      const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } =
        attributes;
      const info = tf.slice_util.sliceInfo(
        [...x.shape],
        begin,
        end,
        strides,
        beginMask,
        endMask,
        ellipsisMask,
        newAxisMask,
        shrinkAxisMask,
      );
      return graph.reshape(slice(graph, x, info), info.finalShape);
    },
  },
  Reverse: {
    lower({ graph, inputs: { x }, attributes: { dims } }) {
      const axes = new Set(tf.util.parseAxisParam(dims, [...x.shape]));
      return slice(graph, x, {
        begin: x.shape.map((length, i) => axes.has(i) ? length - 1 : 0),
        end: x.shape.map((length, i) => axes.has(i) ? -1 : length),
        strides: x.shape.map((_, i) => axes.has(i) ? -1 : 1),
      });
    },
  },
  FlipLeftRight: {
    lower: ({ graph, inputs: { image: x } }) =>
      slice(graph, x, {
        begin: [0, 0, x.shape[2] - 1, 0],
        end: [...x.shape.slice(0, 2), -1, x.shape[3]],
        strides: [1, 1, -1, 1],
      }),
  },
  DepthToSpace: {
    lower({ graph, inputs: { x }, attributes: { blockSize } }) {
      const [batch, height, width, depth] = x.shape;
      const left = depth / blockSize ** 2;
      const blocks = graph.reshape(x, [batch, height, width, blockSize, blockSize, left]);
      const moved = graph.transpose(blocks, [0, 1, 3, 2, 4, 5]);
      return graph.reshape(moved, [batch, height * blockSize, width * blockSize, left]);
    },
  },
  /** Blocks of space to the batch axis: [batch, (space, block)…, rest] → [block…, batch, space…, rest]. */
  SpaceToBatchND: {
    lower({ graph, inputs: { x }, attributes: { blockShape, paddings } }) {
      const blocks: readonly number[] = blockShape;
      const padded = pad(graph, x, [[0, 0], ...paddings], 0);
      const [batch, ...rest] = padded.shape;
      const space = blocks.map((block, i) => rest[i] / block);
      const others = rest.slice(blocks.length);
      const split = graph.reshape(padded, [
        batch,
        ...blocks.flatMap((block, i) => [space[i], block]),
        ...others,
      ]);
      const [spaceAxes, blockAxes] = [1, 2].map((first) => blocks.map((_, i) => first + 2 * i));
      const otherAxes = others.map((_, i) => 1 + 2 * blocks.length + i);
      const moved = graph.transpose(split, [...blockAxes, 0, ...spaceAxes, ...otherAxes]);
      return graph.reshape(moved, [batch * sizeOf(blocks), ...space, ...others]);
    },
  },
  /** The inverse of SpaceToBatchND, then `crops` are cut off. */
  BatchToSpaceND: {
    lower({ graph, inputs: { x }, attributes: { blockShape, crops } }) {
      const blocks: readonly number[] = blockShape;
      const [length, ...rest] = x.shape;
      const batch = length / sizeOf(blocks);
      const split = graph.reshape(x, [...blocks, batch, ...rest]);
      const count = blocks.length;
      const pairs = blocks.flatMap((_, i) => [count + 1 + i, i]);
      const otherAxes = rest.slice(count).map((_, i) => 2 * count + 1 + i);
      const moved = graph.transpose(split, [count, ...pairs, ...otherAxes]);
      const whole = graph.reshape(moved, [batch, ...rest.map((n, i) => n * (blocks[i] ?? 1))]);
      const cuts: readonly (readonly [number, number])[] = [[0, 0], ...crops];
      return slice(graph, whole, {
        begin: whole.shape.map((_, i) => cuts[i]?.[0] ?? 0),
        end: whole.shape.map((n, i) => n - (cuts[i]?.[1] ?? 0)),
        strides: whole.shape.map(() => 1),
      });
    },
  },
  /** With n zeros behind each of n elements, every (n + 1)th place holds one: the diagonal. */
  Diag: {
    lower({ graph, inputs: { x } }) {
      const n = sizeOf(x.shape);
      const rows = pad(graph, graph.reshape(x, [n, 1]), [[0, 0], [0, n]], 0);
      const flat = slice(graph, graph.reshape(rows, [n * (n + 1)]), {
        begin: [0],
        end: [n * n],
        strides: [1],
      });
      return graph.reshape(flat, [...x.shape, ...x.shape]);
    },
  },
  Tile: {
    lower({ graph, inputs: { x }, attributes: { reps } }) {
      const shape = x.shape.map((length, i) => length * reps[i]);
      if (x.shape.every((length, i) => length === 1 || reps[i] === 1)) return graph.expand(x, shape);
      return graph.node("Tile", [x, graph.ints(reps)], { dtype: x.dtype, shape });
    },
  },
  PadV2: {
    lower: ({ graph, inputs: { x }, attributes: { paddings, constantValue } }) =>
      pad(graph, x, paddings, constantValue),
  },
  MirrorPad: {
    lower({ graph, inputs: { x }, attributes: { paddings, mode } }) {
      const { list, shape } = padding(x, paddings);
      const reflected = { dtype: x.dtype, shape };
      if (mode === "reflect") return graph.node("Pad", [x, graph.ints(list)], reflected, { mode: "reflect" });
      // "symmetric" repeats the border element: mirror by hand, axis by axis.
      return x.shape.reduce((padded: Value, length, axis) => {
        const [before, after] = paddings[axis];
        const part = (first: number, end: number, stride: number) =>
          slice(graph, padded, {
            begin: padded.shape.map((_, i) => i === axis ? first : 0),
            end: padded.shape.map((n, i) => i === axis ? end : n),
            strides: padded.shape.map((_, i) => i === axis ? stride : 1),
          });
        const parts = [part(before - 1, -1, -1), padded, part(length - 1, length - 1 - after, -1)];
        return concat(graph, parts.filter((_, i) => [before, 1, after][i] > 0), axis);
      }, x);
    },
  },
  Fill: {
    lower: ({ graph, attributes: { shape, value, dtype = "float32" } }) =>
      graph.splat(value, { dtype, shape }),
  },
};
