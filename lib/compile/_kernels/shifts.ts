/**
 * Large convolutions with images that have their places first, `[height, width, batch, channels]`: what
 * windows see at one place in them is then a few long pieces of the image, and each place's share of the
 * result a product of matrices.
 */
import { type Graph, PLACES_FIRST, type Value } from "../_graph.ts";
import type { Sliding } from "./convolution.ts";
import { matMul } from "./matrix.ts";
import { pad, slice } from "./shape.ts";

/** [batch, height, width, channels] → [height, width, batch, channels]. */
export const placesFirst = (graph: Graph, x: Value): Value => graph.transpose(x, [1, 2, 0, 3]);
/** The inverse of {@link placesFirst}. */
export const placesLast = (graph: Graph, x: Value): Value => graph.transpose(x, PLACES_FIRST);

/** Limits of {@link isForShifts}: the least number of channels in and out, and of images. */
const MANY_CHANNELS = 16;
const MANY_IMAGES = 8;

/**
 * Whether a convolution is done by shifts: windows are small and skip places, as where a network halves its
 * images, and channels are many. Those that skip none go by Winograd's method.
 */
export function isForShifts(
  { size, strides }: Sliding,
  { image, filter }: { image: readonly number[]; filter: readonly number[] },
): boolean {
  const small = size.every((length) => length > 1 && length <= 3);
  const [, , inputs, outputs] = filter;
  return small && strides.some((step) => step > 1) && Math.min(inputs, outputs) >= MANY_CHANNELS &&
    image[0] >= MANY_IMAGES;
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

/** The convolution of images `[batch, height, width, in]`; the bias has one number per channel out. */
export function convolveByShifts(
  graph: Graph,
  x: Value,
  filter: Value,
  { window, bias }: { window: Sliding; bias?: Value },
): Value {
  const [height, width, inputs, outputs] = filter.shape;
  const filters = graph.multiNode(
    "Split",
    [
      graph.reshape(filter, [height * width * inputs, outputs]),
      graph.ints(Array(height * width).fill(inputs)),
    ],
    { axis: 0 },
    Array(height * width).fill({ dtype: "float32", shape: [inputs, outputs] }),
  );
  // Each product adds to the sum of those before it (see optimise).
  const sum = shifted(graph, x, window).reduce((sum: Value | undefined, value, k) => {
    const y = matMul(graph, { value, transposed: false }, { value: filters[k], transposed: false });
    return sum === undefined ? y : graph.elementwise("Add", [y, sum]);
  }, bias)!;
  return placesLast(graph, graph.reshape(sum, [...window.places, x.shape[0], outputs]));
}
