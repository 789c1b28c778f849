import { imminentWorstCase } from "../../../lib/methods/weight_sharing/mod.ts";
import { stream } from "../../../lib/random/mod.ts";

/** Inputs on which the algorithms behave differently. */
export type InputFamily = "normal" | "concentrated" | "worst case";

/** All of them, in the order of the figures. */
export const INPUT_FAMILIES: readonly InputFamily[] = ["normal", "concentrated", "worst case"];

/** Weights with the strength of the penalty. */
export interface ProxInput {
  /** `[d]`. */
  readonly weights: Float64Array;
  readonly alpha: number;
}

/**
 * Inputs of prox_{αR}:
 *
 * - `normal`: w ~ N(0, 1), α = 0.1: a weak penalty, most weights stay alone (many steps for EndCollisions);
 * - `concentrated`: w ~ U(−0.07, 0.07), α = 0.06: most weights merge;
 * - `worst case`: one merge per round of ImminentCollisions, d − 1 rounds in all; in the end all are one.
 */
export function proxInput(
  family: InputFamily,
  { size: d, seed }: { readonly size: number; readonly seed: number },
): ProxInput {
  const random = stream(seed, "prox input", family, String(d));
  switch (family) {
    case "normal":
      return { weights: random.normal(new Float64Array(d)), alpha: 0.1 };
    case "concentrated":
      return { weights: random.uniform(new Float64Array(d), { low: -0.07, high: 0.07 }), alpha: 0.06 };
    case "worst case":
      return imminentWorstCase(d);
  }
}
