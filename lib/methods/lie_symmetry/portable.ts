import { digestOf, type PortableModel, portableModel } from "../../compile/mod.ts";
import { constants, hostTensor } from "../../nn/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { atSensors } from "./_loss.ts";
import { solutionsJet } from "./_start.ts";
import { branchFeatures, type DeepOnet } from "./deeponet.ts";
import type { TrainedOperator, TrainOperatorOptions } from "./train_operator.ts";

/** Rows that a file's model computes at once. */
const BLOCK = 64;

/**
 * How a trained operator leaves, for `saveModel`: its file takes `coefficients` `[rows, 1 + 2M]` of initial
 * values (see `FourierSeries`) and `points` (x, t) `[rows, 2]`, and gives the solution `u` `[rows]` there.
 *
 * @param trained What `trainOperator` returned.
 * @param options What it was given.
 */
export function portableOperator(
  { parameters }: TrainedOperator,
  options: TrainOperatorOptions,
): PortableModel {
  const { problem: { equation, length, duration }, sizes, initial, activation, start } = options;
  const { columns } = initial.coefficients;
  return portableModel(
    ({ coefficients, points }: { readonly coefficients: Tensor; readonly points: Tensor }) => {
      const network = constants<DeepOnet>(parameters);
      const features = branchFeatures(network, atSensors(coefficients, sizes.sensors), { activation });
      const jet = { points, derivatives: [], length, duration, activation, start };
      const { u } = solutionsJet(network, { features, coefficients }, jet);
      // Each function at its own point: the diagonal of each function at every point.
      return { u: tf.sum(tf.mul(u, tf.eye(BLOCK)), 1) };
    },
    {
      coefficients: hostTensor(new Float32Array(BLOCK * columns), [BLOCK, columns]),
      points: hostTensor(new Float32Array(2 * BLOCK), [BLOCK, 2]),
    },
    {
      method: `operator of ${equation.name}`,
      seed: options.seed,
      data: digestOf(initial.coefficients.data, options.truth?.values),
      settings: options,
    },
  );
}
