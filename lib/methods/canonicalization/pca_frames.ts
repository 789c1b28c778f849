import { crossProduct, fromFrame, type Network, principalAxes, toFrame } from "../../nn/group/mod.ts";
import { stopGradient, type Tensor, tf } from "../../tensor/mod.ts";
import type { Canonical, Canonicalizer, Nothing } from "./types.ts";

/** u₁, u₂ with signs, and u₃ = ±u₃ or, for rotations, u₁ × u₂. */
function signed(axes: Tensor, signs: Tensor, proper: boolean): Tensor {
  const frame = tf.mul(axes, tf.expandDims(signs, 2));
  if (!proper) return frame;
  const [u1, u2] = tf.unstack(frame, 1);
  return tf.stack([u1, u2, crossProduct(u1, u2)], 1);
}

/** Options of {@link pcaFrameCanonicalizer} and {@link averageFrames}. */
export interface PcaFrameOptions {
  /** Frames of SO(3), det R = +1; else of O(3). @default true */
  readonly proper?: boolean;
}

/** A set of points as a tensor, or points with more about them. */
export interface MovingPoints {
  /** `[batch, n, 3]`. */
  readonly positions: Tensor;
  /** `[batch, n, 3]`; they turn along but do not move along. */
  readonly velocities: Tensor;
}

/**
 * Moving points in the coordinates of frames: (x − t) Rᵀ and v Rᵀ; whatever else the input has stays as it
 * is.
 *
 * @returns the canonical input with `restore`, y R + t.
 */
export function inFrame<X extends MovingPoints>(
  x: X,
  frame: Tensor,
  translation: Tensor,
): Canonical<X> {
  const input: X = {
    ...x,
    positions: toFrame(tf.sub(x.positions, translation), frame),
    velocities: toFrame(x.velocities, frame),
  };
  return {
    input,
    restore: (y: Tensor): Tensor => tf.add(fromFrame(y, frame), translation),
    choice: { frame, translation },
  };
}

/**
 * Canonicalization of moving points by principal components: the frame of the principal axes about the mean,
 * each pointing to where the third moment of the positions is positive. Nothing is learned.
 */
export function pcaFrameCanonicalizer<X extends MovingPoints>(
  { proper = true }: PcaFrameOptions = {},
): Canonicalizer<Nothing, Nothing, X> {
  return {
    name: "PCA",
    init: () => ({ parameters: [], buffers: [] }),
    apply(x, { buffers }) {
      const axes = principalAxes(x.positions);
      const translation = tf.mean(x.positions, 1, true);
      const along = toFrame(tf.sub(stopGradient(x.positions), translation), axes);
      const skewness = tf.sum(tf.mul(along, tf.square(along)), 1);
      const signs = tf.sub(tf.mul(tf.cast(tf.greaterEqual(skewness, 0), "float32"), 2), 1);
      return { canonical: inFrame(x, signed(axes, signs, proper), translation), buffers };
    },
  };
}

/**
 * Frame averaging (Puny et al. 2022): the mean over all signs of the principal axes of what a network
 * predicts in each frame, carried back: 4 frames for SO(3), 8 for O(3). Exactly equivariant, at so many times
 * the cost.
 *
 * @param network From moving points to vectors `[batch, n, 3]`.
 */
export function averageFrames<P, B, X extends MovingPoints>(
  network: Network<P, B, X>,
  { proper = true }: PcaFrameOptions = {},
): Network<P, B, X> {
  const choices = proper ? 4 : 8;
  return {
    ...network,
    name: `FA-${network.name}`,
    apply(x, pass) {
      const axes = principalAxes(x.positions);
      const translation = tf.mean(x.positions, 1, true);
      const [batch] = x.positions.shape;
      let buffers = pass.buffers;
      const outputs = Array.from({ length: choices }, (_, k) => {
        const signs = [0, 1, 2].map((i) => (k >> i) & 1 ? -1 : 1);
        const frame = signed(axes, tf.tile(tf.tensor2d([signs]), [batch, 1]), proper);
        const { input, restore } = inFrame(x, frame, translation);
        const result = network.apply(input, { ...pass, buffers });
        buffers = result.buffers;
        return restore(result.output);
      });
      return { output: tf.div(tf.addN(outputs), choices), buffers };
    },
  };
}
