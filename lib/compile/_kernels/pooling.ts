/** Pooling over windows of images `[batch, height, width, channels]`. */
import { tf } from "../../tensor/mod.ts";
import { type Graph, hasPlacesFirst, sizeOf, type Value } from "../_graph.ts";
import {
  channelsFirst,
  channelsLast,
  convolveBack,
  reached,
  type Sliding,
  sliding,
  windowAttributes,
} from "./convolution.ts";
import type { KernelCall, KernelRows } from "./row.ts";
import { concat, pad, slice } from "./shape.ts";
import { placesFirst, placesLast } from "./shifts.ts";

function windowOf(
  x: Value,
  { filterSize, strides, pad, dimRoundingMode }: KernelCall["attributes"],
): Sliding {
  const shape = [...x.shape] as [number, number, number, number];
  return sliding(tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode));
}

/** Whether windows lie side by side without padding. */
const isTiled = ({ size, strides, before, after }: Sliding): boolean =>
  size.every((length, i) => length === strides[i] && before[i] === 0 && after[i] === 0);

/** More parts than this are slower than transposing the image for ONNX's pooling. */
const MOST_PARTS = 9;

/**
 * Windows that are pooled by comparing or adding the strided parts of the image, one per place in the window.
 */
const inParts = (window: Sliding): boolean =>
  isTiled(window) && window.size[0] * window.size[1] <= MOST_PARTS;

/** For each place in the window (row by row) what all windows see there, `[batch, …places, channels]`. */
function parts(graph: Graph, x: Value, { size, strides, places }: Sliding): Value[] {
  const [batch, , , channels] = x.shape;
  return Array.from({ length: size[0] * size[1] }, (_, k) => {
    const [i, j] = [Math.floor(k / size[1]), k % size[1]];
    const end = (from: number, axis: number) => from + (places[axis] - 1) * strides[axis] + 1;
    return slice(graph, x, {
      begin: [0, i, j, 0],
      end: [batch, end(i, 0), end(j, 1), channels],
      strides: [1, ...strides, 1],
    });
  });
}

/** The inverse of {@link parts}; zeros where no window is. */
function joined(graph: Graph, items: readonly Value[], { size, places, unused }: Sliding): Value {
  const [batch, , , channels] = items[0].shape;
  if (items.some(hasPlacesFirst)) {
    const lying = items.map((item) =>
      graph.reshape(placesFirst(graph, item), [places[0], 1, places[1], 1, batch, channels])
    );
    const rows = Array.from(
      { length: size[0] },
      (_, i) => concat(graph, lying.slice(i * size[1], (i + 1) * size[1]), 3),
    );
    const lengths = places.map((length, i) => length * size[i]);
    const whole = graph.reshape(concat(graph, rows, 1), [...lengths, batch, channels]);
    return placesLast(graph, pad(graph, whole, [[0, unused[0]], [0, unused[1]]], 0));
  }
  const apart = items.map((item) => graph.reshape(item, [batch, places[0], 1, places[1], 1, channels]));
  const rows = Array.from(
    { length: size[0] },
    (_, i) => concat(graph, apart.slice(i * size[1], (i + 1) * size[1]), 4),
  );
  const [height, width] = places.map((length, i) => length * size[i]);
  const image = graph.reshape(concat(graph, rows, 2), [batch, height, width, channels]);
  return pad(graph, image, [[0, 0], [0, unused[0]], [0, unused[1]], [0, 0]], 0);
}

/** ONNX's means, channels first. */
function means(graph: Graph, x: Value, window: Sliding): Value {
  if (window.size.every((length) => length === 1) && !window.padded) return parts(graph, x, window)[0];
  const image = channelsFirst(graph, x);
  const { dilations: _, ...attributes } = windowAttributes(window);
  const type = { dtype: x.dtype, shape: [...image.shape.slice(0, 2), ...window.places] };
  return channelsLast(
    graph,
    graph.node("AveragePool", [reached(graph, image, window)], type, attributes),
  );
}

/**
 * The maxima of windows that may overlap, along one axis (1 or 2) of an image. ONNX's own pooling leaves open
 * what NaN does, and gives the least number for −∞.
 */
function maximaAlong(graph: Graph, x: Value, axis: 1 | 2, { size, strides, before, places }: Sliding): Value {
  const [length, stride, count] = [size, strides, places].map((pair) => pair[axis - 1]);
  if (length === 1 && stride === 1) return x;
  const end = (count - 1) * stride + length, first = before[axis - 1];
  const wide = pad(
    graph,
    x,
    x.shape.map((have, i) =>
      i === axis ? [first, Math.max(0, end - have - first)] as const : [0, 0] as const
    ),
    x.dtype === "int32" ? -(2 ** 31) : -Infinity,
  );
  const candidates = Array.from({ length }, (_, i) =>
    slice(graph, wide, {
      begin: x.shape.map((_, k) => k === axis ? i : 0),
      end: wide.shape.map((have, k) => k === axis ? i + (count - 1) * stride + 1 : have),
      strides: x.shape.map((_, k) => k === axis ? stride : 1),
    }));
  return candidates.length === 1 ? candidates[0] : graph.elementwise("Max", candidates);
}

/** The maxima of any windows: first along their columns, then along their rows. */
const maxima = (graph: Graph, x: Value, window: Sliding): Value =>
  maximaAlong(graph, maximaAlong(graph, x, 1, window), 2, window);

