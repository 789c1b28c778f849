import type { Energy } from "../../../lib/methods/equivariant_adaptation/mod.ts";
import { avgPool } from "../../../lib/nn/mod.ts";

/**
 * An energy of images that are shrunk first, as the authors' are; as equivariant as before, if the factor
 * divides their sides.
 */
export function shrunk(energy: Energy<unknown, unknown>, factor: number): Energy<unknown, unknown> {
  return { ...energy, activations: (x, pass) => energy.activations(avgPool(x, { size: factor }), pass) };
}
