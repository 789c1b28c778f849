/**
 * Convolutions. ONNX convolves `[batch, channels, height, width]` with filters `[out, in, height, width]`;
 * TensorFlow.js has channels last and filters `[height, width, in, out]`.
 */
import { tf } from "../../tensor/mod.ts";
import { type Attributes, type Graph, sizeOf, type Value } from "../_graph.ts";
import { convolveAsIs, convolveBackAsIs, convolveFilterAsIs } from "./as_is.ts";
import { activate, matMul } from "./matrix.ts";
import { reduce } from "./reduction.ts";
import type { KernelCall, KernelRow, KernelRows } from "./row.ts";
import {
  canGoBackByShifts,
  convolveBackByShifts,
  convolveByShifts,
  FEW_CHANNELS,
  isForShifts,
  placesFirst,
  shifted,
} from "./shifts.ts";
import { concat, pad, slice } from "./shape.ts";
import { convolveBackByTiles, convolveByTiles, convolveFilterByTiles, winograd } from "./winograd.ts";

type Pair = readonly [height: number, width: number];

/** How a window moves over an image, height first. */
export interface Sliding {
  readonly size: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  /** Zeros before the image. */
  readonly before: Pair;
  /** Zeros after the image, as many as the last window reaches. */
  readonly after: Pair;
  /** Rows and columns at the end that no window reaches. */
  readonly unused: Pair;
  /** Number of places. */
  readonly places: Pair;
  /** Whether there is any padding, be it beyond the last window. */
  readonly padded: boolean;
}

type Info = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/** What TensorFlow.js works out for a window, as ONNX needs it. */
export function sliding(info: Info): Sliding {
  const axis = (length: number, places: number, reach: number, stride: number, before: number) => {
    const after = (places - 1) * stride + reach - length - before;
    return { after: Math.max(0, after), unused: Math.max(0, -after) };
  };
  const { padInfo: { top, bottom, left, right } } = info;
  const rows = axis(info.inHeight, info.outHeight, info.effectiveFilterHeight, info.strideHeight, top);
  const columns = axis(info.inWidth, info.outWidth, info.effectiveFilterWidth, info.strideWidth, left);
  return {
    size: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    before: [top, left],
    after: [rows.after, columns.after],
    unused: [rows.unused, columns.unused],
    places: [info.outHeight, info.outWidth],
    padded: top + bottom + left + right > 0,
  };
}

/**
 * What is added to each channel of a result that had padding: 0, or NaN where the channel's factor (a filter,
 * or a gradient in a filter's place) holds a number that is not finite. Engines differ in whether padding is
 * multiplied with it, 0 · ∞, or left out.
 *
 * @param kept How many axes at the end of the factor count the channels.
 */
function poison(graph: Graph, factor: Value, kept = 1): Value {
  const axes = factor.shape.slice(0, -kept).map((_, axis) => axis);
  return graph.elementwise("Mul", [reduce(graph, "ReduceSum", factor, { axes }), graph.scalar(0)]);
}

/** ONNX's attributes of a window. */
export const windowAttributes = ({ size, strides, dilations, before, after }: Sliding): Attributes => ({
  kernel_shape: size,
  strides,
  dilations,
  pads: [...before, ...after],
});

/** [batch, height, width, channels] → [batch, channels, height, width]. */
export const channelsFirst = (graph: Graph, x: Value): Value => graph.transpose(x, [0, 3, 1, 2]);
/** The inverse of {@link channelsFirst}. */
export const channelsLast = (graph: Graph, x: Value): Value => graph.transpose(x, [0, 2, 3, 1]);

/** Leaves out the rows and columns of an image (channels first) that a window never reaches. */
export function reached(graph: Graph, x: Value, { unused, strides }: Sliding): Value {
  // Fewer than a stride: ONNX leaves them out itself.
  const cut = unused.map((count, i) => count < strides[i] ? 0 : count);
  return slice(graph, x, {
    begin: [0, 0, 0, 0],
    end: [x.shape[0], x.shape[1], x.shape[2] - cut[0], x.shape[3] - cut[1]],
    strides: [1, 1, 1, 1],
  });
}

/** An ONNX Conv, channels first. `groups` divides the channels; the bias has one number per channel out. */
function convolve(graph: Graph, x: Value, filter: Value, { window, groups = 1, bias }: Biased): Value {
  const shape = [x.shape[0], filter.shape[0], ...window.places];
  const attributes = { ...windowAttributes(window), group: groups };
  const inputs = [reached(graph, x, window), filter, ...bias === undefined ? [] : [bias]];
  return graph.node("Conv", inputs, { dtype: "float32", shape }, attributes);
}

