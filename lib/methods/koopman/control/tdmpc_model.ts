import { scan } from "../../../compile/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import { type HostTree, stopGradient, type Tensor, tf } from "../../../tensor/mod.ts";
import { overTime } from "../dynamics.ts";
import {
  type EluLayers,
  eluLayers,
  initEluLayers,
  initValueNetwork,
  type ValueNetwork,
  valueOf,
} from "./networks.ts";
import type { ControlDynamics } from "./transitions.ts";

/** Sizes and weights of {@link tdMpcModel}. */
export interface TdMpcModelOptions<D> {
  /** What predicts latent states. */
  readonly dynamics: ControlDynamics<D>;
  /** n, numbers of an observation. */
  readonly observationSize: number;
  /** p, numbers of an action, each in ±1. */
  readonly actionSize: number;
  /** Width of the encoder's hidden layer; TD-MPC: 256. */
  readonly encoderWidth: number;
  /** Width of all other hidden layers; TD-MPC: 512. */
  readonly width: number;
  /** γ. @default 0.99 */
  readonly discount?: number;
  /** ρ: step t of a window has the weight ρ^t. @default 0.5 */
  readonly stepWeight?: number;
  /** Weight of the latent consistency loss. @default 2 */
  readonly consistency?: number;
  /** Weight of the reward loss. @default 0.5 */
  readonly reward?: number;
  /** Weight of the loss of values. @default 0.1 */
  readonly value?: number;
}

/** Parameters that share one loss. */
export interface WorldParameters<D> {
  /** h: from observations to latent states. */
  readonly encoder: EluLayers;
  /** d: those of the dynamics. */
  readonly dynamics: D;
  /** R: from latent states and actions to rewards. */
  readonly reward: EluLayers;
  /** Q₁ and Q₂. */
  readonly values: readonly [ValueNetwork, ValueNetwork];
}

/** Windows of H steps, time first. */
export interface ControlBatch {
  /** s_0, …, s_H `[H + 1, batch, n]` */
  readonly observations: Tensor;
  /** `[H, batch, p]`, in ±1. */
  readonly actions: Tensor;
  /** `[H, batch]` */
  readonly rewards: Tensor;
  /** Importance weights of the windows `[batch]`. */
  readonly weights: Tensor;
}

/** What {@link TdMpcModel.worldLoss} needs beside the parameters. */
export interface WorldTargets {
  /** h̄(s_{t+1}) of the averaged encoder `[H, batch, latent]`. */
  readonly latents: Tensor;
  /** y_t `[H, batch]` */
  readonly values: Tensor;
}

/** The loss and its parts. */
export interface WorldLoss {
  /** Σ over windows of their weight and loss, over the batch and H; a scalar. */
  readonly total: Tensor;
  /** z_0, …, z_H `[H + 1, batch, latent]` */
  readonly latents: Tensor;
  /** Σ_t ρ^t (|Q₁ − y| + |Q₂ − y|) `[batch]` */
  readonly priorities: Tensor;
}

/** A value of a batch of action sequences. */
export interface SequenceValue {
  /** z_0 `[1, latent]` */
  readonly latent: Tensor;
  /** `[H, sequences, p]` */
  readonly actions: Tensor;
  /** γ^t for the first h steps, then 0, `[H]`. */
  readonly rewardWeights: Tensor;
  /** γ^h at step h − 1, else 0, `[H]`. */
  readonly valueWeights: Tensor;
  /** Noise of the policy at the last state `[sequences, p]`. */
  readonly noise: Tensor;
}

