import type { Stream } from "../../random/mod.ts";
import { hostTensor, type HostTree } from "../../tensor/mod.ts";
import { type DenseInitialiser, draw } from "./_draw.ts";
import type { Affine, Dense, RunningStatistics } from "./layers.ts";

export type { DenseInitialiser };

/** Options of {@link initDense}. */
export interface InitDenseOptions {
  /** Features before. */
  readonly inputs: number;
  /** Features after. */
  readonly outputs: number;
  /** Which distribution weights are drawn from. @default "torch" */
  readonly initialiser?: DenseInitialiser;
}

/**
 * Draws the parameters of a dense layer: weight `[inputs, outputs]` first, then bias `[outputs]`.
 *
 * @throws {RangeError} If `inputs` or `outputs` is not a positive integer.
 *
 * @example
 * ```ts
 * import { initDense, stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const { weight } = initDense(stream(1, "layer"), { inputs: 4, outputs: 3 });
 * assert.deepEqual(weight.shape, [4, 3]);
 * assert.ok(Math.max(...weight.data) <= 1 / Math.sqrt(4));
 * ```
 */
export function initDense(
  stream: Stream,
  { inputs, outputs, initialiser = "torch" }: InitDenseOptions,
): HostTree<Dense> {
  for (const [name, value] of Object.entries({ inputs, outputs })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot initialise a dense layer as ${name} must be an integer >= 1: current value is ${value}`,
      );
    }
  }
  const weight = new Float32Array(inputs * outputs);
  const bias = new Float32Array(outputs);
  draw(stream, { weight, bias, fanIn: inputs, fanOut: outputs, initialiser });
  return { weight: hostTensor(weight, [inputs, outputs]), bias: hostTensor(bias, [outputs]) };
}

/** γ = 1 and β = 0 of a normalisation layer, `[features]` each. */
export function initAffine(features: number): HostTree<Affine> {
  return {
    scale: hostTensor(new Float32Array(features).fill(1), [features]),
    offset: hostTensor(new Float32Array(features), [features]),
  };
}

/** Mean 0 and variance 1, what the running statistics of a batch normalisation start from. */
export function initRunningStatistics(features: number): HostTree<RunningStatistics> {
  return {
    mean: hostTensor(new Float32Array(features), [features]),
    variance: hostTensor(new Float32Array(features).fill(1), [features]),
  };
}
