import { type Dense, dense, type DenseInitialiser, initDense, relu } from "../../../nn/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import { type HostTree, type Tensor, tf } from "../../../tensor/mod.ts";

/** Layers of a multilayer perceptron, the last one linear. */
export type Mlp = readonly Dense[];

/** Options of {@link initMlp}. */
export interface InitMlpOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly hidden: readonly number[];
  /** @default "torch" */
  readonly initialiser?: DenseInitialiser;
}

/** Draws the layers of an MLP. */
export function initMlp(
  stream: Stream,
  { inputs, outputs, hidden, initialiser }: InitMlpOptions,
): HostTree<Mlp> {
  const widths = [inputs, ...hidden, outputs];
  return widths.slice(1).map((outputs, i) =>
    initDense(stream.split(`layer ${i}`), { inputs: widths[i], outputs, initialiser })
  );
}

/**
 * Applies an MLP to inputs that are joined along their last axis.
 *
 * @param inputs `[batch, …]` each.
 * @param activation Of the hidden layers. @default relu
 */
export function mlp(
  layers: Mlp,
  inputs: readonly Tensor[],
  activation: (x: Tensor) => Tensor = relu,
): Tensor {
  const joined: Tensor = inputs.length > 1 ? tf.concat([...inputs], 1) : inputs[0];
  return layers.reduce(
    (h, layer, i) => i === layers.length - 1 ? dense(h, layer) : activation(dense(h, layer)),
    joined,
  );
}

/** Applies an MLP with one output: `[batch]`. */
export function scalarMlp(
  layers: Mlp,
  inputs: readonly Tensor[],
  activation?: (x: Tensor) => Tensor,
): Tensor {
  return tf.reshape(mlp(layers, inputs, activation), [-1]);
}
