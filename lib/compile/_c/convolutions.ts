/** Convolutions of images with their channels last (convolution.h). */
import { sizeOf } from "../_graph.ts";
import { isSplatOperand, type Operand, type View } from "./ir.ts";
import { at, type Making, type Pointer } from "./making.ts";

/** Lanes of the longest vectors, and floats of images at a time, as convolution.h has them at most. */
const LANES = 16, CHUNK = 8192;

const whole = (lanes: number): number => Math.ceil(lanes / LANES) * LANES;

/** An operand whose channels lie side by side. */
function image({ dense }: Making, operand: Operand): View {
  const isImage = !isSplatOperand(operand) && (operand.strides[3] === 1 || operand.shape[3] === 1);
  return isImage ? operand : dense(operand);
}

const literal = ({ shape, strides }: View): string =>
  `(RfImages){${[...shape, ...strides.slice(0, 3)].join(", ")}}`;

/** Adds a call of a function of convolution.h, which needs memory for so many floats. */
function call(
  making: Making,
  { inputs, floats, line }: {
    inputs: readonly View[];
    floats: number;
    line: (pointer: Pointer, window: string) => string;
  },
): void {
  const { node: { op, attributes }, outputs, add } = making;
  const window = `(RfWindow){${(attributes.window as readonly number[]).join(", ")}}`;
  add({
    kind: "call",
    name: op,
    header: "convolution",
    inputs,
    outputs,
    scratch: 4 * floats,
    code: (pointer, scratch) => [`${line(pointer, window)}, (float *)(${scratch}));`],
  });
}

/** What windows reach along both axes, so many places apart. */
const reach = (places: readonly number[], window: readonly number[], strides: readonly number[]): number =>
  sizeOf(places.map((count, i) => (count - 1) * strides[i] + (window[i] - 1) * window[i + 4] + 1));

const optional = (pointer: Pointer, view: View | undefined): string =>
  view === undefined ? "0" : at(pointer, view);

export function convolve(making: Making): void {
  const { node, operands: [images, weights, sums], outputs: [y], dense } = making;
  const x = image(making, images), filter = dense(weights), bias = sums && dense(sums);
  const window = node.attributes.window as readonly number[], [, oh, ow, outs] = node.outputs[0].shape;
  const channels = x.shape[3], taps = window[0] * window[1];
  call(making, {
    inputs: [x, filter, ...bias === undefined ? [] : [bias]],
    floats: taps * channels * whole(outs) +
      Math.max(CHUNK, channels * reach([oh, ow], window, window.slice(2, 4))),
    line: (pointer, window) =>
      `rf_convolve(${literal(x)}, ${at(pointer, x)}, ${window}, ${oh}, ${ow}, ${outs}, ` +
      `${at(pointer, filter)}, ${optional(pointer, bias)}, ${pointer(y)}`,
  });
}

export function convolveBack(making: Making): void {
  const { node, operands: [gradient, weights], outputs: [dx], dense } = making;
  const dy = image(making, gradient), filter = dense(weights);
  const window = node.attributes.window as readonly number[];
  const [, height, width, channels] = node.outputs[0].shape, [, oh, ow, outs] = dy.shape;
  // Places of the gradient, and a border as wide as windows reach.
  const lengths = [[oh, height], [ow, width]].map(([places, length], i) =>
    Math.max(places, Math.ceil((length + window[6 + i]) / window[2 + i]) + 1) +
    2 * window[i] * window[4 + i]
  );
  call(making, {
    inputs: [dy, filter],
    floats: window[0] * window[1] * outs * whole(channels) + Math.max(CHUNK, outs * sizeOf(lengths)),
    line: (pointer, window) =>
      `rf_convolve_back(${literal(dy)}, ${at(pointer, dy)}, ${window}, ${height}, ${width}, ${channels}, ` +
      `${at(pointer, filter)}, ${pointer(dx)}`,
  });
}

export function convolveFilter(making: Making): void {
  const { node, operands: [images, gradient, sums], outputs: [dw], dense } = making;
  const x = image(making, images), dy = image(making, gradient), bias = sums && dense(sums);
  const window = node.attributes.window as readonly number[], taps = window[0] * window[1];
  const [, oh, ow, outs] = dy.shape, channels = x.shape[3];
  const each = channels * reach([oh, ow], window, window.slice(2, 4)) + outs * oh * ow;
  call(making, {
    inputs: [x, dy, ...bias === undefined ? [] : [bias]],
    floats: taps * Math.max(channels * whole(outs), outs * whole(channels)) + Math.max(CHUNK, each) +
      4 * LANES,
    line: (pointer, window) =>
      `rf_convolve_filter(${literal(x)}, ${at(pointer, x)}, ${window}, ${literal(dy)}, ${at(pointer, dy)}, ` +
      `${optional(pointer, bias)}, ${pointer(dw)}`,
  });
}
