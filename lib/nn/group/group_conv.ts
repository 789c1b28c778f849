import type { HostTree } from "../../compile/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { conv2d, type Conv2dOptions, hostTensor } from "../mod.ts";
import { type FilterMask, rotateFilters } from "./_kernel_rotation.ts";
import { groupOrder, type PlanarGroup, relativeElement } from "./planar_group.ts";

export type { FilterMask };

/** Parameters of {@link liftConv2d}. */
export interface LiftConv2d {
  /** `[size, size, inputs, outputs]`. */
  readonly weight: Tensor;
  /** `[outputs]`, shared by all elements of the group. */
  readonly bias: Tensor;
}

/** Parameters of {@link groupConv2d}. */
export interface GroupConv2d {
  /** `[size, size, |G|, inputs, outputs]`. */
  readonly weight: Tensor;
  /** `[outputs]`, shared by all elements of the group. */
  readonly bias: Tensor;
}

/** Options of {@link liftConv2d} and {@link groupConv2d}. */
export interface GroupConvOptions extends Pick<Conv2dOptions, "stride" | "padding"> {
  /** The group of rotations, with or without reflections. */
  readonly group: PlanarGroup;
  /**
   * Whether a filter is cut to a disc, before and after it is turned. Without that its corners are lost in
   * turns that are no multiple of 90°.
   *
   * @default "none" (as the authors' code)
   */
  readonly mask?: FilterMask;
}

/** Splits the channels of a convolution's result by element and adds the bias. */
function unfold(y: Tensor, { order, bias }: { order: number; bias: Tensor }): Tensor {
  const [batch, height, width, channels] = y.shape;
  return tf.add(tf.reshape(y, [batch, height, width, order, channels / order]), bias);
}

function checkSize(action: string, weight: Tensor, rank: number): number {
  if (weight.rank !== rank || weight.shape[0] !== weight.shape[1]) {
    throw new TypeError(
      `Cannot ${action} as filters must be square and of rank ${rank}: current value is of shape [${weight.shape}]`,
    );
  }
  return weight.shape[0];
}

/**
 * All turned copies of a lifting filter as one bank of filters of an ordinary convolution.
 *
 * @param weight `[size, size, inputs, outputs]`.
 * @returns `[size, size, inputs, |G| · outputs]`, the group's element running slower than the output.
 */
export function liftFilters(
  weight: Tensor,
  { group, mask }: Pick<GroupConvOptions, "group" | "mask">,
): Tensor {
  const size = checkSize("lift", weight, 4);
  const [, , inputs, outputs] = weight.shape;
  const area = size * size, order = groupOrder(group);
  const turned = rotateFilters(tf.reshape(weight, [area, inputs * outputs]), { group, size, mask });
  const bank = tf.transpose(tf.reshape(turned, [order, area * inputs, outputs]), [1, 0, 2]);
  return tf.reshape(bank, [size, size, inputs, order * outputs]);
}

/**
 * All turned copies of a group convolution's filter as one bank of filters of an ordinary convolution:
 * W[p, q, i, e, o] = (e · w[·, e⁻¹q, i, o])[p].
 *
 * @param weight `[size, size, |G|, inputs, outputs]`.
 * @returns `[size, size, |G| · inputs, |G| · outputs]`, the group's element running slower than the channel.
 */
export function groupFilters(
  weight: Tensor,
  { group, mask }: Pick<GroupConvOptions, "group" | "mask">,
): Tensor {
  const size = checkSize("convolve over the group", weight, 5);
  const [, , slots, inputs, outputs] = weight.shape;
  const area = size * size, order = groupOrder(group), block = area * inputs * outputs;
  if (slots !== order) {
    throw new TypeError(
      `Cannot convolve over the group as filters must have ${order} slots: current value is ${slots}`,
    );
  }
  const turned = rotateFilters(tf.reshape(weight, [area, order * inputs * outputs]), { group, size, mask });
  // [e, p, slot, i·o] → rows (e, slot), of which (q, e) takes the slot e⁻¹q.
  const rows = tf.reshape(
    tf.transpose(tf.reshape(turned, [order, area, order, inputs * outputs]), [0, 2, 1, 3]),
    [order * order, block],
  );
  const taken = Int32Array.from({ length: order * order }, (_, row) => {
    const q = Math.floor(row / order), e = row % order;
    return e * order + relativeElement(group, e, q);
  });
  const back = new Int32Array(order * order);
  taken.forEach((from, to) => back[from] = to);
  // A permutation's gradient is the inverse permutation: a gather, where the general rule scatters.
  const permute = tf.customGrad((x) => ({
    value: tf.gather(x as Tensor, tf.tensor1d(taken, "int32")),
    gradFunc: (dy: Tensor) => tf.gather(dy, tf.tensor1d(back, "int32")),
  })) as (x: Tensor) => Tensor;
  const bank = tf.transpose(
    tf.reshape(permute(rows), [order, order, area, inputs, outputs]),
    [2, 0, 3, 1, 4],
  );
  return tf.reshape(bank, [size, size, order * inputs, order * outputs]);
}