/** The programs of TD-MPC. All are pure, and differentiable where a loss needs it. */
export interface TdMpcModel<D> {
  /** What it was made with. */
  readonly options: Required<TdMpcModelOptions<D>>;
  /** Draws all but the policy. */
  initWorld(stream: Stream): HostTree<WorldParameters<D>>;
  /** Draws the policy. */
  initPolicy(stream: Stream): HostTree<EluLayers>;
  /** z = h(s). @param observations `[batch, n]` */
  encode(world: WorldParameters<D>, observations: Tensor): Tensor;
  /** π(z) = tanh(MLP(z)) + noise, within ±1; the gradient does not see the limits. `[batch, p]` */
  act(policy: EluLayers, z: Tensor, noise: Tensor): Tensor;
  /** Q₁ and Q₂ `[batch]` each. */
  values(world: WorldParameters<D>, z: Tensor, actions: Tensor): [Tensor, Tensor];
  /** y_t = r_t + γ min Q̄(h(s_{t+1}), π(h(s_{t+1}))), with the averaged Q and today's encoder and policy. */
  targets(
    networks: {
      readonly world: WorldParameters<D>;
      readonly policy: EluLayers;
      readonly average: WorldParameters<D>;
    },
    batch: ControlBatch,
    noise: Tensor,
  ): WorldTargets;
  /** Σ_t ρ^t (c₁ |z_{t+1} − h̄|² + c₂ (R − r)² + c₃ Σ (Q − y)²), means over the latent numbers. */
  worldLoss(world: WorldParameters<D>, batch: ControlBatch, targets: WorldTargets): WorldLoss;
  /** −Σ_t ρ^t mean min Q(z_t, π(z_t)) over t = 0 … H, the latent states held fixed. */
  policyLoss(policy: EluLayers, input: {
    readonly world: WorldParameters<D>;
    readonly latents: Tensor;
    readonly noise: Tensor;
  }): Tensor;
  /** Actions of the policy over H steps in the model. @param noise `[H, sequences, p]` */
  imagine(
    networks: { readonly world: WorldParameters<D>; readonly policy: EluLayers },
    input: { readonly latent: Tensor; readonly noise: Tensor },
  ): Tensor;
  /** Σ_{t<h} γ^t R(z_t, a_t) + γ^h min Q(z_h, π(z_h)), `[sequences]`. */
  sequenceValue(
    networks: { readonly world: WorldParameters<D>; readonly policy: EluLayers },
    input: SequenceValue,
  ): Tensor;
}

/** Losses of a window are limited, as TD-MPC has it. */
const MOST = 1e4;

/**
 * TD-MPC (Hansen, Wang & Su 2022; the authors' code, `src/algorithm`): a latent model trained by its own
 * consistency, rewards and values, with a policy that follows the values; Koopman or MLP dynamics.
 *
 * Differs from the code: the noise of the policy is normal, cut off at the limits of the actions.
 *
 * @example
 * ```ts
 * import { koopmanTransitions, tdMpcModel } from "@refigure/refigure/koopman";
 * import { stream } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const model = tdMpcModel({
 *   dynamics: koopmanTransitions({ modes: 8, actionSize: 1, width: 16 }),
 *   observationSize: 3, actionSize: 1, encoderWidth: 16, width: 32,
 * });
 * assert.deepEqual(model.initWorld(stream(1)).encoder[0].weight.shape, [3, 16]);
 * ```
 */
