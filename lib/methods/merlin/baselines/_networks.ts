import { tanh } from "../../../nn/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import { type HostTree, type Tensor, tf } from "../../../tensor/mod.ts";
import { initMlp, type InitMlpOptions, type Mlp, mlp, scalarMlp } from "./_mlp.ts";

/** Sizes of a task, and the widths of a network. */
export interface NetworkSizes extends Pick<InitMlpOptions, "hidden"> {
  readonly observationSize: number;
  readonly goalSize: number;
  readonly actionSize: number;
}

/** Draws a policy's layers, as the released codes do: Xavier's uniform weights, no biases. */
export function initActor(
  stream: Stream,
  { observationSize, goalSize, actionSize, hidden }: NetworkSizes,
): HostTree<Mlp> {
  return initMlp(stream, {
    inputs: observationSize + goalSize,
    outputs: actionSize,
    hidden,
    initialiser: "xavier",
  });
}

/** π(s, g) = tanh(MLP([s, g])), `[batch, m]` within ±1. */
export function actorOf(parameters: Mlp, observation: Tensor, goal: Tensor): Tensor {
  return tanh(mlp(parameters, [observation, goal]));
}

/** Draws a critic's layers, see {@link initActor}. */
export function initCritic(
  stream: Stream,
  { observationSize, goalSize, actionSize, hidden }: NetworkSizes,
): HostTree<Mlp> {
  const inputs = observationSize + goalSize + actionSize;
  return initMlp(stream, { inputs, outputs: 1, hidden, initialiser: "xavier" });
}

/** What a critic judges. */
export interface CriticInput {
  /** s `[batch, n]` */
  readonly observation: Tensor;
  /** g `[batch, d]` */
  readonly goal: Tensor;
  /** a `[batch, m]` within ±1. */
  readonly action: Tensor;
}

/** Q(s, a, g) `[batch]`. */
export function criticOf(parameters: Mlp, { observation, goal, action }: CriticInput): Tensor {
  return scalarMlp(parameters, [observation, goal, action]);
}

/** The target of a critic, clip(r + γ Q̄(s', π̄(s'), g), low, high) `[batch]`. */
export function bellmanTarget(
  reward: Tensor,
  { next, discount, low, high }: {
    /** Q̄(s', π̄(s'), g) `[batch]` */
    readonly next: Tensor;
    readonly discount: number;
    readonly low: number;
    readonly high: number;
  },
): Tensor {
  return tf.clipByValue(tf.add(reward, tf.mul(next, discount)), low, high);
}
