/**
 * Kernels that TensorFlow.js's `cpu` backend and onnxruntime do in different ways where numbers are not
 * finite. Here and in the lowerings (`lib/compile/_kernels`) they follow one rule each:
 *
 * - **Convolutions** with padding: a channel whose filter (for the gradient of a filter: whose gradient)
 *   holds a number that is not finite is NaN, as some engines multiply padding with it and others leave it
 *   out.
 * - **MaxPool**: NaN is the largest number, so that a window with NaN is NaN. The gradient goes to the first
 *   NaN, or else to the first maximum. Where small windows lie side by side, which have the fastest lowering,
 *   it goes to the last element of a window with NaN, and is NaN in all of a window if it is not finite.
 * - **ResizeBilinear**: four pixels with their shares, of which 0 · ∞ is NaN; onnxruntime's choice of pixels.
 * - **TopK**: NaN counts as +∞; of equals the first comes first.
 * - **SearchSorted** counts the elements before a value, also where the sequence is not in order.
 * - **Pow**: 1 to the power of anything is 1, and so is −1 to the power of ±∞, as in C.
 */
import { type Call, replace, type Values } from "./_kernels.ts";
import { tf } from "./_tf.ts";

type Shape4 = [number, number, number, number];
type Info = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

const valuesOf = ({ backend }: Call, { dataId }: tf.TensorInfo): Values => backend.readSync(dataId);

/** Writes NaN into the channels of a result whose factor holds a number that is not finite. */
function poison(
  call: Call,
  result: tf.TensorInfo,
  options: { readonly factor: tf.TensorInfo; readonly kept: number; readonly channelsFirst?: boolean },
): void {
  const { factor, kept, channelsFirst = false } = options;
  const count = tf.util.sizeFromShape(factor.shape.slice(-kept));
  const wrong = new Set<number>();
  valuesOf(call, factor).forEach((value, i) => {
    if (!Number.isFinite(value)) wrong.add(i % count);
  });
  if (wrong.size === 0) return;
  const area = channelsFirst ? tf.util.sizeFromShape(result.shape.slice(2)) : 1;
  const values = valuesOf(call, result);
  for (let i = 0; i < values.length; i++) if (wrong.has(Math.floor(i / area) % count)) values[i] = NaN;
}

const isPadded = ({ padInfo: { top, bottom, left, right } }: Info): boolean =>
  top + bottom + left + right > 0;

const DEPTHWISE = /^(Fused)?Depthwise/;

for (
  const kernel of [
    "Conv2D",
    "FusedConv2D",
    "Conv2DBackpropFilter",
    "DepthwiseConv2dNative",
    "FusedDepthwiseConv2D",
    "DepthwiseConv2dNativeBackpropFilter",
  ]
) {
  const depthwise = DEPTHWISE.test(kernel);
  replace(kernel, (original) => (call) => {
    const { inputs: { x, filter, dy }, attrs } = call;
    const result = original(call);
    const channelsFirst = attrs.dataFormat === "NCHW";
    const info = tf.backend_util.computeConv2DInfo(
      x.shape as Shape4,
      (filter?.shape ?? attrs.filterShape) as Shape4,
      attrs.strides as number,
      (attrs.dilations ?? 1) as number,
      attrs.pad as number,
      attrs.dimRoundingMode as "floor" | undefined,
      depthwise,
      channelsFirst && !depthwise ? "channelsFirst" : "channelsLast",
    );
    if (!isPadded(info)) return result;
    if (filter !== undefined) {
      poison(call, result, { factor: filter, kept: depthwise ? 2 : 1, channelsFirst });
    } else poisonFilter(call, result, { dy, channelsFirst });
    return result;
  });
}

/** As {@link poison} for the gradient of a filter: its last axes are the channels of `dy`. */
function poisonFilter(
  call: Call,
  result: tf.TensorInfo,
  { dy, channelsFirst }: { readonly dy: tf.TensorInfo; readonly channelsFirst: boolean },
): void {
  const [axis, area] = channelsFirst ? [1, tf.util.sizeFromShape(dy.shape.slice(2))] : [3, 1];
  const count = dy.shape[axis];
  const values = valuesOf(call, result);
  valuesOf(call, dy).forEach((value, i) => {
    if (Number.isFinite(value)) return;
    for (let k = Math.floor(i / area) % count; k < values.length; k += count) values[k] = NaN;
  });
}