/**
 * The gradient of {@link convolve} with respect to its input of shape `[…, height, width]`, channels first.
 */
export function convolveBack(
  graph: Graph,
  dy: Value,
  filter: Value,
  options: Grouped & { image: Pair },
): Value {
  const { window, groups = 1, image } = options;
  const { unused, strides } = window;
  const channels = filter.shape[1] * groups;
  const own = unused.map((count, i) => count < strides[i] ? count : 0);
  const shape = [dy.shape[0], channels, ...image.map((length, i) => length - unused[i] + own[i])];
  const attributes = { ...windowAttributes(window), group: groups, output_padding: own };
  const dx = graph.node("ConvTranspose", [dy, filter], { dtype: "float32", shape }, attributes);
  return pad(graph, dx, [[0, 0], [0, 0], [0, image[0] - shape[2]], [0, image[1] - shape[3]]], 0);
}

/**
 * The gradient of {@link convolve} with respect to its filter: the image convolved with dy, where the batch
 * takes the place of the channels, and strides and dilations change places.
 *
 * @param x `[in, batch, height, width]`, with groups `[1, groups · batch, height, width]`.
 * @param dy `[out, batch, …]`.
 * @returns `[in, out, height, width]` of the filter.
 */
function convolveFilter(graph: Graph, x: Value, dy: Value, { window, groups = 1, bias }: Biased): Value {
  const { size, strides, dilations, before, after, unused, places } = window;
  const cut = slice(graph, x, {
    begin: [0, 0, 0, 0],
    end: [x.shape[0], x.shape[1], x.shape[2] - unused[0], x.shape[3] - unused[1]],
    strides: [1, 1, 1, 1],
  });
  const shape = [x.shape[0], dy.shape[0], ...size];
  const inputs = [cut, dy, ...bias === undefined ? [] : [bias]];
  return graph.node("Conv", inputs, { dtype: "float32", shape }, {
    kernel_shape: places,
    strides: dilations,
    dilations: strides,
    pads: [...before, ...after],
    group: groups,
  });
}

/**
 * What all windows see at each place in them (row by row): `[images · places, channels]`; `x` has channels
 * last.
 */
function patches(
  graph: Graph,
  x: Value,
  { size, strides, dilations, before, after, places }: Sliding,
): Value[] {
  const wide = pad(graph, x, [[0, 0], [before[0], after[0]], [before[1], after[1]], [0, 0]], 0);
  const [batch, , , channels] = x.shape;
  return Array.from({ length: size[0] * size[1] }, (_, k) => {
    const from = [Math.floor(k / size[1]) * dilations[0], k % size[1] * dilations[1]];
    const end = from.map((first, i) => first + (places[i] - 1) * strides[i] + 1);
    const part = slice(graph, wide, {
      begin: [0, ...from, 0],
      end: [batch, ...end, channels],
      strides: [1, ...strides, 1],
    });
    return graph.reshape(part, [batch * places[0] * places[1], channels]);
  });
}

/** An image or filter, or a gradient of one, as a matrix whose columns are its last axis. */
const matrixOf = (graph: Graph, x: Value): Value => {
  const columns = x.shape[x.shape.length - 1];
  return graph.reshape(x, [sizeOf(x.shape) / columns, columns]);
};

/** A value plus a bias, if there is one. */
const biased = (graph: Graph, x: Value, bias: Value | undefined): Value =>
  bias === undefined ? x : graph.elementwise("Add", [x, bias]);

interface Grouped {
  readonly window: Sliding;
  readonly groups?: number;
}

interface Biased extends Grouped {
  readonly bias?: Value;
}

type ConvAttributes = KernelCall["attributes"];

/** The window of a convolution; `shapes` are those of the image and the filter as TensorFlow.js has them. */
function windowOf(
  attributes: ConvAttributes,
  shapes: { image: readonly number[]; filter: readonly number[]; depthwise?: boolean },
): Sliding {
  const { strides, pad, dimRoundingMode, dilations } = attributes;
  return sliding(tf.backend_util.computeConv2DInfo(
    shapes.image as [number, number, number, number],
    shapes.filter as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    shapes.depthwise ?? false,
    isFirst(attributes) && !shapes.depthwise ? "channelsFirst" : "channelsLast",
  ));
}

/** Whether images have their channels first. */
const isFirst = ({ dataFormat }: ConvAttributes): boolean => dataFormat === "NCHW";

