import type { Stream } from "../../random/mod.ts";

/** A random linear map R^inputs → R^outputs with entries N(0, 1/inputs), as [inputs, outputs]. */
export interface LinearMap {
  /** Length of x. */
  readonly inputs: number;
  /** Length of y. */
  readonly outputs: number;
  /** W, `[inputs, outputs]`. */
  readonly weights: Float64Array;
}

/** Draws a {@link LinearMap}. */
export function randomLinearMap(random: Stream, inputs: number, outputs: number): LinearMap {
  const weights = random.normal(new Float64Array(inputs * outputs), { std: 1 / Math.sqrt(inputs) });
  return { inputs, outputs, weights };
}

/** Adds x·W to `out`. */
export function addMapped(out: Float64Array, x: ArrayLike<number>, { outputs, weights }: LinearMap): void {
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < outputs; j++) out[j] += x[i] * weights[i * outputs + j];
  }
}