/**
 * The place of each maximum, the first of equals, channels first; places count the elements of the image,
 * channels first. NaN is the largest number.
 */
function placesOfMaxima(graph: Graph, x: Value, window: Sliding): Value {
  // ONNX finds neither NaN nor −∞.
  const most = graph.scalar(3.4e38), least = graph.scalar(-3.4e38);
  const bounded = graph.elementwise("Clip", [x, least, most]);
  const isNaN = graph.elementwise("IsNaN", [x], { dtype: "bool" });
  const ordered = graph.elementwise("Where", [isNaN, graph.scalar(Infinity), bounded], { dtype: "float32" });
  const image = channelsFirst(graph, ordered);
  const shape = [...image.shape.slice(0, 2), ...window.places];
  const types = [{ dtype: "float32", shape }, { dtype: "int64", shape }] as const;
  return graph.multiNode("MaxPool", [image], windowAttributes(window), types)[1];
}

/** Gives each dy to the first of the parts that equals the maximum; the last gets what is left. */
function toFirstMaximum(
  graph: Graph,
  dy: Value,
  options: { y: Value; candidates: readonly Value[] },
): Value[] {
  const { y, candidates } = options;
  let rest = dy;
  return candidates.map((candidate, i) => {
    if (i === candidates.length - 1) return rest;
    const hit = graph.elementwise("Equal", [candidate, y], { dtype: "bool" });
    const share = graph.elementwise("Mul", [rest, graph.cast(hit, "float32")]);
    rest = graph.elementwise("Sub", [rest, share]);
    return share;
  });
}

export const POOLING: KernelRows = {
  MaxPool: {
    lower({ graph, inputs: { x }, attributes }) {
      const window = windowOf(x, attributes);
      if (window.size[0] * window.size[1] === 1 && inParts(window)) return x;
      if (inParts(window)) return graph.elementwise("Max", parts(graph, x, window));
      return maxima(graph, x, window);
    },
  },
  MaxPoolGrad: {
    lower({ graph, inputs: { dy, input, output }, attributes }) {
      const window = windowOf(input, attributes);
      if (inParts(window)) {
        const options = { y: output, candidates: parts(graph, input, window) };
        return joined(graph, toFirstMaximum(graph, dy, options), window);
      }
      // Windows overlap: an element may be the maximum of several.
      const [batch, height, width, channels] = input.shape;
      const places = placesOfMaxima(graph, input, window);
      const size = sizeOf(input.shape);
      const zeros = graph.splat(0, { dtype: "float32", shape: [size] });
      const flat = [
        graph.reshape(places, [sizeOf(dy.shape), 1]),
        graph.reshape(channelsFirst(graph, dy), [
          sizeOf(dy.shape),
        ]),
      ];
      const dx = graph.node("ScatterND", [zeros, ...flat], zeros, { reduction: "add" });
      return channelsLast(graph, graph.reshape(dx, [batch, channels, height, width]));
    },
  },
  MaxPoolWithArgmax: {
    lower({ graph, inputs: { x }, attributes }) {
      const window = windowOf(x, attributes);
      const [batch, height, width, channels] = x.shape;
      const places = placesOfMaxima(graph, x, window);
      // Channels first, a place is (image · channels + channel) · area + p; channels last, (image · area + p)
      // · channels + channel.
      const area = height * width;
      const p = graph.elementwise("Mod", [
        graph.cast(places, "int32"),
        graph.scalar(area, { dtype: "int32" }),
      ]);
      const first = Int32Array.from(
        { length: batch * channels },
        (_, i) =>
          (attributes.includeBatchInIndex ? Math.floor(i / channels) * area * channels : 0) + i % channels,
      );
      const start = graph.constant(first, { dtype: "int32", shape: [batch, channels, 1, 1] });
      const scaled = graph.elementwise("Mul", [p, graph.scalar(channels, { dtype: "int32" })]);
      return [maxima(graph, x, window), channelsLast(graph, graph.elementwise("Add", [scaled, start]))];
    },
  },
  AvgPool: {
    lower({ graph, inputs: { x }, attributes }) {
      const window = windowOf(x, attributes);
      if (!inParts(window)) return means(graph, x, window);
      const sum = graph.elementwise("Sum", parts(graph, x, window));
      return graph.elementwise("Mul", [sum, graph.scalar(1 / (window.size[0] * window.size[1]))]);
    },
  },
  /** Each dy, over the number of elements of its window, goes to all of them. */
  AvgPoolGrad: {
    lower({ graph, inputs: { dy, input }, attributes }) {
      const window = windowOf(input, attributes);
      const area = window.size[0] * window.size[1];
      const [batch, height, width, channels] = input.shape;
      if (isTiled(window)) {
        const share = graph.elementwise("Mul", [dy, graph.scalar(1 / area)]);
        return joined(graph, Array(area).fill(share), window);
      }
      const images = graph.reshape(channelsFirst(graph, dy), [batch * channels, 1, ...window.places]);
      const filter = graph.splat(1 / area, { dtype: "float32", shape: [1, 1, ...window.size] });
      const dx = convolveBack(graph, images, filter, { window, image: [height, width] });
      return channelsLast(graph, graph.reshape(dx, [batch, channels, height, width]));
    },
  },
};
