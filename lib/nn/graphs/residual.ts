import { tf } from "../../tensor/mod.ts";
import type { DynamicsModel } from "./models.ts";

/**
 * A network that predicts what a straight line leaves over: y = x + c v + (f(x, v) − x), with the network f
 * and a fixed time c. A network that moves nothing, f(x, v) = x, is then {@link driftPredictor} with that c.
 *
 * Equivariant if f is. Not in Levy et al. 2023, whose networks predict y = f(x, v): on the solar system these
 * lose what a straight line gives for slow bodies.
 *
 * @param model The network f.
 * @param options `coefficient` c, in the unit of time of the velocities.
 * @throws {RangeError} If c is not finite.
 *
 * @example
 * ```ts
 * import { residualToDrift } from "@refigure/refigure/graphs";
 * import { multichannelEgnn } from "@refigure/refigure/multichannel_egnn";
 * import assert from "node:assert/strict";
 *
 * const network = multichannelEgnn({ channels: 3 });
 * const model = residualToDrift(network, { coefficient: 20.8 });
 * assert.equal(model.name, "MC-EGNN, K = 3, residual to x + 20.8 v");
 * assert.equal(model.parameterCount, network.parameterCount);
 * ```
 */
export function residualToDrift<P>(
  model: DynamicsModel<P>,
  { coefficient }: { readonly coefficient: number },
): DynamicsModel<P> {
  if (!Number.isFinite(coefficient)) {
    throw new RangeError(
      `Cannot predict the residual to x + c v as c must be finite: current value is ${coefficient}`,
    );
  }
  return {
    ...model,
    name: `${model.name}, residual to x + ${Number(coefficient.toPrecision(3))} v`,
    predict: (inputs, parameters) =>
      tf.add(model.predict(inputs, parameters), tf.mul(inputs.velocities, coefficient)),
  };
}