export function tdMpcModel<D>(options: TdMpcModelOptions<D>): TdMpcModel<D> {
  const {
    dynamics,
    observationSize,
    actionSize,
    encoderWidth,
    width,
    discount = 0.99,
    stepWeight = 0.5,
    consistency = 2,
    reward = 0.5,
    value = 0.1,
  } = options;
  const { latent } = dynamics, both = latent + actionSize;
  const encode: TdMpcModel<D>["encode"] = ({ encoder }, observations) => eluLayers(encoder, observations);
  const act: TdMpcModel<D>["act"] = (policy, z, noise) => {
    const free = tf.add(tf.tanh(eluLayers(policy, z)), noise);
    // Outside the limits the gradient goes through as if there were none.
    return tf.add(free, stopGradient(tf.sub(tf.clipByValue(free, -1, 1), free)));
  };
  const values: TdMpcModel<D>["values"] = (world, z, actions) => {
    const input = tf.concat([z, actions], 1);
    return [valueOf(world.values[0], input), valueOf(world.values[1], input)];
  };
  const worst = (world: WorldParameters<D>, z: Tensor, actions: Tensor): Tensor =>
    tf.minimum(...values(world, z, actions));
  const rewardOf = ({ reward }: WorldParameters<D>, z: Tensor, actions: Tensor): Tensor =>
    tf.reshape(eluLayers(reward, tf.concat([z, actions], 1)), [-1]);
  const flat = (x: Tensor): Tensor => tf.reshape(x, [-1, ...x.shape.slice(2)]);
  /** ρ^t, `[steps, 1]`. */
  const decay = (steps: number): Tensor =>
    tf.tensor2d(Float32Array.from({ length: steps }, (_, t) => stepWeight ** t), [steps, 1]);
  /** z_0, …, z_H. */
  const rolled = (world: WorldParameters<D>, start: Tensor, actions: Tensor): Tensor =>
    tf.concat([tf.expandDims(start, 0), dynamics.rollout(world.dynamics, { start, actions })], 0);

  return {
    options: {
      ...{ dynamics, observationSize, actionSize, encoderWidth, width },
      ...{ discount, stepWeight, consistency, reward, value },
    },
    initWorld: (stream) => ({
      encoder: initEluLayers(stream.split("encoder"), { widths: [observationSize, encoderWidth, latent] }),
      dynamics: dynamics.init(stream.split("dynamics")),
      reward: initEluLayers(stream.split("reward"), { widths: [both, width, width, 1], zeroLast: true }),
      values: [
        initValueNetwork(stream.split("first value"), { inputs: both, width }),
        initValueNetwork(stream.split("second value"), { inputs: both, width }),
      ],
    } as HostTree<WorldParameters<D>>),
    initPolicy: (stream) => initEluLayers(stream, { widths: [latent, width, width, actionSize] }),
    encode,
    act,
    values,
    targets({ world, policy, average }, { observations, rewards }, noise) {
      const [steps, batch] = rewards.shape;
      const next = flat(tf.slice(observations, 1));
      const z = encode(world, next);
      const ahead = worst(average, z, act(policy, z, flat(noise)));
      return {
        latents: tf.reshape(encode(average, next), [steps, batch, latent]),
        // y = r + γ min Q̄
        values: tf.add(rewards, tf.mul(tf.reshape(ahead, [steps, batch]), discount)),
      };
    },
    worldLoss(world, { observations, actions, rewards, weights }, targets) {
      const [steps, batch] = rewards.shape;
      const start = encode(world, tf.squeeze(tf.slice(observations, 0, 1), [0]));
      const latents = rolled(world, start, actions);
      const before = flat(tf.slice(latents, 0, steps)), taken = flat(actions);
      const over = (x: Tensor): Tensor => tf.reshape(x, [steps, batch]);
      const limited = (terms: Tensor): Tensor => tf.minimum(tf.sum(tf.mul(terms, decay(steps)), 0), MOST);
      const errors = values(world, before, taken).map((q) => tf.sub(over(q), targets.values));
      const loss = tf.addN([
        tf.mul(
          limited(tf.mean(tf.square(tf.sub(tf.slice(latents, 1), targets.latents)), 2)),
          consistency,
        ),
        tf.mul(limited(tf.square(tf.sub(over(rewardOf(world, before, taken)), rewards))), reward),
        tf.mul(limited(tf.addN(errors.map((error) => tf.square(error)))), value),
      ]);
      return {
        total: tf.div(tf.mean(tf.mul(loss, weights)), steps),
        latents,
        priorities: limited(tf.addN(errors.map((error) => tf.abs(error)))),
      };
    },
    policyLoss(policy, { world, latents, noise }) {
      const [steps, batch] = latents.shape;
      const z = flat(latents);
      const q = tf.reshape(worst(world, z, act(policy, z, flat(noise))), [steps, batch]);
      return tf.neg(tf.sum(tf.mul(tf.mean(q, 1, true), decay(steps))));
    },
    imagine({ world, policy }, { latent: z, noise }) {
      const [, sequences] = noise.shape;
      type Networks = { readonly dynamics: D; readonly policy: EluLayers };
      const { outputs } = scan((z: Tensor, noise: Tensor, { dynamics: d, policy }: Networks) => {
        const action = act(policy, z, noise);
        return { carry: dynamics.step(d, z, action), output: action };
      }, {
        carry: tf.tile(z, [sequences, 1]),
        inputs: noise,
        parameters: { dynamics: world.dynamics, policy },
      });
      return outputs;
    },
    sequenceValue({ world, policy }, { latent: z, actions, rewardWeights, valueWeights, noise }) {
      const [steps, sequences] = actions.shape;
      const latents = rolled(world, tf.tile(z, [sequences, 1]), actions);
      const rewards = overTime(
        tf.concat([tf.slice(latents, 0, steps), actions], 2),
        (rows) => tf.reshape(eluLayers(world.reward, rows), [-1, 1]),
      );
      const column = (weights: Tensor, rank: number): Tensor =>
        tf.reshape(weights, [steps, ...new Array<number>(rank - 1).fill(1)]);
      const gained = tf.sum(tf.mul(tf.squeeze(rewards, [2]), column(rewardWeights, 2)), 0);
      // The state that the plan ends in; only one weight is not 0.
      const chosen = tf.cast(tf.greater(valueWeights, 0), "float32");
      const end = tf.sum(tf.mul(tf.slice(latents, 1), column(chosen, 3)), 0);
      const left = worst(world, end, act(policy, end, noise));
      return tf.add(gained, tf.mul(left, tf.sum(valueWeights)));
    },
  };
}
