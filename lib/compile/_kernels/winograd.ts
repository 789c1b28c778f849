/**
 * Convolutions with 3 × 3 filters by Winograd's minimal filtering F(2 × 2, 3 × 3): a tile of 2 × 2 results
 * takes 16 products of numbers instead of 36 (Lavin and Gray 2016, Eqs. 7 to 10),
 *
 *     y = Aᵀ [(G w Gᵀ) ⊙ (Bᵀ x B)] A,
 *
 * where ⊙ is a product of matrices over the channels. Images are taken with their places first, `[height,
 * width, batch, channels]`: transforms are then products with small matrices, which hold the padding, too,
 * and nothing is moved. A number in an image that is not finite makes NaN of all results of that image, not
 * only of those whose windows see it.
 */
import { type Graph, type Value } from "../_graph.ts";
import type { Sliding } from "./convolution.ts";
import { type Factor, matMul } from "./matrix.ts";
import { reduce } from "./reduction.ts";
import { concat, slice } from "./shape.ts";
import { placesFirst, placesLast } from "./shifts.ts";

/** Bᵀ, G and Aᵀ of F(2, 3). */
const B = [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]];
const G = [[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]];
const A = [[1, 1, 1, 0], [0, 1, -1, -1]];
/** Outputs of a tile, and the length of its transform, along an axis. */
const TILE = 2, LENGTH = 4;

const matrix = (graph: Graph, rows: readonly (readonly number[])[]): Value =>
  graph.constant(Float32Array.from(rows.flat()), { dtype: "float32", shape: [rows.length, rows[0].length] });

/** One axis of an image. */
interface Axis {
  readonly length: number;
  readonly places: number;
  readonly tiles: number;
  /** `[4 · tiles, length]`: Bᵀ for all tiles, the transform's index first; zeros in the padding. */
  readonly image: Value;
  /** `[places, 4 · tiles]`: Aᵀ for all tiles. */
  readonly result: Value;
}

function axisOf(
  graph: Graph,
  { length, places, before }: { length: number; places: number; before: number },
): Axis {
  const tiles = Math.ceil(places / TILE);
  const image = B.flatMap((row) =>
    Array.from(
      { length: tiles },
      (_, tile) => Array.from({ length }, (_, y) => row[y - TILE * tile + before] ?? 0),
    )
  );
  const result = Array.from({ length: places }, (_, y) =>
    Array.from(
      { length: LENGTH * tiles },
      (_, i) => i % tiles === Math.floor(y / TILE) ? A[y % TILE][Math.floor(i / tiles)] : 0,
    ));
  return { length, places, tiles, image: matrix(graph, image), result: matrix(graph, result) };
}

/** Multiplies the first two axes of `[a, b, …]` by matrices (transposed ones where `back`). */
function transform(
  graph: Graph,
  x: Value,
  { rows, columns, back = false }: { rows: Value; columns: Value; back?: boolean },
): Value {
  const [height, width, ...rest] = x.shape;
  const size = rest.reduce((product, length) => product * length, 1);
  const lengthOf = ({ shape }: Value) => shape[back ? 1 : 0];
  const flat = graph.reshape(x, [height, width * size]);
  const tall = product(graph, { value: rows, transposed: back }, flat);
  const lines = graph.reshape(tall, [lengthOf(rows), width, size]);
  const whole = product(graph, { value: columns, transposed: back }, lines);
  return graph.reshape(whole, [lengthOf(rows), lengthOf(columns), ...rest]);
}

/** A product with a matrix that belongs to the method, and is no work of the convolution's. */
function product(graph: Graph, factor: Factor, x: Value): Value {
  const y = matMul(graph, factor, { value: x, transposed: false });
  if (y.node !== undefined) y.node.flop = 0;
  return y;
}

/** A convolution, its image and its filter as this method has them. */
export interface Winograd {
  readonly inputs: number;
  readonly outputs: number;
  readonly height: Axis;
  readonly width: Axis;
}

/**
 * What the method needs for a window on images and a filter, or `undefined` where it is not for it: filters
 * are 3 × 3, moved by 1, and there must be so many channels that transforms are worth while.
 */
export function winograd(
  graph: Graph,
  { size, strides, dilations, before, after, places }: Sliding,
  { image, filter }: { image: readonly number[]; filter: readonly number[] },
): Winograd | undefined {
  if ([...strides, ...dilations].some((step) => step !== 1) || size.some((length) => length !== 3)) return;
  if ([...before, ...after].some((zeros) => zeros > 1)) return;
  const [batch, ...lengths] = image, [, , inputs, outputs] = filter;
  const harmonic = inputs * outputs / (inputs + outputs);
  if (harmonic < CHANNELS_PER_PLACE * Math.max(...places) || batch < LEAST_BATCH) return;
  const [height, width] = [0, 1].map((i) =>
    axisOf(graph, { length: lengths[i], places: places[i], before: before[i] })
  );
  return { inputs, outputs, height, width };
}

/** Limits of {@link winograd}, measured. */
const CHANNELS_PER_PLACE = 2;
const LEAST_BATCH = 8;

/** Operations of the convolution itself, and of each of its gradients, per image. */
const flopOf = ({ inputs, outputs, height, width }: Winograd): number =>
  2 * height.places * width.places * 9 * inputs * outputs;

