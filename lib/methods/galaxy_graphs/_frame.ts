import { type Tensor, tf } from "../../tensor/mod.ts";
import type { FilledModelOptions } from "./options.ts";

type FrameOptions = Pick<FilledModelOptions, "output" | "tides" | "tidalFrame">;

/** Conditions that are not of a tidal scale: three masses and the flag. */
const OTHERS = 4;
/** Conditions of a tidal scale as `products`: three eigenvalues, then twice six products. */
const PER_SCALE = 15;

/** How many tidal axes a critic compares its labels with: the first and the last of each scale, or none. */
export function framedAxes(
  channels: number,
  { output, tides, tidalFrame }: FrameOptions,
): number {
  return tidalFrame && output === "axis" && tides === "products" ? 2 * (channels - OTHERS) / PER_SCALE : 0;
}

/**
 * The products of the tidal axes that a critic compares its labels with `[N, m, 6]`: the last of the
 * conditions `[N, channels]`.
 */
export function tidalFrame(conditions: Tensor, options: FrameOptions): Tensor | undefined {
  const [nodes, channels] = conditions.shape as [number, number];
  const axes = framedAxes(channels, options);
  if (axes === 0) return undefined;
  const products = tf.slice(conditions as tf.Tensor2D, [0, channels - 6 * axes], [nodes, 6 * axes]);
  return tf.reshape(products, [nodes, axes, 6]);
}
