import { stopGradient, type Tensor, tf, valueAndGrad } from "../../tensor/mod.ts";

/** Options of {@link descendEnergy}. */
export interface DescentOptions {
  /** Where it starts, `[batch]`. */
  readonly start: Tensor;
  /** Number of steps T. @default 20 */
  readonly steps?: number;
  /** Step size η. @default 0.005 (the released code's 0.01 · 0.5) */
  readonly rate?: number;
  /**
   * `unrolled`: the result depends on the energy's parameters through all steps, which takes second
   * derivatives of each; `implicit`: through the last step only.
   *
   * @default "unrolled"
   */
  readonly mode?: "unrolled" | "implicit";
}

/**
 * Gradient descent on an energy, a ← a − η ∂E/∂a, T times, as a differentiable program (Kaba et al. 2023,
 * Sec. 4.3).
 *
 * It is equivariant as far as it finds the same minimum from everywhere: only up to local minima.
 *
 * @param energy From a `[batch]` to energies `[batch]`, each of its own a.
 * @returns a after the last step, `[batch]`.
 *
 * @example
 * ```ts
 * import { tf } from "@refigure/refigure";
 * import { descendEnergy } from "@refigure/refigure/canonicalization";
 * import assert from "node:assert/strict";
 *
 * const energy = (a: tf.Tensor) => tf.neg(tf.cos(tf.sub(a, 0.7)));
 * const found = descendEnergy(energy, { start: tf.zeros([1]), steps: 100, rate: 0.2 });
 * assert.ok(Math.abs(found.dataSync()[0] - 0.7) < 1e-4);
 * ```
 */
export function descendEnergy(energy: (a: Tensor) => Tensor, options: DescentOptions): Tensor {
  const { start, steps = 20, rate = 0.005, mode = "unrolled" } = options;
  let a = start;
  for (let step = 0; step < steps; step++) {
    if (mode === "implicit") a = stopGradient(a);
    const { grads } = valueAndGrad(({ a }: { a: Tensor }) => tf.sum(energy(a)), { a });
    const slope = mode === "implicit" && step < steps - 1 ? stopGradient(grads.a) : grads.a;
    a = tf.sub(a, tf.mul(slope, rate));
  }
  return a;
}

/**
 * Of `count` angles spread evenly over a turn the one with the lowest energy, `[batch]` in radians; no
 * gradient.
 */
export function bestStart(
  energy: (a: Tensor) => Tensor,
  { batch, count }: { readonly batch: number; readonly count: number },
): Tensor {
  const angles = Array.from({ length: count }, (_, k) => 2 * Math.PI * k / count);
  const energies = tf.stack(angles.map((angle) => stopGradient(energy(tf.fill([batch], angle)))), 1);
  return tf.gather(tf.tensor1d(angles), tf.argMin(energies, 1) as tf.Tensor1D);
}
