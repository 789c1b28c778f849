/**
 * Large convolutions with images that have their places first, `[height, width, batch, channels]`: what
 * windows see at one place in them is then a few long pieces of the image, and each place's share of the
 * result a product of matrices.
 */
import { type Graph, PLACES_FIRST, type Value } from "../_graph.ts";
import type { Sliding } from "./convolution.ts";
import { type Factor, matMul } from "./matrix.ts";
import { concat, pad, slice } from "./shape.ts";

/** [batch, height, width, channels] → [height, width, batch, channels]. */
export const placesFirst = (graph: Graph, x: Value): Value => graph.transpose(x, [1, 2, 0, 3]);
/** The inverse of {@link placesFirst}. */
export const placesLast = (graph: Graph, x: Value): Value => graph.transpose(x, PLACES_FIRST);

/** Limits of {@link isForShifts}, measured. */
const MANY_CHANNELS = 16;
/** Fewer channels are put side by side for one product. */
export const FEW_CHANNELS = 8;
const MANY_IMAGES = 8;
const MANY_PLACES = 8192;

/**
 * Whether a convolution is done by shifts: windows are small, and there is so much to do that the products
 * are large. Those that skip no places and have still more channels go by Winograd's method.
 */
export function isForShifts(
  { size, strides, places }: Sliding,
  { image: [batch], filter: [, , inputs, outputs] }: {
    image: readonly number[];
    filter: readonly number[];
  },
): boolean {
  if (size.some((length) => length < 2 || length > 3) || outputs < MANY_CHANNELS || batch < MANY_IMAGES) {
    return false;
  }
  if (strides.some((step) => step > 1)) return inputs >= MANY_CHANNELS;
  return batch * places[0] * places[1] >= MANY_PLACES && (inputs >= MANY_CHANNELS || inputs < FEW_CHANNELS);
}

/** What all windows see at each place in them (row by row), `[places · images, channels]`. */
export function shifted(
  graph: Graph,
  x: Value,
  { size, strides, dilations, before, after, places }: Sliding,
): Value[] {
  const image = placesFirst(graph, x), [, , batch, channels] = image.shape;
  const wide = pad(graph, image, [[before[0], after[0]], [before[1], after[1]]], 0);
  return Array.from({ length: size[0] * size[1] }, (_, k) => {
    const from = [Math.floor(k / size[1]) * dilations[0], k % size[1] * dilations[1]];
    const end = from.map((first, i) => first + (places[i] - 1) * strides[i] + 1);
    const part = slice(graph, wide, {
      begin: [...from, 0, 0],
      end: [...end, batch, channels],
      strides: [...strides, 1, 1],
    });
    return graph.reshape(part, [places[0] * places[1] * batch, channels]);
  });
}

/** A filter's matrices `[in, out]`, one per place in the window. */
function filtersOf(graph: Graph, filter: Value): readonly Value[] {
  const [height, width, inputs, outputs] = filter.shape;
  const sizes = Array<number>(height * width).fill(inputs);
  return graph.multiNode(
    "Split",
    [graph.reshape(filter, [height * width * inputs, outputs]), graph.ints(sizes)],
    { axis: 0 },
    sizes.map((inputs) => ({ dtype: "float32", shape: [inputs, outputs] })),
  );
}

/** Σ of products; each adds to the sum of those before it (see optimise). */
function sumOfProducts(graph: Graph, factors: readonly (readonly [Factor, Factor])[], start?: Value): Value {
  return factors.reduce((sum: Value | undefined, [left, right]) => {
    const y = matMul(graph, left, right);
    return sum === undefined ? y : graph.elementwise("Add", [y, sum]);
  }, start)!;
}

const plain = (value: Value): Factor => ({ value, transposed: false });

/** The convolution of images `[batch, height, width, in]`; the bias has one number per channel out. */
export function convolveByShifts(
  graph: Graph,
  x: Value,
  filter: Value,
  { window, bias }: { window: Sliding; bias?: Value },
): Value {
  const [height, width, inputs, outputs] = filter.shape;
  const seen = shifted(graph, x, window);
  const matrix = () => graph.reshape(filter, [height * width * inputs, outputs]);
  const factors = inputs < FEW_CHANNELS
    ? [[plain(concat(graph, seen, 1)), plain(matrix())] as const]
    : filtersOf(graph, filter).map((part, k) => [plain(seen[k]), plain(part)] as const);
  const sum = sumOfProducts(graph, factors, bias);
  return placesLast(graph, graph.reshape(sum, [...window.places, x.shape[0], outputs]));
}

/** Whether {@link convolveBackByShifts} is for a window: it skips nothing, and pads less than its size. */
export function canGoBackByShifts({ size, strides, dilations, before }: Sliding, channels: number): boolean {
  return channels >= MANY_CHANNELS && [...strides, ...dilations].every((step) => step === 1) &&
    before.every((zeros, i) => zeros < size[i]);
}

/** The gradient of {@link convolveByShifts} with respect to the images: dy with the filter reversed. */
export function convolveBackByShifts(
  graph: Graph,
  dy: Value,
  filter: Value,
  { window, image }: { window: Sliding; image: readonly number[] },
): Value {
  const [batch, height, width, inputs] = image, { size, places } = window;
  const before = size.map((length, i) => length - 1 - window.before[i]) as [number, number];
  const after = [height, width].map((length, i) => length + size[i] - 1 - places[i] - before[i]);
  const seen = shifted(graph, dy, {
    ...window,
    before,
    after: [Math.max(0, after[0]), Math.max(0, after[1])],
    places: [height, width],
  });
  const filters = filtersOf(graph, filter).toReversed();
  const factors = filters.map((value, k) => [plain(seen[k]), { value, transposed: true }] as const);
  const sum = sumOfProducts(graph, factors);
  return placesLast(graph, graph.reshape(sum, [height, width, batch, inputs]));
}
