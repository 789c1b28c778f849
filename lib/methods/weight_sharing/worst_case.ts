import { checkCounts } from "./_check.ts";

/**
 * Weights on which ImminentCollisions takes d − 1 rounds, one merge in each.
 *
 * z_0 = 1, z_1 = 0, and each further z_k is a little above z_{k−1} but below the mean of all before it: it
 * collides with nothing until all of them are one cluster. Here z_k = z_{k−1} + θ (mean − z_{k−1}) with θ =
 * 1/d, which keeps the gaps above 1/(3d) and so works in float64 for large d (half-way, θ = 1/2, halves the
 * gaps: they are lost after 50 steps). With α = d − 1 velocities fall by 2 from weight to weight, so that w_k
 * = z_k − v_k is in order.
 *
 * @param size d ≥ 1.
 * @returns `weights` `[d]`, ascending, and the α they are meant for.
 * @throws {RangeError} If `size` is not a positive integer.
 */
export function imminentWorstCase(size: number): { readonly weights: Float64Array; readonly alpha: number } {
  checkCounts("make the worst case", { size });
  const weights = new Float64Array(size);
  let sum = 0, last = 0;
  for (let k = 0; k < size; k++) {
    last = k === 0 ? 1 : k === 1 ? 0 : last + (sum / k - last) / size;
    sum += last;
    weights[k] = last - (size - 1 - 2 * k);
  }
  return { weights, alpha: size - 1 };
}