/** For each window the place of its maximum in `[batch, height, width, channels]`; −1: all is padding. */
function placesOfMaxima(values: Values, shape: readonly number[], info: Info): Int32Array {
  const [batch, height, width, channels] = shape;
  const { outHeight, outWidth, strideHeight, strideWidth, filterHeight, filterWidth, padInfo } = info;
  const places = new Int32Array(batch * outHeight * outWidth * channels);
  for (let to = 0; to < places.length; to++) {
    const [channel, column, row] = [
      to % channels,
      Math.floor(to / channels) % outWidth,
      Math.floor(to / channels / outWidth) % outHeight,
    ];
    const image = Math.floor(to / channels / outWidth / outHeight);
    const [top, left] = [row * strideHeight - padInfo.top, column * strideWidth - padInfo.left];
    let best = -1;
    for (let i = Math.max(0, top); i < Math.min(height, top + filterHeight); i++) {
      for (let j = Math.max(0, left); j < Math.min(width, left + filterWidth); j++) {
        const at = ((image * height + i) * width + j) * channels + channel;
        if (best < 0 || isAbove(values[at], values[best])) best = at;
      }
    }
    places[to] = best;
  }
  return places;
}

/** Whether a number comes before another that stands before it: NaN is the largest. */
const isAbove = (value: number, other: number): boolean =>
  value > other || Number.isNaN(value) && !Number.isNaN(other);

function poolInfo(x: tf.TensorInfo, { filterSize, strides, pad, dimRoundingMode }: Call["attrs"]): Info {
  return tf.backend_util.computePool2DInfo(
    x.shape as Shape4,
    filterSize as number,
    strides as number,
    1,
    pad as number,
    dimRoundingMode as "floor" | undefined,
  );
}

/** The maxima, and their places. */
function maxima(call: Call, x: tf.TensorInfo): { y: tf.TensorInfo; places: Int32Array; info: Info } {
  const info = poolInfo(x, call.attrs), values = valuesOf(call, x);
  const places = placesOfMaxima(values, x.shape, info);
  const y = Array.from(places, (at) => at < 0 ? -Infinity : values[at]);
  const own = x.dtype === "int32" ? Int32Array.from(y) : Float32Array.from(y);
  return { y: call.backend.makeTensorInfo(info.outShape, x.dtype, own), places, info };
}

replace("MaxPool", () => (call) => maxima(call, call.inputs.x).y);

replace<tf.TensorInfo[]>("MaxPoolWithArgmax", () => (call) => {
  const { x } = call.inputs, { y, places, info } = maxima(call, x);
  const size = tf.util.sizeFromShape(x.shape.slice(1));
  const own = call.attrs.includeBatchInIndex ? places : places.map((at) => at < 0 ? at : at % size);
  return [y, call.backend.makeTensorInfo(info.outShape, "int32", own)];
});

/** Whether the lowering takes windows for tiles: side by side, without padding, of nine elements at most. */
function isTiled({ filterHeight, filterWidth, strideHeight, strideWidth, padInfo, ...info }: Info): boolean {
  const { inHeight, inWidth, outHeight, outWidth } = info;
  return filterHeight === strideHeight && filterWidth === strideWidth && filterHeight * filterWidth <= 9 &&
    padInfo.top === 0 && padInfo.left === 0 &&
    outHeight * filterHeight <= inHeight && outWidth * filterWidth <= inWidth;
}

replace("MaxPoolGrad", () => (call) => {
  const { dy, input } = call.inputs, info = poolInfo(input, call.attrs);
  const values = valuesOf(call, input), { shape } = input;
  const places = placesOfMaxima(values, shape, info);
  const sums = new Float64Array(tf.util.sizeFromShape(shape));
  const tiled = isTiled(info), [, height, width, channels] = shape;
  valuesOf(call, dy).forEach((value, i) => {
    const at = places[i];
    if (at < 0) return;
    if (!tiled || Number.isFinite(value) && !Number.isNaN(values[at])) {
      sums[at] += value;
      return;
    }
    const [channel, column, row] = [
      at % channels,
      Math.floor(at / channels) % width,
      Math.floor(at / channels / width) % height,
    ];
    const image = Math.floor(at / channels / width / height);
    const { filterHeight, filterWidth } = info;
    const [top, left] = [row - row % filterHeight, column - column % filterWidth];
    // rest · [element = maximum] to each in turn, and what is left to the last.
    let rest = value;
    for (let k = 0; k < filterHeight * filterWidth; k++) {
      const [y, x] = [top + Math.floor(k / filterWidth), left + k % filterWidth];
      const to = ((image * height + y) * width + x) * channels + channel;
      const share = k === filterHeight * filterWidth - 1 ? rest : rest * Number(values[to] === values[at]);
      sums[to] += share;
      rest -= share;
    }
  });
  return call.backend.makeTensorInfo(shape, "float32", Float32Array.from(sums));
});