const toFirst = (graph: Graph, x: Value, attributes: ConvAttributes): Value =>
  isFirst(attributes) ? x : channelsFirst(graph, x);
const fromFirst = (graph: Graph, x: Value, attributes: ConvAttributes): Value =>
  isFirst(attributes) ? x : channelsLast(graph, x);

/** Whether each window is a single element and there is one for each: a product of matrices. */
const isPointwise = ({ size, strides, before, after }: Sliding): boolean =>
  [...size, ...strides].every((length) => length === 1) &&
  [...before, ...after].every((length) => length === 0);

/** Whether a convolution is left to who runs the graph. Those of single places are products of matrices. */
const isAsIs = (graph: Graph, window: Sliding, attributes: ConvAttributes): boolean =>
  graph.convolves && !isFirst(attributes) && !isPointwise(window);

/**
 * Images of fewer places are convolved faster by one product of matrices (measured: 16 places 1.6 times, 64
 * equal).
 */
const FEW_PLACES = 16;

/** What Winograd's method needs, where it is the fastest. */
const tilesOf = (
  graph: Graph,
  window: Sliding,
  { attributes, ...shapes }: {
    attributes: ConvAttributes;
    image: readonly number[];
    filter: readonly number[];
  },
) => isFirst(attributes) ? undefined : winograd(graph, window, shapes);

function conv2D({ graph, inputs: { x, filter }, attributes }: KernelCall): Value {
  const window = windowOf(attributes, { image: x.shape, filter: filter.shape });
  const [height, width] = window.places;
  const tiles = tilesOf(graph, window, { image: x.shape, filter: filter.shape, attributes });
  if (tiles !== undefined) return convolveByTiles(graph, x, filter, tiles);
  const bias = window.padded ? poison(graph, filter) : undefined;
  if (isAsIs(graph, window, attributes)) return convolveAsIs(graph, x, filter, { window, bias });
  if (!isFirst(attributes) && isForShifts(window, { image: x.shape, filter: filter.shape })) {
    return convolveByShifts(graph, x, filter, { window, bias });
  }
  if (!isFirst(attributes) && (isPointwise(window) || height * width <= FEW_PLACES)) {
    const seen = concat(graph, patches(graph, x, window), 1);
    const factor = { value: matrixOf(graph, filter), transposed: false };
    const y = biased(graph, matMul(graph, { value: seen, transposed: false }, factor), bias);
    return graph.reshape(y, [x.shape[0], height, width, filter.shape[3]]);
  }
  const weight = graph.transpose(filter, [3, 2, 0, 1]);
  const y = convolve(graph, toFirst(graph, x, attributes), weight, { window, bias });
  return fromFirst(graph, y, attributes);
}

function conv2DBackpropInput({ graph, inputs: { dy, filter }, attributes }: KernelCall): Value {
  const image = attributes.inputShape as readonly number[];
  const window = windowOf(attributes, { image, filter: filter.shape });
  const tiles = tilesOf(graph, window, { image, filter: filter.shape, attributes });
  if (tiles !== undefined) return convolveBackByTiles(graph, dy, filter, tiles);
  if (isAsIs(graph, window, attributes)) return convolveBackAsIs(graph, dy, filter, { window, image });
  if (
    !isFirst(attributes) && isForShifts(window, { image, filter: filter.shape }) &&
    canGoBackByShifts(window, image[3])
  ) {
    return convolveBackByShifts(graph, dy, filter, { window, image });
  }
  if (!isFirst(attributes) && isPointwise(window)) {
    const factor = { value: matrixOf(graph, filter), transposed: true };
    const dx = matMul(graph, { value: matrixOf(graph, dy), transposed: false }, factor);
    return graph.reshape(dx, image);
  }
  const weight = graph.transpose(filter, [3, 2, 0, 1]);
  const [height, width] = isFirst(attributes) ? image.slice(2) : image.slice(1);
  const options = { window, image: [height, width] as const };
  return fromFirst(graph, convolveBack(graph, toFirst(graph, dy, attributes), weight, options), attributes);
}

/**
 * Limits of {@link conv2DBackpropFilter}, measured on 11 shapes (64 images of 4 to 64 pixels square, 1 to 256
 * channels).
 */
const SMALL_WINDOW = 9;

/**
 * The gradient of a filter. Products of matrices are the fastest (one per element of the window, or a single
 * one where the channels are few), twice as fast as a convolution; only large windows on few channels are
 * better convolved.
 */