/** Bytes of the tiles of so many images as are taken at once: they shall stay in the processor's cache. */
const CACHED = 2 ** 20;

/** Parts of a batch of images, or of gradients of results, with their places first. */
function partsOf(graph: Graph, x: Value, { inputs, outputs, height, width }: Winograd): readonly Value[] {
  const image = placesFirst(graph, x), [, , batch] = image.shape;
  const tiles = 4 * LENGTH ** 2 * height.tiles * width.tiles * Math.max(inputs, outputs);
  const count = Math.max(1, Math.min(batch, Math.round(batch * tiles / CACHED)));
  const ends = Array.from({ length: count + 1 }, (_, i) => Math.round(i * batch / count));
  return ends.slice(1).map((end, i) =>
    slice(graph, image, {
      begin: [0, 0, ends[i], 0],
      end: image.shape.with(2, end),
      strides: [1, 1, 1, 1],
    })
  );
}

/** `[4, tiles, 4, tiles · batch, channels]` of images. */
function imageTiles(graph: Graph, x: Value, { height, width }: Winograd): Value {
  const tiles = transform(graph, x, { rows: height.image, columns: width.image });
  return inTiles(graph, tiles, { height, width });
}

/** `[4, tiles, 4, tiles · batch, channels]` of gradients of results. */
function gradientTiles(graph: Graph, dy: Value, { height, width }: Winograd): Value {
  const tiles = transform(graph, dy, { rows: height.result, columns: width.result, back: true });
  return inTiles(graph, tiles, { height, width });
}

/** The axes of a transform and its tiles apart, as products over channels want them. */
function inTiles(graph: Graph, x: Value, { height, width }: Pick<Winograd, "height" | "width">): Value {
  const [, , batch, channels] = x.shape;
  return graph.reshape(x, [LENGTH, height.tiles, LENGTH, width.tiles * batch, channels]);
}

/** The inverse of {@link inTiles}. */
function asImage(graph: Graph, x: Value, { height, width }: Winograd): Value {
  const [, , , places, channels] = x.shape;
  return graph.reshape(x, [LENGTH * height.tiles, LENGTH * width.tiles, places / width.tiles, channels]);
}

/** `[4, 1, 4, in, out]` of a filter. */
function filterTiles(graph: Graph, filter: Value): Value {
  const factor = matrix(graph, G);
  const tiles = transform(graph, filter, { rows: factor, columns: factor });
  return graph.reshape(tiles, [LENGTH, 1, LENGTH, ...filter.shape.slice(2)]);
}

/** A product over channels, or over places, of so many images. */
function tileProduct(
  graph: Graph,
  [left, right]: readonly [left: Factor, right: Factor],
  { images, problem }: { images: number; problem: Winograd },
): Value {
  const y = matMul(graph, left, right);
  if (y.node !== undefined) y.node.flop = images * flopOf(problem);
  return y;
}

const plain = (value: Value): Factor => ({ value, transposed: false });
const transposed = (value: Value): Factor => ({ value, transposed: true });

/** The convolution of images `[batch, height, width, in]`. */
export function convolveByTiles(graph: Graph, x: Value, filter: Value, problem: Winograd): Value {
  const { height, width } = problem, factor = plain(filterTiles(graph, filter));
  const parts = partsOf(graph, x, problem).map((part) => {
    const factors = [plain(imageTiles(graph, part, problem)), factor] as const;
    const tiles = tileProduct(graph, factors, { images: part.shape[2], problem });
    return transform(graph, asImage(graph, tiles, problem), { rows: height.result, columns: width.result });
  });
  return placesLast(graph, concat(graph, parts, 2));
}

/** The gradient of {@link convolveByTiles} with respect to the images. */
export function convolveBackByTiles(graph: Graph, dy: Value, filter: Value, problem: Winograd): Value {
  const { height, width } = problem, factor = transposed(filterTiles(graph, filter));
  const parts = partsOf(graph, dy, problem).map((part) => {
    const factors = [plain(gradientTiles(graph, part, problem)), factor] as const;
    const tiles = tileProduct(graph, factors, { images: part.shape[2], problem });
    const back = { rows: height.image, columns: width.image, back: true };
    return transform(graph, asImage(graph, tiles, problem), back);
  });
  return placesLast(graph, concat(graph, parts, 2));
}

/** The gradient of {@link convolveByTiles} with respect to the filter. */
export function convolveFilterByTiles(graph: Graph, x: Value, dy: Value, problem: Winograd): Value {
  const { inputs, outputs } = problem;
  const gradients = partsOf(graph, dy, problem);
  const parts = partsOf(graph, x, problem).map((part, i) => {
    const factors = [
      transposed(imageTiles(graph, part, problem)),
      plain(gradientTiles(graph, gradients[i], problem)),
    ] as const;
    const tiles = tileProduct(graph, factors, { images: part.shape[2], problem });
    return reduce(graph, "ReduceSum", tiles, { axes: [1] });
  });
  const whole = parts.length === 1 ? parts[0] : graph.elementwise("Sum", parts);
  const factor = matrix(graph, G);
  const flat = graph.reshape(whole, [LENGTH, LENGTH, inputs, outputs]);
  return transform(graph, flat, { rows: factor, columns: factor, back: true });
}