/** For each element of a resized axis two sources and their shares. */
function sources(
  length: number,
  resized: number,
  { alignCorners, halfPixelCenters }: Call["attrs"],
): readonly (readonly [first: number, second: number, firstShare: number, secondShare: number])[] {
  const ratio = alignCorners ? resized > 1 ? (length - 1) / (resized - 1) : 0 : length / resized;
  return Array.from({ length: resized }, (_, i) => {
    const wanted = ratio === 1 || !halfPixelCenters ? ratio * i : ratio * (i + 0.5) - 0.5;
    const place = Math.min(Math.max(wanted, 0), length - 1), first = Math.floor(place);
    const second = Math.min(first + 1, length - 1);
    return first === second ? [first, second, 0.5, 0.5] : [first, second, second - place, place - first];
  });
}

replace("ResizeBilinear", () => (call) => {
  const { inputs: { images }, attrs, backend } = call;
  const [batch, height, width, channels] = images.shape;
  const [rows, columns] = attrs.size as [number, number];
  const values = valuesOf(call, images), shape = [batch, rows, columns, channels];
  if (rows === height && columns === width) {
    return backend.makeTensorInfo(shape, "float32", Float32Array.from(values));
  }
  const down = sources(height, rows, attrs), across = sources(width, columns, attrs);
  const result = new Float32Array(batch * rows * columns * channels);
  for (let to = 0; to < result.length; to++) {
    const [channel, pixel] = [to % channels, Math.floor(to / channels)];
    const [top, bottom, topShare, bottomShare] = down[Math.floor(pixel / columns) % rows];
    const [left, right, leftShare, rightShare] = across[pixel % columns];
    const image = Math.floor(pixel / columns / rows) * height;
    const at = (row: number, column: number) => values[((image + row) * width + column) * channels + channel];
    result[to] = topShare * (leftShare * at(top, left) + rightShare * at(top, right)) +
      bottomShare * (leftShare * at(bottom, left) + rightShare * at(bottom, right));
  }
  return backend.makeTensorInfo(shape, "float32", result);
});

replace<tf.TensorInfo[]>("TopK", () => (call) => {
  const { inputs: { x }, attrs, backend } = call;
  const k = attrs.k as number, length = x.shape[x.shape.length - 1];
  const values = valuesOf(call, x), rows = length === 0 ? 0 : values.length / length;
  const indices = new Int32Array(rows * k), found = values.slice(0, rows * k);
  for (let row = 0; row < rows; row++) {
    const own = values.subarray(row * length, (row + 1) * length);
    const numbers = Float64Array.from(own, (value) => Number.isNaN(value) ? Infinity : value);
    const order = Array.from(own, (_, i) => i)
      .sort((i, j) => numbers[i] === numbers[j] ? i - j : numbers[j] - numbers[i]);
    for (let i = 0; i < k; i++) {
      indices[row * k + i] = order[i];
      found[row * k + i] = own[order[i]];
    }
  }
  const shape = [...x.shape.slice(0, -1), k];
  return [backend.makeTensorInfo(shape, x.dtype, found), backend.makeTensorInfo(shape, "int32", indices)];
});

replace("SearchSorted", () => (call) => {
  const { inputs: { sortedSequence, values }, attrs: { side }, backend } = call;
  const [rows, length] = sortedSequence.shape, wanted = values.shape[1];
  const sequence = valuesOf(call, sortedSequence);
  const counts = Int32Array.from(valuesOf(call, values), (value, i) => {
    const from = Math.floor(i / wanted) * length;
    let count = 0;
    for (let k = from; k < from + length; k++) {
      if (side === "left" ? sequence[k] < value : sequence[k] <= value) count++;
    }
    return count;
  });
  return backend.makeTensorInfo([rows, wanted], "int32", counts);
});

replace("Pow", (original) => (call) => {
  const { inputs: { a, b } } = call;
  const result = original(call), values = valuesOf(call, result);
  if (result.dtype !== "float32" || !(values as Float32Array).some(Number.isNaN)) return result;
  const [base, exponent] = [a, b].map((operand) => broadcast(call, operand, result.shape));
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [base(i), exponent(i)];
    if (x === 1 || x === -1 && Math.abs(y) === Infinity) values[i] = 1;
  }
  return result;
});

/** The element of an operand that belongs to the `i`-th of a shape that it was broadcast to. */
function broadcast(call: Call, operand: tf.TensorInfo, shape: readonly number[]): (i: number) => number {
  const values = valuesOf(call, operand), own = operand.shape;
  return (i) => {
    let at = 0, stride = 1;
    for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
      const length = own[axis - shape.length + own.length] ?? 1;
      if (length > 1) at += rest % shape[axis] * stride;
      stride *= length;
      rest = Math.floor(rest / shape[axis]);
    }
    return values[at];
  };
}