/**
 * Lifting convolution: correlates images with all turned (and mirrored) copies of each filter,
 * y[b, i, j, e, o] = bias[o] + Σ x[b, i + k, j + l, c] (e · w[·, ·, c, o])[k, l] (Cohen & Welling 2016).
 *
 * Filters are turned as {@link rotateImages} turns images, with zeros outside. If the image turns by 360° j/n
 * (and n is 4, or image and filters are smooth), the result turns and its rotation slots roll by +j, its
 * reflection slots by −j.
 *
 * @param x `[batch, height, width, inputs]`.
 * @returns `[batch, height′, width′, |G|, outputs]`.
 * @throws {TypeError} If the shapes do not fit.
 *
 * @example
 * ```ts
 * import { tf } from "@refigure/refigure";
 * import { cyclic, liftConv2d } from "@refigure/refigure/group";
 * import assert from "node:assert/strict";
 *
 * // A filter that looks for ink above: turned by 90° it looks left.
 * const weight = tf.tensor4d([0, 1, 0, 0, 0, 0, 0, 0, 0], [3, 3, 1, 1]);
 * const left = tf.tensor4d([0, 0, 0, 1, 0, 0, 0, 0, 0], [1, 3, 3, 1]);
 * const y = liftConv2d(left, { weight, bias: tf.zeros([1]) }, { group: cyclic(4) });
 * assert.deepEqual(Array.from(y.dataSync()), [0, 1, 0, 0]);
 * ```
 */
export function liftConv2d(
  x: Tensor,
  { weight, bias }: LiftConv2d,
  { group, mask, ...options }: GroupConvOptions,
): Tensor {
  const y = conv2d(x, { weight: liftFilters(weight, { group, mask }) }, options);
  return unfold(y, { order: groupOrder(group), bias });
}

/**
 * Group convolution of maps on the group:
 * y[b, i, j, e, o] = bias[o] + Σ x[b, i + k, j + l, q, c] (e · w[·, ·, e⁻¹q, c, o])[k, l] (Cohen & Welling
 * 2016).
 *
 * @param x `[batch, height, width, |G|, inputs]`, as {@link liftConv2d} makes it.
 * @returns `[batch, height′, width′, |G|, outputs]`.
 * @throws {TypeError} If the shapes do not fit.
 */
export function groupConv2d(
  x: Tensor,
  { weight, bias }: GroupConv2d,
  { group, mask, ...options }: GroupConvOptions,
): Tensor {
  const order = groupOrder(group);
  const [batch, height, width, slots, inputs] = x.shape;
  if (x.rank !== 5 || slots !== order) {
    throw new TypeError(
      `Cannot convolve over the group as maps must be of shape [batch, height, width, ${order}, inputs]: ` +
        `current value is of shape [${x.shape}]`,
    );
  }
  const folded = tf.reshape(x, [batch, height, width, order * inputs]);
  const y = conv2d(folded, { weight: groupFilters(weight, { group, mask }) }, options);
  return unfold(y, { order, bias });
}

/** Options of {@link initLiftConv2d}. */
export interface InitLiftConv2dOptions {
  /** Side of the square filters, pixels. */
  readonly size: number;
  /** Channels before. */
  readonly inputs: number;
  /** Channels after. */
  readonly outputs: number;
}

/** A weight uniform in ±1/√(all but the outputs) and a bias of 0. */
function initFilters(stream: Stream, shape: readonly number[]) {
  const outputs = shape[shape.length - 1];
  const length = shape.reduce((product, extent) => product * extent, 1);
  const bound = 1 / Math.sqrt(length / outputs);
  return {
    weight: hostTensor(stream.uniform(new Float32Array(length), { low: -bound, high: bound }), shape),
    bias: hostTensor(new Float32Array(outputs)),
  };
}

/**
 * Draws a lifting convolution as the authors do: weight uniform in ±1/√(size² · inputs) (Kaiming with a =
 * √5), bias 0.
 */
export function initLiftConv2d(
  stream: Stream,
  { size, inputs, outputs }: InitLiftConv2dOptions,
): HostTree<LiftConv2d> {
  return initFilters(stream, [size, size, inputs, outputs]);
}

/** Draws a group convolution: weight uniform in ±1/√(size² · |G| · inputs), bias 0. */
export function initGroupConv2d(
  stream: Stream,
  { group, size, inputs, outputs }: InitLiftConv2dOptions & { readonly group: PlanarGroup },
): HostTree<GroupConv2d> {
  return initFilters(stream, [size, size, groupOrder(group), inputs, outputs]);
}