function conv2DBackpropFilter({ graph, inputs, attributes }: KernelCall): Value {
  const [x, dy] = [inputs.x, inputs.dy].map((y) => isFirst(attributes) ? channelsLast(graph, y) : y);
  const shape = attributes.filterShape as readonly number[];
  const window = windowOf(attributes, { image: inputs.x.shape, filter: shape });
  const [height, width, channels] = shape;
  const tiles = tilesOf(graph, window, { image: inputs.x.shape, filter: shape, attributes });
  if (tiles !== undefined) return convolveFilterByTiles(graph, x, dy, tiles);
  const bias = window.padded ? poison(graph, dy) : undefined;
  if (isAsIs(graph, window, attributes)) return convolveFilterAsIs(graph, x, dy, { window, bias });
  if (channels < FEW_CHANNELS && height * width > SMALL_WINDOW) {
    const [images, filters] = [x, dy].map((y) => graph.transpose(y, [3, 0, 1, 2]));
    const dw = convolveFilter(graph, images, filters, { window, bias });
    return graph.transpose(dw, [2, 3, 0, 1]);
  }
  const shifts = !isFirst(attributes) && isForShifts(window, { image: x.shape, filter: shape });
  const seen = shifts ? shifted(graph, x, window) : patches(graph, x, window);
  const factors = channels < FEW_CHANNELS ? [concat(graph, seen, 1)] : seen;
  const rows = matrixOf(graph, shifts ? placesFirst(graph, dy) : dy);
  const columns = { value: rows, transposed: false };
  const parts = factors.map((value) =>
    biased(graph, matMul(graph, { value, transposed: true }, columns), bias)
  );
  return graph.reshape(concat(graph, parts, 0), shape);
}

/** Filters `[height, width, in, multiplier]` as ONNX wants them for as many groups as channels. */
function depthwiseFilter(graph: Graph, filter: Value): Value {
  const [height, width, channels, multiplier] = filter.shape;
  return graph.reshape(graph.transpose(filter, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
}

function depthwise({ graph, inputs: { x, filter }, attributes }: KernelCall): Value {
  const window = windowOf(attributes, { image: x.shape, filter: filter.shape, depthwise: true });
  const weight = depthwiseFilter(graph, filter);
  const bias = window.padded ? graph.reshape(poison(graph, filter, 2), [weight.shape[0]]) : undefined;
  const options = { window, groups: x.shape[3], bias };
  return channelsLast(graph, convolve(graph, channelsFirst(graph, x), weight, options));
}

/** A convolution with bias and activation. */
function fused(convolution: (call: KernelCall) => Value): KernelRow {
  return {
    lower(call) {
      const { graph, inputs: { bias, preluActivationWeights: alpha }, attributes } = call;
      const y = convolution(call);
      return activate(graph, bias === undefined ? y : graph.elementwise("Add", [y, bias]), {
        attributes,
        alpha,
      });
    },
  };
}

export const CONVOLUTION: KernelRows = {
  Conv2D: { lower: conv2D },
  FusedConv2D: fused(conv2D),
  Conv2DBackpropInput: { lower: conv2DBackpropInput },
  Conv2DBackpropFilter: { lower: conv2DBackpropFilter },
  DepthwiseConv2dNative: { lower: depthwise },
  FusedDepthwiseConv2D: fused(depthwise),
  DepthwiseConv2dNativeBackpropInput: {
    lower({ graph, inputs: { dy, filter }, attributes }) {
      const image = attributes.inputShape as readonly number[];
      const window = windowOf(attributes, { image, filter: filter.shape, depthwise: true });
      return channelsLast(
        graph,
        convolveBack(graph, channelsFirst(graph, dy), depthwiseFilter(graph, filter), {
          window,
          groups: image[3],
          image: [image[1], image[2]],
        }),
      );
    },
  },
  DepthwiseConv2dNativeBackpropFilter: {
    lower({ graph, inputs: { x, dy }, attributes }) {
      const filter = attributes.filterShape as readonly number[];
      const window = windowOf(attributes, { image: x.shape, filter, depthwise: true });
      const [batch, height, width, channels] = x.shape;
      const images = graph.reshape(graph.transpose(x, [3, 0, 1, 2]), [1, channels * batch, height, width]);
      const bias = window.padded ? poison(graph, dy) : undefined;
      const dw = convolveFilter(graph, images, graph.transpose(dy, [3, 0, 1, 2]), {
        window,
        groups: channels,
        bias,
      });
      return graph.transpose(graph.reshape(dw, [channels, filter[3], ...window.size]), [2, 3, 0, 1]);
    },
  },
};
