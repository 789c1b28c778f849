import { compile, type ExecutorName, type HostTensor, type HostTree } from "../../compile/mod.ts";
import type { JetActivation } from "../../nn/mod.ts";
import { stream } from "../../random/mod.ts";
import { flattenTree, type Tensor, valueAndGrad } from "../../tensor/mod.ts";
import { BatchSource, type OperatorBatchOptions } from "./_batches.ts";
import { type OperatorBatch, operatorLoss } from "./_loss.ts";
import type { InitialValues } from "./_start.ts";
import type { DeepOnet } from "./deeponet.ts";

/** Options of {@link operatorGradient}. */
export interface OperatorGradientOptions extends OperatorBatchOptions {
  /** Number of sensors of the network. */
  readonly sensors: number;
  /** Of the hidden layers. @default "elu" */
  readonly activation?: JetActivation;
  /** Whether periodicity is asked for of slopes too. @default true */
  readonly matchSlopes?: boolean;
  /** How the initial condition is met. @default "loss" */
  readonly start?: InitialValues;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
}

/** A training loss at given parameters, and its gradient. */
export interface OperatorGradient {
  /** The training loss. */
  readonly loss: number;
  /** All parameters' derivatives in one row, layer by layer. */
  readonly gradient: Float32Array;
}

/**
 * The training loss of {@link trainOperator}'s first step and its gradient at given parameters: two losses
 * that are equal on paper have equal gradients, where thousands of steps would part by rounding.
 *
 * @param parameters Of a network with `sensors` sensors.
 * @throws {RangeError} If the objective is empty, or a number does not fit.
 *
 * @example
 * ```ts
 * import {
 *   heat,
 *   initDeepOnet,
 *   objectiveOf,
 *   operatorGradient,
 *   sampleInitialConditions,
 * } from "@refigure/refigure/lie_symmetry";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const problem = { equation: heat(0.1), length: 2 * Math.PI, duration: 1 };
 * const sizes = { sensors: 8, hiddenLayers: 2, width: 8, features: 4 };
 * const parameters = initDeepOnet(stream(1, "network"), sizes);
 * const initial = sampleInitialConditions(stream(1, "train"), { count: 4 });
 * const [a, b] = await Promise.all((["symmetry", "pinn-weighted"] as const).map((method) =>
 *   operatorGradient(parameters, {
 *     problem,
 *     objective: objectiveOf(method, problem),
 *     sensors: 8,
 *     initial,
 *     interiorPoints: 16,
 *     seed: 1,
 *   })
 * ));
 * assert.ok(Math.abs(a.loss - b.loss) < 1e-5 * a.loss);
 * ```
 */
export async function operatorGradient(
  parameters: HostTree<DeepOnet>,
  options: OperatorGradientOptions,
): Promise<OperatorGradient> {
  const { executor } = options;
  const loss = operatorLoss(options);
  const source = new BatchSource(options, stream(options.seed, "operator"));
  const batch = source.example;
  source.fill(batch);
  const program = await compile(
    (network: DeepOnet, batch: OperatorBatch) => {
      const { value, grads } = valueAndGrad((parameters: DeepOnet) => loss(parameters, batch), network);
      return { value, grads: flattenTree(grads).leaves as Tensor[] };
    },
    [parameters, batch],
    { executor, name: "operator gradient" },
  );
  try {
    const { value, grads } = await program.run(parameters, batch) as unknown as {
      readonly value: HostTensor;
      readonly grads: readonly HostTensor[];
    };
    const sizes = grads.map(({ data }) => data.length);
    const gradient = new Float32Array(sizes.reduce((sum, size) => sum + size, 0));
    let start = 0;
    for (const { data } of grads) {
      gradient.set(data, start);
      start += data.length;
    }
    return { loss: value.data[0], gradient };
  } finally {
    await program.dispose();
  }
}
