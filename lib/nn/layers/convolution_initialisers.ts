import type { Stream } from "../../random/mod.ts";
import { hostTensor, type HostTree } from "../../tensor/mod.ts";
import { draw } from "./_draw.ts";
import { type Pair, pairOf } from "./_window.ts";
import type { Conv2d, DepthwiseConv2d } from "./convolution.ts";
import type { DenseInitialiser } from "./initialisers.ts";

/** What the initialisers of convolutions have in common. */
export interface InitFilters {
  /** Height and width of the filters. */
  readonly size: Pair;
  /** As for a dense layer; a filter's inputs are all elements that it sees. @default "torch" */
  readonly initialiser?: DenseInitialiser;
  /** Whether the layer has a bias. @default true */
  readonly bias?: boolean;
}

/** Options of {@link initConv2d} and {@link initConv2dTranspose}. */
export interface InitConv2dOptions extends InitFilters {
  /** Channels in. */
  readonly inputs: number;
  /** Channels out. */
  readonly outputs: number;
}

/** Options of {@link initDepthwiseConv2d}. */
export interface InitDepthwiseConv2dOptions extends InitFilters {
  /** Number of channels. */
  readonly channels: number;
  /** Results per channel. @default 1 */
  readonly multiplier?: number;
}

/** Draws a weight `[height, width, …channels]`, then a bias; `fanIn` and `fanOut` count channels. */
function initFilters(
  stream: Stream,
  { size, initialiser = "torch", bias = true }: InitFilters,
  shape: { channels: readonly [number, number]; outputs: number; fanIn: number; fanOut: number },
): HostTree<Conv2d> {
  const lengths = [...pairOf(size), ...shape.channels];
  for (const length of lengths) {
    if (!Number.isInteger(length) || length < 1) {
      throw new RangeError(
        `Cannot initialise a convolution as size and channels must be integers >= 1: current value is [${lengths}]`,
      );
    }
  }
  const area = lengths[0] * lengths[1];
  const weight = new Float32Array(lengths.reduce((product, length) => product * length, 1));
  const offset = new Float32Array(bias ? shape.outputs : 0);
  draw(stream, {
    weight,
    bias: offset,
    fanIn: area * shape.fanIn,
    fanOut: area * shape.fanOut,
    initialiser,
  });
  return { weight: hostTensor(weight, lengths), ...bias && { bias: hostTensor(offset) } };
}

/**
 * Draws the parameters of a convolution: weight `[height, width, inputs, outputs]` first, then bias
 * `[outputs]`.
 *
 * "torch" is PyTorch's default for `Conv2d`: both uniform in ±1/√(height · width · inputs).
 *
 * @throws {RangeError} If a length is not a positive integer.
 *
 * @example
 * ```ts
 * import { stream } from "@refigure/refigure";
 * import { initConv2d } from "@refigure/refigure/nn";
 * import assert from "node:assert/strict";
 *
 * const { weight } = initConv2d(stream(1, "layer"), { inputs: 4, outputs: 8, size: 3 });
 * assert.deepEqual(weight.shape, [3, 3, 4, 8]);
 * assert.ok(Math.max(...weight.data) <= 1 / Math.sqrt(36));
 * ```
 */
export function initConv2d(stream: Stream, options: InitConv2dOptions): HostTree<Conv2d> {
  const { inputs, outputs } = options;
  return initFilters(stream, options, {
    channels: [inputs, outputs],
    outputs,
    fanIn: inputs,
    fanOut: outputs,
  });
}

/**
 * Draws the parameters of a transposed convolution: weight `[height, width, outputs, inputs]` first, then
 * bias `[outputs]`.
 *
 * "torch" is PyTorch's default for `ConvTranspose2d`, which counts the *outputs* as what a filter sees: both
 * uniform in ±1/√(height · width · outputs).
 *
 * @throws {RangeError} If a length is not a positive integer.
 */
export function initConv2dTranspose(stream: Stream, options: InitConv2dOptions): HostTree<Conv2d> {
  const { inputs, outputs } = options;
  return initFilters(stream, options, {
    channels: [outputs, inputs],
    outputs,
    fanIn: outputs,
    fanOut: inputs,
  });
}

/**
 * Draws the parameters of a depthwise convolution: weight `[height, width, channels, multiplier]` first, then
 * bias `[channels · multiplier]`. "torch" has both uniform in ±1/√(height · width).
 *
 * @throws {RangeError} If a length is not a positive integer.
 */
export function initDepthwiseConv2d(
  stream: Stream,
  options: InitDepthwiseConv2dOptions,
): HostTree<DepthwiseConv2d> {
  const { channels, multiplier = 1 } = options;
  return initFilters(stream, options, {
    channels: [channels, multiplier],
    outputs: channels * multiplier,
    fanIn: 1,
    fanOut: multiplier,
  });
}
