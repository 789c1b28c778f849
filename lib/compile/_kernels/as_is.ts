/**
 * Convolutions of images `[batch, height, width, channels]` as nodes of their own, for executors that do them
 * as the images lie. They are not ONNX's.
 */
import type { Attributes, Graph, Value } from "../_graph.ts";
import type { Sliding } from "./convolution.ts";

const attributesOf = ({ size, strides, dilations, before }: Sliding): Attributes => ({
  window: [...size, ...strides, ...dilations, ...before],
});

interface Options {
  readonly window: Sliding;
  /** One number per channel out. */
  readonly bias?: Value;
}

const given = (...values: (Value | undefined)[]): Value[] => values.filter((value) => value !== undefined);

/** The convolution of images with a filter `[height, width, in, out]`. */
export const convolveAsIs = (graph: Graph, x: Value, filter: Value, { window, bias }: Options): Value => {
  const shape = [x.shape[0], ...window.places, filter.shape[3]];
  return graph.node("Convolve", given(x, filter, bias), { dtype: "float32", shape }, attributesOf(window));
};

/** Its gradient with respect to the images. */
export const convolveBackAsIs = (
  graph: Graph,
  dy: Value,
  filter: Value,
  { window, image }: { window: Sliding; image: readonly number[] },
): Value =>
  graph.node("ConvolveBack", [dy, filter], { dtype: "float32", shape: image }, attributesOf(window));

/** Its gradient with respect to the filter, plus a bias. */
export const convolveFilterAsIs = (graph: Graph, x: Value, dy: Value, { window, bias }: Options): Value => {
  const shape = [...window.size, x.shape[3], dy.shape[3]];
  return graph.node("ConvolveFilter", given(x, dy, bias), { dtype: "float32", shape }, attributesOf(window));
};
