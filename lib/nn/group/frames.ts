import { type Tensor, tf } from "../../tensor/mod.ts";

/** Options of {@link gramSchmidtFrame}. */
export interface FrameOptions {
  /**
   * `gs3`: three vectors are orthonormalised, det R = ±1 (a frame of O(3) if they are true vectors);
   * `gs2cross`: the third row is u₁ × u₂, det R = +1 always (a frame of SO(3)), and the third vector is not
   * read.
   *
   * @default "gs3"
   */
  readonly kind?: "gs3" | "gs2cross";
  /** ε² is added within each norm's root, so that no division is by 0. @default 1e-8 (0 is exact) */
  readonly epsilon?: number;
}

const dot = (a: Tensor, b: Tensor) => tf.sum(tf.mul(a, b), 1, true);

/** a × b of rows `[batch, 3]`. */
export function crossProduct(a: Tensor, b: Tensor): Tensor {
  // (a₂, a₃, a₁) ∘ (b₃, b₁, b₂) − (a₃, a₁, a₂) ∘ (b₂, b₃, b₁) along the last axis.
  const axis = a.rank - 1;
  const roll = (x: Tensor, by: number) => {
    const parts = tf.split(x, 3, axis);
    return tf.concat([0, 1, 2].map((k) => parts[(k + by) % 3]), axis);
  };
  return tf.sub(tf.mul(roll(a, 1), roll(b, 2)), tf.mul(roll(a, 2), roll(b, 1)));
}

/**
 * Orthonormal frames from equivariant vectors by Gram–Schmidt (Kaba et al. 2023, Sec. 4.2):
 * u₁ = v₁/|v₁|, u₂ = w₂/|w₂| with w₂ = v₂ − (v₂·u₁)u₁, u₃ = w₃/|w₃| with w₃ = v₃ − (v₃·u₁)u₁ − (v₃·u₂)u₂
 * (modified: each projection acts on what the one before it has left).
 *
 * If the vectors turn, v_i → Q v_i, then R → R Qᵀ, and coordinates in the frame, x Rᵀ, stay as they are.
 *
 * @param vectors `[batch, 3, 3]`, the vectors as *rows* (`gs2cross` reads the first two).
 * @returns R `[batch, 3, 3]`, rows u₁, u₂, u₃.
 * @throws {TypeError} If the shape is not of that form.
 *
 * @example
 * ```ts
 * import { tf } from "@refigure/refigure";
 * import { gramSchmidtFrame } from "@refigure/refigure/group";
 * import assert from "node:assert/strict";
 *
 * const frame = gramSchmidtFrame(tf.tensor3d([0, 2, 0, 1, 1, 0, 0, 0, -3], [1, 3, 3]), { epsilon: 0 });
 * assert.deepEqual(Array.from(frame.dataSync()), [0, 1, 0, 1, 0, 0, 0, 0, -1]);
 * ```
 */
export function gramSchmidtFrame(vectors: Tensor, options: FrameOptions = {}): Tensor {
  const { kind = "gs3", epsilon = 1e-8 } = options;
  if (vectors.rank !== 3 || !(vectors.shape[1]! >= 2) || vectors.shape[2] !== 3) {
    throw new TypeError(
      `Cannot make frames as vectors must be of shape [batch, 3, 3]: current value is of shape [${vectors.shape}]`,
    );
  }
  const unit = (w: Tensor) => tf.div(w, tf.sqrt(tf.add(dot(w, w), epsilon ** 2)));
  const without = (v: Tensor, u: Tensor) => tf.sub(v, tf.mul(dot(v, u), u));
  const [v1, v2, v3] = tf.unstack(vectors, 1);
  const u1 = unit(v1);
  const u2 = unit(without(v2, u1));
  const u3 = kind === "gs2cross" ? crossProduct(u1, u2) : unit(without(without(v3, u1), u2));
  return tf.stack([u1, u2, u3], 1);
}

/**
 * Points in the coordinates of their frames, x Rᵀ.
 *
 * @param points `[batch, n, 3]`.
 * @param frames R `[batch, 3, 3]`, as {@link gramSchmidtFrame} makes them.
 */
export function toFrame(points: Tensor, frames: Tensor): Tensor {
  return tf.matMul(points as tf.Tensor3D, frames as tf.Tensor3D, false, true);
}

/** The inverse of {@link toFrame}, y R. */
export function fromFrame(points: Tensor, frames: Tensor): Tensor {
  return tf.matMul(points as tf.Tensor3D, frames as tf.Tensor3D);
}
